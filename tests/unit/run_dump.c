/*
 * Tells what functions do when they run, for test_python_runs.py:
 * run_dump [--dialect NAME] ROOT FUNCTION FILE... reads files below ROOT, where
 * they find what they import, and prints "FILE" for each and then a line for
 * each event: its kind, its circumstances, and the value as Python might write it.
 */
#include <stdio.h>
#include <string.h>

#include "miglint/python.h"

typedef struct {
    MlImporter importer;
    const char *root;
} Folder;

static MlModule *read_module(const char *path)
{
    char *contents = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &contents, &length, NULL))
        return NULL;
    g_autoptr(GBytes) text = g_bytes_new_take(contents, length);
    return ml_module_parse(text);
}

static MlModule *find(MlImporter *self, const char *from, guint level, const char *name,
                      char **path)
{
    g_autofree char *folder = level ? g_path_get_dirname(from) : NULL;
    for (guint i = 1; i < level; i++) {
        char *above = g_path_get_dirname(folder);
        g_free(folder);
        folder = above;
    }
    g_auto(GStrv) parts = g_strsplit(name, ".", -1);
    g_autofree char *below = g_strjoinv("/", parts);
    const char *start = folder ? folder : ((Folder *)self)->root;
    g_autofree char *stem = g_build_filename(start, below, NULL);
    const char *const endings[] = {"/__init__.py", ".py"};
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *candidate = g_strconcat(stem, endings[i], NULL);
        MlModule *module = read_module(candidate);
        if (module != NULL) {
            *path = g_steal_pointer(&candidate);
            return module;
        }
    }
    return NULL;
}

static void show(GString *out, const MlValue *value);

/* What is not known stands between these. */
#define OPEN  "\xe2\x9f\xa8"
#define CLOSE "\xe2\x9f\xa9"

/* All but plain ASCII as \xNN, byte by byte. */
static void show_string(GString *out, const char *text, gsize length)
{
    g_string_append_c(out, '\'');
    for (gsize i = 0; i < length; i++) {
        if (g_str_has_prefix(text + i, ML_HOLE)) {
            g_string_append(out, OPEN CLOSE);
            i += strlen(ML_HOLE) - 1;
        } else if (g_ascii_isprint(text[i]) && text[i] != '\'' && text[i] != '\\') {
            g_string_append_c(out, text[i]);
        } else {
            g_string_append_printf(out, "\\x%02x", (guchar)text[i]);
        }
    }
    g_string_append_c(out, '\'');
}

static void show_arguments(GString *out, const MlValue *call)
{
    g_string_append(out, call->unknown.open ? "(" OPEN : "(");
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        g_string_append_printf(out, "%s%s%s", i ? ", " : "", argument->name ? argument->name : "",
                               argument->name ? "=" : "");
        show(out, argument->value);
    }
    g_string_append(out, call->unknown.open ? CLOSE ")" : ")");
}

static void show_word(GString *out, const MlValue *value)
{
    static const char *const words[] = {
        [ML_SHAPE_OTHER] = "unknown",       [ML_SHAPE_CLASS] = "class",
        [ML_SHAPE_FUNCTION] = "function",   [ML_SHAPE_MODULE] = "module",
        [ML_SHAPE_CONTAINER] = "some",      [ML_SHAPE_EITHER] = "either",
        [ML_SHAPE_PARAMETER] = "parameter",
    };
    g_string_append_printf(out, OPEN "%s", words[value->unknown.shape]);
    if (value->unknown.shape == ML_SHAPE_EITHER)
        show_arguments(out, value);
    else if (value->unknown.name != NULL)
        g_string_append_printf(out, " %s", value->unknown.name);
    g_string_append(out, CLOSE);
}

static void show_unknown(GString *out, const MlValue *value)
{
    switch (value->unknown.shape) {
    case ML_SHAPE_NAME:
        g_string_append(out, value->unknown.name);
        break;
    case ML_SHAPE_TEXT:
        show_string(out, value->unknown.name, strlen(value->unknown.name));
        break;
    case ML_SHAPE_MEMBER:
        show(out, value->unknown.object);
        g_string_append_printf(out, ".%s", value->unknown.name);
        break;
    case ML_SHAPE_ITEM:
        if (value->unknown.index == NULL) {
            g_string_append(out, "⟨unknown⟩");
            break;
        }
        show(out, value->unknown.object);
        g_string_append_c(out, '[');
        show(out, value->unknown.index);
        g_string_append_c(out, ']');
        break;
    case ML_SHAPE_CALL:
        show(out, value->unknown.object);
        show_arguments(out, value);
        break;
    case ML_SHAPE_ENTERED:
        show(out, value->unknown.object);
        g_string_append(out, ".__enter__()");
        break;
    default:
        show_word(out, value);
    }
}

static void show_items(GString *out, const MlValue *value, const char *open, const char *close)
{
    g_string_append(out, open);
    for (gsize i = 0; i < value->sequence.length; i++) {
        g_string_append(out, i ? ", " : "");
        show(out, value->sequence.items[i]);
    }
    g_string_append(out, close);
}

static void show_dict(GString *out, const MlValue *value)
{
    g_string_append_c(out, '{');
    for (gsize i = 0; i < value->dict.length; i++) {
        g_string_append(out, i ? ", " : "");
        show(out, value->dict.pairs[i].key);
        g_string_append(out, ": ");
        show(out, value->dict.pairs[i].value);
    }
    g_string_append_c(out, '}');
}

static void show(GString *out, const MlValue *value)
{
    switch (value->kind) {
    case ML_VALUE_UNKNOWN:
        show_unknown(out, value);
        break;
    case ML_VALUE_NONE:
        g_string_append(out, "None");
        break;
    case ML_VALUE_BOOL:
        g_string_append(out, value->integer ? "True" : "False");
        break;
    case ML_VALUE_INTEGER:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value->integer);
        break;
    case ML_VALUE_FLOAT:
        g_string_append_printf(out, "%.6f", value->real);
        break;
    case ML_VALUE_STRING:
        show_string(out, value->string.text, value->string.length);
        break;
    case ML_VALUE_TUPLE:
        show_items(out, value, "(", ")");
        break;
    case ML_VALUE_LIST:
        show_items(out, value, "[", "]");
        break;
    case ML_VALUE_SET:
        show_items(out, value, "{", "}");
        break;
    case ML_VALUE_DICT:
        show_dict(out, value);
        break;
    }
}

static void print_event(const MlEvent *event)
{
    static const char *const kinds[] = {"call", "raise", "rest"};
    g_autoptr(GString) shown = g_string_new(NULL);
    guint callers = 0, contexts = 0;
    if (event->value != NULL)
        show(shown, event->value);
    for (const MlCaller *caller = event->callers; caller != NULL; caller = caller->outer)
        callers++;
    for (const MlWith *with = event->contexts; with != NULL; with = with->outer)
        contexts++;
    printf("%s\t%s%s%s\t%u\t%u\t%u\t%s\n", kinds[event->kind], event->conditional ? "?" : "",
           event->repeated ? "*" : "", event->guarded ? "!" : "", callers, contexts,
           ml_origin_position(event->origin).line, shown->str);
}

static int print_run(const char *root, const char *function, const char *path, const char *dialect)
{
    Folder folder = {{find}, root};
    g_autoptr(MlModule) module = read_module(path);
    if (module == NULL)
        return 2;
    static const char *const parameters[] = {"op", "alembic.op", NULL};
    const MlAssumptions assumptions = {.dialect = dialect, .parameters = parameters};
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, path, &folder.importer);
    g_autoptr(GArray) events = ml_evaluation_run(evaluation, function, &assumptions);
    puts(path);
    for (guint i = 0; i < events->len; i++)
        print_event(&g_array_index(events, MlEvent, i));
    return 0;
}

int main(int argc, char **argv)
{
    gboolean has_dialect = argc > 2 && strcmp(argv[1], "--dialect") == 0;
    int first = has_dialect ? 3 : 1, status = 0;
    for (int i = first + 2; i < argc && status == 0; i++)
        status = print_run(argv[first], argv[first + 1], argv[i], has_dialect ? argv[2] : NULL);
    return status;
}
