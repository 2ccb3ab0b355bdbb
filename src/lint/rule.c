#include "miglint/lint.h"
#include "miglint/text.h"

#include <string.h>

const char *ml_severity_name(MlSeverity severity)
{
    static const char *const names[] = {"note", "warning", "error"};
    return names[severity];
}

/* Sets the error that no rule is called `word`, and offers the nearest. */
static void set_unknown(const char *word, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++) {
        g_ptr_array_add(words, (gpointer)(*rule)->name);
        g_ptr_array_add(words, (gpointer)(*rule)->code);
    }
    const char *nearest = ml_nearest(word, (const char *const *)words->pdata, words->len);
    g_autofree char *offer =
        nearest ? g_strdup_printf(": did you mean '%s'?", nearest) : g_strdup("");
    g_set_error(error, ML_LINT_ERROR, ML_LINT_ERROR_RULE,
                "no rule is called '%s'%s (`miglint rules` lists them)", word, offer);
}

const MlRule *ml_rule_find(const char *word, GError **error)
{
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        if (g_ascii_strcasecmp((*rule)->code, word) == 0 || strcmp((*rule)->name, word) == 0)
            return *rule;
    set_unknown(word, error);
    return NULL;
}

guint ml_rule_closeness(const MlRule *rule, const char *word)
{
    if (strcmp(word, "all") == 0)
        return 1;
    if (strcmp(word, rule->name) == 0)
        return 100;
    gsize length = strlen(word);
    return length > 1 && g_ascii_strncasecmp(rule->code, word, length) == 0 ? length : 0;
}

gboolean ml_rule_check_word(const char *word, GError **error)
{
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        if (ml_rule_closeness(*rule, word) > 0)
            return TRUE;
    set_unknown(word, error);
    return FALSE;
}
