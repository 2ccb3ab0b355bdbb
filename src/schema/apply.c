/* What follows from a catalog by an operation. */
#include "schema/catalog.h"

/* --- how far it reaches -------------------------------------------------- */

/* SET search_path: a name without a schema may mean another table from there on. */
static gboolean moves_names(const MlOperation *operation)
{
    static const char *const usual[] = {"public", "$user", NULL};
    if (!ml_text_is(operation->name, "search_path") || operation->value.is == ML_NONE)
        return FALSE;
    const char *path = operation->value.text ? operation->value.text : "";
    g_autofree char *first = g_strndup(path, strcspn(path, ","));
    return !g_strv_contains(usual, first);
}

/* Whether nothing at all changes, as far as a catalog knows. */
static gboolean leaves_schema(const MlOperation *operation)
{
    switch (operation->kind) {
    case ML_REINDEX:
    case ML_REFRESH_VIEW:
    case ML_INSERT:
    case ML_UPDATE:
    case ML_DELETE:
    case ML_TRUNCATE:
    case ML_SELECT:
    case ML_LOCK_TABLE:
    case ML_VACUUM:
    case ML_CLUSTER:
    case ML_HARMLESS:
    case ML_RAISE:
        return TRUE;
    case ML_SET:
        return !moves_names(operation);
    case ML_TRANSACTION:
        return operation->value.is == ML_KNOWN &&
               !g_str_has_prefix(operation->value.text, "ROLLBACK");
    default:
        return FALSE;
    }
}

static gboolean is_needed(MlText text)
{
    return text.is == ML_KNOWN;
}

/* Whether it cannot be told what it is done to. */
static gboolean misses_target(const MlOperation *operation)
{
    if (operation->schema.is == ML_UNKNOWN || operation->new_schema.is == ML_UNKNOWN ||
        operation->new_name.is == ML_UNKNOWN)
        return TRUE;
    switch (operation->kind) {
    case ML_CREATE_TABLE:
    case ML_DROP_TABLE:
    case ML_RENAME_TABLE:
    case ML_CREATE_TABLE_COMMENT:
    case ML_DROP_TABLE_COMMENT:
    case ML_ALTER_TABLE:
    case ML_ATTACH_PARTITION:
    case ML_DETACH_PARTITION:
    case ML_ADD_COLUMN:
    case ML_DROP_COLUMN:
    case ML_ALTER_COLUMN:
    case ML_CREATE_INDEX:
    case ML_ADD_CONSTRAINT:
    case ML_DROP_CONSTRAINT:
    case ML_RENAME_CONSTRAINT:
    case ML_VALIDATE_CONSTRAINT:
    case ML_ALTER_CONSTRAINT:
        return !is_needed(operation->table);
    case ML_DROP_INDEX:
        return operation->name.is == ML_UNKNOWN && !is_needed(operation->table);
    default:
        return !is_needed(operation->name);
    }
}

static gboolean is_only_perhaps(const MlOperation *operation)
{
    return operation->circumstances & (ML_CONDITIONAL | ML_REPEATED);
}

/* --- doing it ------------------------------------------------------------ */

static const MlDeed *new_deed(const MlCatalog *before, const MlRevision *revision,
                              const MlOperation *operation, gboolean downgrade)
{
    MlPool *pool = before->pool;
    const MlDeed deed = {revision, operation, downgrade, ml_pool_count(pool), before->doubted_by};
    return ml_pool_copy(pool, &deed, sizeof deed);
}

static void apply(MlCatalog *catalog, const MlDeed *deed)
{
    if (ml_pool_is_full(catalog->pool) || misses_target(deed->operation) ||
        !(ml_apply_table(catalog, deed) || ml_apply_column(catalog, deed) ||
          ml_apply_constraint(catalog, deed) || ml_apply_type(catalog, deed) ||
          ml_apply_object(catalog, deed)))
        ml_catalog_shake(catalog, deed);
}

MlCatalog *ml_catalog_apply(const MlCatalog *before, const MlRevision *revision,
                            const MlOperation *operation, gboolean downgrade)
{
    if (leaves_schema(operation))
        return ml_catalog_ref(before);
    const MlDeed *deed = new_deed(before, revision, operation, downgrade);
    MlCatalog *after = ml_catalog_begin(before);
    apply(after, deed);
    if (is_only_perhaps(operation) && !ml_pool_is_full(before->pool))
        ml_catalog_blur(before, after, deed);
    return after;
}
