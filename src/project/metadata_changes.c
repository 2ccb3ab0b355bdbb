/* What becomes of metadata once it is made: X.metadata.naming_convention = ..., X.metadata = ... */
#include "project/convention.h"
#include "project/environment.h"
#include "project/metadata.h"

#include <string.h>

#define WORD "naming_convention"

typedef struct {
    const MlEnv *env;
    const MlValue *maker;
    GPtrArray *names;        /* MlConventionName *, of the convention that it is given */
    gboolean found : 1;      /* it is given one, or is another's from then on */
    gboolean unsure : 1;     /* it may be, but by what cannot be told */
    gboolean mentioned : 1;  /* some file has the word in it */
    gboolean dynamic : 1;    /* some file imports what no statement names */
    gboolean has_tables : 1; /* some file has a model with a table of SQLModel */
} Search;

/* --- one that is given -------------------------------------------------------------- */

static gboolean is_same_convention(const GPtrArray *one, const GPtrArray *other)
{
    gboolean same = one->len == other->len;
    for (guint i = 0; same && i < one->len; i++) {
        const MlConventionName *name = one->pdata[i], *next = other->pdata[i];
        same = strcmp(name->key, next->key) == 0 && name->text != NULL &&
               g_strcmp0(name->text, next->text) == 0;
    }
    return same;
}

/* Given several, it has the one of the file that runs last, which nobody knows. */
static void add_convention(Search *search, MlFactKind kind, const MlValue *convention)
{
    g_autoptr(GPtrArray) names = ml_convention_names_new();
    if (kind == ML_FACT_KNOWN)
        ml_metadata_add_names(names, convention);
    search->unsure |=
        kind == ML_FACT_UNKNOWN || (search->found && !is_same_convention(search->names, names));
    if (!search->found)
        g_ptr_array_extend_and_steal(search->names, g_steal_pointer(&names));
    search->found = TRUE;
}

/* metadata.naming_convention = value; whether that is ours. */
static gboolean set_convention(Search *search, MlEvaluation *evaluation, const MlValue *metadata,
                               const MlValue *value)
{
    const MlValue *maker = ml_metadata_maker(evaluation, metadata);
    search->unsure |= maker == NULL;
    if (maker == NULL || !ml_metadata_is_same(maker, search->maker))
        return FALSE;
    add_convention(search, ml_metadata_kind_of_convention(value), value);
    return TRUE;
}

/* owner.metadata = value; whether that is ours. */
static gboolean set_metadata(Search *search, MlEvaluation *evaluation, const MlValue *owner,
                             const MlValue *value)
{
    const MlValue *convention = NULL, *replaced = ml_metadata_maker_of(evaluation, owner);
    if (replaced == NULL || !ml_metadata_is_same(replaced, search->maker))
        return FALSE;
    /* A class that has it from another no longer does: target_metadata may be of either. */
    gboolean inherited = ml_value_has_shape(owner, ML_SHAPE_CLASS) && owner != replaced;
    const MlValue *maker = inherited ? NULL : ml_metadata_maker(evaluation, value);
    MlFactKind kind = maker ? ml_metadata_made_with(maker, &convention) : ML_FACT_UNKNOWN;
    add_convention(search, kind, convention);
    return TRUE;
}

static void visit_assignment(Search *search, MlEvaluation *evaluation, const MlEvent *event)
{
    const MlValue *call = event->value, *value = NULL;
    if (ml_value_has_shape(call, ML_SHAPE_CALL) &&
        ml_value_has_shape(call->unknown.object, ML_SHAPE_MEMBER))
        value = ml_value_positional(call, 1);
    const MlValue *name = value ? ml_value_positional(call, 0) : NULL;
    if (name == NULL || name->kind != ML_VALUE_STRING) { /* or there was no room for more */
        search->unsure = TRUE;
        return;
    }
    const MlValue *object = call->unknown.object->unknown.object;
    gboolean is_convention = strcmp(name->string.text, WORD) == 0;
    gboolean is_ours = is_convention ? set_convention(search, evaluation, object, value)
                                     : set_metadata(search, evaluation, object, value);
    search->unsure |= is_ours && event->conditional;
}

/* --- the files ------------------------------------------------------------------------ */

static void visit_assignments(Search *search, MlEvaluation *evaluation)
{
    static const char *const names[] = {WORD, "metadata", NULL};
    g_autoptr(GArray) events = ml_evaluation_find_assignments(evaluation, names);
    for (guint i = 0; i < events->len; i++)
        visit_assignment(search, evaluation, &g_array_index(events, MlEvent, i));
}

/* With the importer's module: what makes metadata is told by the place where it stands. */
static void visit_imported(Search *search, const char *path)
{
    g_autoptr(MlModule) module = ml_tree_importer_module(search->env->importer, path);
    if (module == NULL)
        return;
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, path, search->env->importer);
    visit_assignments(search, evaluation);
}

static gboolean says_any(GBytes *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (ml_text_says(text, *words))
            return TRUE;
    return FALSE;
}

static void visit(const char *path, MlModule *module, gpointer data)
{
    static const char *const loaders[] = {"import_module", "__import__",    "exec_module",
                                          "iter_modules",  "walk_packages", NULL};
    /* of what visit_assignments() looks for */
    static const char *const signs[] = {WORD, ".metadata", "\"metadata\"", "'metadata'", NULL};
    Search *search = data;
    GBytes *text = ml_module_text(module);
    search->mentioned |= ml_text_says(text, WORD);
    search->dynamic |= says_any(text, loaders);
    search->has_tables |= ml_text_says(text, "table=True");
    if (!says_any(text, signs))
        return;
    if (strcmp(path, search->env->path) == 0)
        visit_assignments(search, search->env->evaluation);
    else
        visit_imported(search, path);
}

/* --- all together ------------------------------------------------------------------------ */

/* Nobody gives it one as far as the search went: whether that is far enough. */
static gboolean is_none(const Search *search, gboolean complete)
{
    if (search->unsure || search->mentioned || !complete)
        return FALSE;
    return search->dynamic ? !ml_convention_is_mentioned(search->env->tree, search->env->project)
                           : search->has_tables; /* or the models are not of this tree */
}

void ml_metadata_read_changes(MlSetup *setup, const MlEnv *env, const MlValue *maker)
{
    g_autoptr(GPtrArray) names = ml_convention_names_new();
    Search search = {.env = env, .maker = maker, .names = names};
    gboolean complete = ml_imported_visit(env, visit, &search);
    setup->naming_convention = is_none(&search, complete) ? ML_FACT_NONE : ML_FACT_UNKNOWN;
    if (search.unsure || names->len == 0)
        return;
    setup->naming_convention = ML_FACT_KNOWN;
    g_ptr_array_extend_and_steal(setup->convention_names, g_steal_pointer(&names));
}
