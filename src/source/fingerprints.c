#include "source/fingerprints.h"
#include "source/repository.h"

#define MOST_BYTES ((gsize)64 << 20)

struct MlFingerprints {
    GMutex lock;
    GHashTable *by_id; /* MlBlobId -> MlFingerprint */
    gsize bytes;
};

MlFingerprints *ml_fingerprints_new(void)
{
    MlFingerprints *fingerprints = g_new0(MlFingerprints, 1);
    g_mutex_init(&fingerprints->lock);
    fingerprints->by_id = g_hash_table_new_full(ml_blob_id_hash, ml_blob_id_equal, g_free,
                                                (GDestroyNotify)ml_fingerprint_unref);
    return fingerprints;
}

void ml_fingerprints_free(MlFingerprints *fingerprints)
{
    g_hash_table_unref(fingerprints->by_id);
    g_mutex_clear(&fingerprints->lock);
    g_free(fingerprints);
}

MlFingerprint *ml_fingerprints_find(MlFingerprints *fingerprints, const MlBlobId *id)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&fingerprints->lock);
    MlFingerprint *found = g_hash_table_lookup(fingerprints->by_id, id);
    return found ? ml_fingerprint_ref(found) : NULL;
}

void ml_fingerprints_add(MlFingerprints *fingerprints, const MlBlobId *id,
                         MlFingerprint *fingerprint)
{
    gsize bytes = ml_fingerprint_bytes(fingerprint);
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&fingerprints->lock);
    if (bytes > MOST_BYTES / 2 || g_hash_table_contains(fingerprints->by_id, id))
        return;
    if (fingerprints->bytes + bytes > MOST_BYTES) {
        g_hash_table_remove_all(fingerprints->by_id);
        fingerprints->bytes = 0;
    }
    g_hash_table_insert(fingerprints->by_id, g_memdup2(id, sizeof *id),
                        ml_fingerprint_ref(fingerprint));
    fingerprints->bytes += bytes;
}
