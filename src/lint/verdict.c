#include "lint/verdict.h"

#include <string.h>

/* Of a statement so much is shown. */
#define SHOWN 300

/* More differences than anybody reads. */
#define MOST_DIFFERENCES 20

static MlOrigin function_of(const MlVerdict *verdict)
{
    const MlRevision *revision = verdict->step->node->revision;
    return verdict->stage == ML_STAGE_DOWNGRADE ? revision->downgrade.name : revision->upgrade.name;
}

MlOrigin ml_verdict_place(const MlVerdict *verdict)
{
    return verdict->operation ? ml_operation_place(verdict->operation) : function_of(verdict);
}

/* A statement or a message on one line, shortened where it is long: new. */
static char *shown(const char *words)
{
    g_autofree char *text = g_strdup(words);
    g_strdelimit(text, "\n\r\t", ' ');
    if (strlen(text) <= SHOWN)
        return g_steal_pointer(&text);
    g_autofree char *start = g_strndup(text, SHOWN);
    char *end;
    if (!g_utf8_validate(start, -1, (const char **)&end))
        *end = '\0';
    return g_strconcat(start, " ...", NULL);
}

static const char *message_of(const MlVerdict *verdict)
{
    return verdict->database_message ? verdict->database_message : "it raises an exception";
}

/* The catalog before an operation of the verdict's step; NULL where it is of neither function. */
static const MlCatalog *catalog_before(const MlVerdict *verdict)
{
    const MlPassage *passages[] = {&verdict->step->upgrade, &verdict->step->downgrade};
    for (gsize i = 0; i < G_N_ELEMENTS(passages); i++)
        for (gsize j = 0; passages[i]->operations && j < passages[i]->operations->length; j++)
            if (passages[i]->operations->items[j] == verdict->operation)
                return passages[i]->states->pdata[j];
    return NULL;
}

/* Whether the message is about a table that nothing is known of. */
static gboolean is_missed(const MlVerdict *verdict, const MlCatalog *catalog, MlText schema,
                          MlText table)
{
    return table.is == ML_KNOWN && schema.is != ML_UNKNOWN &&
           strstr(message_of(verdict), table.text) != NULL &&
           ml_catalog_table(catalog, schema.text, table.text, NULL) == ML_PRESENCE_UNKNOWN;
}

/* The table that the database has missed and that no revision makes; NULL: there is none. */
static const char *missed_table(const MlVerdict *verdict)
{
    const MlOperation *operation = verdict->operation;
    const MlCatalog *catalog = operation ? catalog_before(verdict) : NULL;
    if (catalog == NULL)
        return NULL;
    if (operation->kind != ML_CREATE_TABLE &&
        is_missed(verdict, catalog, operation->schema, operation->table))
        return operation->table.text;
    for (gsize i = 0; i < operation->n_constraints; i++) {
        const MlConstraint *constraint = &operation->constraints[i];
        if (is_missed(verdict, catalog, constraint->referred_schema, constraint->referred_table))
            return constraint->referred_table.text;
    }
    return NULL;
}

void ml_report_refused(MlContext *context, const MlVerdict *verdict, const char *what)
{
    g_auto(GStrv) message = g_strsplit(message_of(verdict), "\n", 2);
    gboolean has_details = g_strv_length(message) == 2; /* Postgres's */
    g_autofree char *first = shown(has_details ? message[0] : message_of(verdict));
    g_autofree char *details = has_details ? shown(message[1]) : NULL;
    MlFinding *finding = ml_report(context, verdict->step->node->revision,
                                   ml_verdict_place(verdict), "%s fails: %s", what, first);
    if (verdict->statement == NULL)
        return;
    g_autofree char *statement = shown(verdict->statement);
    const char *missed = missed_table(verdict);
    g_autofree char *elsewhere =
        missed
            ? g_strdup_printf("\nno revision makes '%s': if something else does, begin on a dump "
                              "of that, with --baseline-schema",
                              missed)
            : NULL;
    ml_finding_help(finding, "%s%sthe statement was: %s%s", details ? details : "",
                    details ? "\n" : "", statement, elsewhere ? elsewhere : "");
}

/* --- differences ------------------------------------------------------------------------------ */

static const struct {
    const char *what;
    MlCatalogKind kind;
} kinds[] = {
    {"table", ML_CATALOG_TABLE},
    {"column", ML_CATALOG_COLUMN},
    {"constraint", ML_CATALOG_CONSTRAINT},
    {"index", ML_CATALOG_INDEX},
    {"enum", ML_CATALOG_TYPE},
    {"type", ML_CATALOG_TYPE},
    {"domain", ML_CATALOG_TYPE},
    {"sequence", ML_CATALOG_SEQUENCE},
};

static MlCatalogKind kind_of(const char *what)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].what, what) == 0)
            return kinds[i].kind;
    return ML_CATALOG_OBJECT;
}

/* "column 'email' of 'account'", new. */
static char *words_of(const MlTripDifference *difference)
{
    const char *schema = difference->schema;
    GString *words = g_string_new(difference->what);
    g_string_append_printf(words, " '%s'", difference->name);
    if (difference->table != NULL)
        g_string_append_printf(words, " of '%s%s%s'", schema ? schema : "", schema ? "." : "",
                               difference->table);
    return g_string_free(words, FALSE);
}

/* Whether an operation makes, drops or changes it. */
static gboolean is_about(const MlOperation *operation, const MlTripDifference *difference)
{
    const char *table = difference->table ? difference->table : difference->name;
    gboolean of_table = ml_text_is(operation->table, table);
    if (difference->table == NULL)
        return of_table || ml_text_is(operation->name, difference->name);
    if (!of_table)
        return FALSE;
    if (ml_text_is(operation->name, difference->name))
        return TRUE;
    for (gsize i = 0; i < operation->n_columns; i++)
        if (ml_text_is(operation->columns[i].name, difference->name))
            return TRUE;
    for (gsize i = 0; i < operation->n_constraints; i++)
        if (ml_text_is(operation->constraints[i].name, difference->name))
            return TRUE;
    for (gsize i = 0; i < operation->n_indexes; i++)
        if (ml_text_is(operation->indexes[i].name, difference->name))
            return TRUE;
    return FALSE;
}

/* What of upgrade() is about it; else whatever is about its table; else NULL. */
static const MlOperation *cause_of(const MlStep *step, const MlTripDifference *difference)
{
    const MlOperations *operations = step->upgrade.operations;
    const MlOperation *near = NULL;
    for (gsize i = 0; operations != NULL && i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        if (is_about(operation, difference))
            return operation;
        if (near == NULL && difference->table != NULL &&
            ml_text_is(operation->table, difference->table))
            near = operation;
    }
    return near;
}

/* A flag is told where it is not as usual; else nothing is there. */
static const char *shown_value(const MlTripDifference *difference, const char *value,
                               const char *other)
{
    if (value != NULL)
        return value;
    gboolean flag = strcmp(difference->property, "comment") != 0;
    return flag && strcmp(other, "yes") == 0  ? "no"
           : flag && strcmp(other, "no") == 0 ? "yes"
                                              : "none";
}

static void report_difference(MlContext *context, const MlVerdict *verdict,
                              const MlTripDifference *difference, const char *after)
{
    const MlRevision *revision = verdict->step->node->revision;
    const MlOperation *cause = cause_of(verdict->step, difference);
    MlOrigin place = cause ? ml_operation_place(cause) : function_of(verdict);
    g_autofree char *words = words_of(difference);
    MlFinding *finding;
    if (difference->kind == ML_SCHEMA_CHANGED)
        finding = ml_report(context, revision, place, "after %s %s has another %s: %s, it was %s",
                            after, words, difference->property,
                            shown_value(difference, difference->after, difference->before),
                            shown_value(difference, difference->before, difference->after));
    else
        finding = ml_report(context, revision, place, "after %s %s %s", after, words,
                            difference->kind == ML_SCHEMA_LEFT ? "is still there" : "is missing");
    ml_finding_concerns(finding, kind_of(difference->what), difference->schema, difference->table,
                        difference->name);
    if (verdict->second_message == NULL)
        return;
    g_autofree char *message = shown(verdict->second_message);
    ml_finding_relate(finding, revision, revision->upgrade.name,
                      "and so the second upgrade fails: %s", message);
}

void ml_report_differences(MlContext *context, const MlVerdict *verdict, const char *after)
{
    const GPtrArray *differences = verdict->differences;
    for (guint i = 0; i < differences->len && i < MOST_DIFFERENCES; i++)
        report_difference(context, verdict, g_ptr_array_index(differences, i), after);
    if (differences->len > MOST_DIFFERENCES)
        ml_report(context, verdict->step->node->revision, function_of(verdict),
                  "after %s %u more things differ", after, differences->len - MOST_DIFFERENCES);
}
