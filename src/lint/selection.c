#include "lint/selection.h"

struct MlSelection {
    GPtrArray *selected; /* char *: words; NULL: every rule that is not off */
    GPtrArray *extended;
    GPtrArray *ignored;
};

static gboolean add_words(GPtrArray *words, const char *list, GError **error)
{
    g_auto(GStrv) parts = g_strsplit_set(list, ", ", -1);
    for (char **part = parts; *part != NULL; part++) {
        if (**part == '\0')
            continue;
        if (!ml_rule_check_word(*part, error))
            return FALSE;
        g_ptr_array_add(words, g_strdup(*part));
    }
    return TRUE;
}

static gboolean add_lists(GPtrArray *words, const char *const *lists, GError **error)
{
    for (; lists != NULL && *lists != NULL; lists++)
        if (!add_words(words, *lists, error))
            return FALSE;
    return TRUE;
}

MlSelection *ml_selection_new(const char *const *select, const char *const *extend,
                              const char *const *ignore, GError **error)
{
    g_autoptr(MlSelection) selection = g_new0(MlSelection, 1);
    selection->selected = select ? g_ptr_array_new_with_free_func(g_free) : NULL;
    selection->extended = g_ptr_array_new_with_free_func(g_free);
    selection->ignored = g_ptr_array_new_with_free_func(g_free);
    if (!add_lists(selection->selected, select, error) ||
        !add_lists(selection->extended, extend, error) ||
        !add_lists(selection->ignored, ignore, error))
        return NULL;
    if (select != NULL && *select != NULL && selection->selected->len == 0) {
        g_set_error(error, ML_LINT_ERROR, ML_LINT_ERROR_RULE,
                    "--select names no rule; `miglint rules` lists them");
        return NULL;
    }
    return g_steal_pointer(&selection);
}

void ml_selection_free(MlSelection *selection)
{
    g_clear_pointer(&selection->selected, g_ptr_array_unref);
    g_ptr_array_unref(selection->extended);
    g_ptr_array_unref(selection->ignored);
    g_free(selection);
}

static guint closest(const GPtrArray *words, const MlRule *rule)
{
    guint best = 0;
    for (guint i = 0; i < words->len; i++)
        best = MAX(best, ml_rule_closeness(rule, g_ptr_array_index(words, i)));
    return best;
}

MlChoice ml_selection_choice(const MlSelection *selection, const MlRule *rule)
{
    guint wanted = closest(selection->extended, rule);
    guint unwanted = closest(selection->ignored, rule);
    if (selection->selected != NULL)
        wanted = MAX(wanted, closest(selection->selected, rule));
    if (wanted > unwanted)
        return ML_CHOICE_RUN;
    return unwanted > 0 || selection->selected != NULL ? ML_CHOICE_SKIP : ML_CHOICE_UNSAID;
}
