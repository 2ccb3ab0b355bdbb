/* Where environments are found, on trees made for each rule of the search. */
#include <unistd.h>

#include "git_fixture.h"
#include "miglint/project.h"

#define REVISION "revision = 'a'\ndown_revision = None\n"
#define ENV      "from alembic import context\n"

/* --- trees on disk --------------------------------------------------------- */

static void remove_folder(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    for (const char *name; folder && (name = g_dir_read_name(folder));) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_unlink(child))
            remove_folder(child);
    }
    g_rmdir(path);
}

/* A folder that is removed with the test. */
typedef struct {
    char *path;
} Folder;

static void folder_clear(Folder *folder)
{
    remove_folder(folder->path);
    g_free(folder->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Folder, folder_clear)

static void write_file(const Folder *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void make_link(const Folder *folder, const char *name, const char *target)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_int_equal(symlink(target, path), 0);
}

/* Pairs of a name and a text, and NULL. */
static Folder make_folder(const char *name, ...) G_GNUC_NULL_TERMINATED;
static Folder make_folder(const char *name, ...)
{
    Folder folder = {g_dir_make_tmp("miglint-XXXXXX", NULL)};
    assert_non_null(folder.path);
    va_list pairs;
    va_start(pairs, name);
    for (; name; name = va_arg(pairs, const char *))
        write_file(&folder, name, va_arg(pairs, const char *));
    va_end(pairs);
    return folder;
}

/* --- what is found --------------------------------------------------------- */

static GPtrArray *find_in_tree(MlTree *tree, GPtrArray *notes, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) folders = g_ptr_array_new();
    if (folder)
        g_ptr_array_add(folders, (char *)folder);
    const MlProjectQuery query = {.folders = folders};
    return ml_projects_find(tree, &query, notes, error);
}

static GPtrArray *find(const Folder *root, GPtrArray *notes, const char *folder, GError **error)
{
    g_autoptr(MlTree) tree = ml_tree_of_folder(root->path, error);
    assert_non_null(tree);
    return find_in_tree(tree, notes, folder, error);
}

/* A line each: "NAME = SECTION of CONFIG: VERSION LOCATIONS". */
static char *describe(const GPtrArray *projects)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < projects->len; i++) {
        const MlProject *project = projects->pdata[i];
        g_string_append(text, project->name);
        if (project->config)
            g_string_append_printf(text, " = [%s] of %s", project->section, project->config);
        g_string_append_c(text, ':');
        for (guint j = 0; j < project->version_locations->len; j++)
            g_string_append_printf(text, " %s", (char *)project->version_locations->pdata[j]);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void assert_found_in(const Folder *root, const char *folder, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) projects = find(root, NULL, folder, &error);
    if (!projects)
        fail_msg("%s", error->message);
    g_autofree char *text = describe(projects);
    assert_string_equal(text, expected);
}

static void assert_found(const Folder *root, const char *expected)
{
    assert_found_in(root, NULL, expected);
}

static void assert_refused(const Folder *root, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_null(find(root, NULL, NULL, &error));
    assert_true(g_error_matches(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG));
    assert_string_equal(error->message, message);
}

static void assert_notes_in(const Folder *root, const char *folder, const char *expected)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) projects = find(root, notes, folder, NULL);
    assert_non_null(projects);
    g_ptr_array_add(notes, NULL);
    g_autofree char *text = g_strjoinv("\n", (char **)notes->pdata);
    assert_string_equal(text, expected);
}

static void assert_roots(const Folder *root, const char *expected)
{
    g_autoptr(GPtrArray) projects = find(root, NULL, NULL, NULL);
    assert_int_equal(projects->len, 1);
    GPtrArray *roots = ((MlProject *)projects->pdata[0])->import_roots;
    g_ptr_array_add(roots, NULL);
    g_autofree char *text = g_strjoinv(",", (char **)roots->pdata);
    assert_string_equal(text, expected);
}

/* --- where a script location is -------------------------------------------- */

static void test_nothing(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder("README", "", NULL);
    assert_found(&root, "");
    assert_notes_in(&root, NULL, "");
}

static void test_relative_to_the_ini(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder(
        "app/alembic.ini", "[alembic]\nscript_location = migrations\n", "app/migrations/env.py",
        ENV, "app/migrations/versions/a.py", REVISION, "migrations/env.py", "", NULL);
    assert_found(&root, "app/migrations = [alembic] of app/alembic.ini: app/migrations/versions\n");
}

static void test_relative_to_a_folder_above_the_ini(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("a/db/alembic.ini", "[alembic]\nscript_location = a/db/migrations\n",
                    "a/db/migrations/env.py", ENV, "a/db/migrations/versions/a.py", REVISION, NULL);
    assert_found(&root, "a/db/migrations = [alembic] of a/db/alembic.ini: "
                        "a/db/migrations/versions\n");
}

static void test_relative_to_src_or_sys_path(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder(
        "alembic.ini", "[alembic]\nscript_location = one\n", "src/one/env.py", ENV, "two.ini",
        "[alembic]\nscript_location = two\nprepend_sys_path = .:lib\n", "lib/two/env.py", ENV,
        "three.ini", "[alembic]\nscript_location = three\nprepend_sys_path = lib\n",
        "lib/src/three/env.py", ENV, NULL);
    assert_found(&root, "lib/src/three = [alembic] of three.ini:\n"
                        "lib/two = [alembic] of two.ini:\n"
                        "src/one = [alembic] of alembic.ini:\n");
}

static void test_of_a_package(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("src/app/alembic.ini", "[alembic]\nscript_location = app.db:migrations/core\n",
                    "src/app/db/migrations/core/env.py", ENV, "deep/lib/alembic.ini",
                    "[alembic]\nscript_location = lib:db\nversion_locations = lib.db:one lib:two\n",
                    "deep/lib/db/env.py", ENV, "deep/lib/db/one/a.py", REVISION,
                    "deep/lib/two/b.py", REVISION, NULL);
    assert_found(&root, "deep/lib/db = [alembic] of deep/lib/alembic.ini: deep/lib/db/one "
                        "deep/lib/two\n"
                        "src/app/db/migrations/core = [alembic] of src/app/alembic.ini:\n");
}

static void test_here(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder(
        "alembic.ini",
        "[alembic]\nscript_location = %(here)s/m\nversion_locations = %(here)s/x/../v\n",
        "m/env.py", ENV, "v/a.py", REVISION, "x/f", "", "sub/alembic.ini",
        "[DEFAULT]\nbase = %(here)s\n[alembic]\nscript_location = %(BASE)s/\n", "sub/env.py", ENV,
        NULL);
    assert_found(&root, "m = [alembic] of alembic.ini: v\n"
                        "sub = [alembic] of sub/alembic.ini:\n");
}

static void test_absolute(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder("m/env.py", ENV, "m/versions/a.py", REVISION, NULL);
    g_autofree char *real = realpath(root.path, NULL);
    g_autofree char *ini = g_strdup_printf("[alembic]\nscript_location = %s/m\n"
                                           "[b]\nscript_location = %s-not/m\n"
                                           "[c]\nscript_location = %%(here)s/../m\n",
                                           real, real);
    write_file(&root, "conf/alembic.ini", ini);
    assert_found(&root, "m = [alembic] of conf/alembic.ini: m/versions\n");
    g_autofree char *note =
        g_strdup_printf("conf/alembic.ini:4: script_location \"%s-not/m\" is no "
                        "Alembic environment of this tree; section [b] is left "
                        "out.",
                        real);
    assert_notes_in(&root, NULL, note);
}

static void test_a_folder_with_env_py_comes_first(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder("app/alembic.ini", "[alembic]\nscript_location = m\n",
                                      "app/m/versions/a.py", REVISION, "m/env.py", ENV, NULL);
    assert_found(&root, "m = [alembic] of app/alembic.ini:\n");
}

static void test_without_env_py(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder("a/alembic.ini", "[alembic]\nscript_location = %(here)s/\n",
                                      "a/versions/a.py", REVISION, "b/alembic.ini",
                                      "[alembic]\nscript_location = m\nversion_locations = v\n",
                                      "b/m/README", "", "b/v/a.py", REVISION, "c/alembic.ini",
                                      "[alembic]\nscript_location = n\n", "c/n/README", "", NULL);
    assert_found(&root, "a = [alembic] of a/alembic.ini: a/versions\n"
                        "b/m = [alembic] of b/alembic.ini: b/v\n");
    assert_notes_in(
        &root, NULL,
        "c/alembic.ini:2: script_location \"n\" is no Alembic environment of this tree; "
        "section [alembic] is left out.");
}

static void test_a_location_that_is_not_there(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("alembic.ini", "[alembic]\n\nscript_location = {alembic_dir}\n", "empty.ini",
                    "[alembic]\nscript_location =\n", "here/alembic.ini",
                    "[alembic]\nscript_location = %(here)s/x\n", NULL);
    assert_found(&root, "here/x = [alembic] of here/alembic.ini:\n");
    assert_notes_in(&root, NULL,
                    "alembic.ini:3: script_location \"{alembic_dir}\" is no Alembic environment of "
                    "this tree; section [alembic] is left out.\n"
                    "empty.ini:2: script_location \"\" is no Alembic environment of this tree; "
                    "section [alembic] is left out.");
    g_autoptr(GPtrArray) projects = find(&root, NULL, NULL, NULL);
    const MlProject *missing = projects->pdata[0];
    assert_string_equal(missing->missing, "here/x");
    assert_string_equal(missing->missing_place.path, "here/alembic.ini");
    assert_int_equal(missing->missing_place.line, 2);
}

/* What may lie elsewhere is not said to be missing. */
static void test_a_location_that_may_be_elsewhere(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("a.ini", "[alembic]\nscript_location = /srv/app/migrations\n", "b.ini",
                    "[alembic]\nscript_location = library:migrations\n", "deploy/c.ini",
                    "[alembic]\nscript_location = db/m\n", "backend/db/m/env.py", ENV, "d.ini",
                    "[alembic]\nscript_location = backend:nothing\n", "e.ini",
                    "[alembic]\nscript_location = ../out\n", NULL);
    assert_found(&root, "backend/nothing = [alembic] of d.ini:\n");
    assert_notes_in(&root, NULL,
                    "a.ini:2: script_location \"/srv/app/migrations\" is no Alembic environment of "
                    "this tree; section [alembic] is left out.\n"
                    "b.ini:2: script_location \"library:migrations\" is no Alembic environment of "
                    "this tree; section [alembic] is left out.\n"
                    "e.ini:2: script_location \"../out\" is no Alembic environment of this tree; "
                    "section [alembic] is left out.\n"
                    "deploy/c.ini:2: script_location \"db/m\" is read from a folder that nothing "
                    "names; section [alembic] is left out.");
}

static void test_no_revisions_yet(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("alembic.ini", "[alembic]\nscript_location = m\n", "m/env.py", ENV, NULL);
    assert_found(&root, "m = [alembic] of alembic.ini:\n");
    assert_notes_in(&root, NULL, "m: no folder of revisions is there.");
}

/* --- which inis and sections ------------------------------------------------ */

static void test_any_section_with_a_script_location(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("configs/half.stack.ini",
                    "[alembic]\nfile_template = x\n[core]\nscript_location = core\n"
                    "[logging]\nx = %(levelname)-5.5s\n[tenant]\nscript_location = tenant\n",
                    "core/env.py", ENV, "tenant/env.py", ENV, NULL);
    assert_found(&root, "core = [core] of configs/half.stack.ini:\n"
                        "tenant = [tenant] of configs/half.stack.ini:\n");
}

static void test_default_counts_for_alembic_alone(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("alembic.ini", "[DEFAULT]\nscript_location = m\n[alembic]\n[other]\nx = 1\n",
                    "m/env.py", ENV, "m/versions/a.py", REVISION, NULL);
    assert_found(&root, "m = [alembic] of alembic.ini: m/versions\n");
}

static void test_flask_migrate(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("migrations/alembic.ini", "[alembic]\n# nothing\n", "migrations/env.py", ENV,
                    "migrations/versions/a.py", REVISION, "other/alembic.ini",
                    "[alembic]\nversion_locations = nowhere\n", NULL);
    assert_found(&root, "migrations = [alembic] of migrations/alembic.ini: migrations/versions\n");
    assert_notes_in(&root, NULL, "");
}

static void test_at_the_root(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder("alembic.ini", "[alembic]\nscript_location = .\n", "env.py",
                                      ENV, "versions/a.py", REVISION, NULL);
    assert_found(&root, ". = [alembic] of alembic.ini: versions\n");
    assert_roots(&root, "");
}

static void test_broken_inis(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder("tox.ini", "script_location\n", "m/env.py", ENV,
                                      "m/versions/a.py", REVISION, NULL);
    assert_found(&root, "m: m/versions\n");

    write_file(&root, "x/my-alembic-2.ini", "# script_location\n[alembic]\nx\n");
    assert_refused(&root, "x/my-alembic-2.ini:3: This is neither a section nor \"key = value\"; "
                          "indent it if it continues the value above.");
    assert_found_in(&root, "m", "m: m/versions\n");
    assert_notes_in(
        &root, "m",
        "x/my-alembic-2.ini:3: This is neither a section nor \"key = value\"; indent it "
        "if it continues the value above.");

    write_file(&root, "x/my-alembic-2.ini", "");
    write_file(&root, "x/other.ini", "[a]\n[alembic]\nscript_location = %(nothing)s\n");
    assert_refused(&root,
                   "x/other.ini:3: The value of \"script_location\" names %(nothing)s, which "
                   "neither [alembic] nor [DEFAULT] has.");
    write_file(&root, "x/other.ini", "[a]\n[b]\nscript_location = %(nothing)s\n");
    assert_found(&root, "m: m/versions\n");
}

/* --- version locations ------------------------------------------------------ */

static void assert_versions(const char *settings, const char *expected)
{
    g_autofree char *ini = g_strdup_printf("[alembic]\nscript_location = m\n%s", settings);
    g_autofree char *found = g_strdup_printf("m = [alembic] of alembic.ini:%s\n", expected);
    g_auto(Folder) root =
        make_folder("alembic.ini", ini, "m/env.py", ENV, "m/versions/x", "", "a/x", "", "b/x", "",
                    "c d/x", "", "e,f/x", "", "g:h/x", "", "g/h/x", "", NULL);
    assert_found(&root, found);
}

static void test_version_locations(void **state)
{
    (void)state;
    assert_versions("", " m/versions");
    assert_versions("version_locations =\n", " m/versions");
    assert_versions("version_locations = b a\n", " b a");
    assert_versions("version_locations = b,a,   b\n", " b a");
    assert_versions("version_locations = a , b\n", " a b");
    assert_versions("version_locations = c d\n", "");
    assert_versions("version_locations = a nowhere b\n", " a b");
    assert_versions("version_locations = a\n  b\n", "");
    assert_versions("version_locations = g:h\n", " g/h");
}

static void test_separators(void **state)
{
    (void)state;
    assert_versions("version_locations = a:c d:e,f\nversion_path_separator = os\n", " a c d e,f");
    assert_versions("version_locations = a:c d\nversion_path_separator = :\n", " a c d");
    assert_versions("version_locations = a;c d; b\npath_separator = ;\n", " a c d b");
    assert_versions("version_locations = a  e,f\npath_separator = space\n", " a e,f");
    assert_versions("version_locations =\n a\n c d\n g:h\npath_separator = newline\n",
                    " a c d g/h");
    assert_versions("version_locations = a;b\npath_separator = ;\nversion_path_separator = space\n",
                    " a b");
    /* A separator that separates nothing is never looked at. */
    assert_versions("version_path_separator = os  # Use os.pathsep\n", " m/versions");
}

static void assert_settings_refused(const char *settings, const char *message)
{
    g_autofree char *ini = g_strdup_printf("[alembic]\nscript_location = m\n%s", settings);
    g_auto(Folder) root = make_folder("alembic.ini", ini, "m/env.py", ENV, NULL);
    assert_refused(&root, message);
}

static void test_bad_separators(void **state)
{
    (void)state;
    assert_settings_refused("version_locations = a\nversion_path_separator = ,\n",
                            "alembic.ini:4: \",\" is no value for version_path_separator; Alembic "
                            "knows space, newline, os, : and ;.");
    assert_settings_refused(
        "version_path_separator = os\npath_separator =\nversion_locations = a\n",
        "alembic.ini:4: \"\" is no value for path_separator; Alembic knows "
        "space, newline, os, : and ;.");
    assert_settings_refused("prepend_sys_path = .\npath_separator = comma\n",
                            "alembic.ini:4: \"comma\" is no value for path_separator; Alembic "
                            "knows space, newline, os, : and ;.");
}

/* [alembic] names one path, and each section after it one more; then a list of paths. */
static void assert_many(guint sections, guint paths, const char *message)
{
    g_autoptr(GString) settings = g_string_new(NULL);
    for (guint i = 0; i < sections; i++)
        g_string_append_printf(settings, "[s%u]\nscript_location = m\n", i);
    g_string_append(settings, "version_locations =");
    for (guint i = 0; i < paths; i++)
        g_string_append(settings, " m/versions");
    g_string_append_c(settings, '\n');
    if (message)
        assert_settings_refused(settings->str, message);
    else
        assert_versions(settings->str, " m/versions");
}

static void test_too_many_paths(void **state)
{
    (void)state;
    assert_many(199, 100, NULL);
    assert_many(199, 101,
                "alembic.ini:400: With section [s198] the file names more than 300 "
                "paths; they are not all searched.");
    assert_many(300, 0,
                "alembic.ini:602: With section [s299] the file names more than 300 paths; "
                "they are not all searched.");
}

static void test_a_missing_version_location_is_noted(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder(
        "alembic.ini", "[alembic]\nscript_location = m\nversion_locations = /out %(here)s/no m/v\n",
        "m/env.py", ENV, "m/v/a.py", REVISION, NULL);
    assert_notes_in(
        &root, NULL,
        "alembic.ini:3: version location \"/out\" is no folder of this tree; it is left out.\n"
        "alembic.ini:3: version location \"no\" is no folder of this tree; it is left out.");
}

static void assert_recursion(const char *setting, MlRecursion expected)
{
    g_autofree char *ini = g_strdup_printf("[alembic]\nscript_location = m\n%s", setting);
    g_auto(Folder) root = make_folder("alembic.ini", ini, "m/env.py", ENV, NULL);
    g_autoptr(GPtrArray) projects = find(&root, NULL, NULL, NULL);
    assert_int_equal(projects->len, 1);
    assert_int_equal(((MlProject *)projects->pdata[0])->recursive, expected);
}

static void test_recursive_version_locations(void **state)
{
    (void)state;
    assert_recursion("", ML_RECURSION_UNSET);
    assert_recursion("recursive_version_locations = true\n", ML_RECURSION_ON);
    assert_recursion("recursive_version_locations = True\n", ML_RECURSION_OFF);
    assert_recursion("recursive_version_locations = false\n", ML_RECURSION_OFF);
}

/* --- without an ini --------------------------------------------------------- */

static void test_without_an_ini(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("src/one/env.py", ENV, "src/one/versions/a.py", REVISION,
                    /* as deep as neutron's, and deeper */
                    "two/env.py", ENV, "two/versions/1/2/3/4/5/6/a.py", REVISION, "three/env.py",
                    ENV, "three/versions/1/2/3/4/5/6/7/a.py", REVISION,
                    /* no revisions, no Alembic, no env.py */
                    "four/env.py", ENV, "four/versions/__init__.py", "", "four/versions/a.sql", "",
                    "four/versions/.#a.py", "", "five/env.py", "import os\n", "five/versions/a.py",
                    REVISION, "six/versions/a.py", REVISION, "seven/env.py", ENV, NULL);
    assert_found(&root, "src/one: src/one/versions\ntwo: two/versions\n");
    assert_notes_in(&root, NULL, "");
}

/* --- each environment once -------------------------------------------------- */

static void test_several_inis_of_one_environment(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder(
        "alembic.ini", "[alembic]\nscript_location = db/m\n", "db/test.ini",
        "[prod]\nscript_location = m\n[alembic]\nscript_location = m\nversion_locations = "
        "m/versions\n",
        "db/alembic.ini", "[dev]\nscript_location = m\n[alembic]\nscript_location = m\n",
        "db/m/env.py", ENV, "db/m/versions/a.py", REVISION, NULL);
    make_link(&root, "linked", "db/m");
    write_file(&root, "linked.ini", "[alembic]\nscript_location = linked\n");
    assert_found(&root, "db/m = [alembic] of db/alembic.ini: db/m/versions\n");
}

#define INI(url) "[alembic]\nscript_location = m\nsqlalchemy.url = " url "\n"

static void test_inis_for_different_databases(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("m/env.py", ENV, "m/versions/a.py", REVISION, "etc/b.ini", INI("postgresql://"),
                    "etc/c.ini", INI("postgresql+psycopg://x"), "etc/d.ini", INI("sqlite://"),
                    "etc/e.ini", INI("%(url)s"), "etc/deep/a.ini", INI("oracle://"), NULL);
    assert_found(&root, "m = [alembic] of etc/b.ini: m/versions\n");
    assert_notes_in(&root, NULL,
                    "m: configured by etc/b.ini [alembic] (postgresql) as well as by etc/d.ini "
                    "[alembic] (sqlite); the first counts, -c takes another.");
    assert_notes_in(&root, "etc/deep", "");
}

/* Nothing is to be said where one of them is the usual one. */
static void test_the_usual_ini_among_others(void **state)
{
    (void)state;
    g_auto(Folder) near = make_folder("m/env.py", ENV, "m/versions/a.py", REVISION, "z.ini",
                                      INI("postgresql://"), "tests/a.ini", INI("sqlite://"), NULL);
    assert_found(&near, "m = [alembic] of z.ini: m/versions\n");
    assert_notes_in(&near, NULL, "");
    g_auto(Folder) named = make_folder("m/env.py", ENV, "m/versions/a.py", REVISION, "alembic.ini",
                                       INI("postgresql://"), "a.ini", INI("sqlite://"), NULL);
    assert_found(&named, "m = [alembic] of alembic.ini: m/versions\n");
    assert_notes_in(&named, NULL, "");
    g_auto(Folder) sections = make_folder(
        "m/env.py", ENV, "m/versions/a.py", REVISION, "alembic.ini",
        "[ahead]\nscript_location = m\nsqlalchemy.url = sqlite://\n" INI("mysql://x"), NULL);
    assert_found(&sections, "m = [alembic] of alembic.ini: m/versions\n");
    assert_notes_in(&sections, NULL, "");
}

static void test_several_environments_of_one_script_location(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("alembic.ini",
                    "[a]\nscript_location = m\nversion_locations = m/a\n"
                    "[b]\nscript_location = m\nversion_locations = m/b\n",
                    "m/env.py", ENV, "m/a/a.py", REVISION, "m/b/b.py", REVISION, NULL);
    assert_found(&root, "m (alembic.ini [a]) = [a] of alembic.ini: m/a\n"
                        "m (alembic.ini [b]) = [b] of alembic.ini: m/b\n");
}

/* --- what is searched ------------------------------------------------------- */

static void test_folders_that_are_not_searched(void **state)
{
    (void)state;
    const char *const skipped[] = {".hidden",      ".venv",       "venv", "site-packages",
                                   "node_modules", "__pycache__", ".tox"};
    g_auto(Folder) root = make_folder("README", "", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(skipped); i++) {
        g_autofree char *env = g_build_filename("x", skipped[i], "m/env.py", NULL);
        g_autofree char *revision = g_build_filename("x", skipped[i], "m/versions/a.py", NULL);
        write_file(&root, env, ENV);
        write_file(&root, revision, REVISION);
        g_autofree char *folder = g_build_filename("x", skipped[i], NULL);
        g_autofree char *found =
            g_strdup_printf("x/%s/m: x/%s/m/versions\n", skipped[i], skipped[i]);
        assert_found_in(&root, folder, found);
    }
    assert_found(&root, "");
}

static void test_links_to_folders_are_not_searched(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder("m/env.py", ENV, "m/versions/a.py", REVISION, NULL);
    make_link(&root, "again", "m");
    make_link(&root, "m/circle", "..");
    assert_found(&root, "m: m/versions\n");
    assert_found_in(&root, "again", "m: m/versions\n");
}

static void test_folders_asked_for(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("alembic.ini", "[alembic]\nscript_location = a/m\n", "a/m/env.py", ENV,
                    "a/m/versions/x/a.py", REVISION, "conf/b.ini",
                    "[alembic]\nscript_location = b\n", "b/env.py", ENV, "b/versions/b.py",
                    REVISION, "c/env.py", ENV, "c/versions/c.py", REVISION, NULL);
    const char *a = "a/m = [alembic] of alembic.ini: a/m/versions\n";
    const char *b = "b = [alembic] of conf/b.ini: b/versions\n";
    assert_found_in(&root, "a", a);
    assert_found_in(&root, "a/m/versions/x", a);
    assert_found_in(&root, "b/versions", b);
    assert_found_in(&root, "conf", b);
    assert_found_in(&root, "c/../c/", "c: c/versions\n");
    assert_found_in(&root, "a/..",
                    "a/m = [alembic] of alembic.ini: a/m/versions\n"
                    "b = [alembic] of conf/b.ini: b/versions\n"
                    "c: c/versions\n");

    g_autoptr(GError) error = NULL;
    assert_null(find(&root, NULL, "nowhere", &error));
    assert_true(g_error_matches(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_NOT_FOUND));
}

static void test_notes_of_folders_asked_for(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder("a/alembic.ini", "[alembic]\nscript_location = /x\n",
                                      "b/alembic.ini", "[alembic]\nscript_location = /y\n", NULL);
    assert_notes_in(
        &root, "b",
        "b/alembic.ini:2: script_location \"/y\" is no Alembic environment of this tree; "
        "section [alembic] is left out.");
}

/* --- a folder for each database --------------------------------------------- */

#define DIVIDED                                                                                    \
    "alembic.ini", "[alembic]\nscript_location = m\n", "m/env.py", ENV, "m/versions/__init__.py",  \
        "", "m/versions/postgresql/a.py", REVISION, "m/versions/sqlite/a.py", REVISION,            \
        "m/versions/mysql/README", ""

static void test_folder_for_each_database(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder(DIVIDED, NULL);
    const char *postgres =
        "m/versions/postgresql = [alembic] of alembic.ini: m/versions/postgresql\n";
    const char *sqlite = "m/versions/sqlite = [alembic] of alembic.ini: m/versions/sqlite\n";
    g_autofree char *both = g_strconcat(postgres, sqlite, NULL);
    assert_found(&root, both);
    assert_found_in(&root, "m", both);
    assert_found_in(&root, "m/versions", both);
    assert_found_in(&root, "m/versions/sqlite", sqlite);
    assert_notes_in(&root, NULL,
                    "m/versions: its folders are named after databases, and each is taken for an "
                    "environment of its own");

    g_autoptr(GPtrArray) projects = find(&root, NULL, NULL, NULL);
    assert_string_equal(((MlProject *)projects->pdata[0])->dialect, "postgresql");
    assert_string_equal(((MlProject *)projects->pdata[1])->dialect, "sqlite");
}

static void test_not_a_folder_for_each_database(void **state)
{
    (void)state;
    const char *whole = "m = [alembic] of alembic.ini: m/versions\n";
    g_auto(Folder) above = make_folder(DIVIDED, "m/versions/b.py", REVISION, NULL);
    assert_found(&above, whole);
    g_auto(Folder) beside = make_folder(DIVIDED, "m/versions/shared/b.py", REVISION, NULL);
    assert_found(&beside, whole);
    g_auto(Folder) alone = make_folder("alembic.ini", "[alembic]\nscript_location = m\n",
                                       "m/env.py", ENV, "m/versions/sqlite/a.py", REVISION, NULL);
    assert_found(&alone, whole);
    g_auto(Folder) configured =
        make_folder(DIVIDED, "alembic.ini",
                    "[alembic]\nscript_location = m\nrecursive_version_locations = true\n", NULL);
    assert_found(&configured, whole);
}

/* --- what else is known ----------------------------------------------------- */

static void test_import_roots(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder(
        "a/b/alembic.ini",
        "[alembic]\nscript_location = m\nprepend_sys_path = lib, a nowhere:%(here)s/m\n",
        "a/b/m/env.py", ENV, "a/src/x", "", "src/x", "", "lib/src/x", "", NULL);
    assert_roots(&root, "lib,a,a/b/m,a/b,,lib/src,a/src,src");
}

/* The ini lies elsewhere, and the package imports itself from the folder it is installed from. */
static void test_import_roots_of_a_package(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("etc/alembic.ini", "[alembic]\nscript_location = lib/p/db/m\n",
                    "lib/p/__init__.py", "", "lib/p/db/__init__.py", "", "lib/p/db/m/env.py", ENV,
                    "lib/p/db/m/versions/a.py", REVISION, NULL);
    assert_roots(&root, "etc,,lib");
}

static void test_import_roots_without_an_ini(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("a/b/m/env.py", ENV, "a/b/m/versions/a.py", REVISION, "a/src/x", "", NULL);
    assert_roots(&root, "a/b,a,,a/src");
}

static void assert_template(const char *text, gboolean without_downgrade)
{
    g_auto(Folder) root = make_folder("m/alembic.ini", "[alembic]\n", "m/env.py", ENV, NULL);
    if (text)
        write_file(&root, "m/script.py.mako", text);
    g_autoptr(GPtrArray) projects = find(&root, NULL, NULL, NULL);
    assert_int_equal(projects->len, 1);
    assert_int_equal(((MlProject *)projects->pdata[0])->template_without_downgrade,
                     without_downgrade);
}

static void test_template(void **state)
{
    (void)state;
    assert_template(NULL, FALSE);
    assert_template("def upgrade():\n    pass\n", TRUE);
    assert_template("", TRUE);
    assert_template("def upgrade():\n    pass\n\ndef downgrade():\n    pass\n", FALSE);
}

/* A commit lies on no disk, and %(here)s is found all the same. */
static void test_a_bare_repository(void **state)
{
    const GitFixture *fixture = *state;
    fixture_write(fixture, "work/db/alembic.ini", "[alembic]\nscript_location = %(here)s/m\n", -1);
    fixture_write(fixture, "work/db/m/env.py", ENV, -1);
    fixture_write(fixture, "work/db/m/versions/a.py", REVISION, -1);
    fixture_run(fixture, "work", "git init -q && git add . && git commit -qm one");
    fixture_run(fixture, "", "git clone -q --bare work bare");

    g_autoptr(GError) error = NULL;
    g_autofree char *path = fixture_path(fixture, "bare");
    g_autoptr(MlRepository) repository = ml_repository_open(NULL, path, &error);
    assert_non_null(repository);
    g_autoptr(MlTree) tree = ml_tree_of_commit(repository, "HEAD", &error);
    assert_non_null(tree);
    g_autoptr(GPtrArray) projects = find_in_tree(tree, NULL, NULL, &error);
    assert_null(error);
    g_autofree char *text = describe(projects);
    assert_string_equal(text, "db/m = [alembic] of db/alembic.ini: db/m/versions\n");
}

/* "NAME at FILE:LINE type=TYPE options=OPTIONS", a line each. */
static void assert_hooks(const Folder *root, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) projects = find(root, NULL, NULL, &error);
    if (!projects)
        fail_msg("%s", error->message);
    assert_int_equal(projects->len, 1);
    const GPtrArray *hooks = ((MlProject *)projects->pdata[0])->hooks;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < hooks->len; i++) {
        const MlHook *hook = hooks->pdata[i];
        g_string_append_printf(text, "%s at %s:%u type=%s options=%s\n", hook->name, hook->config,
                               hook->line, (char *)g_hash_table_lookup(hook->options, "type"),
                               (char *)g_hash_table_lookup(hook->options, "options"));
    }
    assert_string_equal(text->str, expected);
}

#define HOOK_INI                                                                                   \
    "[post_write_hooks]\nhooks = black, ruff\nblack.type = exec\nblack.options = %(here)s -l 79\n" \
    "ruff.type = module\nruff.options = 100%%\n"
#define HOOK_TOML                                                                                  \
    "[tool.alembic]\nscript_location = 'm'\n[[tool.alembic.post_write_hooks]]\nname = 'ruff'\n"    \
    "type = 'exec'\noptions = '100%%'\n"

static void test_hooks(void **state)
{
    (void)state;
    g_auto(Folder) root = make_folder("alembic.ini", "[alembic]\n", "pyproject.toml", HOOK_TOML,
                                      "m/env.py", ENV, "m/versions/a.py", REVISION, NULL);
    assert_hooks(&root, "ruff at pyproject.toml:3 type=exec options=100%\n");
    write_file(&root, "alembic.ini", "[alembic]\n[post_write_hooks]\n");
    assert_hooks(&root, "");
    write_file(&root, "alembic.ini", "[alembic]\n" HOOK_INI);
    assert_hooks(&root, "black at alembic.ini:3 type=exec options=. -l 79\n"
                        "ruff at alembic.ini:3 type=module options=100%\n");
}

static void test_toml_alone(void **state)
{
    (void)state;
    g_auto(Folder) root =
        make_folder("a/pyproject.toml", HOOK_TOML, "a/m/env.py", ENV, "a/m/versions/a.py", REVISION,
                    "pyproject.toml", "[project]\ndependencies = ['alembic']\n", NULL);
    assert_found(&root, "a/m = [tool.alembic] of a/pyproject.toml: a/m/versions\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_relative_to_the_ini),
        cmocka_unit_test(test_relative_to_a_folder_above_the_ini),
        cmocka_unit_test(test_relative_to_src_or_sys_path),
        cmocka_unit_test(test_of_a_package),
        cmocka_unit_test(test_here),
        cmocka_unit_test(test_absolute),
        cmocka_unit_test(test_a_folder_with_env_py_comes_first),
        cmocka_unit_test(test_without_env_py),
        cmocka_unit_test(test_a_location_that_is_not_there),
        cmocka_unit_test(test_a_location_that_may_be_elsewhere),
        cmocka_unit_test(test_no_revisions_yet),
        cmocka_unit_test(test_any_section_with_a_script_location),
        cmocka_unit_test(test_default_counts_for_alembic_alone),
        cmocka_unit_test(test_flask_migrate),
        cmocka_unit_test(test_at_the_root),
        cmocka_unit_test(test_broken_inis),
        cmocka_unit_test(test_version_locations),
        cmocka_unit_test(test_separators),
        cmocka_unit_test(test_bad_separators),
        cmocka_unit_test(test_too_many_paths),
        cmocka_unit_test(test_hooks),
        cmocka_unit_test(test_toml_alone),
        cmocka_unit_test(test_a_missing_version_location_is_noted),
        cmocka_unit_test(test_recursive_version_locations),
        cmocka_unit_test(test_without_an_ini),
        cmocka_unit_test(test_several_inis_of_one_environment),
        cmocka_unit_test(test_inis_for_different_databases),
        cmocka_unit_test(test_the_usual_ini_among_others),
        cmocka_unit_test(test_several_environments_of_one_script_location),
        cmocka_unit_test(test_folders_that_are_not_searched),
        cmocka_unit_test(test_links_to_folders_are_not_searched),
        cmocka_unit_test(test_folders_asked_for),
        cmocka_unit_test(test_notes_of_folders_asked_for),
        cmocka_unit_test(test_folder_for_each_database),
        cmocka_unit_test(test_not_a_folder_for_each_database),
        cmocka_unit_test(test_import_roots),
        cmocka_unit_test(test_import_roots_of_a_package),
        cmocka_unit_test(test_import_roots_without_an_ini),
        cmocka_unit_test(test_template),
        cmocka_unit_test_setup_teardown(test_a_bare_repository, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
