#include "lint/naming.h"

#include <string.h>

/* The part of a finished name that the convention would be given; NULL if it is not finished. */
static char *short_part(char *const *frame, const char *name)
{
    gsize before = strlen(frame[0]), behind = strlen(frame[1]);
    if (before == 0 || strlen(name) <= before + behind || !g_str_has_prefix(name, frame[0]) ||
        !g_str_has_suffix(name, frame[1]))
        return NULL;
    return g_strndup(name + before, strlen(name) - before - behind);
}

/* FALSE where the name is not one that the convention would be applied to once more. */
static gboolean report(MlContext *context, const MlStep *step, MlText name, MlOrigin where,
                       const char *call, char *const *frame)
{
    g_autofree char *part = short_part(frame, name.text);
    if (part == NULL)
        return FALSE;
    MlFinding *finding = ml_report(context, step->node->revision, where,
                                   "the naming convention makes '%s%s%s' of the name '%s' in %s",
                                   frame[0], name.text, frame[1], name.text, call);
    ml_finding_help(finding, "write op.f(\"%s\"), or what the convention asks for alone: \"%s\"",
                    name.text, part);
    return TRUE;
}

static char *object_key(const MlOperation *operation, MlText name)
{
    return g_strdup_printf("%s\n%s", operation->table.text ? operation->table.text : "", name.text);
}

static void check_made(MlContext *context, const MlStep *step, GHashTable *told)
{
    g_autoptr(GArray) all = ml_named_in_upgrade(context, step);
    for (guint i = 0; i < all->len; i++) {
        const MlNamed *named = &g_array_index(all, MlNamed, i);
        MlText name = ml_named_text(named);
        g_auto(GStrv) frame = named->name.prefixed ? ml_named_frame(named) : NULL;
        if (frame != NULL && report(context, step, name, ml_named_origin(named),
                                    ml_operation_name(named->operation), frame))
            g_hash_table_add(told, object_key(named->operation, name));
    }
}

static void check_dropped(MlContext *context, const MlStep *step, const MlPassage *passage,
                          GHashTable *told)
{
    for (gsize i = 0; i < passage->operations->length; i++) {
        const MlOperation *operation = passage->operations->items[i];
        if ((operation->kind != ML_DROP_CONSTRAINT && operation->kind != ML_DROP_INDEX) ||
            operation->name.is != ML_KNOWN || !ml_step_does(context, step, operation) ||
            !ml_dropped_name(passage->states->pdata[i], operation).prefixed)
            continue;
        g_autofree char *key = object_key(operation, operation->name);
        g_auto(GStrv) frame = ml_dropped_frame(passage->states->pdata[i], operation);
        if (frame != NULL && !g_hash_table_contains(told, key))
            report(context, step, operation->name, ml_place_of_name(operation),
                   ml_operation_name(operation), frame);
    }
}

static void check(MlContext *context, const MlStep *step)
{
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    check_made(context, step, told);
    check_dropped(context, step, &step->upgrade, told);
    check_dropped(context, step, &step->downgrade, told);
}

#define FILES(name)                                                                                \
    "# file: env.py\n"                                                                             \
    "from alembic import context\n"                                                                \
    "from sqlalchemy import MetaData\n"                                                            \
    "\n"                                                                                           \
    "metadata = MetaData(naming_convention={\"ck\": \"ck_%(table_name)s_%(constraint_name)s\"})\n" \
    "context.configure(connection=connection, target_metadata=metadata)\n"                         \
    "# file: versions/2b3c4d5e6f70_no_debts.py\n"                                                  \
    "\"\"\"no debts\"\"\"\n"                                                                       \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_check_constraint(" name ", \"account\", \"balance >= 0\")\n"                    \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_constraint(" name ", \"account\", type_=\"check\")\n"

const MlRule ml_rule_name_needs_op_f = {
    .code = "ML406",
    .name = "name-needs-op-f",
    .severity = ML_SEVERITY_WARNING,
    .summary = "a finished name is given where the naming convention is applied to it once more",
    .why =
        "A convention such as \"ck_%(table_name)s_%(constraint_name)s\" takes the name that it is "
        "given for the last part and puts the rest before it: \"ck_account_balance\" becomes "
        "ck_account_ck_account_balance. The models have another name then, and a drop looks for "
        "a constraint that is not there.\n"
        "\n"
        "op.f() marks a name as finished, as autogenerate does. Or give the last part alone.",
    .bad = FILES("\"ck_account_balance\""),
    .good = FILES("op.f(\"ck_account_balance\")"),
    .reference = "https://alembic.sqlalchemy.org/en/latest/ops.html"
                 "#alembic.operations.Operations.f",
    .check_step = check,
};
