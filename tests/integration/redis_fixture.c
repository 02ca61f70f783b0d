#include "redis_fixture.h"

#include "base/check.h"
#include "base/clock.h"

#include "../folder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READY_WITHIN_MS = 120000, ASK_AGAIN_MS = 5 };

struct redis_fixture {
    int port;
    pid_t pid; /* 0 = stopped */
    char folder[64];
    char url[64];
};

_Noreturn static void give_up(const struct redis_fixture *f, const char *what)
{
    fprintf(stderr, "redis fixture: %s: %s (see %s/redis.log)\n", what, strerror(errno), f->folder);
    exit(1);
}

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* A port that was free a moment ago; redis-server cannot be asked to choose one. */
static int free_port(const struct redis_fixture *f)
{
    struct sockaddr_in a = loopback(0);
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &n) < 0)
        give_up(f, "no free port");
    close(fd);
    return ntohs(a.sin_port);
}

_Noreturn static void exec_server(const struct redis_fixture *f)
{
    char port[16];
    (void)snprintf(port, sizeof port, "%d", f->port);
    /* ends with the test, however the test ends */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || chdir(f->folder) != 0) _exit(126);
    /* Redis, or Valkey where that is there instead; or the one that is asked for */
    const char *asked = getenv("MUSTER_REDIS_SERVER");
    const char *const servers[] = {asked && *asked ? asked : "redis-server",
                                   asked && *asked ? asked : "valkey-server"};
    for (size_t i = 0; i < COUNT_OF(servers); i++)
        execlp(servers[i], servers[i], "--port", port, "--bind", "127.0.0.1", "--dir", f->folder,
               /* "no": what Redis wrote outlasts the process, and no test ends more than that */
               "--appendonly", "yes", "--appendfsync", "no", "--save", "", "--logfile", "redis.log",
               "--daemonize", "no", (char *)NULL);
    _exit(127);
}

/* One PING; a server that is loading its data answers with an error and is not ready. */
static bool answers(const struct redis_fixture *f)
{
    static const char ping[] = "PING\r\n", pong[] = "+PONG";
    struct sockaddr_in a = loopback(f->port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    char got[16] = "";
    bool ok = connect(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
              write(fd, ping, sizeof ping - 1) == (ssize_t)sizeof ping - 1 &&
              read(fd, got, sizeof got - 1) > 0 && strncmp(got, pong, sizeof pong - 1) == 0;
    close(fd);
    return ok;
}

static bool has_ended(struct redis_fixture *f, int *ret_status)
{
    if (waitpid(f->pid, ret_status, WNOHANG) != f->pid) return false;
    f->pid = 0;
    return true;
}

/* Waits for the condition, not for a time. False when the server ended instead. */
static bool wait_ready(struct redis_fixture *f, int *ret_status)
{
    int64_t give_up_us = clock_mono_us() + READY_WITHIN_MS * 1000LL;
    while (!answers(f)) {
        if (has_ended(f, ret_status)) return false;
        if (clock_mono_us() > give_up_us) give_up(f, "does not answer");
        (void)nanosleep(&(struct timespec){.tv_nsec = ASK_AGAIN_MS * 1000000L}, NULL);
    }
    return true;
}

/* False when there is no redis-server. */
static bool start(struct redis_fixture *f)
{
    f->pid = fork();
    if (f->pid < 0) give_up(f, "fork");
    if (f->pid == 0) exec_server(f);
    int status = 0;
    if (wait_ready(f, &status)) return true;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return false;
    errno = ECHILD;
    give_up(f, "ended at once");
}

struct redis_fixture *redis_fixture_new(void)
{
    struct redis_fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/muster-redis-XXXXXX");
    if (!mkdtemp(f->folder)) give_up(f, "no folder");
    f->port = free_port(f);
    (void)snprintf(f->url, sizeof f->url, "redis://127.0.0.1:%d/0", f->port);
    if (start(f)) return f;
    redis_fixture_free(f);
    return NULL;
}

static void end(struct redis_fixture *f, int signo)
{
    if (f->pid == 0) return;
    (void)kill(f->pid, signo);
    while (waitpid(f->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    f->pid = 0;
}

void redis_fixture_free(struct redis_fixture *f)
{
    if (!f) return;
    end(f, SIGKILL);
    (void)folder_remove(f->folder);
    free(f);
}

const char *redis_fixture_url(const struct redis_fixture *f)
{
    return f->url;
}

const char *redis_fixture_folder(const struct redis_fixture *f)
{
    return f->folder;
}

int redis_fixture_port(const struct redis_fixture *f)
{
    return f->port;
}

int redis_fixture_pid(const struct redis_fixture *f)
{
    return f->pid;
}

void redis_fixture_kill(struct redis_fixture *f)
{
    end(f, SIGKILL);
}

void redis_fixture_stop(struct redis_fixture *f)
{
    end(f, SIGTERM);
}

void redis_fixture_restart(struct redis_fixture *f)
{
    check(f->pid == 0);
    if (!start(f)) give_up(f, "redis-server is gone");
}
