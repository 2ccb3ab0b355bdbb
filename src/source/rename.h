/* Which file became which: git's detection of renames, between what one side lost and what it
 * gained. Internal to source/. */
#pragma once

#include "source/merge.h"
#include "source/similarity.h"

typedef struct {
    char *path;
    MlVersion *version;  /* borrowed */
    gboolean is_changed; /* of what is gone: the other side has changed or deleted it too */
    gboolean matters;    /* of what is gone: whether its new name changes the merge */
    gint partner;        /* index of what it became, or was; -1: none */
    MlFingerprint *fingerprint;
    gboolean is_unreadable;
} MlRenamed;

MlRenamed *ml_renamed_new(const char *path, MlVersion *version);
void ml_renamed_free(MlRenamed *file);

/* Sets the partners. Both: MlRenamed *, sorted by path. */
void ml_renames_find(const GPtrArray *gone, const GPtrArray *added);
