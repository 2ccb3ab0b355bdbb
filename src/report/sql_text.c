/* A script of SQL, with comments that tell which revision does what, and what could not be told. */
#include "report/escape.h"

#include "miglint/report.h"

#include <string.h>

#define DIM "2"
#define RED "31"

typedef struct {
    GString *out;
    const MlSqlReport *report;
    gboolean autocommit; /* the transaction is interrupted */
    GHashTable *refused; /* what was said not to be rendered since the last statement */
} Writer;

/* --- pieces ------------------------------------------------------------------- */

/* A line that stays a comment, whatever is in it. */
static void write_comment(Writer *writer, const char *colour, const char *text)
{
    if (writer->report->colour)
        g_string_append_printf(writer->out, "\033[%sm", colour);
    g_string_append(writer->out, "-- ");
    ml_escape_terminal(writer->out, text, -1);
    g_string_append(writer->out, writer->report->colour ? "\033[m\n\n" : "\n\n");
}

/* What a terminal would act upon is shown there; whoever keeps the script gets it as it is. */
static void write_text(Writer *writer, const char *text)
{
    if (!writer->report->terminal) {
        g_string_append(writer->out, text);
        return;
    }
    while (*text) {
        gsize length = strcspn(text, "\n\t");
        ml_escape_terminal(writer->out, text, (gssize)length);
        text += length;
        if (*text)
            g_string_append_c(writer->out, *text++);
    }
}

/* A ';' behind a comment would be a part of it. */
static gboolean ends_in_comment(const char *text)
{
    const char *line = strrchr(text, '\n');
    return strstr(line ? line : text, "--") != NULL;
}

static void write_statement(Writer *writer, const char *text)
{
    g_hash_table_remove_all(writer->refused);
    write_text(writer, text);
    g_string_append(writer->out, ends_in_comment(text) ? "\n;\n\n" : ";\n\n");
}

/* --- what was rendered ---------------------------------------------------------- */

static char *place_of(const Writer *writer, const MlScriptStep *step, const MlOperation *operation)
{
    g_autofree char *path =
        ml_report_path(writer->report->root, writer->report->standing, step->node->revision->path);
    guint line = operation ? ml_origin_position(ml_operation_place(operation)).line : 0;
    return line > 0 ? g_strdup_printf("%s:%u", path, line) : g_steal_pointer(&path);
}

/* Nothing twice in one place: what a loop or a helper does there may be hundreds of operations. */
static void write_refusal(Writer *writer, const MlScriptStep *step, const MlRendered *rendered)
{
    const MlOperation *operation = rendered->operation;
    g_autofree char *place = place_of(writer, step, operation);
    g_autofree char *text = g_strdup_printf("NOT RENDERED: %s: %s%s%s", place,
                                            operation ? ml_operation_name(operation) : "",
                                            operation ? ": " : "", rendered->text);
    if (!g_hash_table_contains(writer->refused, text))
        write_comment(writer, RED, text);
    g_hash_table_add(writer->refused, g_steal_pointer(&text));
}

static void write_raise(Writer *writer, const MlScriptStep *step, const MlRendered *rendered)
{
    const char *function = step->downgrade ? "downgrade()" : "upgrade()";
    g_autofree char *place = place_of(writer, step, rendered->operation);
    g_autofree char *text =
        rendered->operation
            ? g_strdup_printf("RAISES: %s: %s raises here, and the script ends", place, function)
            : g_strdup_printf("RAISES: %s: there is no %s, and the script ends", place, function);
    write_comment(writer, RED, text);
}

static void set_autocommit(Writer *writer, gboolean autocommit)
{
    if (writer->report->script->transactional && writer->autocommit != autocommit)
        write_statement(writer, autocommit ? "COMMIT" : "BEGIN");
    writer->autocommit = autocommit;
}

static void write_rendered(Writer *writer, const MlScriptStep *step, const GPtrArray *all)
{
    for (guint i = 0; i < all->len; i++) {
        const MlRendered *rendered = g_ptr_array_index(all, i);
        set_autocommit(writer, rendered->autocommit);
        switch (rendered->kind) {
        case ML_RENDERED_STATEMENT:
            write_statement(writer, rendered->text);
            break;
        case ML_RENDERED_NOT:
            write_refusal(writer, step, rendered);
            break;
        case ML_RENDERED_RAISE:
            write_raise(writer, step, rendered);
            break;
        }
    }
    set_autocommit(writer, FALSE);
}

/* --- the script ------------------------------------------------------------------- */

static char *join(const GPtrArray *ids)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(ids, i));
    return g_string_free(list, FALSE);
}

static void write_heading(Writer *writer, const MlScriptStep *step)
{
    g_hash_table_remove_all(writer->refused);
    g_autofree char *from = join(step->from);
    g_autofree char *to = join(step->to);
    const char *message = step->node->revision->message;
    g_autofree char *text =
        g_strdup_printf("Running %s %s -> %s%s%s", step->downgrade ? "downgrade" : "upgrade", from,
                        to, *message ? ", " : "", message);
    write_comment(writer, DIM, text);
}

void ml_report_sql_text(GString *out, const MlSqlReport *report)
{
    const MlScript *script = report->script;
    g_autoptr(GHashTable) refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Writer writer = {.out = out, .report = report, .refused = refused};
    const MlScriptStep *first = script->steps->len > 0 ? g_ptr_array_index(script->steps, 0) : NULL;
    const MlScriptStep *last =
        first ? g_ptr_array_index(script->steps, script->steps->len - 1) : NULL;
    for (guint i = 0; i < script->steps->len; i++) {
        const MlScriptStep *step = g_ptr_array_index(script->steps, i);
        if (script->transactional && (script->per_migration || step == first))
            write_statement(&writer, "BEGIN");
        if (step == first)
            write_rendered(&writer, step, script->before);
        write_heading(&writer, step);
        write_rendered(&writer, step, step->rendered);
        if (script->transactional && script->per_migration && !(script->raises && step == last))
            write_statement(&writer, "COMMIT");
    }
    if (last)
        write_rendered(&writer, last, script->after);
    if (last && script->transactional && !script->per_migration && !script->raises)
        write_statement(&writer, "COMMIT");
}
