#include "miglint/lint.h"
#include "miglint/text.h"

#include <string.h>

/* What stands for a password that comes from elsewhere: %(name)s, ${NAME}, {name}, <name>. */
static gboolean is_interpolation(const char *password)
{
    return strstr(password, "%(") != NULL || strchr("${<", *password) != NULL ||
           password[strspn(password, "*xX.")] == '\0';
}

/* Alembic's templates have driver://user:pass@localhost/dbname, and people change the driver. */
static gboolean is_placeholder(const char *url)
{
    static const char *const users[] = {"://user:pass@", "://user:password@",
                                        "://username:password@"};
    g_autofree char *lower = g_ascii_strdown(url, -1);
    for (guint i = 0; i < G_N_ELEMENTS(users); i++)
        if (strstr(lower, users[i]) != NULL)
            return TRUE;
    return g_str_has_prefix(url, "driver://");
}

static gboolean holds_password(const char *value)
{
    g_autofree char *password = ml_url_password(value);
    return password != NULL && !is_interpolation(password) && !is_placeholder(value);
}

static void check(MlContext *context)
{
    const GPtrArray *options = context->migrations->project->options;
    for (guint i = 0; i < options->len; i++) {
        const MlOption *option = g_ptr_array_index(options, i);
        if (!holds_password(option->raw))
            continue;
        MlFinding *finding =
            ml_report_file(context, option->place.path, (MlPosition){.line = option->place.line},
                           "%s in [%s] holds a password", option->key, option->section);
        g_clear_pointer(&finding->text, g_bytes_unref); /* it is not to be shown */
        ml_finding_help(finding, "%s; change the password, for git keeps the old text",
                        strcmp(option->key, "sqlalchemy.url") == 0
                            ? "take the URL from the environment in env.py: "
                              "config.set_main_option(\"sqlalchemy.url\", "
                              "os.environ[\"DATABASE_URL\"].replace(\"%\", \"%%\"))"
                            : "take it from the environment");
    }
}

const MlRule ml_rule_credentials_in_config = {
    .code = "ML901",
    .name = "credentials-in-config",
    .severity = ML_SEVERITY_ERROR,
    .summary = "the configuration holds a database's password",
    .why = "Whoever can read the repository, a copy of it or an image that it was built into can "
           "read the password, and git keeps it after the line is gone. Take it from the "
           "environment in env.py, and change it in the database.\n"
           "\n"
           "The password itself is never printed. The placeholder of Alembic's templates "
           "(user:pass), an empty password and interpolations such as %(password)s or "
           "${PASSWORD} are no passwords.",
    .bad = "# file: ../alembic.ini\n"
           "[alembic]\n"
           "script_location = migrations\n"
           "sqlalchemy.url = postgresql://bank:correct-horse@db.example.org/bank\n",
    .good = "# file: ../alembic.ini\n"
            "[alembic]\n"
            "script_location = migrations\n"
            "# env.py takes the URL from DATABASE_URL\n"
            "sqlalchemy.url = driver://user:pass@localhost/dbname\n",
    .check_project = check,
};
