#include "roundtrip/private_folder.h"
#include "roundtrip/database.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX        "miglint-postgresql-"
#define MOST_ATTEMPTS 20
#define MOST_DEPTH    16
#define LOOKS         50 /* at whether a process has ended */
#define BETWEEN_LOOKS (100 * G_TIME_SPAN_MILLISECOND)

/* --- what runs in it -------------------------------------------------------------------------- */

static gboolean is_same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static gboolean is_of_postgres(int process)
{
    char target[512];
    ssize_t length = readlinkat(process, "exe", target, sizeof target - 1);
    if (length <= 0)
        return FALSE;
    target[length] = '\0';
    const char *program = strrchr(target, '/');
    return program != NULL &&
           (g_str_has_prefix(program, "/postgres") || g_str_has_prefix(program, "/initdb"));
}

/* Each process of a cluster stands in its data folder, and initdb in the one above. */
static gboolean stands_in(int process, int folder)
{
    struct stat here, top, data;
    if (fstatat(process, "cwd", &here, 0) != 0)
        return FALSE;
    return (fstat(folder, &top) == 0 && is_same(&here, &top)) ||
           (fstatat(folder, "data", &data, AT_SYMLINK_NOFOLLOW) == 0 && is_same(&here, &data));
}

static gboolean is_inhabitant(int processes, const char *pid, int folder)
{
    int process = openat(processes, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (process < 0)
        return FALSE;
    gboolean is = is_of_postgres(process) && stands_in(process, folder);
    close(process);
    return is;
}

/* How many there are; each is sent the signal. */
static guint signal_inhabitants(int folder, int number)
{
    DIR *processes = opendir("/proc");
    guint count = 0;
    if (processes == NULL)
        return 0;
    for (const struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        gint64 pid = g_ascii_strtoll(entry->d_name, NULL, 10);
        if (pid <= 1 || !is_inhabitant(dirfd(processes), entry->d_name, folder))
            continue;
        kill((pid_t)pid, number);
        count++;
    }
    closedir(processes);
    return count;
}

static void end_inhabitants(int folder)
{
    /* SIGQUIT lets a postmaster take its shared memory with it. */
    for (guint i = 0; i < LOOKS && signal_inhabitants(folder, SIGQUIT) > 0; i++)
        g_usleep(BETWEEN_LOOKS);
    for (guint i = 0; i < LOOKS && signal_inhabitants(folder, SIGKILL) > 0; i++)
        g_usleep(BETWEEN_LOOKS);
}

/* --- removing it ------------------------------------------------------------------------------ */

static int open_folder(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void remove_content(int folder, guint depth);

/* By handles alone: whatever another process puts in place of a name, no link is followed. */
static void remove_entry(int folder, const char *name, guint depth)
{
    if (unlinkat(folder, name, 0) == 0 || depth == 0)
        return;
    int inner = open_folder(folder, name);
    if (inner < 0)
        return;
    remove_content(inner, depth - 1);
    close(inner);
    unlinkat(folder, name, AT_REMOVEDIR);
}

static void remove_content(int folder, guint depth)
{
    int handle = open_folder(folder, ".");
    DIR *entries = handle < 0 ? NULL : fdopendir(handle);
    if (entries == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_entry(folder, entry->d_name, depth);
    closedir(entries);
}

/* `folder` is what is locked; the name must still be its own. */
static void remove_folder(int parent, const char *name, int folder)
{
    struct stat here, named;
    end_inhabitants(folder);
    remove_content(folder, MOST_DEPTH);
    if (fstat(folder, &here) == 0 && fstatat(parent, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        is_same(&here, &named))
        unlinkat(parent, name, AT_REMOVEDIR);
}

static int open_parent(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void ml_private_folder_remove(MlPrivateFolder *folder)
{
    if (folder->path == NULL)
        return;
    g_autofree char *above = g_path_get_dirname(folder->path);
    g_autofree char *name = g_path_get_basename(folder->path);
    int parent = open_parent(above);
    if (parent >= 0) {
        remove_folder(parent, name, folder->handle);
        close(parent);
    }
    close(folder->handle);
    g_clear_pointer(&folder->path, g_free);
}

static void sweep_folder(int parent, const char *name, uid_t owner)
{
    struct stat found;
    int folder = open_folder(parent, name);
    if (folder < 0)
        return;
    if (fstat(folder, &found) == 0 && (found.st_uid == geteuid() || found.st_uid == owner) &&
        flock(folder, LOCK_EX | LOCK_NB) == 0)
        remove_folder(parent, name, folder);
    close(folder);
}

void ml_private_folder_sweep(uid_t owner)
{
    DIR *entries = opendir(g_get_tmp_dir());
    if (entries == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (g_str_has_prefix(entry->d_name, PREFIX))
            sweep_folder(dirfd(entries), entry->d_name, owner);
    closedir(entries);
}

/* --- making it -------------------------------------------------------------------------------- */

/* Between its making and its lock a sweep may take it for one that was left. */
static gboolean take(MlPrivateFolder *folder)
{
    struct stat found;
    folder->handle = open_folder(AT_FDCWD, folder->path);
    if (folder->handle < 0)
        return FALSE;
    if (flock(folder->handle, LOCK_EX | LOCK_NB) == 0 && fstat(folder->handle, &found) == 0 &&
        found.st_nlink > 0)
        return TRUE;
    close(folder->handle);
    return FALSE;
}

gboolean ml_private_folder_make(MlPrivateFolder *folder, uid_t owner, gid_t group, GError **error)
{
    if (!g_path_is_absolute(g_get_tmp_dir()) || strchr(g_get_tmp_dir(), ',') != NULL) {
        g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST,
                    "no server can listen in %s: let TMPDIR be an absolute path without a comma",
                    g_get_tmp_dir());
        return FALSE;
    }
    for (guint i = 0; i < MOST_ATTEMPTS; i++) {
        folder->path = g_build_filename(g_get_tmp_dir(), PREFIX "XXXXXX", NULL);
        if (g_mkdtemp(folder->path) == NULL)
            break;
        if (take(folder)) {
            if (fchown(folder->handle, owner, group) == 0)
                return TRUE;
            ml_private_folder_remove(folder);
            break;
        }
        g_clear_pointer(&folder->path, g_free);
    }
    g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST,
                "no folder can be made in %s (%s): let TMPDIR name one that can be written",
                g_get_tmp_dir(), g_strerror(errno));
    g_clear_pointer(&folder->path, g_free);
    return FALSE;
}
