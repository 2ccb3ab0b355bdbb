#include "report/rule_page.h"

#include <string.h>

/* --- text of ours as markdown ------------------------------------------------------ */

/* An underscore within a word marks nothing. */
static gboolean is_marked(const char *text, const char *at)
{
    if (*at == '_')
        return at == text || !g_ascii_isalnum(at[-1]) || !g_ascii_isalnum(at[1]);
    return strchr("\\*<[]$#~&|", *at) != NULL;
}

/* What stands in backquotes is code in markdown, too. */
static void append_prose(GString *out, const char *text)
{
    gboolean is_code = FALSE;
    for (const char *at = text; *at != '\0'; at++) {
        is_code ^= *at == '`';
        if (!is_code && is_marked(text, at))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *at);
    }
}

static void append_example(GString *out, const char *title, const char *example)
{
    g_autofree char *text = g_strchomp(g_strdup(example));
    g_string_append_printf(out, "\n\n%s\n\n```python\n%s\n```", title, text);
}

/* --- a section ---------------------------------------------------------------------- */

/* As GitHub and GitLab make it of the heading "ML101 multiple-heads". */
static char *anchor(const MlRule *rule)
{
    g_autofree char *code = g_ascii_strdown(rule->code, -1);
    return g_strdup_printf("%s-%s", code, rule->name);
}

char *ml_rule_url(const MlRule *rule)
{
    g_autofree char *section = anchor(rule);
    return g_strdup_printf("%s#%s", MIGLINT_RULES_URL, section);
}

static void append_superseded(GString *out, const MlRule *rule)
{
    g_autofree char *codes = g_strjoinv(", ", (char **)rule->supersedes);
    g_string_append_printf(out, "\n\nIt stands in for %s: of what it speaks of, they are silent.",
                           codes);
}

void ml_rule_append_page(GString *out, const MlRule *rule)
{
    append_prose(out, rule->why);
    append_example(out, "This raises it:", rule->bad);
    append_example(out, "This does not:", rule->good);
    if (rule->supersedes != NULL)
        append_superseded(out, rule);
    if (rule->reference != NULL)
        g_string_append_printf(out, "\n\nSee <%s>.", rule->reference);
    g_string_append_printf(
        out,
        "\n\nNot wanted? In a revision, `# miglint: ignore[%s]` behind the statement, and the "
        "reason; in the settings, `ignore = [\"%s\"]`; for once, `--ignore %s`.\n",
        rule->code, rule->code, rule->code);
}

/* --- all of them ---------------------------------------------------------------------- */

static void append_row(GString *out, const MlRule *rule)
{
    g_autofree char *section = anchor(rule);
    g_string_append_printf(out, "| [%s](#%s) | %s | %s%s | ", rule->code, section, rule->name,
                           ml_severity_name(rule->severity), rule->off ? ", off" : "");
    append_prose(out, rule->summary);
    g_string_append(out, " |\n");
}

static void append_section(GString *out, const MlRule *rule)
{
    g_string_append_printf(out, "\n## %s %s\n\n**%s%s**: ", rule->code, rule->name,
                           ml_severity_name(rule->severity),
                           rule->off ? ", not selected by default" : "");
    append_prose(out, rule->summary);
    g_string_append(out, ".\n\n");
    ml_rule_append_page(out, rule);
}

void ml_report_rules_markdown(GString *out)
{
    g_string_append(out, "# The rules of miglint\n"
                         "\n"
                         "Written by `miglint rules --format markdown` from the rules themselves. "
                         "`miglint explain ML101` tells the same of one. An example of several "
                         "files begins each with `# file:` and its path from the script location; "
                         "one of two states begins them with `# base:` and `# head:`.\n"
                         "\n"
                         "| | | | |\n"
                         "| --- | --- | --- | --- |\n");
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        append_row(out, *rule);
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        append_section(out, *rule);
}
