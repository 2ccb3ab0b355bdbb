/* What is said of files that several projects have. */
#include "miglint/lint.h"

/* --- comments --------------------------------------------------------------------- */

static void count(GHashTable *counts, char *key)
{
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(counts, key));
    g_hash_table_replace(counts, key, GUINT_TO_POINTER(before + 1));
}

/* How many projects have each file: counts by path. */
static GHashTable *count_owners(const GPtrArray *migrations)
{
    GHashTable *owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < migrations->len; i++) {
        const GPtrArray *revisions = ((MlMigrations *)g_ptr_array_index(migrations, i))->revisions;
        for (guint j = 0; j < revisions->len; j++)
            count(owners, g_strdup(((MlRevision *)g_ptr_array_index(revisions, j))->path));
    }
    return owners;
}

/* What is said of a comment, in whichever project; NULL for other findings. */
static char *statement(const MlFinding *finding)
{
    if (finding->rule->check_suppression == NULL)
        return NULL;
    return g_strdup_printf("%s\n%u %u\n%s", finding->path, finding->position.line,
                           finding->position.column, finding->message);
}

static GHashTable *count_statements(const GPtrArray *found)
{
    GHashTable *statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < found->len; i++) {
        const GPtrArray *findings = g_ptr_array_index(found, i);
        for (guint j = 0; j < findings->len; j++) {
            char *said = statement(g_ptr_array_index(findings, j));
            if (said != NULL)
                count(statements, said);
        }
    }
    return statements;
}

static gboolean is_disputed(const MlFinding *finding, GHashTable *owners, GHashTable *statements)
{
    g_autofree char *said = statement(finding);
    return said != NULL &&
           g_hash_table_lookup(statements, said) != g_hash_table_lookup(owners, finding->path);
}

static void drop_disputed(const GPtrArray *migrations, const GPtrArray *found)
{
    g_autoptr(GHashTable) owners = count_owners(migrations);
    g_autoptr(GHashTable) statements = count_statements(found);
    for (guint i = 0; i < found->len; i++) {
        GPtrArray *findings = g_ptr_array_index(found, i);
        for (guint j = findings->len; j-- > 0;)
            if (is_disputed(g_ptr_array_index(findings, j), owners, statements))
                g_ptr_array_remove_index(findings, j);
    }
}

/* --- files that are no revisions --------------------------------------------------- */

/* What is said of a file that is no revision, as env.py, and was said for another project. */
static gboolean is_said_again(const MlFinding *finding, GHashTable *said)
{
    if (finding->revision != NULL || finding->path == NULL)
        return FALSE;
    return !g_hash_table_add(said, g_strdup_printf("%s\n%s\n%u %u\n%s", finding->rule->code,
                                                   finding->path, finding->position.line,
                                                   finding->position.column, finding->message));
}

/* Of each the first. */
static void say_once(const GPtrArray *found)
{
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < found->len; i++) {
        GPtrArray *findings = g_ptr_array_index(found, i);
        for (guint j = 0; j < findings->len;)
            if (is_said_again(g_ptr_array_index(findings, j), said))
                g_ptr_array_remove_index(findings, j);
            else
                j++;
    }
}

void ml_lint_agree(const GPtrArray *migrations, const GPtrArray *found)
{
    if (migrations->len < 2)
        return;
    say_once(found);
    drop_disputed(migrations, found);
}
