/*
 * The fingerprints of blobs that were compared before: a forecast holds the same
 * files of the base against what each of thousands of refs has lost. May be used
 * by several threads. Internal to source/.
 */
#pragma once

#include "miglint/source.h"
#include "source/similarity.h"

typedef struct MlFingerprints MlFingerprints;

MlFingerprints *ml_fingerprints_new(void);
void ml_fingerprints_free(MlFingerprints *fingerprints);

/* A new reference; NULL: none is kept. */
MlFingerprint *ml_fingerprints_find(MlFingerprints *fingerprints, const MlBlobId *id);

/* Keeps a reference; there is a limit to their memory, at which it begins anew. */
void ml_fingerprints_add(MlFingerprints *fingerprints, const MlBlobId *id,
                         MlFingerprint *fingerprint);
