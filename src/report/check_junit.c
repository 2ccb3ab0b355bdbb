/* JUnit's XML has no standard: this keeps to what Jenkins, GitLab and Azure read alike. */
#include "report/check_view.h"
#include "report/escape.h"

/* --- cases -------------------------------------------------------------------------- */

/* A revision; the first of a suite is the environment. */
typedef struct {
    const char *path;      /* NULL: the environment */
    GPtrArray *findings;   /* const MlFinding *: the worst first */
    GPtrArray *unverified; /* const MlUnverified * */
    guint failing;         /* findings */
} Case;

typedef struct {
    GPtrArray *cases;
    GHashTable *by_path; /* of each revision of the environment: its case, or NULL */
} Suite;

static void case_free(gpointer data)
{
    Case *one = data;
    g_ptr_array_unref(one->findings);
    g_ptr_array_unref(one->unverified);
    g_free(one);
}

static void suite_free(gpointer data)
{
    Suite *suite = data;
    g_ptr_array_unref(suite->cases);
    g_hash_table_unref(suite->by_path);
    g_free(suite);
}

static Case *add_case(Suite *suite, const char *path)
{
    Case *one = g_new0(Case, 1);
    one->path = path;
    one->findings = g_ptr_array_new();
    one->unverified = g_ptr_array_new();
    g_ptr_array_add(suite->cases, one);
    if (path != NULL)
        g_hash_table_insert(suite->by_path, (gpointer)path, one);
    return one;
}

/* That of a file; of a revision that there was nothing to say of, up to now, a new one. */
static Case *case_of(Suite *suite, const char *path)
{
    gpointer revision, one;
    if (!g_hash_table_lookup_extended(suite->by_path, path, &revision, &one))
        return g_ptr_array_index(suite->cases, 0);
    return one ? one : add_case(suite, revision);
}

static gboolean is_judged(const MlCheckReport *report, const MlChange *change,
                          const MlRevision *revision)
{
    return (report->wanted == NULL || g_hash_table_contains(report->wanted, revision)) &&
           (change == NULL || ml_change_brings(change, revision));
}

static void take_findings(Suite *suite, const MlCheckReport *report, const char *project)
{
    g_autoptr(GPtrArray) findings = ml_check_worst_first(report);
    for (guint i = 0; i < findings->len; i++) {
        const MlFinding *finding = g_ptr_array_index(findings, i);
        if (!g_str_equal(finding->project, project))
            continue;
        Case *one = case_of(suite, finding->path);
        g_ptr_array_add(one->findings, (gpointer)finding);
        one->failing += finding->fails;
    }
    for (guint i = 0; i < report->unverified->len && !report->quiet; i++) {
        const MlUnverified *unverified = g_ptr_array_index(report->unverified, i);
        if (g_str_equal(unverified->project, project))
            g_ptr_array_add(case_of(suite, unverified->path)->unverified, (gpointer)unverified);
    }
}

static Suite *suite_of(const MlCheckReport *report, guint number)
{
    const MlMigrations *migrations = g_ptr_array_index(report->projects, number);
    const MlChange *change = report->changes ? g_ptr_array_index(report->changes, number) : NULL;
    Suite *suite = g_new0(Suite, 1);
    suite->cases = g_ptr_array_new_with_free_func(case_free);
    suite->by_path = g_hash_table_new(g_str_hash, g_str_equal);
    add_case(suite, NULL);
    for (guint i = 0; i < migrations->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        if (is_judged(report, change, revision))
            add_case(suite, revision->path);
        else
            g_hash_table_insert(suite->by_path, revision->path, NULL);
    }
    take_findings(suite, report, migrations->project->name);
    return suite;
}

/* --- XML ------------------------------------------------------------------------------ */

static void add_attribute(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, " %s=\"", name);
    ml_escape_xml(out, value, -1);
    g_string_append_c(out, '"');
}

static void add_lines(GString *out, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        ml_escape_xml(out, *line, -1);
        if (line[1] != NULL)
            g_string_append_c(out, '\n');
    }
}

typedef struct {
    guint tests, failures, skipped;
} Counts;

static gboolean is_skipped(const Case *one)
{
    return one->failing == 0 && one->unverified->len > 0;
}

static void add_counts(GString *out, const Counts *counts)
{
    g_string_append_printf(out, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n",
                           counts->tests, counts->failures, counts->skipped);
}

static void count(const Suite *suite, Counts *counts)
{
    for (guint i = 0; i < suite->cases->len; i++) {
        const Case *one = g_ptr_array_index(suite->cases, i);
        counts->tests++;
        counts->failures += one->failing > 0;
        counts->skipped += is_skipped(one);
    }
}

/* --- what is said ------------------------------------------------------------------------ */

static void append_place(GString *out, const char *path, guint line, guint column)
{
    g_string_append(out, path);
    if (line > 0)
        g_string_append_printf(out, ":%u", line);
    if (column > 0)
        g_string_append_printf(out, ":%u", column);
    g_string_append(out, ": ");
}

static void append_finding(GString *text, const MlFinding *finding)
{
    append_place(text, finding->path, finding->position.line, finding->position.column);
    g_string_append_printf(text, "%s: %s [%s %s]\n", ml_severity_name(finding->severity),
                           finding->message, finding->rule->code, finding->rule->name);
    for (guint i = 0; i < finding->related->len; i++) {
        const MlRelated *related = g_ptr_array_index(finding->related, i);
        g_string_append(text, "= ");
        if (related->path != NULL)
            append_place(text, related->path, related->line, 0);
        g_string_append_printf(text, "%s\n", related->message);
    }
    if (finding->help != NULL)
        g_string_append_printf(text, "help: %s\n", finding->help);
}

static GString *text_of(const GPtrArray *findings)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++)
        append_finding(text, g_ptr_array_index(findings, i));
    return text;
}

/* One element holds them all: most services show the first alone. What fails comes first. */
static void add_failure(GString *out, const Case *one)
{
    const MlFinding *first = g_ptr_array_index(one->findings, 0);
    g_autoptr(GString) text = text_of(one->findings);
    g_string_append(out, "<failure");
    add_attribute(out, "type", first->rule->code);
    add_attribute(out, "message", first->message);
    g_string_append_c(out, '>');
    add_lines(out, text->str);
    g_string_append(out, "</failure>");
}

static void add_skipped(GString *out, const GPtrArray *unverified)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < unverified->len; i++) {
        const MlUnverified *unknown = g_ptr_array_index(unverified, i);
        append_place(text, unknown->path, unknown->line, 0);
        g_string_append_printf(text, "unverified: %s: %s\n", unknown->what, unknown->why);
    }
    g_string_append(out, "<skipped message=\"unverified\">");
    add_lines(out, text->str);
    g_string_append(out, "</skipped>");
}

static void add_output(GString *out, const GPtrArray *findings)
{
    g_autoptr(GString) text = text_of(findings);
    g_string_append(out, "<system-out>");
    add_lines(out, text->str);
    g_string_append(out, "</system-out>");
}

static void add_testcase(GString *out, const char *project, const Case *one)
{
    g_string_append(out, "    <testcase");
    add_attribute(out, "classname", project);
    add_attribute(out, "name", one->path ? one->path : "environment");
    if (one->path != NULL)
        add_attribute(out, "file", one->path);
    gboolean says_nothing = one->findings->len == 0 && one->unverified->len == 0;
    g_string_append(out, says_nothing ? "/>\n" : ">");
    if (says_nothing)
        return;
    if (one->failing > 0)
        add_failure(out, one);
    if (is_skipped(one))
        add_skipped(out, one->unverified);
    if (one->failing == 0 && one->findings->len > 0)
        add_output(out, one->findings);
    g_string_append(out, "</testcase>\n");
}

/* --- the whole ------------------------------------------------------------------------------ */

static void add_testsuite(GString *out, const char *project, const Suite *suite)
{
    Counts counts = {0};
    count(suite, &counts);
    g_string_append(out, "  <testsuite");
    add_attribute(out, "name", project);
    add_counts(out, &counts);
    for (guint i = 0; i < suite->cases->len; i++)
        add_testcase(out, project, g_ptr_array_index(suite->cases, i));
    g_string_append(out, "  </testsuite>\n");
}

void ml_report_check_junit(GString *out, const MlCheckReport *report)
{
    g_autoptr(GPtrArray) suites = g_ptr_array_new_with_free_func(suite_free);
    Counts counts = {0};
    for (guint i = 0; i < report->projects->len; i++) {
        Suite *suite = suite_of(report, i);
        g_ptr_array_add(suites, suite);
        count(suite, &counts);
    }
    g_string_append(out,
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"miglint\"");
    add_counts(out, &counts);
    for (guint i = 0; i < suites->len; i++) {
        const MlMigrations *migrations = g_ptr_array_index(report->projects, i);
        add_testsuite(out, migrations->project->name, g_ptr_array_index(suites, i));
    }
    g_string_append(out, "</testsuites>\n");
}
