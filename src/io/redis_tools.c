#include "io/redis_tools.h"

#include "redis_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FOLDER_BYTES = 64,
    PATH_BYTES = 4096,
    SAID_BYTES = 512, /* of the end of what a program said */
    LOOK_US = 20 * 1000,
    NOT_THERE = 127, /* as a shell says it */
};

/* ---- a program and what it says ---- */

/* stdout and stderr go to a file without a name. Returns the pid. */
static pid_t start(const char *const *argv, int said)
{
    pid_t pid = fork();
    if (pid != 0) return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)dup2(said, STDOUT_FILENO);
    (void)dup2(said, STDERR_FILENO);
    (void)execvp(argv[0], (char *const *)argv);
    _exit(NOT_THERE);
}

static int open_said(struct err *e)
{
    char path[] = "/tmp/muster-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) return err_set(e, -errno, "cannot write to /tmp: %s", strerror(errno));
    (void)unlink(path);
    return fd;
}

/* The last line of it. */
static struct slice last_said(int said, char room[SAID_BYTES])
{
    off_t end = lseek(said, 0, SEEK_END), from = end > SAID_BYTES ? end - SAID_BYTES : 0;
    ssize_t n = pread(said, room, SAID_BYTES, from);
    struct slice rest = slice_trim(slice_make(room, n > 0 ? (size_t)n : 0)), part,
                 line = SLICE_NONE;
    while (slice_cut(&rest, '\n', &part))
        line = part;
    return slice_trim(line);
}

static int judge(const char *name, int status, int said, struct err *e)
{
    char room[SAID_BYTES];
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_THERE)
        return err_set(e, ERR_NOT_FOUND, "%s is not here", name);
    return err_set(e, ERR_REFUSED, "%s: %.*s", name, SLICE_ARG(last_said(said, room)));
}

/* ---- a snapshot ---- */

static int run_client(const char *const *argv, struct err *e)
{
    int status = 0, said = open_said(e);
    if (said < 0) return said;
    pid_t pid = start(argv, said);
    int rc = pid < 0 || waitpid(pid, &status, 0) != pid
                 ? err_set(e, -errno, "cannot start %s: %s", argv[0], strerror(errno))
                 : judge(argv[0], status, said, e);
    (void)close(said);
    return rc;
}

static size_t add_option(const char **argv, size_t n, const char *name, const char *value)
{
    if (!value || !*value) return n;
    argv[n] = name;
    argv[n + 1] = value;
    return n + 2;
}

/* The password goes by the environment, which nobody else sees. */
static int snapshot_by(const char *program, const struct redis *r,
                       const struct redis_tls_files *tls, const char *path, struct err *e)
{
    char port[16];
    const struct url_place *place = r->sentinels ? &r->place : &r->at.place;
    const char *argv[24] = {program, place->port ? "-h" : "-s", place->host, "--rdb", path};
    size_t n = 5;
    (void)snprintf(port, sizeof port, "%d", place->port);
    if (place->port) n = add_option(argv, n, "-p", port);
    n = add_option(argv, n, "--user", r->at.user);
    if (r->at.tls) {
        argv[n++] = "--tls";
        n = add_option(argv, n, "--cacert", tls->ca);
        n = add_option(argv, n, "--cert", tls->cert);
        n = add_option(argv, n, "--key", tls->key);
    }
    if (r->at.password) check(setenv("REDISCLI_AUTH", r->at.password, 1) == 0);
    int rc = run_client(argv, e);
    (void)unsetenv("REDISCLI_AUTH");
    return rc;
}

/* An RDB ends with 255 and a sum of 8 bytes: one that was cut off does not. */
static int look_at_file(const char *path, struct err *e)
{
    unsigned char head[5], end;
    struct stat st;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0 || fsync(fd) < 0) {
        int why = errno;
        if (fd >= 0) (void)close(fd);
        return err_set(e, -why, "cannot write %s: %s", path, strerror(why));
    }
    bool whole = st.st_size > 9 && pread(fd, head, sizeof head, 0) == sizeof head &&
                 memcmp(head, "REDIS", sizeof head) == 0 &&
                 pread(fd, &end, 1, st.st_size - 9) == 1 && end == 0xff;
    (void)close(fd);
    return whole ? 0 : err_set(e, ERR_REFUSED, "what Redis sent is not whole (%s)", path);
}

int redis_snapshot(const struct redis *r, const struct redis_tls_files *tls, const char *path,
                   int *ret_db, struct err *e)
{
    int rc = snapshot_by("redis-cli", r, tls, path, e);
    if (rc == ERR_NOT_FOUND) rc = snapshot_by("valkey-cli", r, tls, path, e);
    if (rc == ERR_NOT_FOUND)
        rc =
            err_set(e, rc, "neither redis-cli nor valkey-cli is here: apt-get install redis-tools");
    if (rc == 0) rc = look_at_file(path, e);
    if (rc == 0) *ret_db = r->at.db;
    return rc;
}

/* ---- a server that has loaded one ---- */

struct redis_reader {
    const char *program;
    pid_t pid; /* 0 = it has ended */
    int said;
    char folder[FOLDER_BYTES], socket[FOLDER_BYTES + 16], url[FOLDER_BYTES + 48];
};

static int make_folder(struct redis_reader *r, int db, struct err *e)
{
    (void)snprintf(r->folder, sizeof r->folder, "/tmp/muster-reader-XXXXXX");
    if (!mkdtemp(r->folder)) {
        r->folder[0] = '\0';
        return err_set(e, -errno, "cannot make a folder in /tmp: %s", strerror(errno));
    }
    (void)snprintf(r->socket, sizeof r->socket, "%s/redis.sock", r->folder);
    (void)snprintf(r->url, sizeof r->url, "unix:%s?db=%d", r->socket, db);
    r->said = open_said(e);
    return r->said < 0 ? r->said : 0;
}

static void start_server(struct redis_reader *r, const char *folder, const char *name)
{
    const char *argv[] = {
        r->program, "--port",       "0",  "--unixsocket", r->socket, "--dir",
        folder,     "--save",       "",   "--dbfilename", name,      "--daemonize",
        "no",       "--appendonly", "no", "--maxmemory",  "0",       NULL};
    r->pid = start(argv, r->said);
}

/* 0: it runs. */
static int has_ended(struct redis_reader *r, struct err *e)
{
    int status = 0;
    if (r->pid > 0 && waitpid(r->pid, &status, WNOHANG) == 0) return 0;
    r->pid = 0;
    int rc = judge(r->program, status, r->said, e);
    return rc < 0 ? rc : err_set(e, ERR_REFUSED, "%s ended by itself", r->program);
}

/* Until all is loaded it answers with an error. It is asked, since what it writes into its log is worded in another way by
 * each version of Redis. */
static bool is_ready(const struct redis_reader *r)
{
    redisContext *c = redisConnectUnixWithTimeout(r->socket, (struct timeval){.tv_sec = 1});
    redisReply *reply = c && !c->err ? redisCommand(c, "PING") : NULL;
    bool ready = reply && reply->type == REDIS_REPLY_STATUS;
    if (reply) freeReplyObject(reply);
    if (c) redisFree(c);
    return ready;
}

static int wait_loaded(struct redis_reader *r, struct loop *l, struct err *e)
{
    int rc;
    while ((rc = has_ended(r, e)) == 0 && !is_ready(r))
        loop_turn(l, LOOK_US);
    return rc;
}

/* What wrote the file, as it says itself in its first fields: "valkey 9.1.2"; NULL: it does not. */
static const char *written_by(const char *path, char room[SAID_BYTES])
{
    static const char *const names[] = {"valkey", "redis"};
    char head[256], field[16];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : -1;
    if (fd >= 0) (void)close(fd);
    for (size_t i = 0; n > 0 && i < COUNT_OF(names); i++) {
        int length = snprintf(field, sizeof field, "%s-ver", names[i]);
        const char *at = memmem(head, (size_t)n, field, (size_t)length);
        size_t left = at ? (size_t)(head + n - at) - (size_t)length : 0;
        if (left < 2 || (size_t)(unsigned char)at[length] > left - 1) continue;
        (void)snprintf(room, SAID_BYTES, "%s %.*s", names[i], at[length], at + length + 1);
        return room;
    }
    return NULL;
}

/* Redis and Valkey read each other's files only up to what both knew: where both are here, the one that can does it. */
static int load(struct redis_reader *r, struct loop *l, const char *folder, const char *name,
                struct err *e)
{
    static const char *const programs[] = {"redis-server", "valkey-server"};
    int rc = ERR_NOT_FOUND;
    for (size_t i = 0; rc < 0 && i < COUNT_OF(programs); i++) {
        struct err why = {0};
        r->program = programs[i];
        start_server(r, folder, name);
        int found = wait_loaded(r, l, &why);
        if (found == ERR_NOT_FOUND) continue;
        rc = found;
        *e = why;
    }
    return rc;
}

static int explain_refusal(int rc, const char *path, struct err *e)
{
    char room[SAID_BYTES];
    const struct err why = *e;
    const char *by = rc == ERR_REFUSED ? written_by(path, room) : NULL;
    if (rc == ERR_NOT_FOUND)
        return err_set(e, rc,
                       "neither redis-server nor valkey-server is here: apt-get install "
                       "redis-server (it need not run)");
    return by ? err_set(e, rc,
                        "%s (%s is of %s: a server of that version, or a newer one, must be here; "
                        "it need not run)",
                        why.text, path, by)
              : rc;
}

int redis_reader_new(struct loop *l, const char *path, int db, struct redis_reader **ret,
                     struct err *e)
{
    struct redis_reader *r = xcalloc(1, sizeof *r);
    char folder[PATH_BYTES];
    const char *slash = strrchr(path, '/');
    int n = snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1,
                     slash ? path : ".");
    r->said = -1;
    int rc = (size_t)n < sizeof folder ? make_folder(r, db, e)
                                       : err_set(e, ERR_LIMIT, "%s: too long", path);
    if (rc == 0) {
        rc = load(r, l, folder, slash ? slash + 1 : path, e);
        if (rc < 0) rc = explain_refusal(rc, path, e);
    }
    if (rc < 0)
        redis_reader_free(r);
    else
        *ret = r;
    return rc;
}

const char *redis_reader_url(const struct redis_reader *r)
{
    return r->url;
}

void redis_reader_free(struct redis_reader *r)
{
    if (!r) return;
    if (r->pid > 0 && kill(r->pid, SIGTERM) == 0) (void)waitpid(r->pid, NULL, 0);
    if (r->said >= 0) (void)close(r->said);
    if (*r->socket) (void)unlink(r->socket);
    if (*r->folder) (void)rmdir(r->folder);
    free(r);
}
