#include "sql/context.h"
#include "sql/cost.h"
#include "sql/parameters.h"
#include "sql/sqlite_syntax.h"
#include "sql/stack.h"

#include <pg_query.h>
#include <string.h>

#define MOST_BYTES ((gsize)1 << 20)

struct MlSqlReader {
    MlStack *stack;
};

/* A text, and where what it says goes to. */
typedef struct {
    MlOperations *into;
    const char *text;
    gsize length;
    MlSqlStyle style;
    MlOrigin origin;
} Job;

MlSqlReader *ml_sql_reader_new(void)
{
    MlSqlReader *reader = g_new0(MlSqlReader, 1);
    reader->stack = ml_stack_new();
    return reader;
}

void ml_sql_reader_free(MlSqlReader *reader)
{
    if (reader == NULL)
        return;
    ml_stack_free(reader->stack);
    g_free(reader);
}

/* --- statements ------------------------------------------------------------ */

/* Moves over white space and comments. */
static gsize skip_blank(const char *text, gsize start, gsize end)
{
    while (start < end) {
        if (g_ascii_isspace(text[start])) {
            start++;
        } else if (end - start > 1 && memcmp(text + start, "--", 2) == 0) {
            const char *line_end = memchr(text + start, '\n', end - start);
            start = line_end ? (gsize)(line_end - text) : end;
        } else {
            break;
        }
    }
    return start;
}

static const MlStatement *add_statement(const Job *job, gsize start, gsize end)
{
    start = skip_blank(job->text, start, end);
    while (end > start && g_ascii_isspace(job->text[end - 1]))
        end--;
    MlStatement *statement = ml_operations_alloc(job->into, sizeof *statement);
    statement->start = start;
    statement->end = end;
    if (end - start <= MOST_BYTES)
        statement->text = ml_operations_text(job->into, job->text + start, (gssize)(end - start));
    return statement;
}

static MlSql new_sql(const Job *job, gsize start, gsize end)
{
    const MlStatement *statement = add_statement(job, start, end);
    return (MlSql){
        .operations = job->into,
        .statement = statement,
        .origin =
            ml_origin_within(job->origin, job->text, job->length, statement->start, statement->end),
    };
}

static void add_unknown(const Job *job, const char *why)
{
    MlSql sql = new_sql(job, 0, job->length);
    ml_sql_add_unknown(&sql, why);
}

/* --- the grammar ----------------------------------------------------------- */

static void read_statements(const Job *job, const MlPlainSql *plain,
                            const PgQuery__ParseResult *tree)
{
    for (size_t i = 0; i < tree->n_stmts; i++) {
        const PgQuery__RawStmt *statement = tree->stmts[i];
        gsize start = (gsize)statement->stmt_location;
        gsize end = statement->stmt_len > 0 ? start + (gsize)statement->stmt_len : plain->text->len;
        MlSql sql = new_sql(job, ml_plain_sql_place(plain, start), ml_plain_sql_place(plain, end));
        ml_sql_statement(&sql, statement->stmt);
    }
}

static void read_tree(const Job *job, const MlPlainSql *plain, PgQueryProtobuf packed)
{
    PgQuery__ParseResult *tree =
        pg_query__parse_result__unpack(NULL, packed.len, (const guint8 *)packed.data);
    if (tree == NULL) {
        add_unknown(job, "its syntax tree is broken");
        return;
    }
    read_statements(job, plain, tree);
    pg_query__parse_result__free_unpacked(tree, NULL);
}

static void parse(gpointer data, gpointer user_data)
{
    const Job *job = data;
    const MlPlainSql *plain = user_data;
    const char *too_costly = ml_sql_too_costly(plain->text->str, plain->text->len);
    if (too_costly != NULL) {
        add_unknown(job, too_costly);
        return;
    }
    if (ml_sql_is_pragma(plain->text->str)) {
        MlSql sql = new_sql(job, 0, job->length);
        ml_sql_add_harmless(&sql, "PRAGMA");
        return;
    }
    g_autofree char *without_conflict = g_strdup(plain->text->str);
    const char *text =
        ml_sql_blank_conflict(without_conflict) ? without_conflict : plain->text->str;
    PgQueryProtobufParseResult result = pg_query_parse_protobuf(text);
    if (result.error != NULL) {
        g_autofree char *why = g_strdup_printf("Postgres' grammar says: %s", result.error->message);
        add_unknown(job, why);
    } else {
        read_tree(job, plain, result.parse_tree);
    }
    pg_query_free_protobuf_parse_result(result);
}

void ml_sql_read(MlSqlReader *reader, MlOperations *into, const char *text, gssize length,
                 MlSqlStyle style, MlOrigin origin)
{
    Job job = {into, text, length < 0 ? strlen(text) : (gsize)length, style, origin};
    if (job.length > MOST_BYTES - into->sql_bytes) {
        add_unknown(&job, "there is more than 1 MB of SQL");
        return;
    }
    into->sql_bytes += job.length;
    if (memchr(text, 0, job.length) != NULL) {
        add_unknown(&job, "holds a NUL, which no statement can");
        return;
    }
    if (!g_utf8_validate_len(text, job.length, NULL)) {
        add_unknown(&job, "is not valid UTF-8");
        return;
    }
    g_auto(MlPlainSql) plain = ml_plain_sql(text, job.length, style);
    if (!ml_stack_run(reader->stack, parse, &job, &plain))
        add_unknown(&job, "no thread can be had to parse it");
}

/* --- a type by itself --------------------------------------------------------- */

typedef struct {
    MlSql sql;
    const char *statement;
    const MlType *type;
    char *why;
} TypeJob;

/* The type in SELECT CAST(NULL AS type); NULL where the statement says anything else. */
static const PgQuery__TypeName *type_in(const PgQuery__ParseResult *tree)
{
    const PgQuery__Node *node = tree && tree->n_stmts == 1 ? tree->stmts[0]->stmt : NULL;
    const PgQuery__SelectStmt *select =
        node && node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT ? node->select_stmt : NULL;
    if (select == NULL || select->n_target_list != 1 || select->n_from_clause > 0)
        return NULL;
    const PgQuery__Node *value = select->target_list[0]->res_target->val;
    return value && value->node_case == PG_QUERY__NODE__NODE_TYPE_CAST ? value->type_cast->type_name
                                                                       : NULL;
}

static void parse_type(gpointer data, gpointer user_data G_GNUC_UNUSED)
{
    TypeJob *job = data;
    PgQueryProtobufParseResult result = pg_query_parse_protobuf(job->statement);
    if (result.error != NULL) {
        job->why = g_strdup_printf("Postgres' grammar says: %s", result.error->message);
    } else {
        PgQuery__ParseResult *tree = pg_query__parse_result__unpack(
            NULL, result.parse_tree.len, (const guint8 *)result.parse_tree.data);
        const PgQuery__TypeName *name = type_in(tree);
        if (name != NULL)
            job->type = ml_sql_type(&job->sql, name, NULL);
        else
            job->why = g_strdup("it says more than a type");
        pg_query__parse_result__free_unpacked(tree, NULL);
    }
    pg_query_free_protobuf_parse_result(result);
}

const MlType *ml_sql_read_type(MlSqlReader *reader, MlOperations *into, const char *text,
                               MlOrigin origin, char **why)
{
    g_autofree char *statement = g_strdup_printf("SELECT CAST(NULL AS %s)", text);
    TypeJob job = {.sql = {.operations = into, .origin = origin}, .statement = statement};
    const char *too_costly = ml_sql_too_costly(statement, strlen(statement));
    if (strlen(statement) > MOST_BYTES || !g_utf8_validate(statement, -1, NULL))
        job.why = g_strdup("it is too long, or not valid UTF-8");
    else if (too_costly != NULL)
        job.why = g_strdup(too_costly);
    else if (!ml_stack_run(reader->stack, parse_type, &job, NULL))
        job.why = g_strdup("no thread can be had to parse it");
    if (why != NULL)
        *why = g_steal_pointer(&job.why);
    g_free(job.why);
    return job.type;
}
