/*
 * What the files share that render operations.
 *
 * An operation is rendered into a MlRendering: each statement that it is made of is
 * built in a GString and sent. What cannot be rendered is refused with the reason;
 * what was sent of the operation before is then taken back (passage.c), so an
 * operation is rendered wholly or not at all. Functions named ml_append_ write into
 * the statement at hand, and refuse what they cannot write.
 */
#pragma once

#include "miglint/render.h"

struct MlRenderer {
    const MlRenderRules *rules;
    GHashTable *made_types; /* that create_table has made in this run: "TYPE schema.name" */
};

typedef struct {
    MlRenderer *renderer;
    const MlRenderRules *rules;
    const MlCatalog *catalog; /* before the operation */
    const MlOperation *operation;
    GPtrArray *out; /* MlRendered * */
    char *refusal;  /* why it cannot be rendered; NULL: it can */
} MlRendering;

/* Half a sentence about the operation: "has no name". The first one stays. */
void ml_rendering_refuse(MlRendering *rendering, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Takes the statement, and frees it. */
void ml_rendering_send(MlRendering *rendering, GString *statement);

static inline gboolean ml_rendering_is(const MlRendering *rendering, MlDialect dialect)
{
    return rendering->rules->dialect == dialect;
}

static inline gboolean ml_rendering_is_old(const MlRendering *rendering)
{
    return rendering->rules->sqlalchemy == ML_SQLALCHEMY_1_4;
}

/* --- names and literals (quote.c) ------------------------------------------------- */

void ml_append_name(MlRendering *rendering, GString *out, const char *name);
/* The same of an argument that must have been given; `what` it is: "its column". */
void ml_append_known_name(MlRendering *rendering, GString *out, MlText name, const char *what);
/* "a, b" */
void ml_append_names(MlRendering *rendering, GString *out, MlTexts names);
/* Of columns that the operation may define itself, and Column(quote=True) then counts. */
void ml_append_column_name(MlRendering *rendering, GString *out, MlText name);
void ml_append_column_names(MlRendering *rendering, GString *out, MlTexts names);
void ml_append_literal(MlRendering *rendering, GString *out, const char *text);
/* SQL as it stands; `what` it is: "its condition". */
void ml_append_sql_text(MlRendering *rendering, GString *out, MlText sql, const char *what);
/* schema.name */
void ml_append_qualified(MlRendering *rendering, GString *out, MlText schema, MlText name);
/* The operation's table; `altered`: as Alembic's own statements have it, "a.b" being two schemas.
 */
void ml_append_table(MlRendering *rendering, GString *out);
void ml_append_altered_table(MlRendering *rendering, GString *out);
/* One of the phrases, whatever case it is in; NULL-terminated. */
void ml_append_phrase(MlRendering *rendering, GString *out, MlText phrase,
                      const char *const *phrases, const char *what);

/* Refuses an argument that SQLAlchemy 1.4, or Alembic 1.8, does not take. */
void ml_refuse_if_old(MlRendering *rendering, gboolean given, const char *argument);

/* IF EXISTS and the like, as far as this Alembic knows them. */
void ml_append_condition(MlRendering *rendering, GString *out, MlFlag condition, const char *words);

/* The value of a keyword; absent where it was not given, or given as None. */
MlText ml_keyword_value(const MlKeyword *keywords, gsize length, const char *name);

/* --- types, defaults, columns, constraints --------------------------------------------- */

void ml_append_type(MlRendering *rendering, GString *out, const MlType *type);
/* Whether SQLAlchemy takes it for a kind of integer (Integer._type_affinity). */
gboolean ml_type_is_integer(const MlRendering *rendering, const MlType *type);
/* The enum or the domain that a type is on Postgres, an array's items included; else NULL. */
const MlType *ml_rendered_named_type(const MlRendering *rendering, const MlType *type);

/* Whether DDL says DEFAULT of it. */
gboolean ml_default_is_in_ddl(const MlDefault *value);
/* What stands behind DEFAULT; in ALTER TABLE it is never put in brackets. */
void ml_append_default(MlRendering *rendering, GString *out, const MlDefault *value);
/* " DEFAULT ..." of a column; nothing where it has none. */
void ml_append_default_clause(MlRendering *rendering, GString *out, const MlDefault *value);
/* GENERATED ... */
void ml_append_identity(MlRendering *rendering, GString *out, const MlDefault *value);
void ml_append_computed(MlRendering *rendering, GString *out, const MlDefault *value);
/* "INCREMENT BY 2 START WITH 5", with a space before each */
void ml_append_sequence_options(MlRendering *rendering, GString *out, const MlSequence *sequence);

/* The primary key among the operation's constraints; NULL: none. */
const MlConstraint *ml_primary_key(const MlOperation *operation);
gboolean ml_is_of_key(const MlColumn *column, const MlConstraint *key);
/* The column of the key that the database numbers (PrimaryKeyConstraint._autoincrement_column). */
const MlColumn *ml_autoincrement_column(const MlRendering *rendering, const MlConstraint *key);
/* A column's definition without its checks. `key`: the primary key of the table; NULL: none. */
void ml_append_column(MlRendering *rendering, GString *out, const MlColumn *column,
                      const MlConstraint *key);

/* Within a table, or behind ALTER TABLE ... ADD. FALSE, and nothing, where SQLAlchemy leaves it
 * out. */
gboolean ml_append_constraint(MlRendering *rendering, GString *out, const MlConstraint *constraint);
/* col IN ('a', 'b'): what an enum or a boolean may hold. */
void ml_append_values(MlRendering *rendering, GString *out, MlTexts column, const MlType *type);
/* The checks that are written within a column. */
void ml_append_column_checks(MlRendering *rendering, GString *out, const MlColumn *column);
/* A name as the naming convention resolves it; FALSE where there is none. */
gboolean ml_append_resolved_name(MlRendering *rendering, GString *out, MlResolvedName resolved,
                                 MlText given, gboolean final);
/* A column or an expression of an index, with what stands behind it. */
void ml_append_index_part(MlRendering *rendering, GString *out, const MlIndexPart *part);
/* INCLUDE (a, b): columns of the table, or of those that an added constraint has of it. */
void ml_append_include(MlRendering *rendering, GString *out, MlTexts include, MlTexts columns);
/* "gin" */
void ml_append_method(MlRendering *rendering, GString *out, MlText method);
/* The primary key of one column that SQLite writes within it (sqlite_autoincrement). */
gboolean ml_key_is_inlined(const MlRendering *rendering, const MlConstraint *key);

/* --- operations (passage.c) ---------------------------------------------------------------- */

/* Refuses an operation of which anything counts that cannot be told. */
void ml_refuse_unknown(MlRendering *rendering);
/* What was sent since there were `before` statements is taken back, and the reason put there. */
void ml_rendering_give_up(MlRendering *rendering, gsize before);
/* Any operation: its statements, or why they cannot be told. */
void ml_render_operation(MlRendering *rendering);
/*
 * The operations of a batch on SQLite: `length` of them from `first` on; `rendering` is of the
 * first. On Postgres a batch is its operations.
 */
void ml_render_batch(MlRendering *rendering, const MlPassage *passage, gsize first, gsize length);

/* --- statements: one function for each kind of operation ------------------------------------ */

void ml_render_create_table(MlRendering *rendering);
void ml_render_drop_table(MlRendering *rendering);
void ml_render_rename_table(MlRendering *rendering);
void ml_render_table_comment(MlRendering *rendering);
void ml_render_add_column(MlRendering *rendering);
void ml_render_drop_column(MlRendering *rendering);
void ml_render_alter_column(MlRendering *rendering);
void ml_render_add_constraint(MlRendering *rendering);
void ml_render_drop_constraint(MlRendering *rendering);
void ml_render_create_index(MlRendering *rendering);
void ml_render_drop_index(MlRendering *rendering);
void ml_render_create_type(MlRendering *rendering);
void ml_render_drop_type(MlRendering *rendering);
void ml_render_create_sequence(MlRendering *rendering);
void ml_render_drop_sequence(MlRendering *rendering);
void ml_render_create_object(MlRendering *rendering);
void ml_render_drop_object(MlRendering *rendering);
/* What is executed as it stands (MlExecution). */
void ml_render_execution(MlRendering *rendering);

/* ALTER TABLE t ADD constraint, as add_column and alter_column make it too. */
void ml_send_constraint(MlRendering *rendering, const MlConstraint *constraint);
/* ALTER TABLE t DROP CONSTRAINT, of what a column's type has made. */
void ml_send_drop_of_check(MlRendering *rendering, const MlConstraint *check);
void ml_send_index(MlRendering *rendering, const MlIndex *index);
/* COMMENT ON COLUMN; absent or none: IS NULL. */
void ml_send_column_comment(MlRendering *rendering, MlText column, MlText comment);
/* CREATE TYPE for the types of a table's columns, those that no table has made in this run. */
void ml_send_types(MlRendering *rendering);
