#include "roundtrip/cluster.h"
#include "roundtrip/database.h"
#include "roundtrip/private_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEBIAN_VERSIONS "/usr/lib/postgresql"
#define MOST_MEMORY     ((rlim_t)2 << 30)   /* of each process, in bytes */
#define LARGEST_FILE    ((rlim_t)256 << 20) /* a table's, in bytes */
#define BETWEEN_LOOKS   (5 * G_TIME_SPAN_MILLISECOND)
#define INITDB_SECONDS  120
#define STOP_SECONDS    10
#define LONGEST_LOG     4096

struct MlCluster {
    MlServerLimits limits;
    MlPrivateFolder folder;
    uid_t user; /* that it runs as */
    gid_t group;
    pid_t parent, child; /* child: 0 where none runs */
    const char *program; /* that the child is; static */
};

static void set_lost(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void set_lost(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST, message);
}

/* --- the binaries ----------------------------------------------------------------------------- */

static gboolean has_programs(const char *folder)
{
    g_autofree char *initdb = g_build_filename(folder, "initdb", NULL);
    g_autofree char *postgres = g_build_filename(folder, "postgres", NULL);
    return g_file_test(initdb, G_FILE_TEST_IS_EXECUTABLE) &&
           g_file_test(postgres, G_FILE_TEST_IS_EXECUTABLE);
}

/* The highest version that Debian's packages have installed. */
static char *debian_folder(void)
{
    g_autoptr(GDir) versions = g_dir_open(DEBIAN_VERSIONS, 0, NULL);
    g_autofree char *best = NULL;
    double highest = 0;
    for (const char *name; versions != NULL && (name = g_dir_read_name(versions)) != NULL;) {
        double version = g_ascii_strtod(name, NULL);
        g_autofree char *folder = g_build_filename(DEBIAN_VERSIONS, name, "bin", NULL);
        if (version <= highest || !has_programs(folder))
            continue;
        highest = version;
        g_free(best);
        best = g_steal_pointer(&folder);
    }
    return g_steal_pointer(&best);
}

static char *configured_folder(void)
{
    g_autofree char *out = NULL;
    char *command[] = {"pg_config", "--bindir", NULL};
    if (!g_spawn_sync(NULL, command, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                      NULL, &out, NULL, NULL, NULL))
        return NULL;
    g_strchomp(out);
    return has_programs(out) ? g_steal_pointer(&out) : NULL;
}

static char *folder_on_path(void)
{
    g_autofree char *initdb = g_find_program_in_path("initdb");
    g_autofree char *folder = initdb ? g_path_get_dirname(initdb) : NULL;
    return folder != NULL && has_programs(folder) ? g_steal_pointer(&folder) : NULL;
}

static char *find_programs(GError **error)
{
    char *folder = debian_folder();
    folder = folder ? folder : configured_folder();
    folder = folder ? folder : folder_on_path();
    if (folder == NULL)
        set_lost(error, "no Postgres is installed here (initdb and postgres): install one, on "
                        "Debian the package postgresql, or give --database the URL of a server");
    return folder;
}

/* --- its user --------------------------------------------------------------------------------- */

/* Postgres refuses to run as root. */
static gboolean choose_user(MlCluster *cluster, GError **error)
{
    cluster->user = geteuid();
    cluster->group = getegid();
    if (cluster->user != 0)
        return TRUE;
    const struct passwd *entry = getpwnam("postgres");
    entry = entry ? entry : getpwnam("nobody");
    if (entry == NULL) {
        set_lost(error, "Postgres does not run as root, and there is neither a user postgres nor "
                        "nobody: run miglint as another user");
        return FALSE;
    }
    cluster->user = entry->pw_uid;
    cluster->group = entry->pw_gid;
    return TRUE;
}

/* Unless it is lower already. */
static void set_limit(int resource, rlim_t limit)
{
    const struct rlimit both = {limit, limit};
    struct rlimit given;
    if (getrlimit(resource, &given) != 0 || given.rlim_cur > limit)
        setrlimit(resource, &both);
}

/* In the child, between fork and exec: only what is safe there. */
static void become_its_user(gpointer data)
{
    const MlCluster *cluster = data;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid(); /* what a terminal sends is for us: the cluster ends when we say so */
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_AS, MOST_MEMORY);
    set_limit(RLIMIT_FSIZE, LARGEST_FILE);
    if (geteuid() == 0 && (setgroups(1, &cluster->group) != 0 || setgid(cluster->group) != 0 ||
                           setuid(cluster->user) != 0))
        _exit(127);
    /* A change of user forgets it, hence after that; the parent may have gone before. */
    if (prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0 || getppid() != cluster->parent)
        _exit(127);
}

/* --- its processes ---------------------------------------------------------------------------- */

static int open_log(const MlCluster *cluster, int flags)
{
    return openat(cluster->folder.handle, "log", flags | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static gboolean spawn(MlCluster *cluster, char **command, const char *program, GError **error)
{
    /* A zone by name spares initdb a search. */
    char *environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", NULL};
    g_autoptr(GError) cause = NULL;
    int log = open_log(cluster, O_WRONLY | O_CREAT | O_APPEND);
    if (log < 0) {
        set_lost(error, "%s cannot be written: %s", cluster->folder.path, g_strerror(errno));
        return FALSE;
    }
    cluster->parent = getpid();
    cluster->program = program;
    gboolean spawned = g_spawn_async_with_fds(cluster->folder.path, command, environment,
                                              G_SPAWN_DO_NOT_REAP_CHILD, become_its_user, cluster,
                                              &cluster->child, -1, log, log, &cause);
    close(log);
    if (!spawned)
        set_lost(error, "%s cannot be started: %s", program, cause->message);
    return spawned;
}

/* Whether the child has ended. */
static gboolean has_ended(MlCluster *cluster, int *status)
{
    *status = 0;
    if (cluster->child != 0 && waitpid(cluster->child, status, WNOHANG) == 0)
        return FALSE;
    cluster->child = 0;
    return TRUE;
}

static gboolean is_cancelled(const MlCluster *cluster)
{
    return cluster->limits.cancelled != NULL && g_atomic_int_get(cluster->limits.cancelled);
}

static char *line_of(char **lines, const char *with)
{
    for (char **line = lines; *line != NULL; line++) {
        const char *found = strstr(*line, with);
        if (found != NULL)
            return g_strdup(found + strlen(with));
    }
    return NULL;
}

/* What the log says of the cause. */
static char *last_words(const MlCluster *cluster)
{
    char text[LONGEST_LOG + 1];
    int log = open_log(cluster, O_RDONLY);
    ssize_t length = log < 0 ? 0 : pread(log, text, LONGEST_LOG, 0);
    if (log >= 0)
        close(log);
    text[MAX(length, 0)] = '\0';
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(valid), "\n", -1);
    char *cause = line_of(lines, "FATAL:  ");
    cause = cause ? cause : line_of(lines, "error: ");
    if (cause != NULL)
        return cause;
    guint count = g_strv_length(lines);
    return g_strdup(count > 0 ? lines[count - 1] : "it says nothing");
}

static void set_failed(const MlCluster *cluster, GError **error)
{
    g_autofree char *cause = last_words(cluster);
    set_lost(error, "a Postgres of our own cannot be made in %s: %s: %s", g_get_tmp_dir(),
             cluster->program, cause);
}

static gboolean wait_for_initdb(MlCluster *cluster, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + INITDB_SECONDS * G_TIME_SPAN_SECOND;
    int status;
    while (!has_ended(cluster, &status)) {
        if (is_cancelled(cluster)) {
            set_lost(error, "the run was cancelled");
            return FALSE;
        }
        if (g_get_monotonic_time() > deadline) {
            set_lost(error, "initdb did not end within %d s", INITDB_SECONDS);
            return FALSE;
        }
        g_usleep(BETWEEN_LOOKS);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        set_failed(cluster, error);
        return FALSE;
    }
    return TRUE;
}

/* --- starting and stopping -------------------------------------------------------------------- */

/* Who reaches the socket is the superuser, hence trust: the folder is ours alone. */
static gboolean make_cluster(MlCluster *cluster, const char *programs, GError **error)
{
    g_autofree char *initdb = g_build_filename(programs, "initdb", NULL);
    char *command[] = {initdb,
                       "--pgdata=data",
                       "-U",
                       ML_CLUSTER_USER,
                       "--auth=trust",
                       "--encoding=UTF8",
                       "--locale=C",
                       "--no-sync",
                       "--wal-segsize=1",
                       NULL};
    return spawn(cluster, command, "initdb", error) && wait_for_initdb(cluster, error);
}

/* It is thrown away: nothing has to last longer than its memory. */
static gboolean start_postmaster(MlCluster *cluster, const char *programs, GError **error)
{
    static const char *const settings[] = {"listen_addresses=",
                                           "unix_socket_permissions=0700",
                                           "fsync=off",
                                           "synchronous_commit=off",
                                           "full_page_writes=off",
                                           "autovacuum=off",
                                           "jit=off",
                                           "shared_buffers=16MB",
                                           "dynamic_shared_memory_type=mmap",
                                           "max_connections=12",
                                           "max_parallel_workers=0",
                                           "max_locks_per_transaction=256",
                                           "wal_level=minimal",
                                           "max_wal_senders=0",
                                           "max_wal_size=64MB",
                                           "checkpoint_timeout=1h",
                                           "log_min_messages=fatal",
                                           "log_min_error_statement=panic"};
    g_autofree char *postgres = g_build_filename(programs, "postgres", NULL);
    g_autoptr(GPtrArray) command = g_ptr_array_new();
    g_ptr_array_add(command, postgres);
    g_ptr_array_add(command, "-D");
    g_ptr_array_add(command, "data");
    g_ptr_array_add(command, "-k");
    g_ptr_array_add(command, cluster->folder.path);
    for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_ptr_array_add(command, "-c");
        g_ptr_array_add(command, (char *)settings[i]);
    }
    g_ptr_array_add(command, NULL);
    return spawn(cluster, (char **)command->pdata, "postgres", error);
}

static gboolean has_room_for_socket(const MlCluster *cluster, GError **error)
{
    const gsize room = sizeof((struct sockaddr_un *)NULL)->sun_path;
    if (strlen(cluster->folder.path) + strlen("/.s.PGSQL.5432") < room)
        return TRUE;
    set_lost(error, "the path of %s is too long for a socket: let TMPDIR name a shorter one",
             g_get_tmp_dir());
    return FALSE;
}

MlCluster *ml_cluster_start(const MlServerLimits *limits, GError **error)
{
    g_autofree char *programs = find_programs(error);
    g_autoptr(MlCluster) cluster = g_new0(MlCluster, 1);
    cluster->limits = *limits;
    if (programs == NULL || !choose_user(cluster, error))
        return NULL;
    ml_private_folder_sweep(cluster->user);
    if (!ml_private_folder_make(&cluster->folder, cluster->user, cluster->group, error) ||
        !has_room_for_socket(cluster, error) || !make_cluster(cluster, programs, error) ||
        !start_postmaster(cluster, programs, error))
        return NULL;
    return g_steal_pointer(&cluster);
}

gboolean ml_cluster_is_alive(MlCluster *cluster, GError **error)
{
    int status;
    if (!has_ended(cluster, &status))
        return TRUE;
    set_failed(cluster, error);
    return FALSE;
}

const char *ml_cluster_socket_folder(const MlCluster *cluster)
{
    return cluster->folder.path;
}

void ml_cluster_stop(MlCluster *cluster)
{
    int status;
    if (cluster == NULL)
        return;
    gint64 deadline = g_get_monotonic_time() + STOP_SECONDS * G_TIME_SPAN_SECOND;
    if (cluster->child != 0)
        kill(cluster->child, SIGQUIT);
    while (!has_ended(cluster, &status)) {
        if (g_get_monotonic_time() > deadline)
            kill(cluster->child, SIGKILL);
        g_usleep(BETWEEN_LOOKS);
    }
    ml_private_folder_remove(&cluster->folder);
    g_free(cluster);
}
