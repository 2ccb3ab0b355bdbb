/*
 * The picture of a graph, by Graphviz' program `dot`: nobody who lints needs its
 * library. What is foreign reaches it in escaped labels alone. Through files in
 * memory neither side waits for the other.
 */
#include "cli/graph.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Seconds that it may take. */
#define PATIENCE 60

typedef struct {
    int in, out, complaint;
} Files;

static void files_clear(Files *files)
{
    int all[] = {files->in, files->out, files->complaint};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i] >= 0)
            close(all[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static gboolean fill(int file, const GString *text)
{
    for (gsize done = 0; done < text->len;) {
        gssize written = write(file, text->str + done, text->len - done);
        if (written < 0 && errno != EINTR)
            return FALSE;
        done += written > 0 ? (gsize)written : 0;
    }
    return lseek(file, 0, SEEK_SET) == 0;
}

static GString *contents(int file)
{
    GString *text = g_string_new(NULL);
    char part[65536];
    gssize length;
    for (off_t at = 0; (length = pread(file, part, sizeof part, at)) > 0; at += length)
        g_string_append_len(text, part, length);
    return text;
}

/* The alarm outlives the exec, and ends the program where it takes too long. */
static void be_patient(gpointer data)
{
    (void)data;
    alarm(PATIENCE);
}

static gboolean run_dot(const Files *files, int *status, GError **error)
{
    char *command[] = {(char *)"dot", (char *)"-Tsvg", NULL};
    g_autoptr(GError) cause = NULL;
    GPid child;
    if (!g_spawn_async_with_pipes_and_fds(NULL, (const char *const *)command, NULL,
                                          G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                                          be_patient, NULL, files->in, files->out, files->complaint,
                                          NULL, NULL, 0, &child, NULL, NULL, NULL, &cause)) {
        if (g_error_matches(cause, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
            g_set_error_literal(error, ML_CLI_ERROR, ML_CLI_ERROR_OUTPUT,
                                "the program dot, which draws an svg, is not there: install "
                                "graphviz, or take --format mermaid");
        else
            g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_OUTPUT, "dot cannot be started: %s",
                        cause->message);
        return FALSE;
    }
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        continue;
    return TRUE;
}

static void set_failed(const Files *files, int status, GError **error)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_OUTPUT,
                    "dot has not drawn the graph within %d seconds: let it draw less, with "
                    "--fold, --around or --since",
                    PATIENCE);
        return;
    }
    g_autoptr(GString) complaint = contents(files->complaint);
    g_string_truncate(complaint, strcspn(complaint->str, "\n"));
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_OUTPUT, "dot could not draw the graph: %s",
                complaint->len > 0 ? complaint->str : "it does not say why");
}

GString *ml_graph_svg(const GString *dot, GError **error)
{
    int status;
    g_auto(Files) files = {
        memfd_create("graph", MFD_CLOEXEC),
        memfd_create("picture", MFD_CLOEXEC),
        memfd_create("complaint", MFD_CLOEXEC),
    };
    if (files.in < 0 || files.out < 0 || files.complaint < 0 || !fill(files.in, dot)) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_OUTPUT,
                    "there is no room for the picture: %s", g_strerror(errno));
        return NULL;
    }
    if (!run_dot(&files, &status, error))
        return NULL;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        set_failed(&files, status, error);
        return NULL;
    }
    return contents(files.out);
}
