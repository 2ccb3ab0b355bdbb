/* Reading folders and files below a root on disk, for the trees that lie there.
 * Internal to source/; `path` is a real path in the sense of tree.h. */
#pragma once

#include "source/tree.h"

/* The real path of a folder; fails unless it is one. */
char *ml_disk_root(const char *folder, GError **error);

/* As the functions of MlTreeClass. A FIFO, socket or device is not there. */
MlEntryKind ml_disk_look(const char *root, const char *path, GError **error);
char *ml_disk_follow(const char *root, const char *path, GError **error);
gboolean ml_disk_list(const char *root, const char *folder, GPtrArray *entries, GError **error);
GBytes *ml_disk_read(const char *root, const char *path, MlBlobId *id, GError **error);
gboolean ml_disk_identify(const char *root, const char *path, MlBlobId *id);
