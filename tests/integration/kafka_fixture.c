#include "kafka_fixture.h"

#include "base/check.h"

#include "../folder.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

enum { SKIPPED = 77, ASK_AGAIN_MS = 20, PATH_BYTES = 96, MOCK_BROKER = 1 };

struct kafka_fixture {
    char brokers[64];
    /* mock */
    rd_kafka_t *host;
    rd_kafka_mock_cluster_t *mock;
    /* real */
    const char *script;
    pid_t script_pid; /* 0 = stopped */
    char folder[64];
};

_Noreturn static void give_up(const struct kafka_fixture *f, const char *what)
{
    fprintf(stderr, "kafka fixture: %s: %s (see %s/broker.log)\n", what, strerror(errno),
            f->folder);
    exit(1);
}

struct kafka_fixture *kafka_fixture_mock(void)
{
    char why[256];
    struct kafka_fixture *f = xcalloc(1, sizeof *f);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, NULL); /* it would complain that it has no brokers */
    f->host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    check(f->host);
    f->mock = rd_kafka_mock_cluster_new(f->host, 1);
    check(f->mock);
    (void)snprintf(f->brokers, sizeof f->brokers, "%s", rd_kafka_mock_cluster_bootstraps(f->mock));
    return f;
}

/* ---- the real one ---- */

static void path_of(const struct kafka_fixture *f, const char *name, char out[PATH_BYTES])
{
    (void)snprintf(out, PATH_BYTES, "%s/%s", f->folder, name);
}

_Noreturn static void exec_script(const struct kafka_fixture *f)
{
    char port_file[PATH_BYTES], quiet[PATH_BYTES];
    path_of(f, "port", port_file);
    path_of(f, "script.out", quiet);
    /* ends with the test, however the test ends; and its output is no test result */
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || !freopen(quiet, "w", stdout)) _exit(126);
    execl(f->script, f->script, "start", "--foreground", "--dir", f->folder, "--port-file",
          port_file, (char *)NULL);
    _exit(127);
}

/* False when the script says that there can be no broker here. */
static bool start(struct kafka_fixture *f)
{
    char port_file[PATH_BYTES];
    struct stat st;
    path_of(f, "port", port_file);
    (void)unlink(port_file);
    f->script_pid = fork();
    if (f->script_pid < 0) give_up(f, "fork");
    if (f->script_pid == 0) exec_script(f);
    while (stat(port_file, &st) != 0) {
        int status;
        if (waitpid(f->script_pid, &status, WNOHANG) == f->script_pid) {
            f->script_pid = 0;
            if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) return false;
            give_up(f, "the broker did not start");
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = ASK_AGAIN_MS * 1000000L}, NULL);
    }
    FILE *file = fopen(port_file, "r");
    int port = 0;
    if (!file || fscanf(file, "%d", &port) != 1) give_up(f, "no port");
    fclose(file);
    (void)snprintf(f->brokers, sizeof f->brokers, "127.0.0.1:%d", port);
    return true;
}

static void wait_for_script(struct kafka_fixture *f)
{
    while (waitpid(f->script_pid, NULL, 0) < 0 && errno == EINTR) {
    }
    f->script_pid = 0;
}

struct kafka_fixture *kafka_fixture_real(const char *script)
{
    struct kafka_fixture *f = xcalloc(1, sizeof *f);
    f->script = script;
    strcpy(f->folder, "/tmp/muster-kafka-XXXXXX");
    if (!mkdtemp(f->folder)) give_up(f, "no folder");
    if (start(f)) return f;
    kafka_fixture_free(f);
    return NULL;
}

static void kill_broker(struct kafka_fixture *f)
{
    char pid_file[PATH_BYTES];
    int pid = 0;
    path_of(f, "pid", pid_file);
    FILE *file = fopen(pid_file, "r");
    if (!file || fscanf(file, "%d", &pid) != 1 || pid <= 1) give_up(f, "no pid");
    fclose(file);
    (void)kill(pid, SIGKILL);
    wait_for_script(f); /* it stays as long as the broker */
}

/* ---- both ---- */

void kafka_fixture_free(struct kafka_fixture *f)
{
    if (!f) return;
    if (f->mock) {
        rd_kafka_mock_cluster_destroy(f->mock);
        rd_kafka_destroy(f->host);
    }
    if (f->script_pid) kill_broker(f);
    if (f->folder[0]) (void)folder_remove(f->folder);
    free(f);
}

const char *kafka_fixture_brokers(const struct kafka_fixture *f)
{
    return f->brokers;
}

void kafka_fixture_topic(struct kafka_fixture *f, const char *name, int partitions)
{
    if (f->mock) check(!rd_kafka_mock_topic_create(f->mock, name, partitions, 1));
}

void kafka_fixture_kill(struct kafka_fixture *f)
{
    if (f->mock)
        check(!rd_kafka_mock_broker_set_down(f->mock, MOCK_BROKER));
    else
        kill_broker(f);
}

void kafka_fixture_restart(struct kafka_fixture *f)
{
    if (f->mock)
        check(!rd_kafka_mock_broker_set_up(f->mock, MOCK_BROKER));
    else if (!start(f))
        give_up(f, "Java is gone");
}
