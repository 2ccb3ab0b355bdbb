#include "miglint/report.h"

#include <string.h>

/* How many leading folders two absolute paths share. */
static guint shared_folders(char **a, char **b)
{
    guint shared = 0;
    while (a[shared] != NULL && b[shared] != NULL && strcmp(a[shared], b[shared]) == 0)
        shared++;
    return shared;
}

char *ml_report_path(const char *root, const char *standing, const char *path)
{
    if (root == NULL || standing == NULL)
        return g_strdup(path);
    g_autofree char *absolute = g_build_filename(root, path, NULL);
    g_auto(GStrv) target = g_strsplit(absolute, "/", -1);
    g_auto(GStrv) from = g_strsplit(standing, "/", -1);
    guint shared = shared_folders(target, from);
    if (shared <= 1) /* nothing but the leading "/" */
        return g_steal_pointer(&absolute);
    GString *relative = g_string_new(NULL);
    for (guint i = shared; from[i] != NULL; i++)
        if (*from[i] != '\0')
            g_string_append(relative, "../");
    g_autofree char *rest = g_strjoinv("/", target + shared);
    g_string_append(relative, rest);
    return g_string_free(relative, FALSE);
}
