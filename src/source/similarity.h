/* How alike two files are, as git measures it for its renames. Internal to source/. */
#pragma once

#include <glib.h>

/* git's own scale, so that what lies on the edge falls to the same side. */
#define ML_SIMILARITY_FULL 60000

typedef struct MlFingerprint MlFingerprint;

MlFingerprint *ml_fingerprint_new(GBytes *content);
MlFingerprint *ml_fingerprint_ref(MlFingerprint *fingerprint);
void ml_fingerprint_unref(MlFingerprint *fingerprint);

/* That it takes. */
gsize ml_fingerprint_bytes(const MlFingerprint *fingerprint);

/* The share of the larger one that both have; 0 where that is below `least`. */
guint ml_fingerprint_compare(const MlFingerprint *one, const MlFingerprint *other, guint least);
