#include "migration/suppression.h"

#include <string.h>

/* Words that a file's suppressions may hold together: what comes behind them suppresses nothing. */
#define WORD_LIMIT 1000

static void clear_word(gpointer data)
{
    g_free(((MlReference *)data)->text);
}

static void clear_suppression(gpointer data)
{
    MlSuppression *suppression = data;
    g_free(suppression->instruction);
    g_free(suppression->reason);
    g_array_unref(suppression->rules);
}

GArray *ml_suppressions_new(void)
{
    GArray *suppressions = g_array_new(FALSE, FALSE, sizeof(MlSuppression));
    g_array_set_clear_func(suppressions, clear_suppression);
    return suppressions;
}

/* The words of a list that begins at `start` of the module. */
static void read_words(GArray *words, const MlModule *module, const char *list, guint32 start)
{
    for (gsize at = 0; list[at] != '\0' && words->len < WORD_LIMIT;) {
        gsize length = strcspn(list + at, ", \t");
        if (length > 0) {
            guint32 begin = start + (guint32)at;
            MlReference word = {g_strndup(list + at, length),
                                {module, begin, begin + (guint32)length}};
            g_array_append_val(words, word);
        }
        at += length + (list[at + length] != '\0');
    }
}

static MlSuppressionKind kind_of(const MlSuppression *suppression, const MlComment *comment,
                                 gboolean is_closed)
{
    gboolean is_file = strcmp(suppression->instruction, "ignore-file") == 0;
    if (!is_closed || (!is_file && strcmp(suppression->instruction, "ignore") != 0))
        return ML_SUPPRESSION_BROKEN;
    if (is_file)
        return comment->at_top ? ML_SUPPRESSION_FILE : ML_SUPPRESSION_LOST;
    return comment->alone ? ML_SUPPRESSION_ABOVE : ML_SUPPRESSION_LINE;
}

static void read_comment(GArray *suppressions, const GRegex *regex, const MlComment *comment)
{
    g_autofree char *text = ml_origin_text(comment->origin);
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(regex, text, 0, &match))
        return;
    gint begin, list;
    g_match_info_fetch_pos(match, 0, &begin, NULL);
    g_autofree char *words = g_match_info_fetch_named(match, "words");
    g_autofree char *closing = g_match_info_fetch_named(match, "closing");
    MlSuppression suppression = {
        .origin = comment->origin,
        .instruction = g_match_info_fetch_named(match, "instruction"),
        .has_list = g_match_info_fetch_named_pos(match, "words", &list, NULL) && list >= 0,
        .rules = g_array_new(FALSE, FALSE, sizeof(MlReference)),
        .reason = g_strstrip(g_match_info_fetch_named(match, "reason")),
        .line = comment->line,
        .first_line = comment->first_line,
        .last_line = comment->last_line,
    };
    g_array_set_clear_func(suppression.rules, clear_word);
    suppression.origin.start += begin;
    suppression.kind = kind_of(&suppression, comment, !suppression.has_list || *closing);
    if (suppression.has_list)
        read_words(suppression.rules, comment->origin.module, words, comment->origin.start + list);
    g_array_append_val(suppressions, suppression);
}

void ml_suppressions_read(GArray *suppressions, const MlModule *module)
{
    g_autoptr(GArray) comments = ml_module_comments(module, "miglint:");
    if (comments->len == 0)
        return;
    g_autoptr(GRegex) regex = g_regex_new("#[ \\t]*miglint:[ \\t]*(?<instruction>[^\\[\\s]*)[ \\t]*"
                                          "(?:\\[(?<words>[^\\]]*)(?<closing>\\]?))?(?<reason>.*)",
                                          G_REGEX_RAW, 0, NULL);
    guint words = 0;
    for (guint i = 0; i < comments->len && words < WORD_LIMIT; i++) {
        guint before = suppressions->len;
        read_comment(suppressions, regex, &g_array_index(comments, MlComment, i));
        if (suppressions->len > before)
            words += 1 + g_array_index(suppressions, MlSuppression, before).rules->len;
    }
}
