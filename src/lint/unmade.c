#include "lint/unmade.h"

#include "miglint/text.h"

/* Behind so many operations of a function nothing is guessed any more: that takes time. */
#define MOST_GUESSES 500

/* --- what an operation is on ------------------------------------------------------------ */

typedef struct {
    MlCatalogKind kind;
    const char *schema, *table, *name; /* `name` NULL: cannot be told */
    MlObjectKind object;
} Target;

static Target part(MlCatalogKind kind, const MlOperation *operation, const char *name)
{
    return (Target){kind, operation->schema.text, operation->table.text, name, ML_OBJECT_NONE};
}

static Target named(MlCatalogKind kind, const MlOperation *operation)
{
    return (Target){kind, operation->schema.text, NULL, operation->name.text, operation->object};
}

/* Of an operation that needs it to be there. */
static Target target_of(const MlMoment *moment)
{
    const MlOperation *operation = moment->operation;
    switch (operation->kind) {
    case ML_DROP_TABLE:
    case ML_RENAME_TABLE:
    case ML_CREATE_TABLE_COMMENT:
    case ML_DROP_TABLE_COMMENT:
    case ML_ALTER_TABLE:
    case ML_ADD_COLUMN:
    case ML_ADD_CONSTRAINT:
    case ML_CREATE_INDEX:
        return (Target){ML_CATALOG_TABLE, operation->schema.text, NULL, operation->table.text,
                        ML_OBJECT_NONE};
    case ML_DROP_COLUMN:
    case ML_ALTER_COLUMN:
        return part(ML_CATALOG_COLUMN, operation, operation->name.text);
    case ML_DROP_CONSTRAINT:
        return part(ML_CATALOG_CONSTRAINT, operation,
                    ml_dropped_name(moment->before, operation).text);
    case ML_RENAME_CONSTRAINT:
    case ML_VALIDATE_CONSTRAINT:
    case ML_ALTER_CONSTRAINT:
        return part(ML_CATALOG_CONSTRAINT, operation, operation->name.text);
    case ML_DROP_INDEX:
        return part(ML_CATALOG_INDEX, operation, ml_dropped_name(moment->before, operation).text);
    case ML_DROP_TYPE:
    case ML_RENAME_TYPE:
    case ML_ADD_ENUM_VALUE:
    case ML_RENAME_ENUM_VALUE:
    case ML_SYNC_ENUM_VALUES:
        return named(ML_CATALOG_TYPE, operation);
    case ML_DROP_SEQUENCE:
    case ML_ALTER_SEQUENCE:
        return named(ML_CATALOG_SEQUENCE, operation);
    case ML_DROP_OBJECT:
    case ML_ALTER_OBJECT:
        return operation->table.is == ML_ABSENT ? named(ML_CATALOG_OBJECT, operation) : (Target){0};
    default:
        return (Target){0};
    }
}

/* --- whether it is there ------------------------------------------------------------------- */

/* What is known of a target: `existence` NULL where nothing is. */
typedef struct {
    MlPresence is;
    const MlExistence *existence;
    const MlCatalogTable *table;
} Look;

static Look look_at_table(const MlCatalog *catalog, const char *schema, const char *name)
{
    Look look = {.is = ML_PRESENCE_UNKNOWN};
    if (name != NULL)
        look.is = ml_catalog_table(catalog, schema, name, &look.table);
    look.existence = look.table ? &look.table->existence : NULL;
    return look;
}

static Look look_at_column(const MlCatalog *catalog, const Target *target)
{
    Look look = look_at_table(catalog, target->schema, target->table);
    const MlCatalogColumn *column = NULL;
    if (look.table == NULL)
        return look;
    look.is = ml_table_column(look.table, target->name, &column);
    look.existence = column ? &column->existence : NULL;
    return look;
}

static Look look_at_constraint(const MlCatalog *catalog, const Target *target)
{
    Look look = look_at_table(catalog, target->schema, target->table);
    const MlCatalogConstraint *constraint = NULL;
    if (look.table == NULL)
        return look;
    look.is = ml_table_constraint(look.table, target->name, &constraint);
    look.existence = constraint ? &constraint->existence : NULL;
    return look;
}

/* To be looked for in all tables, since most databases do not ask which. */
static Look look_at_index(const MlCatalog *catalog, const Target *target)
{
    Look look = {0};
    const MlCatalogIndex *index = NULL;
    look.is = ml_catalog_index(catalog, target->schema, target->name, &look.table, &index);
    if (look.table == NULL) {
        look = look_at_table(catalog, target->schema, target->table);
        if (look.table != NULL)
            look.is = ml_table_index(look.table, target->name, &index);
    }
    look.existence = index ? &index->existence : NULL;
    return look;
}

static Look look_at_object(const MlCatalog *catalog, const Target *target)
{
    const MlCatalogObject *object = NULL;
    Look look = {0};
    look.is = target->kind == ML_CATALOG_TYPE
                  ? ml_catalog_type(catalog, target->schema, target->name, &object)
              : target->kind == ML_CATALOG_SEQUENCE
                  ? ml_catalog_sequence(catalog, target->schema, target->name, &object)
                  : ml_catalog_object(catalog, target->object, target->schema, NULL, target->name,
                                      &object);
    look.existence = object ? &object->existence : NULL;
    return look;
}

static Look look_at(const MlCatalog *catalog, const Target *target)
{
    switch (target->kind) {
    case ML_CATALOG_TABLE:
        return look_at_table(catalog, target->schema, target->name);
    case ML_CATALOG_COLUMN:
        return look_at_column(catalog, target);
    case ML_CATALOG_CONSTRAINT:
        return look_at_constraint(catalog, target);
    case ML_CATALOG_INDEX:
        return look_at_index(catalog, target);
    default:
        return look_at_object(catalog, target);
    }
}

static GPtrArray *table_names(const MlCatalog *catalog)
{
    GPtrArray *names = g_ptr_array_new();
    g_autoptr(GPtrArray) tables = ml_catalog_tables(catalog);
    for (guint i = 0; i < tables->len; i++)
        g_ptr_array_add(names, (gpointer)((const MlCatalogTable *)tables->pdata[i])->name);
    return names;
}

static GPtrArray *object_names(const MlCatalog *catalog, MlCatalogKind kind)
{
    GPtrArray *names = g_ptr_array_new();
    g_autoptr(GPtrArray) objects = ml_catalog_objects(catalog);
    for (guint i = 0; i < objects->len; i++) {
        const MlCatalogObject *object = objects->pdata[i];
        if (object->kind == kind)
            g_ptr_array_add(names, (gpointer)object->name);
    }
    return names;
}

/* Of all of a kind that there may be: const char *. */
static GPtrArray *names_of(const MlCatalog *catalog, MlCatalogKind kind)
{
    return kind == ML_CATALOG_TABLE ? table_names(catalog) : object_names(catalog, kind);
}

/* --- whether that is sure --------------------------------------------------------------------- */

static gboolean is_asked_first(const MlOperation *operation)
{
    return operation->if_exists.is != ML_ABSENT && !ml_is_false(operation->if_exists);
}

static gboolean is_gone_at(const MlPassage *passage, gsize at, const Target *target)
{
    return look_at(passage->states->pdata[at], target).is == ML_PRESENCE_ABSENT;
}

/* A batch that makes the table anew does all that is asked of it at once. */
static gsize start_of_batch(const MlMoment *moment)
{
    gsize at = moment->at;
    while (at > 0 && moment->operation->batch != NULL &&
           moment->passage->operations->items[at - 1]->batch == moment->operation->batch)
        at--;
    return at;
}

/*
 * MySQL calls a constraint's index as the constraint, makes one for a foreign key, drops an
 * index with the last of its columns, and a primary key under any name.
 */
static gboolean may_be_named_so(const MlOperation *operation, const Look *look,
                                const Target *target, const char *dialect)
{
    if (target->kind == ML_CATALOG_CONSTRAINT)
        return look->table == NULL || ml_text_is(operation->constraint_type, "primary") ||
               ml_table_index(look->table, target->name, NULL) != ML_PRESENCE_ABSENT;
    if (look->table == NULL || g_strcmp0(dialect, "sqlite") == 0)
        return FALSE;
    for (gsize i = 0; i < look->table->n_constraints; i++)
        if (look->table->constraints[i]->kind != ML_CHECK)
            return TRUE;
    return FALSE;
}

/* Probably another was meant: nothing says that there is one of that name. */
static gboolean is_mistyped(const MlMoment *moment, const Target *target, const Look *look)
{
    gboolean in_table = target->kind == ML_CATALOG_COLUMN || target->kind == ML_CATALOG_CONSTRAINT;
    MlCatalogKind kind = in_table ? ML_CATALOG_TABLE : target->kind;
    if ((kind != ML_CATALOG_TABLE && kind != ML_CATALOG_TYPE) || look->is != ML_PRESENCE_UNKNOWN ||
        look->table != NULL || look->existence != NULL || !ml_moment_knows_all(moment))
        return FALSE;
    const char *meant = in_table ? target->table : target->name;
    g_autoptr(GPtrArray) names = names_of(moment->before, kind);
    return meant != NULL &&
           ml_nearest(meant, (const char *const *)names->pdata, names->len) != NULL;
}

static gboolean is_part(const Target *target)
{
    return target->kind == ML_CATALOG_CONSTRAINT || target->kind == ML_CATALOG_INDEX;
}

/* Whether the function has dropped just that before, in so many words. */
static gboolean is_dropped_before(const MlMoment *moment, const Target *target)
{
    for (gsize i = 0; i < moment->at; i++) {
        const MlMoment before = {.operation = moment->passage->operations->items[i],
                                 .before = moment->passage->states->pdata[i]};
        const Target other = target_of(&before);
        if (before.operation->kind == moment->operation->kind &&
            g_strcmp0(other.name, target->name) == 0 &&
            g_strcmp0(other.table, target->table) == 0 &&
            g_strcmp0(other.schema, target->schema) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Databases but Postgres are laxer. */
static gboolean is_sure_elsewhere(const MlMoment *moment, const Target *target, const Look *look,
                                  const char *dialect)
{
    gboolean table_gone = look->table != NULL && look->table->existence.is == ML_PRESENCE_ABSENT;
    if (is_dropped_before(moment, target))
        return TRUE;
    if (!is_gone_at(moment->passage, start_of_batch(moment), target))
        return FALSE;
    return !is_part(target) || table_gone ||
           (is_gone_at(moment->passage, 0, target) &&
            !may_be_named_so(moment->operation, look, target, dialect));
}

/* --- telling -----------------------------------------------------------------------------------
 */

/* Where the table itself is gone, that is what is not there. */
static MlUnmade unmade_of(const MlMoment *moment, const Target *target, const Look *look)
{
    static const char *const what[] = {"table", "column",   "constraint", "index",
                                       "type",  "sequence", "object"};
    const MlDeed *taken = look->existence ? look->existence->changed : NULL;
    MlUnmade unmade = {.moment = moment, .taken = taken, .table = look->table};
    unmade.part = unmade.object = (MlObject){target->kind,  what[target->kind], target->schema,
                                             target->table, target->name,       NULL};
    if (target->kind == ML_CATALOG_OBJECT)
        unmade.object.what = ml_object_kind_name(target->object);
    unmade.table_is_gone = target->table != NULL &&
                           (look->table == NULL || look->table->existence.is == ML_PRESENCE_ABSENT);
    if (unmade.table_is_gone) {
        unmade.object =
            (MlObject){ML_CATALOG_TABLE, "table", target->schema, NULL, target->table, NULL};
        unmade.taken = look->table ? look->table->existence.changed : NULL;
    }
    return unmade;
}

/* The last operation before number `end` that took it away; NULL: none did. */
static const MlOperation *taker_in(const MlPassage *passage, gsize end, const Target *target)
{
    for (gsize i = end; i-- > 0;)
        if (look_at(passage->states->pdata[i], target).is == ML_PRESENCE_PRESENT)
            return passage->operations->items[i];
    return NULL;
}

/* Of a table that is known in full, a catalog forgets what is gone. */
static void find_taker(const MlMoment *moment, const Target *target, MlUnmade *unmade)
{
    const MlPassage *upgrade = &moment->step->upgrade;
    MlDeed taker = {.revision = moment->step->node->revision, .downgrade = moment->downgrade};
    taker.operation = taker_in(moment->passage, moment->at, target);
    if (taker.operation == NULL && moment->downgrade) {
        taker.operation = taker_in(upgrade, upgrade->operations->length, target);
        taker.downgrade = FALSE;
    }
    if (taker.operation == NULL)
        return;
    unmade->found = taker;
    unmade->taken = &unmade->found;
}

static gboolean find_unmade(const MlContext *context, const MlMoment *moment, gboolean guess,
                            MlUnmade *unmade)
{
    const char *dialect = context->migrations->dialect;
    const Target target = target_of(moment);
    if (target.name == NULL || is_asked_first(moment->operation))
        return FALSE;
    const Look look = look_at(moment->before, &target);
    gboolean absent =
        look.is == ML_PRESENCE_ABSENT && (g_strcmp0(dialect, "postgresql") == 0 ||
                                          is_sure_elsewhere(moment, &target, &look, dialect));
    if (!absent && !(guess && is_mistyped(moment, &target, &look)))
        return FALSE;
    *unmade = unmade_of(moment, &target, &look);
    if (unmade->taken == NULL && guess)
        find_taker(moment, &target, unmade);
    if (target.kind == ML_CATALOG_INDEX && unmade->table_is_gone && unmade->taken != NULL &&
        unmade->taken->operation->kind == ML_RENAME_TABLE)
        return FALSE; /* it may be on the table still, which is called otherwise */
    return !ml_object_has_twin(&unmade->object, moment->before, dialect);
}

void ml_unmade_each(MlContext *context, const MlStep *step, gboolean downgrade,
                    MlUnmadeReport *report)
{
    const MlPassage *passage = downgrade ? &step->downgrade : &step->upgrade;
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < passage->operations->length; i++) {
        MlMoment moment;
        MlUnmade unmade;
        if (ml_moment_at(step, downgrade, i, &moment) &&
            find_unmade(context, &moment, i < MOST_GUESSES, &unmade) &&
            g_hash_table_add(told, ml_object_words(&unmade.object)))
            report(context, &unmade);
    }
}

static const char *verb(const MlOperation *operation)
{
    const char *name = ml_operation_name(operation);
    return g_str_has_prefix(name, "drop_")     ? "drops"
           : g_str_has_prefix(name, "rename_") ? "renames"
                                               : "alters";
}

static gboolean is_rename(const MlDeed *deed)
{
    return deed->operation->new_name.is == ML_KNOWN;
}

/* Constraints and indexes go with a column that they are on. */
static gboolean went_with_column(const MlUnmade *unmade)
{
    return (unmade->object.kind == ML_CATALOG_CONSTRAINT ||
            unmade->object.kind == ML_CATALOG_INDEX) &&
           unmade->taken != NULL && unmade->taken->operation->kind == ML_DROP_COLUMN;
}

/* "that it has dropped" */
static char *fate_of(const MlUnmade *unmade)
{
    const MlMoment *moment = unmade->moment;
    const MlDeed *taken = unmade->taken;
    if (taken == NULL || taken->revision != moment->step->node->revision)
        return g_strdup("is not there");
    if (went_with_column(unmade))
        return g_strdup_printf("went with column '%s'", taken->operation->name.text);
    const char *who = taken->downgrade == moment->downgrade ? "it" : "upgrade()";
    return is_rename(taken)
               ? g_strdup_printf("%s has renamed to '%s'", who, taken->operation->new_name.text)
               : g_strdup_printf("%s has dropped", who);
}

char *ml_unmade_words(const MlUnmade *unmade)
{
    const char *does = verb(unmade->moment->operation);
    g_autofree char *object = ml_object_words(&unmade->object);
    g_autofree char *part = unmade->table_is_gone ? ml_object_words(&unmade->part) : NULL;
    g_autofree char *fate = fate_of(unmade);
    return part ? g_strdup_printf("%s %s, a table that %s", does, part, fate)
                : g_strdup_printf("%s %s, which %s", does, object, fate);
}

/* --- what was meant
 * ------------------------------------------------------------------------------- */

/* The names of what is there of the kind that was looked for: const char *. */
static GPtrArray *names_there(const MlUnmade *unmade)
{
    const MlCatalogTable *table = unmade->table;
    MlCatalogKind kind = unmade->object.kind;
    if (kind == ML_CATALOG_TABLE || kind >= ML_CATALOG_TYPE)
        return names_of(unmade->moment->before, kind);
    GPtrArray *names = g_ptr_array_new();
    for (gsize i = 0; kind == ML_CATALOG_COLUMN && table && i < table->n_columns; i++)
        if (table->columns[i]->existence.is == ML_PRESENCE_PRESENT)
            g_ptr_array_add(names, (gpointer)table->columns[i]->name);
    for (gsize i = 0; kind == ML_CATALOG_CONSTRAINT && table && i < table->n_constraints; i++)
        if (table->constraints[i]->existence.is == ML_PRESENCE_PRESENT &&
            table->constraints[i]->name != NULL)
            g_ptr_array_add(names, (gpointer)table->constraints[i]->name);
    for (gsize i = 0; kind == ML_CATALOG_INDEX && table && i < table->n_indexes; i++)
        if (table->indexes[i]->existence.is == ML_PRESENCE_PRESENT &&
            table->indexes[i]->name != NULL)
            g_ptr_array_add(names, (gpointer)table->indexes[i]->name);
    return names;
}

void ml_unmade_explain(MlFinding *finding, const MlUnmade *unmade)
{
    const MlDeed *taken = unmade->taken;
    ml_finding_concerns_object(finding, &unmade->object);
    if (taken != NULL)
        ml_finding_relate(finding, taken->revision, ml_operation_place(taken->operation),
                          is_rename(taken)           ? "it is renamed here"
                          : went_with_column(unmade) ? "the column is dropped here"
                                                     : "it is dropped here");
    if (unmade->moment->at >= MOST_GUESSES ||
        (taken != NULL && taken->revision == unmade->moment->step->node->revision))
        return;
    g_autoptr(GPtrArray) names = names_there(unmade);
    const char *nearest =
        ml_nearest(unmade->object.name, (const char *const *)names->pdata, names->len);
    if (nearest != NULL)
        ml_finding_help(finding, "did you mean '%s'?", nearest);
}
