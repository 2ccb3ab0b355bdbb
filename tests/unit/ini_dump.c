/*
 * Shows an ini file as miglint reads it, for test_ini_configparser.py:
 * ini_dump HERE FILE. A line a thing, its words parted by spaces; what the
 * file says is in hex.
 */
#include <stdio.h>

#include "project/ini.h"

static void print_hex(const char *text)
{
    for (; *text; text++)
        printf("%02x", (guchar)*text);
}

static void print_key(const MlIni *ini, const char *section, const char *key)
{
    printf("key %u ", ml_ini_line(ini, section, key));
    print_hex(key);
    printf(" =");
    print_hex(ml_ini_raw(ini, section, key));

    g_autofree char *value = NULL;
    if (ml_ini_get(ini, section, key, &value, NULL)) {
        printf(" =");
        print_hex(value);
    } else {
        printf(" fails");
    }
    printf("\n");
}

static void print_section(const MlIni *ini, const char *section)
{
    printf("section ");
    print_hex(section);
    printf("\n");
    g_autoptr(GPtrArray) keys = ml_ini_keys(ini, section);
    for (guint i = 0; i < keys->len; i++)
        print_key(ini, section, keys->pdata[i]);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    char *contents = NULL;
    gsize length = 0;
    if (argc != 3 || !g_file_get_contents(argv[2], &contents, &length, &error)) {
        fprintf(stderr, "%s\n", error ? error->message : "usage: ini_dump HERE FILE");
        return 2;
    }
    g_autoptr(GBytes) text = g_bytes_new_take(contents, length);
    g_autoptr(MlIni) ini = ml_ini_parse("ini", text, argv[1], &error);
    if (!ini) {
        printf("error %s\n", error->message);
        return 0;
    }
    print_section(ini, "DEFAULT");
    g_autoptr(GPtrArray) sections = ml_ini_sections(ini);
    for (guint i = 0; i < sections->len; i++)
        print_section(ini, sections->pdata[i]);
    return 0;
}
