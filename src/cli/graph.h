/* miglint graph: which revisions are drawn, and how a picture is made of them. */
#pragma once

#include "cli/cli.h"

/* What the command line says of the revisions that are wanted; NULL where nothing. */
typedef struct {
    char *range;  /* -r */
    char *around; /* --around: "REVISION" or "REVISION,STEPS" */
    char *since;  /* --since: a git ref */
} MlGraphChoice;

void ml_graph_choice_clear(MlGraphChoice *choice);

/* Whether it can be obeyed; to be asked before anything is read. */
gboolean ml_graph_choice_check(const MlGraphChoice *choice, GError **error);

/* What is to be drawn; all NULL: everything. */
typedef struct {
    GPtrArray *environments; /* MlMigrations *, borrowed: those that have any of it */
    GPtrArray *nodes;        /* const MlNode *, each environment's bases first */
    GHashTable *accents;     /* const MlNode * to MlAccent */
} MlGraphChosen;

void ml_graph_chosen_clear(MlGraphChosen *chosen);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlGraphChosen, ml_graph_chosen_clear)

/* Fails where no environment knows the words of the choice. */
gboolean ml_graph_choose(const MlWorkspace *workspace, const MlStateOptions *options,
                         const MlGraphChoice *choice, MlGraphChosen *chosen, GError **error);

/* The picture that Graphviz draws of a graph in its language. */
GString *ml_graph_svg(const GString *dot, GError **error);
