/*
 * location: script_location, version_locations and the like, as folders of
 * the tree.
 */
#pragma once

#include "miglint/source.h"

G_BEGIN_DECLS

/*
 * What %(here)s stands for in a file of `folder`: an absolute path, though the
 * tree may lie on no disk, which the functions below find their way back from.
 */
char *ml_location_here(const char *folder);

/* A location for people: what ml_location_here made is a path of the tree again. */
char *ml_location_shown(const char *location);

/* The same for any text in which such locations may stand. */
char *ml_locations_shown(const char *text);

/*
 * The folders that a location may mean: an absolute path, a path below one of
 * `bases` (char *), or "package.module:folder" likewise. Real paths of folders
 * that are there, in the order of the bases, each once.
 */
GPtrArray *ml_location_candidates(MlTree *tree, const GPtrArray *bases, const char *location);

/*
 * Where a location of the tree should be, for an ini in `folder`; NULL where it
 * may as well lie elsewhere: an absolute path, a package that none of `bases`
 * holds, a placeholder such as {folder}.
 */
char *ml_location_expected(MlTree *tree, const GPtrArray *bases, const char *folder,
                           const char *location);

/* `folder` and each folder above it, up to the root. */
GPtrArray *ml_folder_lineage(const char *folder);

/* The folder that `path` lies in. */
char *ml_folder_of(const char *path);

/* Whether `path` is `folder` or lies below it. */
gboolean ml_folder_holds(const char *folder, const char *path);

/* Adds a copy of `folder` to `folders` unless it is there. */
void ml_folders_add(GPtrArray *folders, const char *folder);

/* Adds the folder src/ of each of `folders` that has one. */
void ml_folders_add_sources(MlTree *tree, GPtrArray *folders);

/* Whether in folders of this name other people's code lies, or what tools leave behind. */
gboolean ml_is_foreign_folder(const char *name);

G_END_DECLS
