#include "source/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DIR, closedir)

/* Bytes asked for at once of a file that is larger than it seemed. */
#define READ_SIZE 65536

static char *on_disk(const char *root, const char *path)
{
    return *path ? g_build_filename(root, path, NULL) : g_strdup(root);
}

static void set_error(GError **error, const char *path, int number)
{
    g_autofree char *name = ml_display_name(path);
    MlSourceError code = number == ENOENT ? ML_SOURCE_ERROR_NOT_FOUND : ML_SOURCE_ERROR_READ;
    g_set_error(error, ML_SOURCE_ERROR, code, "'%s' cannot be read: %s", name, g_strerror(number));
}

static gboolean means_absent(int number)
{
    return number == ENOENT || number == ENOTDIR || number == ELOOP || number == ENAMETOOLONG;
}

static MlEntryKind kind_of_mode(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return ML_ENTRY_FILE;
    case S_IFDIR:
        return ML_ENTRY_FOLDER;
    case S_IFLNK:
        return ML_ENTRY_LINK;
    default:
        return ML_ENTRY_ABSENT;
    }
}

char *ml_disk_root(const char *folder, GError **error)
{
    struct stat status;
    g_autofree char *real = realpath(folder, NULL);
    if (!real || stat(real, &status) != 0) {
        set_error(error, folder, errno);
        return NULL;
    }
    if (!S_ISDIR(status.st_mode)) {
        g_autofree char *name = ml_display_name(folder);
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_NOT_FOUND,
                    "'%s' is not a folder: name the folder that holds it", name);
        return NULL;
    }
    return g_steal_pointer(&real);
}

MlEntryKind ml_disk_look(const char *root, const char *path, GError **error)
{
    g_autofree char *file = on_disk(root, path);
    struct stat status;
    if (lstat(file, &status) == 0)
        return kind_of_mode(status.st_mode);
    if (!means_absent(errno))
        set_error(error, path, errno);
    return ML_ENTRY_ABSENT;
}

/* What `real` is below `root`; NULL if it is not. */
static char *below(const char *root, const char *real)
{
    gsize length = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(real, root, length) != 0 || (real[length] && real[length] != '/'))
        return NULL;
    return g_strdup(real + length + (real[length] == '/'));
}

char *ml_disk_follow(const char *root, const char *path, GError **error)
{
    g_autofree char *file = on_disk(root, path);
    g_autofree char *real = realpath(file, NULL);
    if (real)
        return below(root, real);
    if (!means_absent(errno))
        set_error(error, path, errno);
    return NULL;
}

static MlEntryKind kind_of_entry(const char *root, const char *folder, const struct dirent *entry,
                                 GError **error)
{
    if (entry->d_type != DT_UNKNOWN)
        return kind_of_mode(DTTOIF(entry->d_type));
    g_autofree char *path = ml_path_join(folder, entry->d_name);
    return ml_disk_look(root, path, error);
}

/* Sorted out here already: git's rules are not to be asked about them. */
static gboolean is_child(const char *name)
{
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, ".git") != 0;
}

gboolean ml_disk_list(const char *root, const char *folder, GPtrArray *entries, GError **error)
{
    g_autofree char *file = on_disk(root, folder);
    g_autoptr(DIR) directory = opendir(file);
    if (!directory) {
        set_error(error, file, errno);
        return FALSE;
    }
    GError *failure = NULL;
    const struct dirent *entry;
    while (!failure && (errno = 0, entry = readdir(directory)))
        if (is_child(entry->d_name))
            ml_entries_add(entries, entry->d_name, kind_of_entry(root, folder, entry, &failure),
                           NULL);
    if (!failure && errno)
        set_error(&failure, file, errno);
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

/* Reads to the end, which is not where the size said if somebody writes meanwhile. */
static GBytes *read_all(int descriptor, gsize expected, const char *path, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_sized_new(expected + 1);
    gsize length = 0;
    while (length <= ML_FILE_LIMIT) {
        gsize room = length <= expected ? expected + 1 - length : READ_SIZE;
        g_byte_array_set_size(bytes, length + room);
        gssize count = read(descriptor, bytes->data + length, room);
        if (count < 0 && errno != EINTR) {
            set_error(error, path, errno);
            return NULL;
        }
        if (count == 0) {
            g_byte_array_set_size(bytes, length);
            return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
        }
        length += MAX(count, 0);
    }
    ml_too_large(path, ML_FILE_LIMIT, error);
    return NULL;
}

static GBytes *read_descriptor(int descriptor, const char *path, GError **error)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        set_error(error, path, errno);
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        set_error(error, path, ENOENT);
        return NULL;
    }
    if (status.st_size > ML_FILE_LIMIT) {
        ml_too_large(path, ML_FILE_LIMIT, error);
        return NULL;
    }
    return read_all(descriptor, status.st_size, path, error);
}

GBytes *ml_disk_read(const char *root, const char *path, MlBlobId *id, GError **error)
{
    g_autofree char *file = on_disk(root, path);
    /* What was a file a moment ago may be a FIFO now, and opening that would wait for ever. */
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) {
        set_error(error, path, errno);
        return NULL;
    }
    GBytes *bytes = read_descriptor(descriptor, path, error);
    close(descriptor);
    if (bytes && id)
        ml_blob_id(bytes, id);
    return bytes;
}

gboolean ml_disk_identify(const char *root, const char *path, MlBlobId *id)
{
    g_autoptr(GBytes) bytes = NULL;
    if (ml_disk_look(root, path, NULL) == ML_ENTRY_LINK) {
        g_autofree char *file = on_disk(root, path);
        char *text = g_file_read_link(file, NULL);
        bytes = text ? g_bytes_new_take(text, strlen(text)) : NULL;
        if (bytes)
            ml_blob_id(bytes, id);
    } else {
        bytes = ml_disk_read(root, path, id, NULL);
    }
    return bytes != NULL;
}
