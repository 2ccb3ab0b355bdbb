#include "python/evaluation.h"
#include "python/scope.h"

#include <string.h>

/* A revision's header takes a dozen steps. */
#define STEP_LIMIT 40000

static void file_free(gpointer data)
{
    MlFile *file = data;
    g_hash_table_unref(file->names);
    g_hash_table_unref(file->values);
    g_hash_table_unref(file->inner);
    ml_bindings_free(file->bindings);
    ml_module_unref(file->module);
    g_free(file->path);
    g_free(file);
}

MlFile *ml_evaluation_add_file(MlEvaluation *evaluation, MlModule *module, char *path)
{
    MlFile *file = g_new0(MlFile, 1);
    file->module = module;
    file->path = path;
    file->bindings = ml_bindings_new(module, (TSNode){0});
    file->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    file->values = g_hash_table_new(NULL, NULL);
    file->inner = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)ml_bindings_free);
    g_ptr_array_add(evaluation->files, file);
    return file;
}

MlEvaluation *ml_evaluation_new(MlModule *module, const char *path, MlImporter *importer)
{
    MlEvaluation *evaluation = g_new0(MlEvaluation, 1);
    evaluation->arena = ml_arena_new(2 * ML_ARENA_BUDGET);
    evaluation->importer = importer;
    evaluation->steps = STEP_LIMIT;
    evaluation->files = g_ptr_array_new_with_free_func(file_free);
    evaluation->libraries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ml_evaluation_add_file(evaluation, ml_module_ref(module), g_strdup(path));
    return evaluation;
}

void ml_evaluation_free(MlEvaluation *evaluation)
{
    if (evaluation == NULL)
        return;
    ml_run_resume(evaluation, (MlRun){0});
    g_hash_table_unref(evaluation->libraries);
    g_ptr_array_unref(evaluation->files);
    ml_arena_free(evaluation->arena);
    g_free(evaluation);
}

gboolean ml_evaluation_looked_around(const MlEvaluation *evaluation)
{
    return evaluation->looked_around;
}

gboolean ml_evaluation_asks_dialect(const MlEvaluation *evaluation)
{
    return evaluation->asks_dialect;
}

GPtrArray *ml_evaluation_close(MlEvaluation *evaluation)
{
    GPtrArray *modules =
        g_ptr_array_new_full(evaluation->files->len, (GDestroyNotify)ml_module_unref);
    for (guint i = 0; i < evaluation->files->len; i++) {
        const MlFile *file = g_ptr_array_index(evaluation->files, i);
        g_ptr_array_add(modules, ml_module_ref(file->module));
    }
    ml_evaluation_free(evaluation);
    ml_module_forget_syntax(g_ptr_array_index(modules, 0));
    return modules;
}

const MlModule *ml_evaluation_module(const MlEvaluation *evaluation)
{
    return ((MlFile *)g_ptr_array_index(evaluation->files, 0))->module;
}

const MlBindings *ml_evaluation_bindings(const MlEvaluation *evaluation)
{
    return ((MlFile *)g_ptr_array_index(evaluation->files, 0))->bindings;
}

static MlScope whole_file(MlEvaluation *evaluation)
{
    return (MlScope){evaluation, g_ptr_array_index(evaluation->files, 0), NULL, G_MAXUINT32, 0};
}

const MlValue *ml_evaluation_name(MlEvaluation *evaluation, const char *name)
{
    MlScope scope = whole_file(evaluation);
    return ml_value_at_end(scope, scope.file, name);
}

/* The frames of the functions around the cursor's node, the innermost first. */
static MlFrame *frames_around(MlEvaluation *evaluation, MlFile *file, const TSTreeCursor *at)
{
    MlFrame *innermost = NULL, **end = &innermost;
    TSTreeCursor cursor = ts_tree_cursor_copy(at);
    while (ts_tree_cursor_goto_parent(&cursor)) {
        TSNode outer = ts_tree_cursor_current_node(&cursor);
        if (!ml_node_is(outer, "function_definition"))
            continue;
        MlFrame *frame = ml_arena_alloc(evaluation->arena, sizeof(MlFrame));
        if (frame == NULL)
            break;
        *frame = (MlFrame){.bindings = ml_bindings_within(file, outer), .before = G_MAXUINT32};
        *end = frame;
        end = &frame->outer;
    }
    ts_tree_cursor_delete(&cursor);
    return innermost;
}

const MlValue *ml_evaluation_expression_at(MlEvaluation *evaluation, const TSTreeCursor *at)
{
    TSNode node = ts_tree_cursor_current_node(at);
    MlScope scope = whole_file(evaluation);
    scope.frame = frames_around(evaluation, scope.file, at);
    if (scope.frame == NULL)
        scope.before = ts_node_start_byte(node);
    return ml_evaluate(scope, node);
}

const MlValue *ml_evaluation_member(MlEvaluation *evaluation, const MlValue *class_value,
                                    const char *name)
{
    return ml_own_member(whole_file(evaluation), class_value, name);
}

const MlValue *ml_evaluation_enum_names(MlEvaluation *evaluation, const MlValue *class_value)
{
    MlScope scope = whole_file(evaluation);
    const TSNode nowhere = {0};
    g_autoptr(GPtrArray) members = ml_enum_members(scope, nowhere, class_value);
    for (guint i = 0; members != NULL && i < members->len; i++) {
        const char *name = ((const MlValue *)members->pdata[i])->unknown.name;
        if (name == NULL)
            return NULL;
        members->pdata[i] = (gpointer)ml_make_string(scope, nowhere, name, strlen(name));
    }
    return members ? ml_make_sequence(scope, nowhere, ML_VALUE_LIST, members) : NULL;
}

gboolean ml_evaluation_mentions(const MlEvaluation *evaluation, const char *words)
{
    for (guint i = 0; i < evaluation->files->len; i++) {
        gsize length;
        MlFile *file = g_ptr_array_index(evaluation->files, i);
        const char *bytes = ml_module_bytes(file->module, &length);
        if (length > 0 && memmem(bytes, length, words, strlen(words)) != NULL)
            return TRUE;
    }
    return FALSE;
}

GPtrArray *ml_evaluation_imports(MlEvaluation *evaluation)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    ml_bindings_add_imports(ml_evaluation_bindings(evaluation), names);
    return names;
}

static gboolean is_import(TSNode statement)
{
    return ml_node_is(statement, "import_statement") ||
           ml_node_is(statement, "import_from_statement") ||
           ml_node_is(statement, "future_import_statement");
}

const MlValue *ml_evaluation_docstring(MlEvaluation *evaluation)
{
    MlScope scope = whole_file(evaluation);
    g_auto(MlChildren) children = ml_children_of(ml_module_root(scope.file->module));
    for (TSNode child; ml_children_next(&children, &child);) {
        TSNode only = ml_node_is(child, "expression_statement") ? ml_node_first(child) : child;
        if (ml_node_is(only, "string") || ml_node_is(only, "concatenated_string")) {
            const MlValue *value = ml_evaluate(scope, only);
            return value->kind == ML_VALUE_STRING ? value : NULL;
        }
        if (!is_import(child))
            return NULL;
    }
    return NULL;
}
