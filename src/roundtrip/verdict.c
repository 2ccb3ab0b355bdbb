#include "miglint/roundtrip.h"

G_DEFINE_QUARK(ml_roundtrip_error, ml_roundtrip_error)

void ml_verdict_free(MlVerdict *verdict)
{
    g_free(verdict->reason);
    g_free(verdict->statement);
    g_free(verdict->database_message);
    g_free(verdict->second_message);
    g_clear_pointer(&verdict->differences, g_ptr_array_unref);
    g_free(verdict);
}

const char *ml_verdict_kind_name(MlVerdictKind kind)
{
    static const char *const names[] = {
        [ML_VERDICT_OK] = "ok",
        [ML_VERDICT_FAILED] = "failed",
        [ML_VERDICT_IRREVERSIBLE] = "irreversible",
        [ML_VERDICT_UNVERIFIED] = "unverified",
    };
    return names[kind];
}

const char *ml_stage_name(MlStage stage)
{
    static const char *const names[] = {
        [ML_STAGE_UPGRADE] = "upgrade",
        [ML_STAGE_DOWNGRADE] = "downgrade",
        [ML_STAGE_SECOND_UPGRADE] = "second upgrade",
    };
    return names[stage];
}
