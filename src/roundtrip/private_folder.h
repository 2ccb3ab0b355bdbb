/*
 * A folder for a server of our own, below the folder for temporary files, which others share.
 *
 * It is locked as long as its maker lives. One that is not is what a killed run has left, and the
 * next one removes it.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct {
    char *path;
    int handle; /* it holds the lock */
} MlPrivateFolder;

/* With mode 0700, for the user `owner`, who may be another one where we are root. */
gboolean ml_private_folder_make(MlPrivateFolder *folder, uid_t owner, gid_t group, GError **error);
/* Ends what of Postgres still runs in it, and removes it with all that is in it. */
void ml_private_folder_remove(MlPrivateFolder *folder);
/* Removes those that were left by our own user, or by `owner`. */
void ml_private_folder_sweep(uid_t owner);
