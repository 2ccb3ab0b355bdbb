/*
 * operation: what a migration can do, in one form whether `op.drop_column()`
 * or "ALTER TABLE ... DROP COLUMN" said it.
 *
 * An MlOperations is what one function (an upgrade(), a downgrade()) does, in
 * order. It owns all that hangs on its operations; they are immutable once its
 * maker has handed it over, and freed with it at once. Origins point into
 * modules, which must live as long.
 *
 * Every argument is a small struct that begins with `is`: whether it was given
 * at all, and whether what was given could be told. `origin` is the text that
 * an edit would replace: in Python the argument's value; in SQL the statement.
 * A struct of zeros is an argument that is absent.
 *
 * Names are what the database knows them by: without quotes, and folded to
 * lower case where SQL folds them. SQL's own words are in upper case
 * ("CASCADE", "DESC"), whatever case they were written in. SQL expressions that
 * were read out of a statement are in Postgres' own spelling.
 */
#pragma once

#include "miglint/python.h"

G_BEGIN_DECLS

/* --- arguments ---------------------------------------------------------- */

typedef enum {
    ML_ABSENT,
    ML_UNKNOWN, /* given, but it cannot be told without running Python: see MlOperation.unknowns */
    ML_NONE,    /* Python's None, SQL's NULL or DEFAULT */
    ML_KNOWN,
} MlGiven;

typedef struct {
    MlGiven is;
    MlOrigin origin;
    const char *text; /* NULL unless known */
} MlText;

typedef struct {
    MlGiven is;
    gboolean value;
    MlOrigin origin;
} MlFlag;

typedef struct {
    MlGiven is;
    MlOrigin origin;
    gint64 value;
} MlNumber;

typedef struct {
    MlGiven is; /* known: how many there are; each of them may still be unknown */
    guint length;
    const MlText *items;
    MlOrigin origin;
} MlTexts;

/* A keyword that has no field of its own: "sqlite_autoincrement", "insert_after". */
typedef struct {
    const char *name;
    MlText value; /* a number or a flag as Python writes it */
} MlKeyword;

static inline gboolean ml_is_true(MlFlag flag)
{
    return flag.is == ML_KNOWN && flag.value;
}

static inline gboolean ml_is_false(MlFlag flag)
{
    return flag.is == ML_KNOWN && !flag.value;
}

/* Whether it is known to be `expected`. */
gboolean ml_text_is(MlText text, const char *expected);
/* Whether one of them is known to be `expected`. */
gboolean ml_texts_hold(MlTexts texts, const char *expected);

/* --- types -------------------------------------------------------------- */

typedef enum {
    ML_TYPE_ABSENT, /* not given: of a column, that of the key it refers to (NullType) */
    ML_TYPE_UNKNOWN,
    ML_TYPE_BOOLEAN,
    ML_TYPE_SMALLINT,
    ML_TYPE_INTEGER,
    ML_TYPE_BIGINT,
    ML_TYPE_NUMERIC, /* precision, scale */
    ML_TYPE_REAL,
    ML_TYPE_DOUBLE,
    ML_TYPE_FLOAT, /* precision in bits; without one, a double on Postgres */
    ML_TYPE_MONEY,
    ML_TYPE_CHAR,    /* length */
    ML_TYPE_VARCHAR, /* length; without one, any */
    ML_TYPE_TEXT,
    ML_TYPE_BINARY, /* length where the database has one */
    ML_TYPE_DATE,
    ML_TYPE_TIME,      /* timezone, precision */
    ML_TYPE_TIMESTAMP, /* timezone, precision */
    ML_TYPE_INTERVAL,  /* precision; fields are a parameter */
    ML_TYPE_UUID,
    ML_TYPE_JSON,
    ML_TYPE_JSONB,
    ML_TYPE_ENUM,   /* values, name */
    ML_TYPE_ARRAY,  /* item, dimensions */
    ML_TYPE_NAMED,  /* any other that the database knows by this name: inet, citext, geometry; in
                       SQL also an enum, a domain */
    ML_TYPE_CUSTOM, /* a class of the tree: see impl */
} MlTypeKind;

typedef struct MlType MlType;
typedef struct MlDomain MlDomain;

/* What another dialect has instead: TypeEngine.with_variant(). */
typedef struct {
    const char *dialect; /* "postgresql" */
    const MlType *type;
} MlTypeVariant;

struct MlType {
    MlTypeKind kind;
    MlOrigin origin;
    /* The Python class, which decides the DDL where two have one kind: "DateTime" and "TIMESTAMP",
     * and the module that it is from, "sqlalchemy.dialects.postgresql". NULL in SQL. */
    const char *class_name, *library;
    MlText name; /* of a type that has one: enum, named; of a boolean, of its check */
    MlText schema;
    MlNumber length;
    MlNumber precision, scale;
    MlFlag timezone; /* absent: without */
    MlText collation;
    MlTexts values;       /* of an enum */
    MlFlag create_type;   /* of an enum: whether create_table makes it; absent: as the class does */
    gboolean of_metadata; /* of an enum: it is made with all of a MetaData, not with a table */
    MlFlag create_constraint; /* of an enum, a boolean: a check holds columns to its values where
                                 the database has no such type of its own */
    MlFlag native; /* of an enum, an interval, a uuid: false is what databases without have */
    const MlDomain *domain; /* of postgresql.DOMAIN(); else NULL */
    const MlType *item;     /* of an array */
    MlNumber dimensions;
    MlText parameters;  /* what else stands between the brackets: "POINT, 4326" */
    const MlType *impl; /* of a custom type; NULL where it cannot be told */
    const MlTypeVariant *variants;
    guint n_variants;
};

/* Of the kind: "varchar". */
const char *ml_type_kind_name(MlTypeKind kind);
/* The type itself, or what it has instead in a dialect (may be NULL); a custom type's impl. */
const MlType *ml_type_in(const MlType *type, const char *dialect);

/* --- columns ------------------------------------------------------------ */

/* CREATE SEQUENCE, sqlalchemy.Sequence, and what an identity may say of its own. */
typedef struct {
    MlText schema, name;
    MlNumber start, increment, minvalue, maxvalue, cache;
    MlFlag cycle;
    MlText type;
    MlText owned_by; /* "table.column" */
    MlFlag optional; /* a database that numbers columns itself does without it */
} MlSequence;

typedef enum {
    ML_DEFAULT_ABSENT,
    ML_DEFAULT_UNKNOWN,
    ML_DEFAULT_NONE,     /* None; of alter_column: it is dropped */
    ML_DEFAULT_STRING,   /* a Python string, which DDL quotes */
    ML_DEFAULT_SQL,      /* an expression: text(), func.now(), SQL's own */
    ML_DEFAULT_SEQUENCE, /* the next value of one: Sequence(...), nextval('...') */
    ML_DEFAULT_SERIAL,   /* SQL's pseudo-types serial, bigserial, smallserial */
    ML_DEFAULT_IDENTITY,
    ML_DEFAULT_COMPUTED, /* a generated column */
    ML_DEFAULT_FETCHED,  /* FetchedValue: the database has one of its own, DDL says nothing */
} MlDefaultKind;

typedef struct {
    MlDefaultKind kind;
    MlOrigin origin;
    const char *text;           /* of a string or an expression; NULL otherwise */
    const MlSequence *sequence; /* of a sequence or an identity; else NULL */
    MlFlag always;              /* of an identity: ALWAYS, otherwise BY DEFAULT */
    MlFlag stored;              /* of a computed column (Computed.persisted) */
    gboolean is_element; /* an expression of SQLAlchemy's, func.now(), rather than a text() */
    gboolean in_python;  /* of a sequence: Python asks it for a value, which DDL does not know */
} MlDefault;

const char *ml_default_kind_name(MlDefaultKind kind); /* "string" */

/* What a domain is made of. */
struct MlDomain {
    const MlType *type;
    MlDefault server_default;
    MlText collation, constraint_name, check;
    MlFlag not_null;
};

/*
 * sqlalchemy.Column, or a column's definition in SQL. primary_key, unique and
 * index tell how it was written: what they make stands among the operation's
 * constraints and indexes.
 */
typedef struct {
    MlOrigin origin;
    MlText name;
    const MlType *type; /* never NULL */
    MlFlag nullable;
    MlDefault server_default; /* server_default=, Identity, Computed, Sequence */
    MlText default_value;     /* default=, which Python fills in and DDL does not know */
    MlFlag primary_key, unique, index;
    MlText comment;
    MlFlag autoincrement; /* "ignore_fk" is true; "auto" is absent */
    const MlKeyword *keywords;
    guint n_keywords;
} MlColumn;

typedef enum { ML_NO, ML_YES, ML_PERHAPS } MlAnswer;

/* Whether it may hold NULL: as told, or as SQLAlchemy decides where it is not. */
MlAnswer ml_column_is_nullable(const MlColumn *column);
/* Whether a row that is there already gets a value when the column is added. */
MlAnswer ml_column_fills_itself(const MlColumn *column);

/* --- constraints and indexes -------------------------------------------- */

typedef enum {
    ML_CONSTRAINT_UNKNOWN,
    ML_UNIQUE,
    ML_CHECK,
    ML_FOREIGN_KEY,
    ML_PRIMARY_KEY,
    ML_EXCLUDE,
} MlConstraintKind;

/* A column of an index or an exclusion constraint, or an expression. */
typedef struct {
    MlText column;     /* absent where it is an expression */
    MlText expression; /* SQL */
    MlText operator_class;
    MlText collation;
    MlText order;         /* "ASC", "DESC" */
    MlText nulls;         /* "FIRST", "LAST" */
    MlText operator_name; /* of an exclusion constraint: "&&" */
} MlIndexPart;

typedef struct {
    MlConstraintKind kind;
    MlOrigin origin;       /* what makes it: a call, or a column's primary_key=True */
    MlText name;           /* absent or none: the naming convention's, else the database's */
    gboolean final;        /* named by op.f(): no convention is applied to it */
    gboolean inlined;      /* written within its column */
    MlText column;         /* of a check: that it stands within; else absent */
    const MlType *of_type; /* of a check: that makes it, Enum(create_constraint=True); else NULL */
    MlTexts columns;
    MlText condition; /* of a check: SQL */

    MlText referred_schema, referred_table;
    MlTexts referred_columns;  /* absent: the primary key */
    MlText ondelete, onupdate; /* "SET NULL"; NO ACTION is absent in SQL */
    MlText match;              /* "FULL" */
    MlFlag use_alter;

    MlFlag deferrable;
    MlText initially; /* "DEFERRED", "IMMEDIATE" */
    MlFlag not_valid;
    MlText using_index; /* an index that is there already */
    MlTexts include;
    MlFlag nulls_not_distinct;

    const MlIndexPart *parts; /* of an exclusion constraint */
    guint n_parts;
    MlText method; /* of the same: "gist" */
    MlText where;  /* of the same: SQL */

    const MlKeyword *keywords;
    guint n_keywords;
} MlConstraint;

typedef struct {
    MlOrigin origin;
    MlText name;
    gboolean final; /* op.f(), SQL */
    const MlIndexPart *parts;
    guint n_parts;
    gboolean open; /* it has further parts, which cannot be told */
    MlFlag unique;
    MlText method; /* postgresql_using: "gin" */
    MlText where;  /* SQL; sqlite_where where the dialect is SQLite */
    MlTexts include;
    MlFlag nulls_not_distinct;
    const MlKeyword *keywords; /* postgresql_with and others: "fillfactor" */
    guint n_keywords;
} MlIndex;

const char *ml_constraint_kind_name(MlConstraintKind kind); /* "foreign_key" */

/* --- rows --------------------------------------------------------------- */

typedef struct {
    const char *schema; /* NULL: not said */
    const char *name;
} MlTableName;

/* What a query looks at, subqueries included. Each word stands there once. */
typedef struct {
    const MlTableName *tables; /* not those that WITH makes */
    guint n_tables;
    const char *const *columns; /* whichever table they are of */
    guint n_columns;
    const char *const *functions; /* with their schema only where one is written */
    guint n_functions;
    const char *const *literals; /* strings, such as an enum's values */
    guint n_literals;
    gboolean all_columns; /* SELECT * */
} MlReads;

/* --- operations --------------------------------------------------------- */

/*
 * Alembic's name of an operation, or SQL's. `schema`, `table`, `name` and
 * `new_name` are those of MlOperation; fields that a kind does not speak of
 * are absent.
 */
typedef enum {
    ML_CREATE_TABLE, /* CreateTableOp: columns, constraints, indexes, comment; partition_of */
    ML_DROP_TABLE,   /* DropTableOp */
    ML_RENAME_TABLE, /* RenameTableOp: new_name; new_schema */
    ML_CREATE_TABLE_COMMENT, /* CreateTableCommentOp: comment, existing */
    ML_DROP_TABLE_COMMENT,   /* DropTableCommentOp */
    ML_ALTER_TABLE, /* columns, keys and constraints stay as they are; value: "SET TABLE SPACE" */
    ML_ATTACH_PARTITION, /* name: the partition */
    ML_DETACH_PARTITION, /* the same; concurrently */

    ML_ADD_COLUMN,   /* AddColumnOp: columns (one), constraints, indexes */
    ML_DROP_COLUMN,  /* DropColumnOp: name */
    ML_ALTER_COLUMN, /* AlterColumnOp: name, change, existing, using; new_name where it is renamed
                      */

    ML_CREATE_INDEX, /* CreateIndexOp: indexes (one), name */
    ML_DROP_INDEX,   /* DropIndexOp: name; table perhaps absent */
    ML_RENAME_INDEX,
    ML_REINDEX, /* name, or table; neither: all of a schema or database */

    ML_ADD_CONSTRAINT,  /* AddConstraintOp and its kin: constraints (one), name */
    ML_DROP_CONSTRAINT, /* DropConstraintOp: name, constraint_type */
    ML_RENAME_CONSTRAINT,
    ML_VALIDATE_CONSTRAINT,
    ML_ALTER_CONSTRAINT, /* when it is checked */

    ML_CREATE_TYPE,       /* Enum.create(), CREATE TYPE: type, name */
    ML_DROP_TYPE,         /* Enum.drop(), DROP TYPE, DROP DOMAIN: name */
    ML_RENAME_TYPE,       /* new_name; new_schema */
    ML_ADD_ENUM_VALUE,    /* name: the type; value; before, after */
    ML_RENAME_ENUM_VALUE, /* name: the type; value, new_name */
    ML_SYNC_ENUM_VALUES,  /* alembic_postgresql_enum's: name; type: its values from then on */

    ML_CREATE_SEQUENCE, /* sequence, name */
    ML_DROP_SEQUENCE,
    ML_ALTER_SEQUENCE, /* sequence: what changes; new_name; new_schema */

    ML_CREATE_OBJECT, /* object, name; or_replace; of a view: reads; of a trigger: table */
    ML_DROP_OBJECT,
    ML_ALTER_OBJECT, /* new_name; new_schema */
    ML_REFRESH_VIEW, /* a materialized one: name; concurrently */

    ML_INSERT, /* INSERT, COPY FROM, BulkInsertOp: columns_written, rows, reads */
    ML_UPDATE, /* columns_written, filtered, reads */
    ML_DELETE, /* filtered, reads */
    ML_TRUNCATE,
    ML_SELECT, /* reads; functions that are known to change no schema */
    ML_CALL,   /* a function that may do anything: reads */

    ML_SET,         /* name: the parameter; value; local */
    ML_TRANSACTION, /* value: "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", ... */
    ML_LOCK_TABLE,  /* value: "ACCESS EXCLUSIVE" */
    ML_VACUUM,      /* value: "FULL" or absent; table perhaps absent */
    ML_CLUSTER,

    ML_HARMLESS, /* SQL that neither changes a schema nor rows: GRANT, ANALYZE; value: what it is */
    ML_UNKNOWN_SQL,  /* may do anything; unknowns tells why */
    ML_UNKNOWN_CALL, /* op.x(), metadata.create_all(): may do anything; name: what is called */
    ML_RAISE,        /* what follows is never reached */
} MlOperationKind;

typedef enum {
    ML_OBJECT_NONE,
    ML_OBJECT_SCHEMA,
    ML_OBJECT_EXTENSION,
    ML_OBJECT_VIEW,
    ML_OBJECT_MATERIALIZED_VIEW,
    ML_OBJECT_FUNCTION, /* procedures and aggregates too */
    ML_OBJECT_TRIGGER,
    ML_OBJECT_RULE,
    ML_OBJECT_POLICY,
    ML_OBJECT_DOMAIN,
    ML_OBJECT_OTHER,
} MlObjectKind;

typedef enum {
    ML_CONDITIONAL = 1 << 0, /* inside an if whose condition cannot be told: see condition */
    ML_REPEATED = 1 << 1,    /* inside a loop that runs an unknown number of times */
    ML_AUTOCOMMIT = 1 << 2,  /* inside autocommit_block() */
} MlCircumstances;

/* A part of an operation that could not be told. */
typedef struct {
    const char *part; /* "server_default"; "" where it is the whole */
    const char *why;  /* half a sentence: "depends on the connection" */
    MlOrigin origin;
} MlUnknownPart;

/* op.batch_alter_table(): what it says besides table and schema. Shared by all in it. */
typedef struct {
    MlOrigin origin;  /* of the call */
    MlText recreate;  /* "auto", "always", "never"; absent is "auto" */
    MlFlag copy_from; /* whether there is one */
    MlTexts table_args, reflect_args;
    MlTexts naming_convention; /* its keys: "fk", "uq" */
    MlTexts conventions;       /* what it says for each of them */
    gboolean needs_recreation; /* because of an operation in it that is surely done */
    const MlKeyword *keywords;
    guint n_keywords;
} MlBatch;

/* A statement of a SQL text. Shared by all operations that it makes. */
typedef struct {
    const char *text; /* the statement by itself, ML_HOLEs in it; NULL where too long to be kept */
    gsize start, end; /* byte offsets in the text that was read */
} MlStatement;

/*
 * What execute() or bulk_insert() sends, in the dialect's own spelling, values written into
 * it, as `alembic upgrade --sql` prints it. Shared by all operations that it makes. Only
 * where it was asked for: ML_LOAD_SQL.
 */
typedef struct {
    MlTexts statements; /* mostly one; of bulk_insert one a row; an item may be unknown */
    const char *why;    /* of the first that is unknown: half a sentence; else NULL */
} MlExecution;

typedef struct {
    MlOperationKind kind;
    MlObjectKind object;
    guint circumstances; /* MlCircumstances */
    gboolean final;      /* of what is dropped: named by op.f() */
    MlOrigin origin; /* the call; in SQL the statement where its place can be told, else the text */
    MlOrigin call;   /* the call in any case: the text of SQL may stand in another file */
    MlOrigin condition;    /* of a conditional one */
    const MlOrigin *calls; /* the calls that led here, outermost first; none in upgrade() itself */
    guint n_calls;
    const char *engine;           /* of the multidb template: upgrade_ENGINE(); else NULL */
    const MlBatch *batch;         /* NULL outside */
    const MlStatement *statement; /* NULL where it is not from SQL */
    const MlExecution *execution; /* NULL where nothing is executed as it stands */
    const MlUnknownPart *unknowns;
    guint n_unknowns;

    MlText schema; /* of the table, or of what has a name of its own */
    MlText table;
    MlText name; /* of the column, index, constraint, type, sequence, ... */
    MlText new_name, new_schema;
    MlFlag if_exists, if_not_exists; /* checkfirst too: */
    gboolean checks_first; /* Python asks the database whether it is there, DDL does not say it */
    gboolean is_element;   /* CreateTable(...) by itself: one statement and nothing that follows */
    MlFlag cascade;
    MlFlag concurrently;
    MlFlag or_replace;
    MlFlag local; /* SET LOCAL */

    const MlColumn *columns;
    guint n_columns;
    const MlConstraint *constraints;
    guint n_constraints;
    const MlIndex *indexes;
    guint n_indexes;
    gboolean open; /* create_table: has further columns or constraints, which cannot be told */
    MlFlag temporary;
    MlTexts prefixes;         /* of create_table: "UNLOGGED" */
    MlTexts inherits;         /* postgresql_inherits */
    MlFlag inline_references; /* of add_column: its foreign key stands within it */
    MlText partition_by;      /* SQL: "RANGE (created)" */
    MlText partition_of;      /* the parent */
    MlText comment;

    const MlColumn *change;   /* alter_column: what is given is changed, what is absent stays */
    const MlColumn *existing; /* existing_type and others, existing_comment; else NULL */
    MlText using;             /* postgresql_using: SQL */

    MlText
        constraint_type; /* drop_constraint's type_: "foreignkey", "unique", "check", "primary" */
    const MlType *type;
    const MlSequence *sequence;
    MlText value, before, after;

    MlTexts columns_written; /* absent in an INSERT: all of them */
    MlNumber rows;           /* that an INSERT writes, where it lists them */
    const MlReads *reads;    /* NULL where nothing is read */
    gboolean filtered;       /* UPDATE, DELETE: WHERE is there */

    guint n_keywords;
    const MlKeyword *keywords;
} MlOperation;

/* "add_column"; of a constraint Alembic's own "create_foreign_key". */
const char *ml_operation_name(const MlOperation *operation);
/* In the revision's own file: the call that makes it, or that of another file's helper. */
MlOrigin ml_operation_place(const MlOperation *operation);
/*
 * Whether SQLite's ALTER cannot do it, so that a batch makes the table anew
 * (SQLiteImpl.requires_recreate_in_batch).
 */
gboolean ml_operation_needs_recreation(const MlOperation *operation);
/* Whether a batch surely makes its table anew on SQLite, as its operations ask or as it says. */
gboolean ml_batch_recreates(const MlBatch *batch);
/* Whether nothing of it, and nothing about it, is unknown. */
gboolean ml_operation_is_known(const MlOperation *operation);
/* "view", "materialized_view" */
const char *ml_object_kind_name(MlObjectKind kind);

/* --- the container ------------------------------------------------------ */

typedef struct MlMemory MlMemory;

typedef struct {
    const MlOperation *const *items;
    gsize length;
    gsize sql_bytes; /* of the texts that were read into it: ml_sql_read bounds them */
    MlMemory *memory;
} MlOperations;

MlOperations *ml_operations_new(void);
void ml_operations_free(MlOperations *operations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlOperations, ml_operations_free)

/*
 * For makers. Appends an operation, to be filled in. Of more than 20,000, or
 * more than 64 MB of them, the last is an ML_UNKNOWN_CALL that says so; what is
 * made then is not kept. All that hangs on an operation is allocated below,
 * zeroed.
 */
MlOperation *ml_operations_add(MlOperations *operations, MlOperationKind kind, MlOrigin origin);
/* From `first` on, they are those of `order` (MlOperation *), which were there before. */
void ml_operations_reorder(MlOperations *operations, gsize first, const GPtrArray *order);
gpointer ml_operations_alloc(MlOperations *operations, gsize size);
/* A copy of a text (-1: terminated). */
const char *ml_operations_text(MlOperations *operations, const char *text, gssize length);
/* A copy of an array's elements, with their number; NULL where there are none. */
gconstpointer ml_operations_array(MlOperations *operations, const GArray *array, guint *length);
/* Records that a part of the operation cannot be told; `part` and `why` are copied. */
void ml_operations_add_unknown(MlOperations *operations, MlOperation *operation, const char *part,
                               const char *why, MlOrigin origin);

/*
 * Writes an operation on one line, arguments in a fixed order and places left
 * out: two operations that do the same are written alike.
 */
void ml_operation_write(GString *out, const MlOperation *operation);

/*
 * Whether both lists do the same to the schema. FALSE as well where that cannot
 * be told: anything is unknown, depends on a condition, or reads or writes rows
 * by other SQL (comments and line breaks apart).
 */
gboolean ml_operations_equal(const MlOperations *one, const MlOperations *other);
/*
 * Whether what is known of them differs. Where it does not, and they are not
 * equal either, it cannot be told whether they do the same.
 */
gboolean ml_operations_surely_differ(const MlOperations *one, const MlOperations *other);

G_END_DECLS
