/*
 * Shows a TOML file as miglint reads it, for test_toml.py: toml_dump FILE.
 * JSON, but for floats and the names of kinds; each value with its line.
 */
#include <math.h>
#include <stdio.h>

#include "project/toml.h"

static void print_string(const char *text)
{
    putchar('"');
    for (; *text; text++)
        if ((guchar)*text < ' ' || *text == '"' || *text == '\\')
            printf("\\u%04x", (guchar)*text);
        else
            putchar(*text);
    putchar('"');
}

static void print_value(const MlTomlValue *value);

static void print_array(const MlTomlValue *array)
{
    putchar('[');
    for (guint i = 0; i < array->items->len; i++) {
        printf("%s", i ? "," : "");
        print_value(array->items->pdata[i]);
    }
    putchar(']');
}

static void print_table(const MlTomlValue *table)
{
    putchar('{');
    for (guint i = 0; i < table->keys->len; i++) {
        const char *key = table->keys->pdata[i];
        printf("%s", i ? "," : "");
        print_string(key);
        putchar(':');
        print_value(ml_toml_get(table, key));
    }
    putchar('}');
}

static void print_content(const MlTomlValue *value)
{
    switch (value->kind) {
    case ML_TOML_STRING:
    case ML_TOML_DATETIME:
        print_string(value->text);
        return;
    case ML_TOML_INTEGER:
        printf("%" G_GINT64_FORMAT, value->integer);
        return;
    case ML_TOML_FLOAT:
        printf("\"%.17g\"", isnan(value->number) ? fabs(value->number) : value->number);
        return;
    case ML_TOML_BOOLEAN:
        printf("%s", value->truth ? "true" : "false");
        return;
    case ML_TOML_ARRAY:
        print_array(value);
        return;
    case ML_TOML_TABLE:
        print_table(value);
        return;
    }
}

static void print_value(const MlTomlValue *value)
{
    printf("[\"%s\",%u,", ml_toml_kind_name(value->kind), value->line);
    print_content(value);
    putchar(']');
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    char *contents = NULL;
    gsize length = 0;
    if (argc != 2 || !g_file_get_contents(argv[1], &contents, &length, &error)) {
        fprintf(stderr, "%s\n", error ? error->message : "usage: toml_dump FILE");
        return 2;
    }
    g_autoptr(GBytes) text = g_bytes_new_take(contents, length);
    g_autoptr(MlToml) toml = ml_toml_parse("toml", text, &error);
    if (toml)
        print_value(ml_toml_root(toml));
    else
        printf("error %s\n", error->message);
    return 0;
}
