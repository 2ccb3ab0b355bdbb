#include "lint/naming.h"

/* A key is called after its table alone, so that a convention may well know its name. */
static gboolean is_named_by_convention(const MlContext *context, const MlOperation *operation)
{
    const char *text;
    return ml_text_is(operation->constraint_type, "primary") &&
           ml_convention_for(context->migrations->setup, "pk", &text) != ML_FACT_NONE;
}

static gboolean lacks_name(const MlContext *context, const MlOperation *operation)
{
    gboolean drops = operation->kind == ML_DROP_CONSTRAINT || operation->kind == ML_DROP_INDEX;
    return drops && operation->statement == NULL &&
           (operation->name.is == ML_NONE || operation->name.is == ML_ABSENT) &&
           !is_named_by_convention(context, operation);
}

/* What upgrade() made of that kind, if it is a single one. */
static const MlCatalogConstraint *made_by_upgrade(const MlStep *step, const MlOperation *operation)
{
    const MlCatalogTable *table = NULL;
    const MlCatalogConstraint *found = NULL;
    MlConstraintKind kind = ml_dropped_kind(operation);
    if (operation->kind == ML_DROP_INDEX || kind == ML_CONSTRAINT_UNKNOWN ||
        ml_step_upgraded(step) == NULL || operation->table.is != ML_KNOWN)
        return NULL;
    ml_catalog_table(ml_step_upgraded(step), operation->schema.text, operation->table.text, &table);
    for (gsize i = 0; table != NULL && i < table->n_constraints; i++) {
        const MlCatalogConstraint *constraint = table->constraints[i];
        const MlDeed *made = constraint->existence.made;
        if (constraint->kind != kind || constraint->existence.is == ML_PRESENCE_ABSENT ||
            made == NULL || made->revision != step->node->revision)
            continue;
        if (found != NULL)
            return NULL;
        found = constraint;
    }
    return found;
}

/* Of what is new to the base a database has none yet; SQLite gives no names. */
static gboolean may_be_there(const MlContext *context, const MlCatalogConstraint *made)
{
    return g_strcmp0(context->migrations->dialect, "sqlite") != 0 &&
           !(context->change && ml_change_brings(context->change, made->existence.made->revision));
}

static void suggest(const MlContext *context, MlFinding *finding, const MlOperation *drop,
                    const MlCatalogConstraint *made)
{
    gboolean is_postgres = made->naming == ML_NAME_BY_DATABASE;
    gboolean is_known =
        is_postgres || made->naming == ML_NAME_GIVEN || made->naming == ML_NAME_BY_CONVENTION;
    gboolean has_convention = context->migrations->setup->naming_convention != ML_FACT_NONE;
    const MlNamed named = {.operation = made->existence.made->operation,
                           .constraint = made->definition};
    g_autofree char *suggestion = made->definition ? ml_named_suggestion(&named) : NULL;
    const char *name = is_known ? made->name : suggestion;
    if (name == NULL)
        return;
    g_autofree char *argument =
        has_convention ? g_strdup_printf("op.f(\"%s\")", name) : g_strdup_printf("\"%s\"", name);
    g_autofree char *call = g_strdup_printf("write %s.drop_constraint(%s, ...)",
                                            drop->batch ? "batch_op" : "op", argument);
    if (is_known)
        ml_finding_help(finding, "%s%s", call, is_postgres ? ", as Postgres calls it" : "");
    else
        ml_finding_help(finding, "name it %s where it is made, and %s%s", argument, call,
                        may_be_there(context, made)
                            ? "; where it has been made already, write the name that the database "
                              "has given it"
                            : "");
}

static void report(MlContext *context, const MlStep *step, const MlOperation *drop)
{
    gboolean is_index = drop->kind == ML_DROP_INDEX;
    const char *kind = is_index ? "index" : ml_constraint_said(ml_dropped_kind(drop));
    g_autofree char *table =
        drop->table.is == ML_KNOWN ? g_strdup_printf(" of '%s'", drop->table.text) : g_strdup("");
    MlFinding *finding = ml_report(context, step->node->revision, ml_place_of_name(drop),
                                   "a dropped %s%s is not named", kind, table);
    const MlCatalogConstraint *made = made_by_upgrade(step, drop);
    if (made == NULL) {
        ml_finding_help(finding, "name what is to be dropped, as it is called in the database");
        return;
    }
    ml_finding_relate(finding, step->node->revision,
                      ml_operation_place(made->existence.made->operation), "made here");
    suggest(context, finding, drop, made);
}

static void check_passage(MlContext *context, const MlStep *step, const MlPassage *passage)
{
    for (gsize i = 0; i < passage->operations->length; i++) {
        const MlOperation *operation = passage->operations->items[i];
        if (lacks_name(context, operation) && ml_step_does(context, step, operation))
            report(context, step, operation);
    }
}

static void check(MlContext *context, const MlStep *step)
{
    check_passage(context, step, &step->upgrade);
    check_passage(context, step, &step->downgrade);
}

#define REVISION(name)                                                                             \
    "\"\"\"orders have a user\"\"\"\n"                                                             \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_foreign_key(\n"                                                                 \
    "        \"fk_orders_user_id_users\", \"orders\", \"users\", [\"user_id\"], [\"id\"]\n"        \
    "    )\n"                                                                                      \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_constraint(" name ", \"orders\", type_=\"foreignkey\")\n"

const MlRule ml_rule_drop_without_name = {
    .code = "ML403",
    .name = "drop-without-name",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a constraint or an index is dropped without its name",
    .why = "Nothing tells which one is meant, and SQLAlchemy raises (\"Can't emit DROP CONSTRAINT "
           "for constraint; it has no name\"). Autogenerate writes op.drop_constraint(None, ...) "
           "into the downgrade() of a constraint that it could not name either, so that the "
           "rollback fails on the day when it is needed.\n"
           "\n"
           "Name the constraint where it is made, and drop it by that name. A naming convention "
           "of the models' MetaData lets autogenerate do both.",
    .bad = REVISION("None"),
    .good = REVISION("\"fk_orders_user_id_users\""),
    .reference = "https://alembic.sqlalchemy.org/en/latest/naming.html",
    .check_step = check,
};
