/* SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
#include "report/escape.h"
#include "report/json.h"
#include "report/rule_page.h"

#include <string.h>

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"

/* The root of the tree, by the name that it usually has. */
#define ROOT "%SRCROOT%"

/* --- pieces ----------------------------------------------------------------- */

static void add_text(cJSON *object, const char *key, const char *text)
{
    cJSON_AddItemToObject(object, key, ml_json_text(text));
}

/* Text of ours, or escaped already. */
static cJSON *add_message(cJSON *object, const char *key, const char *text)
{
    cJSON *message = cJSON_AddObjectToObject(object, key);
    add_text(message, "text", text);
    return message;
}

static void append_place(GString *out, const char *path, guint line)
{
    g_string_append(out, path);
    if (line > 0)
        g_string_append_printf(out, ":%u", line);
}

/* --- the rules ---------------------------------------------------------------- */

/* What is usual: a result says its own level. */
static void add_configuration(cJSON *object, const MlRule *rule)
{
    cJSON *configuration = cJSON_AddObjectToObject(object, "defaultConfiguration");
    cJSON_AddBoolToObject(configuration, "enabled", !rule->off);
    add_text(configuration, "level", ml_severity_name(rule->severity));
}

/* Braces stay as they are: no reader puts arguments into the help of a rule. */
static cJSON *rule_object(const MlRule *rule)
{
    g_autofree char *url = ml_rule_url(rule);
    g_autofree char *first = g_strndup(rule->why, strcspn(rule->why, "\n"));
    g_autoptr(GString) page = g_string_new(NULL);
    ml_rule_append_page(page, rule);
    cJSON *object = cJSON_CreateObject();
    add_text(object, "id", rule->code);
    add_text(object, "name", rule->name);
    add_message(object, "shortDescription", rule->summary);
    add_message(object, "fullDescription", first);
    add_text(add_message(object, "help", rule->why), "markdown", page->str);
    add_text(object, "helpUri", url);
    add_configuration(object, rule);
    return object;
}

static guint index_of(const MlRule *rule)
{
    guint index = 0;
    while (ml_all_rules[index] != rule)
        index++;
    return index;
}

/* What could not be judged is the matter of no rule; GitHub asks as much of it as of one. */
static void add_notification_kind(cJSON *driver)
{
    static const char help[] = "Only running Python would tell what stands there, which miglint "
                               "never does. The rules that would have to know are silent.";
    cJSON *kind = cJSON_CreateObject();
    add_text(kind, "id", "unverified");
    add_message(kind, "shortDescription", "what could not be judged");
    add_message(kind, "fullDescription", help);
    add_message(kind, "help", help);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(driver, "notifications"), kind);
}

static void add_tool(cJSON *run)
{
    cJSON *driver = cJSON_AddObjectToObject(cJSON_AddObjectToObject(run, "tool"), "driver");
    add_text(driver, "name", "miglint");
    add_text(driver, "semanticVersion", MIGLINT_VERSION);
    add_text(driver, "informationUri", MIGLINT_URL);
    cJSON *rules = cJSON_AddArrayToObject(driver, "rules");
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        cJSON_AddItemToArray(rules, rule_object(*rule));
    add_notification_kind(driver);
}

/* --- places --------------------------------------------------------------------- */

static void add_number(cJSON *object, const char *key, guint number)
{
    if (number > 0)
        cJSON_AddNumberToObject(object, key, number);
}

/* A whole file is its first line: code scanning shows nothing that has no line. */
static cJSON *location_object(const char *path, const MlPosition *position)
{
    g_autoptr(GString) uri = g_string_new(NULL);
    ml_escape_uri(uri, path);
    cJSON *location = cJSON_CreateObject();
    cJSON *physical = cJSON_AddObjectToObject(location, "physicalLocation");
    cJSON *artifact = cJSON_AddObjectToObject(physical, "artifactLocation");
    add_text(artifact, "uri", uri->str);
    add_text(artifact, "uriBaseId", ROOT);
    cJSON *region = cJSON_AddObjectToObject(physical, "region");
    add_number(region, "startLine", MAX(position->line, 1));
    add_number(region, "startColumn", position->column);
    add_number(region, "endLine", position->end_line);
    add_number(region, "endColumn", position->end_column);
    return location;
}

/* --- results ---------------------------------------------------------------------- */

/* A line of the message that leads to the related location of that number, if it is one. */
static void append_related(GString *message, const MlRelated *related, guint number)
{
    g_string_append_c(message, '\n');
    if (related->path != NULL) {
        g_autoptr(GString) place = g_string_new(NULL);
        append_place(place, related->path, related->line);
        g_string_append_c(message, '[');
        ml_escape_sarif_link(message, place->str, -1);
        g_string_append_printf(message, "](%u): ", number);
    }
    ml_escape_sarif_message(message, related->message, -1);
}

static void add_finding_message(cJSON *result, const MlFinding *finding)
{
    g_autoptr(GString) message = g_string_new(NULL);
    ml_escape_sarif_message(message, finding->message, -1);
    for (guint i = 0; i < finding->related->len; i++)
        append_related(message, g_ptr_array_index(finding->related, i), i + 1);
    if (finding->help != NULL) {
        g_string_append(message, "\nhelp: ");
        ml_escape_sarif_message(message, finding->help, -1);
    }
    add_message(result, "message", message->str);
}

static void add_related_locations(cJSON *result, const GPtrArray *all)
{
    cJSON *locations = cJSON_CreateArray();
    for (guint i = 0; i < all->len; i++) {
        const MlRelated *related = g_ptr_array_index(all, i);
        if (related->path == NULL)
            continue;
        g_autoptr(GString) message = g_string_new(NULL);
        cJSON *location = location_object(related->path, &(MlPosition){.line = related->line});
        ml_escape_sarif_message(message, related->message, -1);
        cJSON_AddNumberToObject(location, "id", i + 1);
        add_message(location, "message", message->str);
        cJSON_AddItemToArray(locations, location);
    }
    cJSON_AddItemToObject(result, "relatedLocations", locations);
}

/* An empty list says that it is not suppressed; without one nobody would know. */
static void add_suppressions(cJSON *result, const MlFinding *finding)
{
    static const char *const outside[] = {"settings", "baseline", NULL};
    cJSON *suppressions = cJSON_AddArrayToObject(result, "suppressions");
    if (finding->suppressed == NULL)
        return;
    cJSON *suppression = cJSON_CreateObject();
    add_text(suppression, "kind",
             g_strv_contains(outside, finding->suppressed) ? "external" : "inSource");
    if (finding->reason != NULL && *finding->reason != '\0')
        add_text(suppression, "justification", finding->reason);
    cJSON_AddItemToArray(suppressions, suppression);
}

/* What SARIF has no word for. */
static void add_properties(cJSON *result, const MlFinding *finding)
{
    cJSON *properties = cJSON_AddObjectToObject(result, "properties");
    add_text(properties, "project", finding->project);
    if (finding->revision != NULL)
        add_text(properties, "revision", finding->revision);
    if (finding->commit != NULL)
        add_text(properties, "commit", finding->commit);
}

static cJSON *result_object(const MlFinding *finding)
{
    cJSON *result = cJSON_CreateObject();
    add_text(result, "ruleId", finding->rule->code);
    cJSON_AddNumberToObject(result, "ruleIndex", index_of(finding->rule));
    add_text(result, "level", ml_severity_name(finding->severity));
    add_finding_message(result, finding);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(result, "locations"),
                         location_object(finding->path, &finding->position));
    add_related_locations(result, finding->related);
    add_text(cJSON_AddObjectToObject(result, "partialFingerprints"), "miglintFinding/v1",
             finding->fingerprint);
    add_suppressions(result, finding);
    add_properties(result, finding);
    return result;
}

static void add_results(cJSON *results, const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        cJSON_AddItemToArray(results, result_object(g_ptr_array_index(findings, i)));
}

/* --- what could not be told ---------------------------------------------------------- */

static cJSON *notification_object(const MlUnverified *unverified)
{
    g_autoptr(GString) message = g_string_new(NULL);
    ml_escape_sarif_message(message, unverified->what, -1);
    g_string_append(message, ": ");
    ml_escape_sarif_message(message, unverified->why, -1);
    cJSON *notification = cJSON_CreateObject();
    add_text(cJSON_AddObjectToObject(notification, "descriptor"), "id", "unverified");
    add_text(notification, "level", "note");
    add_message(notification, "message", message->str);
    cJSON_AddItemToArray(
        cJSON_AddArrayToObject(notification, "locations"),
        location_object(unverified->path, &(MlPosition){.line = unverified->line}));
    return notification;
}

static void add_invocation(cJSON *run, const MlCheckReport *report)
{
    cJSON *invocation = cJSON_CreateObject();
    cJSON_AddBoolToObject(invocation, "executionSuccessful", TRUE);
    cJSON *notifications = cJSON_AddArrayToObject(invocation, "toolExecutionNotifications");
    for (guint i = 0; i < report->unverified->len && !report->quiet; i++)
        cJSON_AddItemToArray(notifications,
                             notification_object(g_ptr_array_index(report->unverified, i)));
    cJSON_AddItemToArray(cJSON_AddArrayToObject(run, "invocations"), invocation);
}

/* --- the whole ------------------------------------------------------------------------- */

static cJSON *run_object(const MlCheckReport *report)
{
    cJSON *run = cJSON_CreateObject();
    add_tool(run);
    add_invocation(run, report);
    cJSON *root = cJSON_AddObjectToObject(cJSON_AddObjectToObject(run, "originalUriBaseIds"), ROOT);
    add_message(root, "description",
                "the root of the repository, or of the folder that was linted");
    add_text(run, "columnKind", "unicodeCodePoints");
    cJSON *results = cJSON_AddArrayToObject(run, "results");
    add_results(results, report->findings);
    if (!report->quiet)
        add_results(results, report->suppressed);
    return run;
}

void ml_report_check_sarif(GString *out, const MlCheckReport *report)
{
    cJSON *log = cJSON_CreateObject();
    add_text(log, "$schema", SCHEMA);
    add_text(log, "version", "2.1.0");
    cJSON_AddItemToArray(cJSON_AddArrayToObject(log, "runs"), run_object(report));
    ml_json_finish(out, log);
}
