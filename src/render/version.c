/* The rows of alembic_version, as alembic.runtime.migration.HeadMaintainer keeps them. */
#include "render/rendering.h"

struct MlVersions {
    const MlRenderRules *rules;
    const MlGraph *graph;
    gboolean *applied; /* by node: whether it has been run */
    gboolean *row;     /* by node: whether it has a row */
    guint n_rows;
    guint *seen; /* by node: the last search that came by */
    guint searches;
    GPtrArray *stack; /* of a search */
};

/* --- what has been run ----------------------------------------------------- */

static guint index_of(const GPtrArray *nodes, guint i)
{
    return ((const MlNode *)g_ptr_array_index(nodes, i))->index;
}

static void apply_all(MlVersions *versions, const GPtrArray *heads)
{
    g_autoptr(GPtrArray) left = g_ptr_array_copy((GPtrArray *)heads, NULL, NULL);
    while (left->len > 0) {
        const MlNode *node = g_ptr_array_steal_index(left, left->len - 1);
        if (versions->applied[node->index])
            continue;
        versions->applied[node->index] = TRUE;
        g_ptr_array_extend(left, node->parents, NULL, NULL);
        g_ptr_array_extend(left, node->dependencies, NULL, NULL);
    }
}

static void set_row(MlVersions *versions, const MlNode *node, gboolean row)
{
    if (versions->row[node->index] == row)
        return;
    versions->row[node->index] = row;
    versions->n_rows += row ? 1 : (guint)-1;
}

MlVersions *ml_versions_new(const MlRenderRules *rules, const MlGraph *graph,
                            const GPtrArray *heads)
{
    guint size = ml_graph_nodes(graph)->len;
    MlVersions *versions = g_new0(MlVersions, 1);
    versions->rules = rules;
    versions->graph = graph;
    versions->applied = g_new0(gboolean, size);
    versions->row = g_new0(gboolean, size);
    versions->seen = g_new0(guint, size);
    versions->stack = g_ptr_array_new();
    apply_all(versions, heads);
    for (guint i = 0; i < heads->len; i++)
        set_row(versions, g_ptr_array_index(heads, i), TRUE);
    return versions;
}

void ml_versions_free(MlVersions *versions)
{
    g_free(versions->applied);
    g_free(versions->row);
    g_free(versions->seen);
    g_ptr_array_unref(versions->stack);
    g_free(versions);
}

/* --- which rows are implied by others -------------------------------------- */

static void push_applied(MlVersions *versions, const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++)
        if (versions->applied[index_of(nodes, i)])
            g_ptr_array_add(versions->stack, g_ptr_array_index(nodes, i));
}

/*
 * Whether one of `others`, NULL: one that has a row, comes after `node`. Most nodes have nothing
 * after them that has been run, so little is searched.
 */
static gboolean is_before(MlVersions *versions, const MlNode *node, const GPtrArray *others)
{
    versions->searches++;
    push_applied(versions, node->children);
    push_applied(versions, node->dependents);
    gboolean found = FALSE;
    while (versions->stack->len > 0) {
        const MlNode *above = g_ptr_array_steal_index(versions->stack, versions->stack->len - 1);
        if (found || versions->seen[above->index] == versions->searches)
            continue;
        versions->seen[above->index] = versions->searches;
        found = others ? g_ptr_array_find((GPtrArray *)others, above, NULL)
                       : versions->row[above->index];
        push_applied(versions, above->children);
        push_applied(versions, above->dependents);
    }
    return found;
}

/* --- the statements ---------------------------------------------------------- */

static const MlFact *fact_of(const MlVersions *versions, gsize offset)
{
    static const MlFact none = {.kind = ML_FACT_NONE};
    const MlSetup *setup = versions->rules->setup;
    return setup ? G_STRUCT_MEMBER_P(setup, offset) : &none;
}

#define FACT(versions, name) fact_of(versions, G_STRUCT_OFFSET(MlSetup, name))

static const char *table_name(const MlVersions *versions)
{
    const MlFact *fact = FACT(versions, version_table);
    return fact->text ? fact->text : "alembic_version";
}

static gboolean has_key(const MlVersions *versions)
{
    const MlFact *fact = FACT(versions, version_table_pk);
    return fact->kind != ML_FACT_KNOWN || fact->truth;
}

static gboolean append_table(const MlVersions *versions, GString *out)
{
    const char *schema = FACT(versions, version_table_schema)->text;
    if (schema && *schema) {
        if (!ml_quote_name(out, versions->rules->dialect, schema))
            return FALSE;
        g_string_append_c(out, '.');
    }
    return ml_quote_name(out, versions->rules->dialect, table_name(versions));
}

static gboolean append_key(const MlVersions *versions, GString *out)
{
    if (!has_key(versions))
        return TRUE;
    g_autofree char *name = g_strconcat(table_name(versions), "_pkc", NULL);
    g_string_append(out, ", \n    CONSTRAINT ");
    gboolean quoted = ml_quote_name(out, versions->rules->dialect, name);
    g_string_append(out, " PRIMARY KEY (version_num)");
    return quoted;
}

/* What an INSERT is asked to give back, where SQLAlchemy asks. */
static gboolean append_returning(const MlVersions *versions, GString *out)
{
    gboolean postgresql = versions->rules->dialect == ML_POSTGRESQL;
    if (!has_key(versions) || (!postgresql && versions->rules->sqlalchemy == ML_SQLALCHEMY_1_4))
        return TRUE;
    g_string_append(out, " RETURNING ");
    gboolean quoted = !postgresql || append_table(versions, out);
    g_string_append(out, postgresql ? ".version_num" : "version_num");
    return quoted;
}

static gboolean append_where(const MlVersions *versions, GString *out, const MlNode *node)
{
    g_string_append(out, " WHERE ");
    gboolean quoted = append_table(versions, out);
    g_string_append(out, ".version_num = ");
    return quoted && ml_quote_literal(out, node->revision->id.text);
}

static void send(GPtrArray *out, GString *statement, gboolean quoted)
{
    MlRendered *rendered = g_new0(MlRendered, 1);
    rendered->kind = quoted ? ML_RENDERED_STATEMENT : ML_RENDERED_NOT;
    rendered->text = quoted ? g_string_free(statement, FALSE)
                            : g_strdup("the version table or the revision has a name that no "
                                       "database takes");
    if (!quoted)
        g_string_free(statement, TRUE);
    g_ptr_array_add(out, rendered);
}

void ml_versions_create(MlVersions *versions, GPtrArray *out)
{
    if (versions->n_rows > 0)
        return;
    GString *sql = g_string_new("CREATE TABLE ");
    gboolean quoted = append_table(versions, sql);
    g_string_append(sql, " (\n    version_num VARCHAR(32) NOT NULL");
    quoted = append_key(versions, sql) && quoted;
    g_string_append(sql, "\n)");
    send(out, sql, quoted);
}

void ml_versions_drop(MlVersions *versions, GPtrArray *out)
{
    if (versions->n_rows > 0)
        return;
    GString *sql = g_string_new("DROP TABLE ");
    send(out, sql, append_table(versions, sql));
}

static void insert(MlVersions *versions, const MlNode *node, GPtrArray *out)
{
    GString *sql = g_string_new("INSERT INTO ");
    gboolean quoted = append_table(versions, sql);
    g_string_append(sql, " (version_num) VALUES (");
    quoted = ml_quote_literal(sql, node->revision->id.text) && quoted;
    g_string_append_c(sql, ')');
    send(out, sql, append_returning(versions, sql) && quoted);
    set_row(versions, node, TRUE);
}

static void delete (MlVersions *versions, const MlNode *node, GPtrArray *out)
{
    GString *sql = g_string_new("DELETE FROM ");
    gboolean quoted = append_table(versions, sql);
    send(out, sql, append_where(versions, sql, node) && quoted);
    set_row(versions, node, FALSE);
}

static void update(MlVersions *versions, const MlNode *from, const MlNode *to, GPtrArray *out)
{
    GString *sql = g_string_new("UPDATE ");
    gboolean quoted = append_table(versions, sql);
    g_string_append(sql, " SET version_num=");
    quoted = ml_quote_literal(sql, to->revision->id.text) && quoted;
    send(out, sql, append_where(versions, sql, from) && quoted);
    set_row(versions, from, FALSE);
    set_row(versions, to, TRUE);
}

/* --- steps -------------------------------------------------------------------- */

static void set_rows(MlVersions *versions, const GPtrArray *nodes, gboolean row)
{
    for (guint i = 0; i < nodes->len; i++)
        set_row(versions, g_ptr_array_index(nodes, i), row);
}

/* The rows that `node` takes the place of (merge_branch_idents): not those that others need. */
static GPtrArray *find_replaced(MlVersions *versions, const MlNode *node)
{
    const GPtrArray *before = ml_graph_before(versions->graph, node);
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    for (guint i = 0; i < before->len; i++)
        if (versions->row[index_of(before, i)])
            g_ptr_array_add(rows, g_ptr_array_index(before, i));
    if (rows->len < 2 || rows->len == versions->n_rows)
        return g_steal_pointer(&rows);
    GPtrArray *replaced = g_ptr_array_new();
    set_rows(versions, rows, FALSE);
    for (guint i = 0; i < rows->len; i++)
        if (!is_before(versions, g_ptr_array_index(rows, i), NULL))
            g_ptr_array_add(replaced, g_ptr_array_index(rows, i));
    set_rows(versions, rows, TRUE);
    return replaced;
}

void ml_versions_upgrade(MlVersions *versions, const MlNode *node, GPtrArray *out)
{
    g_autoptr(GPtrArray) replaced = find_replaced(versions, node);
    for (guint i = 0; i + 1 < replaced->len; i++)
        delete (versions, g_ptr_array_index(replaced, i), out);
    if (replaced->len > 0)
        update(versions, g_ptr_array_index(replaced, replaced->len - 1), node, out);
    else
        insert(versions, node, out);
    versions->applied[node->index] = TRUE;
}

/*
 * The rows that take the place of `node`, which is not run any more (_unmerge_to_revisions). Of an
 * only row the older Alembic does not ask which of them need each other.
 */
static GPtrArray *find_uncovered(MlVersions *versions, const MlNode *node)
{
    const GPtrArray *before = ml_graph_before(versions->graph, node);
    gboolean only = versions->n_rows == 1;
    const GPtrArray *others = only ? before : NULL;
    if (only && versions->rules->sqlalchemy == ML_SQLALCHEMY_1_4)
        return g_ptr_array_copy((GPtrArray *)before, NULL, NULL);
    GPtrArray *uncovered = g_ptr_array_new();
    for (guint i = 0; i < before->len; i++) {
        const MlNode *below = g_ptr_array_index(before, i);
        if (!versions->row[below->index] && !is_before(versions, below, others))
            g_ptr_array_add(uncovered, (gpointer)below);
    }
    return uncovered;
}

void ml_versions_downgrade(MlVersions *versions, const MlNode *node, GPtrArray *out)
{
    versions->applied[node->index] = FALSE;
    if (!versions->row[node->index])
        return;
    g_autoptr(GPtrArray) rows = find_uncovered(versions, node);
    for (guint i = 0; i + 1 < rows->len; i++)
        insert(versions, g_ptr_array_index(rows, i), out);
    if (rows->len > 0)
        update(versions, node, g_ptr_array_index(rows, rows->len - 1), out);
    else
        delete (versions, node, out);
}
