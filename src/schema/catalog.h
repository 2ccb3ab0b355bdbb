/* What the files of this room share: a catalog from within, and writing to one that is being made.
 */
#pragma once

#include "miglint/schema.h"
#include "schema/map.h"

struct MlCatalog {
    guint references;
    MlPool *pool;
    const MlSchemaRules *rules;
    const MlMap *root; /* see key.c; what is doubted in it is replaced as it is looked at */
    gboolean closed;
    guint doubt; /* what was put there by an earlier deed can have been touched; 0: none */
    const MlDeed *doubted_by;
};

gboolean ml_is_postgres(const MlCatalog *catalog);
gboolean ml_is_sqlite(const MlCatalog *catalog);

/* A copy that may be written to until it is handed out. */
MlCatalog *ml_catalog_begin(const MlCatalog *from);
/* Nothing in it is certain any more. */
void ml_catalog_shake(MlCatalog *catalog, const MlDeed *deed);

/* --- keys: key.c ----------------------------------------------------------- */

/* "public" is NULL on Postgres. */
const char *ml_own_schema(const MlCatalog *catalog, const char *schema);
char *ml_table_key(const char *schema, const char *name);
char *ml_object_key(MlCatalogKind kind, MlObjectKind object, const char *schema, const char *table,
                    const char *name);
/* Where an index, or a constraint, of that name belongs: the keys that begin so end with the table.
 */
char *ml_index_prefix(const char *schema, const char *name);
char *ml_constraint_prefix(const char *schema, const char *name);
/* The keys that begin so end with the schema and the table that refer to this one. */
char *ml_referrer_prefix(const char *schema, const char *table);
/* The keys that begin so have the key of a trigger, or a sequence, of this table as their value. */
char *ml_belonging_prefix(const char *schema, const char *table);
gboolean ml_key_is_table(const char *key);
gboolean ml_key_is_object(const char *key);
/* The last part of a key, and the one before it. */
const char *ml_key_last(const char *key);
char *ml_key_before_last(const char *key);

/* --- entries: catalog.c -------------------------------------------------------- */

/* Nothing is NULL; what is doubted is told as unknown. */
const MlCatalogTable *ml_catalog_recorded_table(const MlCatalog *catalog, const char *schema,
                                                const char *name);
const MlCatalogObject *ml_catalog_recorded_object(const MlCatalog *catalog, const char *key);
const MlCatalogTable *ml_catalog_entry_table(const MlCatalog *catalog, const MlMap *entry);
const MlCatalogObject *ml_catalog_entry_object(const MlCatalog *catalog, const MlMap *entry);
/* Those that belong to a table: new. */
GPtrArray *ml_objects_of_table(const MlCatalog *catalog, const char *schema, const char *table);
/* `table` and `object` are in the pool. */
void ml_catalog_store_table(MlCatalog *catalog, const MlCatalogTable *table, guint stamp);
void ml_catalog_store_object(MlCatalog *catalog, const MlCatalogObject *object, guint stamp);

/* --- drafts: draft.c ------------------------------------------------------------- */

/* A table that is being changed. */
typedef struct {
    MlCatalog *catalog;
    const MlDeed *deed;
    MlCatalogTable table;
    GPtrArray *columns, *constraints, *indexes;
} MlDraft;

/* Of a table as it is recorded; where it is not, or not there, of one of which nothing is known. */
MlDraft ml_draft_open(MlCatalog *catalog, const MlDeed *deed, const char *schema, const char *name);
/* Of an empty one that is made now. */
MlDraft ml_draft_new(MlCatalog *catalog, const MlDeed *deed, const char *schema, const char *name,
                     MlOrigin origin);
void ml_draft_clear(MlDraft *draft);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlDraft, ml_draft_clear)
/* Puts it into the catalog; the draft may be changed and kept again. */
const MlCatalogTable *ml_draft_keep(MlDraft *draft);

MlExistence ml_made(const MlDeed *deed, MlOrigin origin);
MlExistence ml_spoken_of(const MlDeed *deed);
MlExistence ml_dropped(MlExistence existence, const MlDeed *deed);

/* To be changed; one of which only its name is known is put there where it is missing. */
MlCatalogColumn *ml_draft_column(MlDraft *draft, const char *name);
/* One of that name is replaced. */
void ml_draft_add_column(MlDraft *draft, const MlCatalogColumn *column);
void ml_draft_add_constraint(MlDraft *draft, const MlCatalogConstraint *constraint);
void ml_draft_add_index(MlDraft *draft, const MlCatalogIndex *index);
/* NULL where there is none that is not absent. A new copy stands in its place. */
MlCatalogConstraint *ml_draft_constraint(MlDraft *draft, const char *name);
MlCatalogIndex *ml_draft_index(MlDraft *draft, const char *name);
MlCatalogConstraint *ml_draft_constraint_at(MlDraft *draft, guint at);
MlCatalogIndex *ml_draft_index_at(MlDraft *draft, guint at);
/* By their place, counted downwards in loops: it is left out, or ABSENT in an open table. */
void ml_draft_drop_column_at(MlDraft *draft, guint at);
void ml_draft_drop_constraint_at(MlDraft *draft, guint at);
void ml_draft_drop_index_at(MlDraft *draft, guint at);
/* Its parts are there only perhaps, and there may be more. */
void ml_draft_blur(MlDraft *draft);

/* A column, a constraint or an index; each begins with its existence. */
const char *ml_part_name(MlCatalogKind kind, gconstpointer part);
gboolean ml_pointers_hold(const gconstpointer *items, gsize length, gconstpointer item);

MlNames ml_names_of(MlPool *pool, MlTexts texts);
MlNames ml_names_of_parts(MlPool *pool, const MlIndexPart *parts, gsize count, gboolean open);
MlNames ml_names_replaced(MlPool *pool, MlNames names, const char *from, const char *to);
/* Whether an expression has that word in it, in capital letters or not: AMOUNT > 0 is of amount. */
gboolean ml_sql_mentions(const char *sql, const char *word);

/* --- what the other files do ---------------------------------------------------------- */

extern const MlType ml_type_unknown;

/* Each puts the effect of operations into a catalog that is being made. FALSE: not one of its own.
 */
gboolean ml_apply_table(MlCatalog *catalog, const MlDeed *deed);      /* apply_table.c */
gboolean ml_apply_column(MlCatalog *catalog, const MlDeed *deed);     /* apply_column.c */
gboolean ml_apply_constraint(MlCatalog *catalog, const MlDeed *deed); /* apply_constraint.c */
gboolean ml_apply_object(MlCatalog *catalog, const MlDeed *deed);     /* apply_object.c */
void ml_apply_enum_type(MlCatalog *catalog, const MlDeed *deed, const MlType *type); /* enum.c */
gboolean ml_apply_type(MlCatalog *catalog, const MlDeed *deed);                      /* enum.c */
void ml_apply_batch(MlDraft *draft);                                                 /* batch.c */
/* What a batch's own naming convention calls those that are there, before its first operation. */
void ml_batch_name_constraints(MlDraft *draft);
/* The checks that types make of themselves, of an alter_column in a batch. */
void ml_batch_change_checks(MlDraft *draft);

/* What a column, or a table's part, becomes in a draft. */
void ml_draft_make_column(MlDraft *draft, const MlColumn *column); /* apply_column.c */
void ml_draft_make_constraint(MlDraft *draft,
                              const MlConstraint *constraint); /* apply_constraint.c */
void ml_draft_make_index(MlDraft *draft, const MlIndex *index);

/* Whether Postgres makes a sequence for it ("serial"). */
MlAnswer ml_column_is_serial(const MlOperation *operation, const MlColumn *column);

/* The name that Postgres gives: names.c. NULL where a clash cannot be told. */
const char *ml_chosen_constraint_name(const MlDraft *draft, const MlCatalogConstraint *constraint);
const char *ml_chosen_index_name(const MlDraft *draft, const MlIndex *index);
const char *ml_chosen_sequence_name(const MlDraft *draft, const char *column);

/* What is there if either of two things was done: alternative.c. */
const MlCatalogTable *ml_either_table(MlPool *pool, const MlCatalogTable *one,
                                      const MlCatalogTable *other);
const MlCatalogObject *ml_either_object(MlPool *pool, const MlCatalogObject *one,
                                        const MlCatalogObject *other);
/* The same of two catalogs: `after` becomes what is there if the step to it is only perhaps made.
 */
void ml_catalog_blur(const MlCatalog *before, MlCatalog *after, const MlDeed *deed);
