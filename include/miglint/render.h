/*
 * render: operations -> the SQL of a dialect, as Alembic with SQLAlchemy sends it.
 *
 * What `alembic upgrade --sql` prints is the model, statement by statement:
 * spelling, quoting, and which statements an operation is made of. Where Alembic
 * asks the database (batch mode on SQLite reflects the table), the catalog
 * answers.
 *
 * Nothing is rendered that is not wholly known: what cannot be told of an
 * operation is said in its place (ML_RENDERED_NOT), and never guessed. Names and
 * values come from strangers; each is quoted by the dialect's own rules.
 */
#pragma once

#include "miglint/schema.h"
#include "miglint/text.h"

G_BEGIN_DECLS

/* What decides how something is rendered. All is borrowed. */
typedef struct {
    MlDialect dialect;
    MlSqlAlchemy sqlalchemy;
    const MlSetup *setup; /* for the version table and transaction_per_migration */
} MlRenderRules;

typedef enum {
    ML_RENDERED_STATEMENT,
    ML_RENDERED_NOT, /* text: why, half a sentence: "its server_default depends on the settings" */
    ML_RENDERED_RAISE, /* the function raises here, or there is none: what follows is not rendered
                        */
} MlRenderedKind;

typedef struct {
    MlRenderedKind kind;
    char *text;                   /* a statement without its ';' */
    const MlOperation *operation; /* NULL: Alembic's own book-keeping */
    gboolean autocommit;          /* it runs outside of the transaction: autocommit_block() */
} MlRendered;

void ml_rendered_free(MlRendered *rendered);

/*
 * One run of Alembic, which is one command: it remembers which enum types its
 * tables have made, since a second table does not make them again. `rules` is
 * borrowed.
 */
typedef struct MlRenderer MlRenderer;
MlRenderer *ml_renderer_new(const MlRenderRules *rules);
void ml_renderer_free(MlRenderer *renderer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlRenderer, ml_renderer_free)

/*
 * Appends what a function does to `out` (MlRendered *): its operations on `engine`
 * (NULL: all). `passage` must have been replayed on the renderer's dialect.
 */
void ml_render_passage(MlRenderer *renderer, const MlPassage *passage, const char *engine,
                       GPtrArray *out);
/* The same of a revision's function, of which it may be told that there is none, or that it could
 * not be read. */
void ml_render_function(MlRenderer *renderer, const MlStep *step, gboolean downgrade,
                        const char *engine, GPtrArray *out);

/* --- alembic_version -------------------------------------------------------- */

/*
 * The rows of alembic_version, and the statements that keep them
 * (alembic.runtime.migration.HeadMaintainer). Revisions are those of one graph.
 */
typedef struct MlVersions MlVersions;

/*
 * `heads` (const MlNode *, of `graph`): the rows that there are; empty: the table is not there
 * yet. `rules` and `graph` are borrowed.
 */
MlVersions *ml_versions_new(const MlRenderRules *rules, const MlGraph *graph,
                            const GPtrArray *heads);
void ml_versions_free(MlVersions *versions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlVersions, ml_versions_free)

/* Each appends to `out` (MlRendered *) what has to be sent; nothing where there is nothing to do.
 */
void ml_versions_create(MlVersions *versions, GPtrArray *out);
void ml_versions_drop(MlVersions *versions, GPtrArray *out);
/* After a revision has been run. */
void ml_versions_upgrade(MlVersions *versions, const MlNode *node, GPtrArray *out);
void ml_versions_downgrade(MlVersions *versions, const MlNode *node, GPtrArray *out);

/* --- whole scripts ------------------------------------------------------------ */

/* A revision of a script. */
typedef struct {
    const MlNode *node;
    gboolean downgrade;
    GPtrArray *from,
        *to; /* const char *: the revisions that it leads from and to, by down_revision */
    GPtrArray *rendered; /* MlRendered *: its operations, then alembic_version's */
} MlScriptStep;

/* What `alembic upgrade --sql` or `alembic downgrade --sql` prints. */
typedef struct {
    gboolean transactional; /* the dialect has transactions that hold DDL */
    gboolean per_migration; /* each revision is one by itself; else all are one */
    GPtrArray *before;      /* MlRendered *: alembic_version is made */
    GPtrArray *steps;       /* MlScriptStep * */
    GPtrArray *after;       /* MlRendered *: alembic_version is dropped */
    gsize n_not;            /* how many operations could not be rendered */
    gboolean raises;        /* the last step does, and there Alembic would stop */
} MlScript;

/*
 * The script of a plan, which may be freed before it. `replay` is of the same migrations, on the
 * rules' dialect; both must live as long. `engine`: of a multidb environment, whose operations;
 * else NULL.
 */
MlScript *ml_script_new(const MlRenderRules *rules, const MlReplay *replay, const MlPlan *plan,
                        const char *engine);
void ml_script_free(MlScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlScript, ml_script_free)

G_END_DECLS
