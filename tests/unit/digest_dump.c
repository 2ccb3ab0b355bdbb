/*
 * Tells which Python texts are the same to miglint, for test_python_digest.py:
 * digest_dump [FILE...] reads more names, one a line, from its input where none
 * are given, and prints a line for each: the digest without a revision's
 * header, or "none".
 */
#include <stdio.h>
#include <string.h>

#include "miglint/python.h"

static int print_digest(const char *path)
{
    static const char *const header[] = {"revision", "down_revision", "branch_labels", "depends_on",
                                         NULL};
    g_autoptr(GError) error = NULL;
    char *contents = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &contents, &length, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    g_autoptr(GBytes) text = g_bytes_new_take(contents, length);
    g_autoptr(MlModule) module = ml_module_parse(text);
    g_autofree char *digest = ml_module_digest(module, header);
    puts(digest ? digest : "none");
    return 0;
}

int main(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc && status == 0; i++)
        status = print_digest(argv[i]);
    char line[4096];
    while (argc == 1 && status == 0 && fgets(line, sizeof line, stdin) != NULL)
        status = print_digest(g_strchomp(line));
    return status;
}
