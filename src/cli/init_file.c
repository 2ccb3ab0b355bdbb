/* Files of the project that is set up: found and written without leaving it. */
#include "cli/init.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of a file that is added to at most. */
#define LARGEST (1024 * 1024)

void ml_file_free(MlFile *file)
{
    g_free(file->name);
    g_free(file->path);
    g_free(file->text);
    g_free(file->trouble);
    g_free(file);
}

/* --- where it lies -------------------------------------------------------------------- */

static char *real_path(const char *path)
{
    char *found = realpath(path, NULL);
    char *copy = g_strdup(found);
    free(found);
    return copy;
}

static gboolean lies_in(const char *path, const char *root)
{
    gsize length = strlen(root);
    return strncmp(path, root, length) == 0 &&
           (path[length] == '/' || path[length] == '\0' || strcmp(root, "/") == 0);
}

/* One step down from a real folder: real as well, or of what is not there; NULL with trouble. */
static char *step_down(const char *root, const char *folder, const char *name, char **trouble)
{
    struct stat status;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (lstat(path, &status) < 0 && errno != ENOENT) {
        *trouble = g_strdup(g_strerror(errno));
        return NULL;
    }
    if (access(path, F_OK) < 0 && errno == ENOENT && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        return g_steal_pointer(&path);
    char *real = real_path(path);
    if (real != NULL && lies_in(real, root))
        return real;
    *trouble = g_strdup(real ? "it is a link that leads out of the project"
                             : "it is a link that leads nowhere");
    g_free(real);
    return NULL;
}

static char *locate(const char *root, const char *name, char **trouble)
{
    g_autofree char *top = real_path(root);
    g_auto(GStrv) steps = g_strsplit(name, "/", -1);
    char *path = g_strdup(top);
    if (top == NULL)
        *trouble = g_strdup("its folder is not there");
    for (char **step = steps; path != NULL && *step != NULL; step++) {
        g_autofree char *folder = path;
        path = step_down(top, folder, *step, trouble);
    }
    return path;
}

/* --- reading ------------------------------------------------------------------------------ */

static void read_text(MlFile *file)
{
    struct stat status;
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) error = NULL;
    if (stat(file->path, &status) < 0) {
        if (errno != ENOENT)
            file->trouble = g_strdup(g_strerror(errno));
    } else if (!S_ISREG(status.st_mode))
        file->trouble = g_strdup("it is no plain file");
    else if (status.st_size > LARGEST)
        file->trouble = g_strdup("it is too large");
    else if (!g_file_get_contents(file->path, &text, &length, &error))
        file->trouble = g_strdup(error->message);
    else if (!g_utf8_validate_len(text, length, NULL))
        file->trouble = g_strdup("it is no text in UTF-8");
    else
        file->text = g_steal_pointer(&text);
}

MlFile *ml_file_find(const char *root, const char *name)
{
    MlFile *file = g_new0(MlFile, 1);
    file->name = g_strdup(name);
    file->path = locate(root, name, &file->trouble);
    if (file->path != NULL)
        read_text(file);
    return file;
}

/* --- writing ------------------------------------------------------------------------------ */

static gboolean fail(const MlFile *file, int reason, GError **error)
{
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_OUTPUT, "cannot write %s: %s", file->name,
                g_strerror(reason));
    return FALSE;
}

static gboolean write_new(const MlFile *file, const char *text, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(file->path);
    int handle = g_mkdir_with_parents(folder, 0777) < 0
                     ? -1
                     : open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (handle < 0)
        return fail(file, errno, error);
    FILE *stream = fdopen(handle, "w");
    gboolean written = fputs(text, stream) >= 0;
    written = fclose(stream) == 0 && written;
    if (written)
        return TRUE;
    int reason = errno;
    unlink(file->path);
    return fail(file, reason, error);
}

/* In one step: what somebody else reads meanwhile is whole. */
static gboolean write_again(const MlFile *file, const char *text, GError **error)
{
    g_autofree char *now = NULL;
    g_autoptr(GError) cause = NULL;
    struct stat status;
    if (stat(file->path, &status) < 0)
        return fail(file, errno, error);
    if (!g_file_get_contents(file->path, &now, NULL, NULL) || strcmp(now, file->text) != 0) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_OUTPUT,
                    "%s has changed meanwhile and stays as it is: run miglint init once more",
                    file->name);
        return FALSE;
    }
    if (access(file->path, W_OK) < 0)
        return fail(file, errno, error);
    if (g_file_set_contents_full(file->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                 (int)(status.st_mode & 07777), &cause))
        return TRUE;
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_OUTPUT, "cannot write %s: %s", file->name,
                cause->message);
    return FALSE;
}

gboolean ml_file_write(const MlFile *file, const char *text, GError **error)
{
    return file->text == NULL ? write_new(file, text, error) : write_again(file, text, error);
}
