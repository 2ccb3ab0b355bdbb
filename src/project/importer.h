/* Imports of env.py and of revision files, answered out of the tree. */
#pragma once

#include "miglint/project.h"
#include "miglint/python.h"

/*
 * Finds modules as Python would with `project`'s import roots on sys.path.
 * Each file is read and parsed once; may be used by several threads. `project`
 * is borrowed. Freed by ml_tree_importer_free.
 */
MlImporter *ml_tree_importer_new(MlTree *tree, const MlProject *project);
void ml_tree_importer_free(MlImporter *importer);

/* Where MlImporter.find would find a module, which is not read: a new string, or NULL. */
char *ml_tree_importer_path(MlImporter *importer, const char *from, guint level, const char *name);
/* The module at a path, the one that `find` gives; NULL where none is. */
MlModule *ml_tree_importer_module(MlImporter *importer, const char *path);
