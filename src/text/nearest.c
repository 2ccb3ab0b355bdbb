#include "miglint/text.h"

#include <string.h>

#define LENGTH_LIMIT 64

static guint least(guint a, guint b, guint c)
{
    return MIN(MIN(a, b), c);
}

/* Insertions, deletions, changes and swaps of neighbours that turn `a` into `b`. */
static guint distance(const char *a, const char *b)
{
    guint rows[3][LENGTH_LIMIT + 1];
    gsize height = MIN(strlen(a), LENGTH_LIMIT), width = MIN(strlen(b), LENGTH_LIMIT);
    for (gsize j = 0; j <= width; j++)
        rows[0][j] = j;
    for (gsize i = 1; i <= height; i++) {
        guint *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (gsize j = 1; j <= width; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[height % 3][width];
}

static gboolean begins(const char *beginning, const char *word)
{
    return strlen(beginning) > 3 && g_str_has_prefix(word, beginning);
}

const char *ml_nearest(const char *word, const char *const *words, gsize count)
{
    const char *nearest = NULL;
    gsize length = strlen(word);
    guint best = MAX(length / 3, MIN(2, length / 2)) + 1;
    for (gsize i = 0; i < count; i++) {
        guint apart = distance(word, words[i]);
        if (apart < best) {
            best = apart;
            nearest = words[i];
        }
    }
    for (gsize i = 0; i < count && nearest == NULL; i++)
        if (begins(word, words[i]) || begins(words[i], word))
            nearest = words[i];
    return nearest;
}
