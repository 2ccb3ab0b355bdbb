#include "miglint/migration.h"

#include <string.h>

struct MlRevisionCache {
    GMutex lock;
    GHashTable *entries; /* char *: path and blob -> Entry * */
};

typedef struct {
    MlRevision *revision;
    MlLoad load;
} Entry;

static void entry_free(gpointer data)
{
    Entry *entry = data;
    ml_revision_unref(entry->revision);
    g_free(entry);
}

MlRevisionCache *ml_revision_cache_new(void)
{
    MlRevisionCache *cache = g_new0(MlRevisionCache, 1);
    g_mutex_init(&cache->lock);
    cache->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return cache;
}

void ml_revision_cache_free(MlRevisionCache *cache)
{
    if (cache == NULL)
        return;
    g_hash_table_unref(cache->entries);
    g_mutex_clear(&cache->lock);
    g_free(cache);
}

/* The blob in base64, which has no NUL, and the path. */
static char *key_of(const char *path, const MlBlobId *id)
{
    g_autofree char *blob = g_base64_encode(id->bytes, sizeof id->bytes);
    return g_strconcat(blob, path, NULL);
}

MlRevision *ml_revision_cache_find(MlRevisionCache *cache, const char *path, const MlBlobId *id,
                                   MlLoad load)
{
    g_autofree char *key = key_of(path, id);
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&cache->lock);
    const Entry *entry = g_hash_table_lookup(cache->entries, key);
    gboolean serves = entry != NULL && (entry->load == load || load == ML_LOAD_HEADERS);
    return serves ? ml_revision_ref(entry->revision) : NULL;
}

void ml_revision_cache_add(MlRevisionCache *cache, MlRevision *revision, const MlBlobId *id,
                           MlLoad load)
{
    if (revision->module == NULL || revision->asks_dialect || revision->asks_spelling ||
        revision->asks_types || revision->looked_around)
        return;
    Entry *entry = g_new0(Entry, 1);
    *entry = (Entry){ml_revision_ref(revision), load};
    char *key = key_of(revision->path, id);
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&cache->lock);
    g_hash_table_replace(cache->entries, key, entry);
}
