/*
 * In git's order: what has not changed at all, then what has kept a base name
 * that is unique, then what is most alike.
 */
#include "source/rename.h"
#include "source/fingerprints.h"

#include <string.h>

/* 50 %, and halfway from there to all for a name kept. */
#define LEAST      (ML_SIMILARITY_FULL / 2)
#define LEAST_NAME (LEAST + (ML_SIMILARITY_FULL - LEAST) / 2)

/* How many of what is gone are kept in mind for what was added, as git does. */
#define CANDIDATES 4

/* Comparisons of contents at most; git's own limit is higher, and takes longer. */
#define COMPARE_LIMIT 1000000

MlRenamed *ml_renamed_new(const char *path, MlVersion *version)
{
    MlRenamed *file = g_new0(MlRenamed, 1);
    file->path = g_strdup(path);
    file->version = version;
    file->partner = -1;
    return file;
}

void ml_renamed_free(MlRenamed *file)
{
    g_free(file->path);
    g_clear_pointer(&file->fingerprint, ml_fingerprint_unref);
    g_free(file);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static gboolean same_name(const MlRenamed *one, const MlRenamed *other)
{
    return strcmp(base_name(one->path), base_name(other->path)) == 0;
}

static MlRenamed *at(const GPtrArray *files, guint index)
{
    return files->pdata[index];
}

/* The id of no bytes at all: git takes no empty file for a renamed one. */
static gboolean is_empty(MlRenamed *file)
{
    const guint8 empty[] = {0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b,
                            0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2, 0xe4, 0x8c, 0x53, 0x91};
    return ml_version_identify(file->version, file->path) &&
           memcmp(file->version->id.bytes, empty, sizeof empty) == 0;
}

/* Whether a file is still to be paired. */
static gboolean is_open(const GPtrArray *files, guint index)
{
    return at(files, index)->partner < 0 && !is_empty(at(files, index));
}

static void pair(const GPtrArray *gone, guint source, const GPtrArray *added, guint target)
{
    at(gone, source)->partner = (gint)target;
    at(added, target)->partner = (gint)source;
}

/* --- unchanged ----------------------------------------------------------- */

static GHashTable *group_by_id(const GPtrArray *gone)
{
    GHashTable *groups = g_hash_table_new_full(ml_blob_id_hash, ml_blob_id_equal, NULL,
                                               (GDestroyNotify)g_array_unref);
    for (guint i = 0; i < gone->len; i++) {
        MlRenamed *file = at(gone, i);
        if (!ml_version_identify(file->version, file->path))
            continue;
        GArray *group = g_hash_table_lookup(groups, &file->version->id);
        if (!group) {
            group = g_array_new(FALSE, FALSE, sizeof(guint));
            g_hash_table_insert(groups, &file->version->id, group);
        }
        g_array_append_val(group, i);
    }
    return groups;
}

/* One that keeps the name is better; of many, the first hundred are looked at. */
static gint choose_unchanged(const GPtrArray *gone, const GArray *group, const MlRenamed *target)
{
    gint chosen = -1;
    for (guint i = 0; i < MIN(group->len, 100); i++) {
        guint source = g_array_index(group, guint, i);
        if (!is_open(gone, source))
            continue;
        if (same_name(at(gone, source), target))
            return (gint)source;
        if (chosen < 0)
            chosen = (gint)source;
    }
    return chosen;
}

static void find_unchanged(const GPtrArray *gone, const GPtrArray *added)
{
    g_autoptr(GHashTable) groups = group_by_id(gone);
    for (guint i = 0; i < added->len; i++) {
        MlRenamed *target = at(added, i);
        if (!ml_version_identify(target->version, target->path))
            continue;
        const GArray *group = g_hash_table_lookup(groups, &target->version->id);
        gint source = group ? choose_unchanged(gone, group, target) : -1;
        if (source >= 0)
            pair(gone, source, added, i);
    }
}

/* --- much the same ------------------------------------------------------- */

/* Those that its repository keeps; NULL where it is in none, or has no id. */
static MlFingerprints *kept_fingerprints(const MlRenamed *file)
{
    const MlTree *tree = file->version->tree;
    return tree && tree->repository && ml_version_identify(file->version, file->path)
               ? tree->repository->fingerprints
               : NULL;
}

static MlFingerprint *read_fingerprint(const MlRenamed *file)
{
    g_autoptr(GBytes) content = ml_version_read(file->version, file->path, NULL);
    return content ? ml_fingerprint_new(content) : NULL;
}

static const MlFingerprint *fingerprint(MlRenamed *file)
{
    if (file->fingerprint || file->is_unreadable)
        return file->fingerprint;
    MlFingerprints *kept = kept_fingerprints(file);
    file->fingerprint = kept ? ml_fingerprints_find(kept, &file->version->id) : NULL;
    if (file->fingerprint)
        return file->fingerprint;
    file->fingerprint = read_fingerprint(file);
    file->is_unreadable = file->fingerprint == NULL;
    if (kept && file->fingerprint)
        ml_fingerprints_add(kept, &file->version->id, file->fingerprint);
    return file->fingerprint;
}

static guint compare(MlRenamed *source, MlRenamed *target, guint least)
{
    const MlFingerprint *one = fingerprint(source);
    const MlFingerprint *other = fingerprint(target);
    return one && other ? ml_fingerprint_compare(one, other, least) : 0;
}

/* Base name -> index + 1 of the only file without a partner that has it, 0 if there are more. */
static GHashTable *unique_names(const GPtrArray *files)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < files->len; i++) {
        const char *name = base_name(at(files, i)->path);
        if (is_open(files, i))
            g_hash_table_insert(names, (gpointer)name,
                                GUINT_TO_POINTER(g_hash_table_contains(names, name) ? 0 : i + 1));
    }
    return names;
}

static void find_by_name(const GPtrArray *gone, const GPtrArray *added)
{
    g_autoptr(GHashTable) sources = unique_names(gone);
    g_autoptr(GHashTable) targets = unique_names(added);
    for (guint i = 0; i < gone->len; i++) {
        const char *name = base_name(at(gone, i)->path);
        guint source = GPOINTER_TO_UINT(g_hash_table_lookup(sources, name));
        guint target = GPOINTER_TO_UINT(g_hash_table_lookup(targets, name));
        if (at(gone, i)->matters && source == i + 1 && target &&
            compare(at(gone, i), at(added, target - 1), LEAST_NAME))
            pair(gone, i, added, target - 1);
    }
}

/* --- the rest ------------------------------------------------------------ */

typedef struct {
    guint source;
    guint target;
    guint score;
    gboolean same_name;
} Candidate;

/* The better one first; of equals, the one found first. */
static gint compare_candidates(gconstpointer left, gconstpointer right)
{
    const Candidate *a = left;
    const Candidate *b = right;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->same_name != b->same_name)
        return a->same_name ? -1 : 1;
    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    return a->source < b->source ? -1 : a->source > b->source;
}

/* Keeps the best few of a target. */
static void keep(GArray *best, const Candidate *candidate)
{
    guint position = best->len;
    while (position > 0 &&
           compare_candidates(candidate, &g_array_index(best, Candidate, position - 1)) < 0)
        position--;
    if (position < CANDIDATES)
        g_array_insert_val(best, position, *candidate);
    if (best->len > CANDIDATES)
        g_array_set_size(best, CANDIDATES);
}

static guint count_open(const GPtrArray *files, gboolean only_what_matters)
{
    guint count = 0;
    for (guint i = 0; i < files->len; i++)
        count += is_open(files, i) && (!only_what_matters || at(files, i)->matters);
    return count;
}

static void find_candidates(const GPtrArray *gone, const GPtrArray *added, GArray *candidates)
{
    g_autoptr(GArray) best = g_array_new(FALSE, FALSE, sizeof(Candidate));
    for (guint target = 0; target < added->len; target++) {
        if (!is_open(added, target))
            continue;
        g_array_set_size(best, 0);
        for (guint source = 0; source < gone->len; source++) {
            if (!is_open(gone, source) || !at(gone, source)->matters)
                continue;
            const Candidate candidate = {source, target,
                                         compare(at(gone, source), at(added, target), LEAST),
                                         same_name(at(gone, source), at(added, target))};
            if (candidate.score)
                keep(best, &candidate);
        }
        g_array_append_vals(candidates, best->data, best->len);
    }
}

static void find_alike(const GPtrArray *gone, const GPtrArray *added)
{
    guint64 comparisons = (guint64)count_open(gone, TRUE) * count_open(added, FALSE);
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    if (comparisons > COMPARE_LIMIT)
        return;
    if (comparisons)
        find_candidates(gone, added, candidates);
    g_array_sort(candidates, compare_candidates);
    for (guint i = 0; i < candidates->len; i++) {
        const Candidate *candidate = &g_array_index(candidates, Candidate, i);
        if (is_open(gone, candidate->source) && is_open(added, candidate->target))
            pair(gone, candidate->source, added, candidate->target);
    }
}

void ml_renames_find(const GPtrArray *gone, const GPtrArray *added)
{
    find_unchanged(gone, added);
    find_by_name(gone, added);
    find_alike(gone, added);
}
