#include "lint/naming.h"

#include <string.h>

enum { MOST_BYTES = 63 };

typedef struct {
    MlContext *context;
    const MlStep *step;
    const MlOperation *operation;
    const MlCatalog *before; /* the operation */
} Place;

static gboolean is_too_long(MlText name)
{
    return name.is == ML_KNOWN && strlen(name.text) > MOST_BYTES;
}

static MlFinding *report(const Place *place, const char *kind, MlText name, MlOrigin where,
                         const char *what_happens)
{
    return ml_report(place->context, place->step->node->revision, where,
                     "the name of the %s '%s' has %zu bytes, and Postgres has room for %d: %s",
                     kind, name.text, strlen(name.text), MOST_BYTES, what_happens);
}

/* --- what Postgres cuts ------------------------------------------------------------- */

static gboolean are_one(const char *name, const char *cut)
{
    g_autofree char *own = ml_postgres_object_name(name, NULL, NULL);
    return g_str_equal(own, cut);
}

static const char *table_of_that_name(const Place *place, const char *name, const char *cut)
{
    const char *schema = place->operation->schema.text;
    g_autoptr(GPtrArray) tables = ml_catalog_tables(place->before);
    for (guint i = 0; i < tables->len; i++) {
        const MlCatalogTable *table = tables->pdata[i];
        if (table->existence.is == ML_PRESENCE_PRESENT && g_strcmp0(table->schema, schema) == 0 &&
            !g_str_equal(table->name, name) && are_one(table->name, cut))
            return table->name;
    }
    return NULL;
}

static const char *column_of_that_name(const Place *place, const char *name, const char *cut)
{
    const MlOperation *operation = place->operation;
    const MlCatalogTable *table = NULL;
    for (gsize i = 0; i < operation->n_columns; i++) {
        MlText other = operation->columns[i].name;
        if (other.is == ML_KNOWN && !g_str_equal(other.text, name) && are_one(other.text, cut))
            return other.text;
    }
    if (operation->kind != ML_CREATE_TABLE && operation->table.is == ML_KNOWN)
        ml_catalog_table(place->before, operation->schema.text, operation->table.text, &table);
    for (gsize i = 0; table != NULL && i < table->n_columns; i++) {
        const MlCatalogColumn *column = table->columns[i];
        if (column->existence.is == ML_PRESENCE_PRESENT && !g_str_equal(column->name, name) &&
            are_one(column->name, cut))
            return column->name;
    }
    return NULL;
}

typedef const char *FindOther(const Place *place, const char *name, const char *cut);

static void check_cut(const Place *place, const char *kind, MlText name, MlOrigin where,
                      FindOther *find_other)
{
    if (!is_too_long(name))
        return;
    g_autofree char *cut = ml_postgres_object_name(name.text, NULL, NULL);
    const char *other = find_other ? find_other(place, name.text, cut) : NULL;
    g_autofree char *happens = other ? g_strdup_printf("cut, it is the same as that of '%s'", other)
                                     : g_strdup_printf("it cuts it to '%s'", cut);
    MlFinding *finding = report(place, kind, name, where, happens);
    if (other != NULL)
        ml_finding_help(finding, "choose a shorter name, which differs in its first %d bytes",
                        MOST_BYTES);
    else
        ml_finding_help(finding, "choose a shorter name, or write the one that is left: \"%s\"",
                        cut);
}

/* --- what SQLAlchemy refuses ----------------------------------------------------------- */

/* What a convention or op.f() made SQLAlchemy cuts by itself, the same way each time. */
static void check_named(const Place *place, const MlNamed *named)
{
    MlText name = ml_named_text(named);
    gboolean final = named->constraint ? named->constraint->final : named->index->final;
    const char *kind = named->constraint ? ml_constraint_said(named->constraint->kind) : "index";
    if (!is_too_long(name) || final || named->name.naming != ML_NAME_GIVEN || named->name.prefixed)
        return;
    if (g_utf8_strlen(name.text, -1) <= MOST_BYTES) {
        check_cut(place, kind, name, ml_named_origin(named), NULL);
        return;
    }
    MlFinding *finding = report(place, kind, name, ml_named_origin(named), "SQLAlchemy refuses it");
    ml_finding_help(finding,
                    "choose a shorter name, or let SQLAlchemy cut it, here and in the "
                    "models: op.f(\"%s\")",
                    name.text);
}

/* --- all names of an operation ----------------------------------------------------------- */

static MlOrigin place_of(const Place *place, MlText name)
{
    MlOrigin own = ml_operation_place(place->operation);
    return name.origin.module == own.module ? name.origin : own;
}

static void check_columns(const Place *place)
{
    const MlOperation *operation = place->operation;
    for (gsize i = 0; i < operation->n_columns; i++) {
        const MlColumn *column = &operation->columns[i];
        check_cut(place, "column", column->name, place_of(place, column->name),
                  column_of_that_name);
        if (column->type->kind == ML_TYPE_ENUM && operation->kind == ML_CREATE_TABLE)
            check_cut(place, "type", column->type->name, place_of(place, column->type->name), NULL);
    }
}

static void check_operation(const Place *place)
{
    const MlOperation *operation = place->operation;
    switch (operation->kind) {
    case ML_CREATE_TABLE:
        check_cut(place, "table", operation->table, place_of(place, operation->table),
                  table_of_that_name);
        check_columns(place);
        return;
    case ML_ADD_COLUMN:
        check_columns(place);
        return;
    case ML_RENAME_TABLE:
        check_cut(place, "table", operation->new_name, place_of(place, operation->new_name),
                  table_of_that_name);
        return;
    case ML_ALTER_COLUMN:
        check_cut(place, "column", operation->new_name, place_of(place, operation->new_name),
                  column_of_that_name);
        return;
    case ML_CREATE_TYPE:
        check_cut(place, "type", operation->name, place_of(place, operation->name), NULL);
        return;
    case ML_CREATE_SEQUENCE:
        check_cut(place, "sequence", operation->name, place_of(place, operation->name), NULL);
        return;
    default:
        return;
    }
}

static void check(MlContext *context, const MlStep *step)
{
    const MlOperations *operations = step->upgrade.operations;
    if (g_strcmp0(context->migrations->dialect, "postgresql") != 0)
        return;
    for (gsize i = 0; i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        const Place place = {context, step, operation, step->upgrade.states->pdata[i]};
        if (operation->statement == NULL && ml_step_does(context, step, operation))
            check_operation(&place);
    }
    g_autoptr(GArray) all = ml_named_in_upgrade(context, step);
    for (guint i = 0; i < all->len; i++) {
        const MlNamed *named = &g_array_index(all, MlNamed, i);
        check_named(&(Place){context, step, named->operation, named->before}, named);
    }
}

#define FILES(name)                                                                                \
    "# file: ../alembic.ini\n"                                                                     \
    "[alembic]\n"                                                                                  \
    "script_location = migrations\n"                                                               \
    "sqlalchemy.url = postgresql:///bank\n"                                                        \
    "# file: versions/2b3c4d5e6f70_find_bookings.py\n"                                             \
    "\"\"\"find bookings\"\"\"\n"                                                                  \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_index(\n"                                                                       \
    "        \"" name "\",\n"                                                                      \
    "        \"bookings\",\n"                                                                      \
    "        [\"account_id\", \"counterparty_account_id\", \"value_date\"],\n"                     \
    "    )\n"                                                                                      \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_index(\"" name "\", \"bookings\")\n"

const MlRule ml_rule_name_too_long = {
    .code = "ML408",
    .name = "name-too-long",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a name is longer than the 63 bytes that Postgres has room for",
    .why = "SQLAlchemy refuses to make an index or a constraint of such a name: IdentifierError. "
           "Names of tables, columns and types it sends as they are, and Postgres cuts them with "
           "no more than a notice. Autogenerate does not find them again then, and wants to make "
           "them anew each time; and two names that differ only behind the cut are one, so that "
           "the second is refused.\n"
           "\n"
           "A name in op.f(), or one that the naming convention makes, SQLAlchemy cuts itself, "
           "always the same way: that is fine.",
    .bad = FILES("ix_bookings_account_id_counterparty_account_id_value_date_booked_at"),
    .good = FILES("ix_bookings_account_counterparty_date"),
    .reference = "https://www.postgresql.org/docs/current/sql-syntax-lexical.html"
                 "#SQL-SYNTAX-IDENTIFIERS",
    .check_step = check,
};
