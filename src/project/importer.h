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
