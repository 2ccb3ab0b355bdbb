/* Every rule's own examples: the bad one raises it, the good one does not. */
#include "miglint/lint.h"
#include "miglint/roundtrip.h"

#include "folder_helper.h"

#define FILE_MARK "# file: "

/* An environment in `root` that holds the files of the example. */
static void lay_out(const char *root, const char *example)
{
    write_file(root, "alembic.ini", "[alembic]\nscript_location = migrations\n");
    write_file(root, "migrations/env.py", "from alembic import context\n");
    if (!g_str_has_prefix(example, FILE_MARK)) {
        write_file(root, "migrations/versions/example.py", example);
        return;
    }
    g_auto(GStrv) files = g_strsplit(example + strlen(FILE_MARK), "\n" FILE_MARK, -1);
    for (char **file = files; *file != NULL; file++) {
        char *text = strchr(*file, '\n');
        assert_non_null(text);
        *text++ = '\0';
        g_autofree char *below = g_build_filename("/migrations", *file, NULL);
        g_autofree char *path = g_canonicalize_filename(below, "/");
        g_autofree char *ended = g_strconcat(text, "\n", NULL);
        write_file(root, path, ended);
    }
}

/* --- examples that compare two states ------------------------------------------- */

static void git(const char *root, const char *const *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    const char *const always[] = {"git",
                                  "-C",
                                  root,
                                  "-c",
                                  "user.name=Ada",
                                  "-c",
                                  "user.email=ada@example.org",
                                  "-c",
                                  "init.defaultBranch=main"};
    for (guint i = 0; i < G_N_ELEMENTS(always); i++)
        g_ptr_array_add(argv, (gpointer)always[i]);
    for (; *arguments != NULL; arguments++)
        g_ptr_array_add(argv, (gpointer)*arguments);
    g_ptr_array_add(argv, NULL);
    gint status;
    g_autofree char *complaint = NULL;
    gboolean ran = g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                NULL, &complaint, &status, &error);
    if (!ran || !g_spawn_check_wait_status(status, &error))
        fail_msg("git: %s %s", error->message, complaint ? complaint : "");
}

#define GIT(root, ...) git(root, (const char *const[]){__VA_ARGS__, NULL})

/* What stands behind the line "# NAME:" of an example, up to the next part; NULL if it has none. */
static char *part_of(const char *example, const char *name)
{
    g_autofree char *pattern =
        g_strdup_printf("(?ms)^# %s:\\n(.*?)(?=^# (common|base|head):\\n|\\z)", name);
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    return g_regex_match(regex, example, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

static void commit_part(const char *root, const char *part)
{
    g_autofree char *migrations = g_build_filename(root, "migrations", NULL);
    remove_tree(migrations);
    lay_out(root, part);
    GIT(root, "add", "-A");
    GIT(root, "commit", "-q", "--allow-empty", "-m", "part");
}

/* A repository whose branches main and topic are the base and the head of the example. */
static void commit_parts(const char *root, const char *example)
{
    g_autofree char *common = part_of(example, "common");
    g_autofree char *base = part_of(example, "base");
    g_autofree char *head = part_of(example, "head");
    assert_non_null(base);
    assert_non_null(head);
    GIT(root, "init", "-q");
    commit_part(root, common ? common : base);
    GIT(root, "branch", "topic");
    if (common != NULL)
        commit_part(root, base);
    GIT(root, "checkout", "-q", "topic");
    commit_part(root, head);
}

/* --- running a rule on an example -------------------------------------------------- */

/* The round trip of the example, on the database that it is for. */
static GPtrArray *verdicts_on(MlMigrations *migrations, const MlReplay *replay)
{
    g_autoptr(GError) error = NULL;
    const MlServerLimits limits = {.seconds = 60};
    gboolean postgresql = g_strcmp0(migrations->dialect, "postgresql") == 0;
    g_autoptr(MlServer) server =
        postgresql ? ml_server_postgresql_cluster(&limits, &error) : ml_server_sqlite(&limits);
    g_autoptr(MlPlan) plan = ml_graph_plan(migrations->graph, NULL, FALSE, &error);
    assert_non_null(server);
    assert_non_null(plan);
    const MlRenderRules rules = {
        .dialect = ml_server_dialect(server),
        .sqlalchemy = migrations->sqlalchemy,
        .setup = migrations->setup,
    };
    const MlTrip trip = {
        .rules = &rules,
        .graph = migrations->graph,
        .replay = replay,
        .plan = plan,
    };
    GPtrArray *verdicts = ml_trip_make(&trip, server, &error);
    assert_non_null(verdicts);
    return verdicts;
}

static GPtrArray *lint_example(const MlRule *rule, MlTree *tree, const MlMerge *merge,
                               const MlPolicy *policy)
{
    g_autoptr(GError) error = NULL;
    const MlProjectQuery everywhere = {0};
    g_autoptr(GPtrArray) projects = ml_projects_find(tree, &everywhere, NULL, &error);
    assert_non_null(projects);
    assert_int_equal(projects->len, 1);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)ml_migrations_free);
    MlMigrations *migrations =
        ml_migrations_load(tree, g_ptr_array_index(projects, 0),
                           rule->check_verdict ? ML_LOAD_SQL : ML_LOAD_FULL, NULL, &error);
    assert_non_null(migrations);
    g_ptr_array_add(all, migrations);
    g_autoptr(MlReplay) replay = rule->check_verdict ? ml_replay_new(migrations, NULL) : NULL;
    g_autoptr(GPtrArray) verdicts = replay ? verdicts_on(migrations, replay) : NULL;
    g_autoptr(GPtrArray) changes =
        merge ? ml_changes_of(merge, all, &everywhere, NULL, &error) : NULL;
    return ml_lint(&(MlSubject){
        .tree = tree,
        .migrations = migrations,
        .policy = policy,
        .change = changes ? g_ptr_array_index(changes, 0) : NULL,
        .verdicts = verdicts,
    });
}

static GPtrArray *lint_tree(const MlRule *rule, const char *root, const char *example,
                            const MlPolicy *policy)
{
    g_autoptr(GError) error = NULL;
    lay_out(root, example);
    g_autoptr(MlTree) tree = ml_tree_of_folder(root, &error);
    assert_non_null(tree);
    return lint_example(rule, tree, NULL, policy);
}

static GPtrArray *lint_merge(const MlRule *rule, const char *root, const char *example,
                             const MlPolicy *policy)
{
    g_autoptr(GError) error = NULL;
    commit_parts(root, example);
    g_autoptr(MlRepository) repository = ml_repository_open(root, NULL, &error);
    assert_non_null(repository);
    g_autoptr(MlMerge) merge = ml_merge_new(repository, "main", "topic", &error);
    assert_non_null(merge);
    return lint_example(rule, merge->merged, merge, policy);
}

/* How many findings the rule alone makes of the example, all of which must be its own. */
static guint count_findings(const MlRule *rule, const char *example)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *root = g_dir_make_tmp("miglint-rule-XXXXXX", &error);
    assert_non_null(root);
    const char *const select[] = {rule->code, NULL};
    g_autoptr(MlSelection) selection = ml_selection_new(select, NULL, NULL, &error);
    g_autoptr(MlPolicy) policy = ml_policy_new(selection, NULL, &error);
    assert_non_null(policy);
    g_autofree char *head = part_of(example, "head");
    g_autoptr(GPtrArray) findings =
        head ? lint_merge(rule, root, example, policy) : lint_tree(rule, root, example, policy);
    for (guint i = 0; i < findings->len; i++) {
        const MlFinding *finding = g_ptr_array_index(findings, i);
        assert_ptr_equal(finding->rule, rule);
        assert_int_equal(finding->severity, rule->severity);
        assert_non_null(finding->fingerprint);
    }
    remove_tree(root);
    return findings->len;
}

static void test_examples(void **state)
{
    const MlRule *rule = *state;
    if (count_findings(rule, rule->bad) == 0)
        fail_msg("the bad example of %s raises nothing", rule->code);
    if (count_findings(rule, rule->good) != 0)
        fail_msg("the good example of %s raises it", rule->code);
}

static void test_documentation(void **state)
{
    const MlRule *rule = *state;
    assert_true(g_regex_match_simple("^ML[0-9]{3}$", rule->code, 0, 0));
    assert_true(g_regex_match_simple("^[a-z]+(-[a-z]+)*$", rule->name, 0, 0));
    assert_false(g_str_has_suffix(rule->summary, "."));
    assert_true(strlen(rule->why) > strlen(rule->summary));
    assert_true(rule->check_project != NULL || rule->check_revision != NULL ||
                rule->check_step != NULL || rule->check_suppression != NULL ||
                rule->check_verdict != NULL);
}

int main(void)
{
    GArray *tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++) {
        const struct CMUnitTest both[] = {
            {(*rule)->name, test_examples, NULL, NULL, (void *)*rule},
            {(*rule)->code, test_documentation, NULL, NULL, (void *)*rule},
        };
        g_array_append_vals(tests, both, G_N_ELEMENTS(both));
    }
    int failed = _cmocka_run_group_tests("rules", (struct CMUnitTest *)(gpointer)tests->data,
                                         tests->len, NULL, NULL);
    g_array_unref(tests);
    return failed;
}
