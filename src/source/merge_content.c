/*
 * One file out of three. git pairs lines by its histogram diff and libgit2 by
 * Myers': where lines repeat, a conflict may begin or end elsewhere.
 */
#include "source/merge.h"

#include <string.h>

/* As git judges what is binary. */
#define BINARY_PREFIX 8000

#define MARKER_SIZE 7

gboolean ml_content_is_binary(GBytes *content)
{
    gsize length;
    gconstpointer data = g_bytes_get_data(content, &length);
    return length && memchr(data, '\0', MIN(length, BINARY_PREFIX));
}

static char *label(const MlMergeTree *merge, const char *const paths[ML_SIDES], int side)
{
    const char *names[] = {"", "ours", "theirs"};
    const char *inner[] = {"", "Temporary merge branch 1", "Temporary merge branch 2"};
    const char *name = merge->depth ? inner[side] : names[side];
    gboolean is_moved = strcmp(paths[ML_OURS], paths[ML_THEIRS]) != 0;
    return is_moved ? g_strconcat(name, ":", paths[side], NULL) : g_strdup(name);
}

static void set_input(git_merge_file_input *input, GBytes *content)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(content, &length);
    git_merge_file_input_init(input, GIT_MERGE_FILE_INPUT_VERSION);
    input->ptr = data ? data : "";
    input->size = length;
    input->path = "";
}

GBytes *ml_merge_tree_contents(const MlMergeTree *merge, GBytes *const contents[ML_SIDES],
                               const char *const paths[ML_SIDES], guint extra, gboolean *conflicts,
                               GError **error)
{
    if (ml_content_is_binary(contents[ML_BASE]) || ml_content_is_binary(contents[ML_OURS]) ||
        ml_content_is_binary(contents[ML_THEIRS])) {
        *conflicts = TRUE;
        return g_bytes_ref(contents[merge->depth ? ML_BASE : ML_OURS]);
    }
    git_merge_file_input inputs[ML_SIDES];
    for (int side = 0; side < ML_SIDES; side++)
        set_input(&inputs[side], contents[side]);
    g_autofree char *ours = label(merge, paths, ML_OURS);
    g_autofree char *theirs = label(merge, paths, ML_THEIRS);
    git_merge_file_options options;
    git_merge_file_options_init(&options, GIT_MERGE_FILE_OPTIONS_VERSION);
    options.our_label = ours;
    options.their_label = theirs;
    options.marker_size = MARKER_SIZE + 2 * merge->depth + extra;
    git_merge_file_result result = {0};
    if (git_merge_file(&result, &inputs[ML_BASE], &inputs[ML_OURS], &inputs[ML_THEIRS], &options) <
        0) {
        g_autofree char *name = ml_display_name(paths[ML_OURS]);
        ml_git_error_set(error, ML_SOURCE_ERROR_REPOSITORY, "git cannot merge '%s'", name);
        return NULL;
    }
    *conflicts = !result.automergeable;
    GBytes *merged = g_bytes_new(result.ptr, result.len);
    git_merge_file_result_free(&result);
    return merged;
}

static gboolean same(const MlVersion *one, const MlVersion *other)
{
    return one->has_id && other->has_id &&
           memcmp(one->id.bytes, other->id.bytes, sizeof one->id.bytes) == 0;
}

GBytes *ml_merge_tree_versions(const MlMergeTree *merge, MlVersion *const versions[ML_SIDES],
                               const char *path, guint extra, gboolean *conflicts, GError **error)
{
    GBytes *contents[ML_SIDES] = {NULL};
    const char *paths[ML_SIDES];
    GBytes *merged = NULL;
    *conflicts = FALSE;
    for (int side = 0; side < ML_SIDES; side++) {
        ml_version_identify(versions[side], path);
        paths[side] = versions[side]->path ? versions[side]->path : path;
    }
    if (same(versions[ML_BASE], versions[ML_OURS]) || same(versions[ML_OURS], versions[ML_THEIRS]))
        return ml_version_read(versions[ML_THEIRS], path, error);
    if (same(versions[ML_BASE], versions[ML_THEIRS]))
        return ml_version_read(versions[ML_OURS], path, error);
    gboolean is_read = TRUE;
    for (int side = 0; side < ML_SIDES && is_read; side++) {
        /* What both added has no base; nor has what was no file before. */
        contents[side] = ml_version_is(versions[side], ML_ENTRY_FILE)
                             ? ml_version_read(versions[side], path, error)
                             : g_bytes_new(NULL, 0);
        is_read = contents[side] != NULL;
    }
    if (is_read)
        merged = ml_merge_tree_contents(merge, contents, paths, extra, conflicts, error);
    for (int side = 0; side < ML_SIDES; side++)
        g_clear_pointer(&contents[side], g_bytes_unref);
    return merged;
}
