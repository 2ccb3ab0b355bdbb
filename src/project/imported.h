/* imported: the files of the tree that run when env.py does. */
#pragma once

#include "project/importer.h"

/* env.py, and where what it imports is found. */
typedef struct {
    MlTree *tree;
    const MlProject *project;
    MlImporter *importer; /* by ml_tree_importer_new */
    const char *path;
    MlEvaluation *evaluation;
} MlEnv;

/* A file by its path. Its module is not the importer's, and lives as long as the call. */
typedef void (*MlImportedVisit)(const char *path, MlModule *module, gpointer data);

/*
 * Visits env.py, what it imports from the tree, at module level or in a function, and what that
 * imports in turn; each file once. FALSE: there are more than are read.
 */
gboolean ml_imported_visit(const MlEnv *env, MlImportedVisit visit, gpointer data);
