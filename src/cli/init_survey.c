/* What a project has, as far as it matters for what miglint is set up with. */
#include "cli/init.h"

#include <string.h>

/* Bytes of a list of requirements that are looked at. */
#define ENOUGH (4 * 1024 * 1024)

void ml_survey_free(MlSurvey *survey)
{
    g_clear_pointer(&survey->workspace, ml_workspace_free);
    g_free(survey->base);
    g_free(survey->settings);
    g_free(survey);
}

/* "https://github.com/...", "git@github.com:...", "ssh://git@github.com/..." */
static gboolean is_github(const char *url)
{
    return url != NULL && g_regex_match_simple("^([a-z+]+://)?([^@/]*@)?github\\.com[:/]", url,
                                               G_REGEX_CASELESS, 0);
}

static void look_at_git(MlSurvey *survey)
{
    MlRepository *repository = survey->workspace->repository;
    survey->in_git = repository != NULL;
    if (!survey->in_git)
        return;
    g_autofree char *url = ml_repository_remote_url(repository);
    survey->on_github = is_github(url) || ml_tree_is_folder(survey->workspace->tree, ".github");
    survey->base = ml_base_detect(repository, NULL, NULL);
    if (survey->base != NULL && !g_utf8_validate(survey->base, -1, NULL))
        g_clear_pointer(&survey->base, g_free);
}

/* One that holds for all; those that cannot be told do not count. */
static const char *common_dialect(const GPtrArray *all)
{
    const char *common = NULL;
    for (guint i = 0; i < all->len; i++) {
        const MlMigrations *migrations = g_ptr_array_index(all, i);
        MlDialect known;
        if (migrations->dialect == NULL)
            continue;
        if (!ml_dialect_find(migrations->dialect, &known) ||
            (common != NULL && strcmp(common, migrations->dialect) != 0))
            return NULL;
        common = migrations->dialect;
    }
    return common;
}

/* --- SQLAlchemy ------------------------------------------------------------------------- */

static const char *version_in(const char *text, const char *pattern)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_CASELESS | G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(regex, text, 0, &match))
        return NULL;
    g_autofree char *version = g_match_info_fetch(match, 1);
    return strcmp(version, "1.4") == 0 ? "1.4" : "2.0";
}

/* As a requirement that allows one of the two alone, or as a lock file has it. */
static const char *find_sqlalchemy(MlTree *tree)
{
    static const struct {
        const char *file, *pattern;
    } places[] = {
        {"uv.lock", "^name = \"sqlalchemy\"\\nversion = \"(1\\.4|2\\.0)\\."},
        {"poetry.lock", "^name = \"sqlalchemy\"\\nversion = \"(1\\.4|2\\.0)\\."},
        {"pdm.lock", "^name = \"sqlalchemy\"\\nversion = \"(1\\.4|2\\.0)\\."},
        {"Pipfile.lock", "\"sqlalchemy\": \\{[^}]*\"version\": \"==(1\\.4|2\\.0)\\."},
        {"pyproject.toml", "^(?:[ \t]*\"sqlalchemy(?:\\[[^]\n]*\\])?[ \t]*[=~]=|sqlalchemy = "
                           "\"[~^=]*)[ \t]*(1\\.4|2\\.0)\\b"},
        {"requirements.txt", "^sqlalchemy(?:\\[[^]\\n]*\\])?[ \\t]*[=~]=[ \\t]*(1\\.4|2\\.0)\\."},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autoptr(GBytes) bytes = ml_tree_read(tree, places[i].file, NULL, NULL);
        gsize length = bytes ? g_bytes_get_size(bytes) : 0;
        if (length == 0 || length > ENOUGH)
            continue;
        g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), length);
        const char *version =
            g_utf8_validate(text, -1, NULL) ? version_in(text, places[i].pattern) : NULL;
        if (version != NULL)
            return version;
    }
    return NULL;
}

/* --- all of it ---------------------------------------------------------------------------- */

static void count_findings(MlSurvey *survey, const GPtrArray *rules)
{
    g_auto(MlResult) result = ml_result_new();
    ml_workspace_lint(survey->workspace, rules, NULL, &result);
    for (guint i = 0; i < result.findings->len; i++) {
        const MlFinding *finding = g_ptr_array_index(result.findings, i);
        ++*(finding->severity == ML_SEVERITY_ERROR ? &survey->errors : &survey->others);
    }
}

static void take_settings(MlSurvey *survey, const GPtrArray *rules)
{
    for (guint i = 0; i < rules->len && survey->settings == NULL; i++)
        survey->settings =
            g_strdup(((const MlRules *)g_ptr_array_index(rules, i))->preferences->path);
}

MlSurvey *ml_survey_new(const MlStateOptions *options, GError **error)
{
    static char *everything[] = {NULL};
    MlRuleOptions usual = {0};
    g_autoptr(MlSurvey) survey = g_new0(MlSurvey, 1);
    survey->workspace = ml_workspace_open(options, everything, ML_LOAD_FULL, error);
    if (survey->workspace == NULL)
        return NULL;
    if (survey->workspace->commit_name != NULL) {
        g_set_error_literal(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                            "this repository has no working tree to write into: run miglint init "
                            "in a clone");
        return NULL;
    }
    survey->root = ml_tree_root(survey->workspace->tree);
    if (!ml_rule_options_check(&usual, error))
        return NULL;
    g_autoptr(GPtrArray) rules = ml_rules_load(survey->workspace, &usual, error);
    if (rules != NULL) {
        take_settings(survey, rules);
        count_findings(survey, rules);
    }
    ml_rule_options_clear(&usual);
    if (rules == NULL)
        return NULL;
    look_at_git(survey);
    survey->dialect = common_dialect(survey->workspace->migrations);
    survey->sqlalchemy = find_sqlalchemy(survey->workspace->tree);
    for (guint i = 0; i < survey->workspace->migrations->len; i++)
        survey->revisions +=
            ((const MlMigrations *)g_ptr_array_index(survey->workspace->migrations, i))
                ->revisions->len;
    return g_steal_pointer(&survey);
}
