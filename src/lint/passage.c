#include "lint/passage.h"

#include <string.h>

gboolean ml_step_surely_does(const MlStep *step, const MlOperation *operation)
{
    return !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED)) &&
           (operation->engine == NULL || step->engine == NULL ||
            g_str_equal(operation->engine, step->engine));
}

gboolean ml_is_existing(const MlContext *context, const MlStep *step, const MlExistence *existence)
{
    if (existence->is != ML_PRESENCE_PRESENT)
        return FALSE;
    const MlRevision *maker = existence->made ? existence->made->revision : NULL;
    return maker == NULL ||
           (maker != step->node->revision &&
            (context->change == NULL || !ml_change_brings(context->change, maker)));
}

/* --- rows ------------------------------------------------------------------- */

gboolean ml_operation_may_do_anything(const MlOperation *operation)
{
    return operation->kind == ML_UNKNOWN_CALL || operation->kind == ML_UNKNOWN_SQL ||
           operation->kind == ML_CALL;
}

static gboolean may_be_on(const MlOperation *operation, const char *table)
{
    return operation->table.is != ML_KNOWN || g_str_equal(operation->table.text, table);
}

static gboolean looks_at_table(const MlOperation *operation, const char *table)
{
    const MlReads *reads = operation->reads;
    for (gsize i = 0; i < reads->n_tables; i++)
        if (g_str_equal(reads->tables[i].name, table))
            return TRUE;
    return operation->table.is != ML_ABSENT && may_be_on(operation, table);
}

static gboolean looks_at_column(const MlReads *reads, const char *column)
{
    for (gsize i = 0; i < reads->n_columns; i++)
        if (g_str_equal(reads->columns[i], column))
            return TRUE;
    return reads->all_columns;
}

gboolean ml_operation_may_read(const MlOperation *operation, const char *table, const char *column)
{
    return ml_operation_may_do_anything(operation) ||
           (operation->reads != NULL && looks_at_table(operation, table) &&
            looks_at_column(operation->reads, column));
}

static gboolean may_hold(MlTexts texts, const char *word)
{
    if (texts.is != ML_KNOWN)
        return TRUE;
    for (gsize i = 0; i < texts.length; i++)
        if (texts.items[i].is != ML_KNOWN || g_str_equal(texts.items[i].text, word))
            return TRUE;
    return FALSE;
}

gboolean ml_operation_may_write(const MlOperation *operation, const char *table, const char *column)
{
    if (operation->kind == ML_UPDATE || operation->kind == ML_INSERT)
        return may_be_on(operation, table) && may_hold(operation->columns_written, column);
    return ml_operation_may_do_anything(operation);
}

gboolean ml_operation_may_remove_rows(const MlOperation *operation, const char *table, gboolean all)
{
    if (operation->kind == ML_DELETE)
        return may_be_on(operation, table) && !(all && operation->filtered);
    if (operation->kind == ML_TRUNCATE)
        return may_be_on(operation, table);
    return ml_operation_may_do_anything(operation);
}

/* --- the operations before ------------------------------------------------------- */

static gboolean any_passes(const MlOperations *operations, gsize end, MlOperationTest *test,
                           gpointer data, gsize *left)
{
    for (gsize i = 0; i < end; i++) {
        if (*left == 0 || test(operations->items[i], data))
            return TRUE;
        (*left)--;
    }
    return FALSE;
}

static void add_sources(GPtrArray *waiting, const MlNode *node)
{
    g_ptr_array_extend(waiting, node->parents, NULL, NULL);
    g_ptr_array_extend(waiting, node->dependencies, NULL, NULL);
}

gboolean ml_done_before(const MlContext *context, const MlStep *step, gsize at,
                        const MlRevision *since, MlOperationTest *test, gpointer data, gsize *left)
{
    if (any_passes(step->upgrade.operations, at, test, data, left))
        return TRUE;
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) waiting = g_ptr_array_new();
    add_sources(waiting, step->node);
    while (waiting->len > 0) {
        const MlNode *node = g_ptr_array_steal_index_fast(waiting, waiting->len - 1);
        const MlRevision *revision = node->revision;
        if (!g_hash_table_add(seen, (gpointer)node) ||
            (context->change != NULL && !ml_change_brings(context->change, revision)))
            continue;
        const MlOperations *operations = revision->upgrade_operations;
        if (operations == NULL || any_passes(operations, operations->length, test, data, left))
            return TRUE;
        if (revision != since)
            add_sources(waiting, node);
    }
    return FALSE;
}

/* --- types ------------------------------------------------------------------------- */

char *ml_type_signature(const MlType *type, const char *dialect)
{
    char *exact = ml_type_canonical(type, dialect);
    if (exact != NULL || g_strcmp0(dialect, "postgresql") == 0 || g_strcmp0(dialect, "sqlite") == 0)
        return exact;
    g_autofree char *one = ml_type_canonical(type, "postgresql");
    g_autofree char *other = ml_type_canonical(type, "sqlite");
    return one && other ? g_strjoin("\n", one, other, NULL) : NULL;
}

/* --- names ------------------------------------------------------------------------- */

/* Says nothing of what a name is for. */
static gboolean is_filler(const char *word)
{
    static const char *const fillers[] = {"", "a", "at", "has", "is", "on", "the", NULL};
    return g_strv_contains(fillers, word);
}

/* "isActive" and "is_active" are "active": a GPtrArray of char *. */
static GPtrArray *words_of(const char *name)
{
    g_autoptr(GString) spaced = g_string_new(NULL);
    for (const char *c = name; *c != '\0'; c++) {
        if (g_ascii_isupper(*c) && c > name && !g_ascii_isupper(c[-1]))
            g_string_append_c(spaced, '_');
        g_string_append_c(spaced, *c == '-' || *c == ' ' ? '_' : g_ascii_tolower(*c));
    }
    g_auto(GStrv) parts = g_strsplit(spaced->str, "_", -1);
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    for (char **part = parts; *part != NULL; part++)
        if (!is_filler(*part))
            g_ptr_array_add(words, g_strdup(*part));
    return words;
}

static char *joined(const GPtrArray *words)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < words->len; i++)
        g_string_append(text, words->pdata[i]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static gsize common_start(const char *one, const char *other)
{
    gsize length = 0;
    while (one[length] != '\0' && one[length] == other[length])
        length++;
    return length;
}

/* One letter more, less, other, or two swapped; of numbers each is another. */
static gboolean differ_by_a_letter(const char *one, const char *other)
{
    gsize start = common_start(one, other);
    const char *left = one + start, *right = other + start;
    if (MIN(strlen(one), strlen(other)) < 4 || g_ascii_isdigit(*left) || g_ascii_isdigit(*right))
        return FALSE;
    if (*left == '\0' || *right == '\0')
        return strlen(left) + strlen(right) <= 1;
    return g_str_equal(left + 1, right + 1) || g_str_equal(left + 1, right) ||
           g_str_equal(left, right + 1) ||
           (left[1] == right[0] && left[0] == right[1] && g_str_equal(left + 2, right + 2));
}

static gboolean is_abbreviation(const char *word, const char *of)
{
    return strlen(word) >= 3 && !g_ascii_isdigit(of[strlen(word)]) && g_str_has_prefix(of, word);
}

static gboolean are_near(const char *one, const char *other)
{
    return g_str_equal(one, other) || differ_by_a_letter(one, other) ||
           (strlen(one) <= strlen(other) ? is_abbreviation(one, other)
                                         : is_abbreviation(other, one));
}

/* All words of the one are among the other's, in their order, and say something. */
static gboolean is_part_of(const GPtrArray *words, const GPtrArray *of)
{
    guint found = 0;
    gsize letters = 0;
    for (guint i = 0; i < of->len && found < words->len; i++) {
        if (!g_str_equal(words->pdata[found], of->pdata[i]))
            continue;
        letters += strlen(words->pdata[found]);
        found++;
    }
    return found == words->len && letters >= 4;
}

/* As many words, of which one is spelt a little otherwise. */
static gboolean are_respelt(const GPtrArray *one, const GPtrArray *other)
{
    guint unlike = 0;
    if (one->len != other->len)
        return FALSE;
    for (guint i = 0; i < one->len; i++) {
        if (!are_near(one->pdata[i], other->pdata[i]))
            return FALSE;
        unlike += !g_str_equal(one->pdata[i], other->pdata[i]);
    }
    return one->len > 0 && unlike <= 1;
}

gboolean ml_names_are_alike(const char *one, const char *other)
{
    g_autoptr(GPtrArray) left = words_of(one), right = words_of(other);
    g_autofree char *left_joined = joined(left), *right_joined = joined(right);
    return g_str_equal(left_joined, right_joined) ||
           differ_by_a_letter(left_joined, right_joined) || are_respelt(left, right) ||
           is_part_of(left, right) || is_part_of(right, left);
}
