/*
 * Repositories made with real git, in a folder of their own that is gone after
 * the test. git sees no settings but the fixture's: HOME is that folder.
 */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    char *folder; /* absolute and real */
} GitFixture;

/* Runs a command of sh in a folder of the fixture; its output, which must come with status 0. */
G_GNUC_UNUSED static char *fixture_output(const GitFixture *fixture, const char *folder,
                                          const char *command)
{
    g_autofree char *where = g_build_filename(fixture->folder, folder, NULL);
    char *arguments[] = {"/bin/sh", "-ec", (char *)command, NULL};
    char *output = NULL;
    int status = 0;
    g_autoptr(GError) error = NULL;
    if (!g_spawn_sync(where, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status,
                      &error) ||
        !g_spawn_check_wait_status(status, &error))
        fail_msg("%s: %s", command, error->message);
    return output;
}

G_GNUC_UNUSED static void fixture_run(const GitFixture *fixture, const char *folder,
                                      const char *command)
{
    g_free(fixture_output(fixture, folder, command));
}

G_GNUC_UNUSED static char *fixture_path(const GitFixture *fixture, const char *name)
{
    return g_build_filename(fixture->folder, name, NULL);
}

/* A file in the fixture, with the folders that lead to it. */
G_GNUC_UNUSED static void fixture_write(const GitFixture *fixture, const char *name,
                                        const char *text, gssize length)
{
    g_autofree char *path = fixture_path(fixture, name);
    g_autofree char *folder = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    assert_true(g_file_set_contents(path, text, length, NULL));
}

/* What git would take from outside. */
G_GNUC_UNUSED static void fixture_forget_environment(void)
{
    g_auto(GStrv) names = g_listenv();
    for (char **name = names; *name; name++)
        if (g_str_has_prefix(*name, "GIT_"))
            g_unsetenv(*name);
    g_setenv("GIT_CONFIG_NOSYSTEM", "1", TRUE);
}

/* For cmocka's setup and teardown. */
G_GNUC_UNUSED static int fixture_set_up(void **state)
{
    GitFixture *fixture = g_new0(GitFixture, 1);
    g_autofree char *made = g_dir_make_tmp("miglint-test-XXXXXX", NULL);
    if (!made)
        return -1;
    fixture->folder = realpath(made, NULL);
    fixture_forget_environment();
    g_setenv("HOME", fixture->folder, TRUE);
    g_setenv("XDG_CONFIG_HOME", fixture->folder, TRUE);
    fixture_write(fixture, ".gitconfig",
                  "[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n"
                  "[protocol \"file\"]\nallow = always\n[uploadpack]\nallowFilter = true\n"
                  "allowAnySHA1InWant = true\n[advice]\ndetachedHead = false\nnestedTag = false\n"
                  "[gc]\nauto = 0\n",
                  -1);
    *state = fixture;
    return 0;
}

G_GNUC_UNUSED static int fixture_tear_down(void **state)
{
    GitFixture *fixture = *state;
    fixture_forget_environment();
    fixture_run(fixture, "", "rm -rf \"$PWD\"");
    free(fixture->folder);
    g_free(fixture);
    return 0;
}
