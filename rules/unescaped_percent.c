#include "miglint/lint.h"

#include <string.h>

/* A % that begins neither %% nor %(name)s; NULL if there is none. */
static const char *lone_percent(const char *value)
{
    for (const char *at = value; (at = strchr(at, '%')) != NULL;) {
        const char *close = at[1] == '(' ? strchr(at, ')') : NULL;
        if (at[1] == '%')
            at += 2;
        else if (close != NULL && close > at + 2 && close[1] == 's')
            at = close + 2;
        else
            return at;
    }
    return NULL;
}

/* Whether env.py puts options into the configuration: %(name)s may then name one of those. */
static gboolean env_sets_options(MlContext *context)
{
    static const char *const setters[] = {"set_main_option", "set_section_option", "file_config"};
    const char *path = context->migrations->setup->env;
    g_autoptr(GBytes) text = path ? ml_tree_read(context->tree, path, NULL, NULL) : NULL;
    if (text == NULL)
        return TRUE;
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    for (guint i = 0; i < G_N_ELEMENTS(setters); i++)
        if (g_strstr_len(bytes, length, setters[i]) != NULL)
            return TRUE;
    return FALSE;
}

/* What has a % that is not escaped is a password more often than not: the line is not shown. */
static MlFinding *report(MlContext *context, const MlOption *option, const char *message)
{
    MlFinding *finding = ml_report_file(context, option->place.path,
                                        (MlPosition){.line = option->place.line}, "%s", message);
    g_clear_pointer(&finding->text, g_bytes_unref);
    return finding;
}

/* In TOML there are no options that one could name: Alembic defines %(here)s and no more. */
static void report_name(MlContext *context, const MlOption *option)
{
    gboolean toml = strcmp(option->section, "tool.alembic") == 0;
    if (!toml && env_sets_options(context))
        return;
    g_autofree char *message = g_strdup_printf(
        "%s in [%s] names with %%(...)s what no option defines", option->key, option->section);
    ml_finding_help(report(context, option, message), "%s, or write %%%% for %%",
                    toml ? "write %(here)s, the only name there is"
                         : "define it in the section or in [DEFAULT]");
}

static void check_percent(MlContext *context, const MlOption *option)
{
    if (!option->broken)
        return;
    if (lone_percent(option->raw) == NULL) {
        report_name(context, option);
        return;
    }
    g_autofree char *message =
        g_strdup_printf("%s in [%s] has a %% that is not escaped", option->key, option->section);
    ml_finding_help(report(context, option, message),
                    "write %%%% for every %% that stands for itself: p%%%%40ss for p%%40ss");
}

/* SQLAlchemy ends the password at the first @, and takes one in the user's name for what it is. */
static gboolean has_bare_at(const char *value)
{
    const char *authority = strstr(value, "://");
    if (authority == NULL)
        return FALSE;
    authority += strlen("://");
    const char *colon = authority + strcspn(authority, ":/");
    const char *at = *colon == ':' ? strchr(colon, '@') : NULL;
    if (at == NULL)
        return FALSE;
    gsize length = strcspn(at + 1, "/? \t\n");
    return memchr(at + 1, '@', length) != NULL;
}

static void check_reserved(MlContext *context, const MlOption *option)
{
    if (!has_bare_at(option->raw))
        return;
    g_autofree char *message =
        g_strdup_printf("the URL in %s of [%s] has an @ in its password that is not encoded",
                        option->key, option->section);
    ml_finding_help(report(context, option, message),
                    "write %%%%40 for it: %%40 in the URL, and %%%% for ConfigParser");
}

static void check(MlContext *context)
{
    const GPtrArray *options = context->migrations->project->options;
    for (guint i = 0; i < options->len; i++) {
        check_percent(context, g_ptr_array_index(options, i));
        check_reserved(context, g_ptr_array_index(options, i));
    }
}

const MlRule ml_rule_unescaped_percent = {
    .code = "ML902",
    .name = "unescaped-percent",
    .severity = ML_SEVERITY_ERROR,
    .summary = "the configuration has a % or an @ that is read for something else",
    .why =
        "Alembic reads its ini with ConfigParser, for which %(name)s is the value of another "
        "option and %% is a plain %. Any other % ends in \"invalid interpolation syntax\": often "
        "that of a password that is percent-encoded, as it has to be in a URL. So @ in a "
        "password is %40 in the URL, and %%40 in the ini. In pyproject.toml Alembic formats its "
        "own options in the same way.\n"
        "\n"
        "An @ that is not encoded ends the password for SQLAlchemy, and the rest is taken for "
        "the host.",
    .bad = "# file: ../alembic.ini\n"
           "[alembic]\n"
           "script_location = migrations\n"
           "file_template = %(year)d_%(rev)s\n"
           "sqlalchemy.url = driver://user:p%40ss@localhost/dbname\n",
    .good = "# file: ../alembic.ini\n"
            "[alembic]\n"
            "script_location = migrations\n"
            "file_template = %%(year)d_%%(rev)s\n"
            "sqlalchemy.url = driver://user:p%%40ss@localhost/dbname\n",
    .reference = "https://docs.python.org/3/library/configparser.html#interpolation-of-values",
    .check_project = check,
};
