/*
 * schema: the catalog that operations build, and the difference of two catalogs.
 *
 * A catalog is what is known of a database's schema at one moment. It is
 * immutable and refcounted; what follows from it by an operation shares all that
 * the operation left alone. A chain starts open: what was there before the first
 * revision is unknown, not absent. So everything here is present, absent, or
 * unknown, and a table of which only some is known is `open`.
 *
 * Ownership: what a catalog points to lives as long as any catalog of its chain
 * (of one ml_catalog_new()), also what a catalog made from another of them points
 * to. It borrows types and expressions from the operations, and revisions from
 * the migrations, which must live longer. Not to be used from several threads.
 *
 * Names: schema NULL is the database's own default ("public" on Postgres, "main"
 * on SQLite, which may be written as well). Nothing is quoted.
 */
#pragma once

#include "miglint/migration.h"

G_BEGIN_DECLS

typedef struct MlCatalog MlCatalog;

typedef enum {
    ML_PRESENCE_UNKNOWN, /* perhaps it is there; what is said of it holds if it is */
    ML_PRESENCE_ABSENT,
    ML_PRESENCE_PRESENT,
} MlPresence;

/* Who did something to the catalog. One for each operation; compare by pointer. */
typedef struct MlDeed {
    const MlRevision *revision;
    const MlOperation *operation;
    gboolean downgrade;         /* it is of downgrade() */
    guint sequence;             /* later deeds have greater ones */
    const struct MlDeed *doubt; /* the latest before it that may have done anything; or NULL */
} MlDeed;

/*
 * What an object has in common with the others.
 *
 * `made` is NULL where nothing in the chain made it: it was there before the
 * chain began. `changed` is the last to do anything to it, its maker if nothing
 * else; of what is ABSENT it is what dropped or renamed it. `since` is when it came to
 * its name, by being made or renamed; NULL: it has had it since before the chain.
 */
typedef struct {
    MlPresence is;
    const MlDeed *made, *changed, *since;
    MlOrigin origin; /* what defines it: the sa.Column(...); module NULL where nothing does */
} MlExistence;

/* --- what a catalog holds ------------------------------------------------ */

/* Names, as those that bear them are called now. */
typedef struct {
    gboolean known;
    const char *const *items; /* NULL among them: an expression, or a name that cannot be told */
    gsize length;
} MlNames;

/* How something got the name that it has. */
typedef enum {
    ML_NAME_UNKNOWN,       /* cannot be told; `name` is NULL */
    ML_NAME_NONE,          /* has none (SQLite); `name` is NULL */
    ML_NAME_GIVEN,         /* as it was written; it may still be prefixed by the convention */
    ML_NAME_BY_CONVENTION, /* the naming convention of the metadata made it from nothing */
    ML_NAME_BY_DATABASE,   /* Postgres': "t_c_fkey" */
} MlNaming;

typedef struct {
    MlExistence existence;
    const char *name;
    const MlType *type; /* never NULL; ML_TYPE_UNKNOWN, also where nothing was said */
    MlAnswer nullable;
    MlDefault server_default;   /* ML_DEFAULT_NONE: has none */
    const char *sequence;       /* that a serial column owns, where its name is known; else NULL */
    MlText comment;             /* ML_NONE: has none */
    const MlColumn *definition; /* as it was made; NULL where that is not known */
} MlCatalogColumn;

typedef struct {
    MlExistence existence;
    MlConstraintKind kind;
    const char *name;
    MlNaming naming;
    MlNames columns;
    const char *referred_schema, *referred_table; /* of a foreign key; NULL: unknown */
    MlNames referred_columns;                     /* of length 0: the primary key */
    gboolean validated;
    MlFlag deferrable;
    MlText initially;
    MlText condition;               /* of a check; unknown too where a column in it was renamed */
    const MlConstraint *definition; /* the rest, as it was made; NULL where that is not known */
} MlCatalogConstraint;

typedef struct {
    MlExistence existence;
    const char *name;
    MlNaming naming;
    MlNames columns;           /* a part each; NULL where it is an expression */
    gboolean rewritten;        /* a column that an expression or `where` names was renamed */
    const MlIndex *definition; /* the rest, as it was made; NULL where that is not known */
} MlCatalogIndex;

/*
 * A table. Of an open one, parts that have been dropped stay among the others as
 * ABSENT.
 */
typedef struct {
    MlExistence existence;
    const char *schema, *name;
    const MlCatalogColumn *const *columns; /* as they stand in the table, unless `unordered` */
    gsize n_columns;
    gboolean unordered; /* where the columns stand cannot be told */
    const MlCatalogConstraint *const *constraints;
    gsize n_constraints;
    const MlCatalogIndex *const *indexes;
    gsize n_indexes;
    MlText comment;
    gboolean open;              /* it may have further columns, constraints and indexes */
    const MlOperation *created; /* the create_table; NULL where that is not known */
    const char *parent; /* that it is a partition of, in the same schema; NULL: of none known */
} MlCatalogTable;

typedef enum {
    ML_CATALOG_TABLE,
    ML_CATALOG_COLUMN,
    ML_CATALOG_CONSTRAINT,
    ML_CATALOG_INDEX,
    ML_CATALOG_TYPE, /* enums, composite types, domains */
    ML_CATALOG_SEQUENCE,
    ML_CATALOG_OBJECT, /* views, functions, triggers, ...: see MlObjectKind */
} MlCatalogKind;

const char *ml_catalog_kind_name(MlCatalogKind kind); /* "table" */

/* A type, a sequence, or any other object. */
typedef struct {
    MlExistence existence;
    MlCatalogKind kind;
    MlObjectKind object;
    const char *schema, *name;
    const char *table; /* of a trigger, a rule, a policy; that a sequence belongs to; else NULL */
    gboolean is_enum;
    MlNames values;  /* of an enum, in order; unknown where one was added in an unknown place */
    gboolean shared; /* of an enum: made as part of create_table, which makes it once in a run */
} MlCatalogObject;

/* --- catalogs ------------------------------------------------------------ */

/*
 * What of a project decides what its operations make. All is borrowed; NULL
 * where unknown.
 */
typedef struct {
    const char *dialect;
    const MlSetup *setup; /* for its naming convention */
} MlSchemaRules;

/* Of which nothing is known; `closed`: of which it is known that there is nothing. */
MlCatalog *ml_catalog_new(const MlSchemaRules *rules, gboolean closed);
MlCatalog *ml_catalog_ref(const MlCatalog *catalog);
void ml_catalog_unref(MlCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlCatalog, ml_catalog_unref)

/*
 * What follows from a catalog by an operation: new. An operation that is only
 * perhaps done makes what it touches unknown, and one that may do anything all
 * that there is. `revision` may be NULL. Never fails: what would be refused by a
 * database is taken for done.
 */
MlCatalog *ml_catalog_apply(const MlCatalog *before, const MlRevision *revision,
                            const MlOperation *operation, gboolean downgrade);

/*
 * Whether batch mode on SQLite makes the table anew because of an operation
 * (SQLiteImpl.requires_recreate_in_batch). FALSE outside of batch_alter_table.
 */
gboolean ml_operation_recreates(const MlOperation *operation);
/* What Alembic calls the new table as long as there is the old one: new. */
char *ml_batch_new_name(const char *table);

/*
 * What is there after several ways from a common past were all gone, each
 * by itself: new. `past` and `ends` (const MlCatalog *) are of one chain. Where two ways did
 * different things to one object, that is unknown.
 */
MlCatalog *ml_catalog_join(const MlCatalog *past, const GPtrArray *ends);

/* --- looking things up --------------------------------------------------- */

/*
 * Each tells whether there is such an object, and what is known of it: of one
 * that is absent, what dropped it; NULL where nothing is known at all. The
 * pointer to take it may be NULL.
 */
MlPresence ml_catalog_table(const MlCatalog *catalog, const char *schema, const char *name,
                            const MlCatalogTable **table);
MlPresence ml_catalog_column(const MlCatalog *catalog, const char *schema, const char *table,
                             const char *name, const MlCatalogColumn **column);
MlPresence ml_catalog_constraint(const MlCatalog *catalog, const char *schema, const char *table,
                                 const char *name, const MlCatalogConstraint **constraint);
/* `table` (may be NULL) gets the table that has it: indexes have names of their own in a schema. */
MlPresence ml_catalog_index(const MlCatalog *catalog, const char *schema, const char *name,
                            const MlCatalogTable **table, const MlCatalogIndex **index);
MlPresence ml_catalog_type(const MlCatalog *catalog, const char *schema, const char *name,
                           const MlCatalogObject **type);
MlPresence ml_catalog_sequence(const MlCatalog *catalog, const char *schema, const char *name,
                               const MlCatalogObject **sequence);
/* `table` for a trigger, a rule or a policy; else NULL. Views of both kinds have names of one kind.
 */
MlPresence ml_catalog_object(const MlCatalog *catalog, MlObjectKind kind, const char *schema,
                             const char *table, const char *name, const MlCatalogObject **object);

/* Within one table, which has been looked up. */
MlPresence ml_table_column(const MlCatalogTable *table, const char *name,
                           const MlCatalogColumn **column);
MlPresence ml_table_constraint(const MlCatalogTable *table, const char *name,
                               const MlCatalogConstraint **constraint);
MlPresence ml_table_index(const MlCatalogTable *table, const char *name,
                          const MlCatalogIndex **index);

gboolean ml_names_hold(MlNames names, const char *name);

/* Whether one of its parts is known to be an expression. */
gboolean ml_index_has_expression(const MlCatalogIndex *index);

/* A foreign key, and the table that has it. */
typedef struct {
    const MlCatalogTable *table;
    const MlCatalogConstraint *key;
} MlReferrer;

/*
 * The foreign keys that are known to be there and to refer to a table, and to a column of it
 * unless `column` is NULL: new, MlReferrer.
 */
GArray *ml_catalog_referrers(const MlCatalog *catalog, const char *schema, const char *table,
                             const char *column);

/* All tables, types, sequences and objects that are not absent, sorted by schema and name: new. */
GPtrArray *ml_catalog_tables(const MlCatalog *catalog);  /* const MlCatalogTable * */
GPtrArray *ml_catalog_objects(const MlCatalog *catalog); /* const MlCatalogObject * */

/*
 * The latest operation that may have done anything to anything; NULL where
 * there is none. What it may have touched is told as unknown.
 */
const MlDeed *ml_catalog_doubt(const MlCatalog *catalog);

/* --- names --------------------------------------------------------------- */

typedef struct {
    MlNaming naming;
    const char *text;    /* NULL where it is unknown or there is none */
    gboolean needs_name; /* the convention asks for %(constraint_name)s, and there is none:
                            SQLAlchemy raises */
    gboolean prefixed;   /* the convention was applied to a name that had been given */
} MlResolvedName;

/*
 * The name of what an operation makes or drops, as SQLAlchemy resolves it with the naming
 * convention (sqlalchemy.sql.naming), cut to what the dialect allows. Of what
 * has no name then, the database gives one: ML_NAME_UNKNOWN where it cannot be
 * told; for constraints that are in a catalog see MlCatalogConstraint.
 * The text is a new one in the catalog's chain.
 */
MlResolvedName ml_constraint_resolved_name(const MlCatalog *catalog, const MlOperation *operation,
                                           const MlConstraint *constraint);
/*
 * The name that batch_alter_table(naming_convention=...) gives to one that it finds in the table,
 * under the name that it has. Only of an operation in such a batch.
 */
MlResolvedName ml_batch_resolved_name(const MlCatalog *catalog, const MlOperation *operation,
                                      const MlConstraint *constraint);
MlResolvedName ml_index_resolved_name(const MlCatalog *catalog, const MlOperation *operation,
                                      const MlIndex *index);
/* Of drop_constraint and drop_index: what is looked for in the database. */
MlResolvedName ml_dropped_name(const MlCatalog *catalog, const MlOperation *operation);

/* Whether the project is known to have a convention for a kind: "fk", "uq", "ck", "pk", "ix". */
MlFactKind ml_convention_for(const MlSetup *setup, const char *key, const char **text);
/* "fk"; NULL for an exclusion constraint. */
const char *ml_convention_key(MlConstraintKind kind);

/*
 * name1_name2_label, cut to 63 bytes as Postgres does (makeObjectName): new.
 * `name2` and `label` may be NULL.
 */
char *ml_postgres_object_name(const char *name1, const char *name2, const char *label);

/* --- canonical forms ----------------------------------------------------- */

/*
 * A type as the database has it, so that two which mean the same are equal:
 * "character varying(255)" on Postgres; on SQLite as it is declared. New; NULL
 * where it cannot be told. `dialect` "postgresql" or "sqlite", otherwise NULL is the answer.
 */
char *ml_type_canonical(const MlType *type, const char *dialect);
/*
 * The same for a default of a column of that type: "'x'", "0", "now()", "serial"; "" for none.
 */
char *ml_default_canonical(const MlDefault *value, const MlType *type, const char *dialect);

/*
 * The enum type that a column of this type needs on Postgres, of which the name is known:
 * its own, or that of an array's items. NULL: none.
 */
const MlType *ml_type_enum(const MlType *type);
/* Whether create_table does not make the type of an enum or a domain: create_type=False, where that
 * counts. */
gboolean ml_enum_is_left_to_others(const MlType *type);

/* --- the difference of two catalogs -------------------------------------- */

typedef enum {
    ML_SCHEMA_LEFT,    /* only after: it was not there before */
    ML_SCHEMA_MISSING, /* only before: it is not there any more */
    ML_SCHEMA_CHANGED, /* `property` is another */
} MlSchemaDifferenceKind;

typedef struct {
    MlSchemaDifferenceKind kind;
    MlCatalogKind of;
    MlObjectKind object; /* of ML_CATALOG_OBJECT */
    const char *schema;  /* NULL: the default */
    const char *table;   /* of a column, constraint, index, trigger; else NULL */
    const char *name;    /* NULL: has none that is known */
    const char
        *property; /* "type", "nullable", "server_default", "values", ...; NULL unless changed */
    const char *before, *after; /* the property on both sides as text; NULL: none, or no text */
    /* The object on either side; made and changed NULL where nothing is known of it there. */
    MlExistence was, now;
    const MlColumn *column; /* the definition of a column that is missing; NULL otherwise */
    /* What the catalogs hold of it, as `of` tells: MlCatalogTable, MlCatalogColumn, ...; or NULL.
     */
    gconstpointer old, new;
    gboolean certain; /* FALSE: only perhaps, since something about it is unknown */
} MlSchemaDifference;

/*
 * How `after` differs from `before`, which are of one chain: new, MlSchemaDifference, in an
 * order that is always the same; what it points to lives as long as the chain. What was
 * unknown before was as upgrade() must have found it: absent if that made it,
 * present if that dropped it and nothing that it did before can have made it. The parts of a table
 * that is left or missing as a whole are not told.
 */
GArray *ml_catalog_differences(const MlCatalog *before, const MlCatalog *after);

/* --- replay -------------------------------------------------------------- */

/* One function of a revision. */
typedef struct {
    const MlOperations *operations; /* NULL: could not be read */
    /*
     * const MlCatalog *: before each operation, and after the last; one more than
     * operations->length. An operation of another engine changes nothing.
     */
    GPtrArray *states;
    gboolean raises; /* surely, at some operation; what follows it is not applied */
} MlPassage;

/* A revision, on one engine. */
typedef struct {
    const MlNode *node;
    const char *engine; /* NULL unless multidb */
    MlPassage upgrade;
    MlPassage downgrade; /* from the end of upgrade */
    GArray *differences; /* see ml_step_differences */
} MlStep;

/* Borrowed; NULL where the function could not be read. */
const MlCatalog *ml_step_before(const MlStep *step);
const MlCatalog *ml_step_upgraded(const MlStep *step);
const MlCatalog *ml_step_downgraded(const MlStep *step);
/* How the schema after downgrade() differs from the one before upgrade(): MlSchemaDifference;
 * borrowed. */
const GArray *ml_step_differences(const MlStep *step);

typedef struct MlReplay MlReplay;

/* Where a replay begins, where something is known of that. All is borrowed. */
typedef struct {
    const MlOperations *made; /* the schema that there is; what is unknown in it changes nothing */
    GPtrArray *done;          /* const MlNode *: those whose part of it is there; NULL: none */
} MlBeginning;

/*
 * Replays every revision of the graph, for each engine: linear in the
 * operations. `migrations` and `beginning` (may be NULL: nothing is known of it) are borrowed. A
 * revision of a circle, or that needs one, starts with nothing known.
 */
MlReplay *ml_replay_new(const MlMigrations *migrations, const MlBeginning *beginning);
void ml_replay_free(MlReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlReplay, ml_replay_free)

/* const MlStep *, in an order in which `alembic upgrade heads` runs them, engine by engine. */
const GPtrArray *ml_replay_steps(const MlReplay *replay);
/* `engine` NULL: the first. NULL where the revision is none of the graph. */
const MlStep *ml_replay_step(const MlReplay *replay, const MlRevision *revision,
                             const char *engine);
/* What all heads together make, on an engine (NULL: the first). Borrowed. */
const MlCatalog *ml_replay_end(const MlReplay *replay, const char *engine);

G_END_DECLS
