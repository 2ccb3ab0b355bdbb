/*
 * environment: an Alembic environment where it lies in the tree.
 *
 * The names of what is made here are those of the script locations; ml_projects_find
 * sees to it that they are unique.
 */
#pragma once

#include "project/settings.h"

G_BEGIN_DECLS

/*
 * The environment that settings name; NULL where there is none. Locations are
 * looked for in `standing` first, if that is not NULL. A script location that
 * is not there is `missing`, or a note in `notes` (may be NULL) if it may lie
 * outside of the tree; of a version location there is but a note.
 */
MlProject *ml_environment_of_settings(MlTree *tree, const MlSettings *settings,
                                      const char *standing, GPtrArray *notes);

/*
 * The environment that a folder with env.py is without anyone naming it; NULL
 * unless env.py speaks of Alembic and versions/ holds something like a revision.
 */
MlProject *ml_environment_of_folder(MlTree *tree, const char *folder);

/* The same where the user says that it is one: a folder with env.py or versions/. */
MlProject *ml_environment_of_named_folder(MlTree *tree, const char *folder);

/*
 * One environment for each database that an environment has a folder of revisions
 * for, MlProject; NULL unless there are several, and nothing else.
 */
GPtrArray *ml_environment_divide(MlTree *tree, const MlProject *project);

/* Adds a sentence to `notes`, unless that is NULL. */
void ml_note(GPtrArray *notes, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Whether a text has the words in it, whatever else it is. */
gboolean ml_text_says(GBytes *text, const char *words);

G_END_DECLS
