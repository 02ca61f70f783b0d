#include "rehearse_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/say.h"
#include "config/config.h"

enum {
    PATH_BYTES = 512,
    PROGRAMS = 3,
    READY_MS = 20000,
    LOOK_MS = 50,
    CONFIG_BYTES_MAX = 64 * 1024,
    WORDS_MAX = 64,
};

#define SECRET "a-rehearsal-keeps-no-secret"

struct world {
    char dir[PATH_BYTES], path[PATH_BYTES], socket[PATH_BYTES], base[64];
    char hurry[96]; /* the value of MUSTER_HURRY; "" = time goes as it does */
    pid_t pids[PROGRAMS];
    int count, port, sim_port;
    bool is_whatsapp;
    struct api *api, *sim;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signo)
{
    (void)signo;
    interrupted = 1;
}

void world_catch(void)
{
    const struct sigaction act = {.sa_handler = on_interrupt};
    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
}

bool world_is_interrupted(void)
{
    return interrupted != 0;
}

/* ---- files ---- */

static const char *in_folder(struct world *w, const char *name)
{
    (void)snprintf(w->path, sizeof w->path, "%.400s/%s", w->dir, name);
    return w->path;
}

FILE *world_file(struct world *w, const char *name, const char **ret_path)
{
    *ret_path = in_folder(w, name);
    return fopen(w->path, "we");
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

/* In memory where there is a place for that: a list of people does not come onto a disk. */
static int make_folder(struct world *w, struct err *e)
{
    const char *asked = getenv("TMPDIR");
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : asked ? asked : "/tmp";
    (void)snprintf(w->dir, sizeof w->dir, "%.300s/muster-rehearsal.XXXXXX", root);
    if (mkdtemp(w->dir)) return 0; /* 0700 */
    w->dir[0] = '\0';
    return err_set(e, -errno, "no folder can be made in %s: %s", root, strerror(errno));
}

/* ---- programs ---- */

/* Where this program is, and what was built or installed with it. */
static bool find_beside(const char *const *places, char out[PATH_BYTES])
{
    char self[PATH_BYTES];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash) *slash = '\0';
    for (size_t i = 0; places[i]; i++) {
        (void)snprintf(out, PATH_BYTES, "%.300s/%s", self, places[i]);
        if (access(out, R_OK) == 0) return true;
    }
    return false;
}

static const char *const musterd_places[] = {"../app/musterd", "../sbin/musterd", NULL};
static const char *const sim_places[] = {"../sim/muster-sim", "muster-sim", NULL};
static const char *const hurry_places[] = {
    "../hurry/libmuster-hurry.so", "../lib/muster/libmuster-hurry.so",
    "../lib/x86_64-linux-gnu/muster/libmuster-hurry.so",
    "../lib/aarch64-linux-gnu/muster/libmuster-hurry.so", NULL};
static const char *const provider_places[] = {
    "../share/muster/providers", "../../../../conf/providers", "../../../conf/providers", NULL};

static int find(const char *const *places, const char *what, char out[PATH_BYTES], struct err *e)
{
    if (find_beside(places, out)) return 0;
    return err_set(e, ERR_NOT_FOUND, "%s is not beside this program: install all of Muster here",
                   what);
}

/* Of the child, before it becomes the program. */
static void become(const struct world *w, const char *hurry, const char *log, char *const *argv)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
        (void)dup2(fd, STDOUT_FILENO);
        (void)dup2(fd, STDERR_FILENO);
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setpgid(0, 0); /* Ctrl-C is ours */
    if (*w->hurry) {
        (void)setenv("MUSTER_HURRY", w->hurry, 1);
        (void)setenv("LD_PRELOAD", hurry, 1);
    }
    execvp(argv[0], argv);
    _exit(127);
}

static int start(struct world *w, const char *name, const char *const *words, struct err *e)
{
    char hurry[PATH_BYTES] = "", log[PATH_BYTES];
    int r = *w->hurry ? find(hurry_places, "libmuster-hurry.so", hurry, e) : 0;
    if (r < 0) return r;
    (void)snprintf(log, sizeof log, "%.400s/%s.log", w->dir, name);
    pid_t child = fork();
    if (child < 0) return err_set(e, -errno, "%s cannot be started: %s", name, strerror(errno));
    if (child == 0) become(w, hurry, log, (char *const *)words);
    w->pids[w->count++] = child;
    return 0;
}

static bool all_live(struct world *w)
{
    bool all = true;
    for (int i = 0; i < w->count; i++) {
        if (w->pids[i] && waitpid(w->pids[i], NULL, WNOHANG) != 0) w->pids[i] = 0;
        all &= w->pids[i] != 0;
    }
    return all;
}

void world_pause(int ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    (void)nanosleep(&t, NULL);
}

bool world_wait(struct world *w, int ms)
{
    world_pause(ms);
    return !interrupted && all_live(w);
}

static int did_not_start(struct world *w, const char *name, struct err *e)
{
    char last[200] = "", line[200], file[32];
    (void)snprintf(file, sizeof file, "%s.log", name);
    FILE *log = fopen(in_folder(w, file), "re");
    while (log && fgets(line, sizeof line, log))
        (void)snprintf(last, sizeof last, "%s", line);
    if (log) (void)fclose(log);
    last[strcspn(last, "\n")] = '\0';
    return err_set(e, ERR_REFUSED, interrupted ? "it was interrupted" : "%s did not start: %s",
                   name, last);
}

/* Until the file is there and holds something. */
static int wait_for_file(struct world *w, const char *program, const char *name, struct err *e)
{
    struct stat st;
    for (int ms = 0; ms < READY_MS; ms += LOOK_MS) {
        if (stat(in_folder(w, name), &st) == 0 && (S_ISSOCK(st.st_mode) || st.st_size > 0))
            return 0;
        if (!world_wait(w, LOOK_MS)) break;
    }
    return did_not_start(w, program, e);
}

/* ---- each of them ---- */

static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = 0;
    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &n) == 0)
        port = ntohs(at.sin_port);
    if (fd >= 0) (void)close(fd);
    return port;
}

static const char *redis_program(void)
{
    const char *asked = getenv("MUSTER_REDIS_SERVER");
    if (asked && *asked) return asked;
    return access("/usr/bin/redis-server", X_OK) == 0 ? "redis-server" : "valkey-server";
}

static int start_redis(struct world *w, struct err *e)
{
    char sock[PATH_BYTES];
    (void)snprintf(sock, sizeof sock, "%.400s/redis.sock", w->dir);
    const char *const words[] = {redis_program(),
                                 "--port",
                                 "0",
                                 "--unixsocket",
                                 sock,
                                 "--dir",
                                 w->dir,
                                 "--save",
                                 "",
                                 "--appendonly",
                                 "yes",
                                 "--appendfsync",
                                 "always",
                                 "--maxmemory-policy",
                                 "noeviction",
                                 NULL};
    int r = start(w, "redis", words, e);
    return r < 0 ? r : wait_for_file(w, "redis", "redis.sock", e);
}

static int read_port(struct world *w, struct err *e)
{
    char text[16] = "";
    uint64_t port = 0;
    FILE *f = fopen(in_folder(w, "sim.port"), "re");
    if (f && fgets(text, sizeof text, f))
        (void)slice_to_u64(slice_trim(slice_of(text)), 65535, &port);
    if (f) (void)fclose(f);
    w->sim_port = (int)port;
    (void)snprintf(w->base, sizeof w->base, "http://127.0.0.1:%d", w->sim_port);
    return port ? 0 : did_not_start(w, "sim", e);
}

static int start_simulator(struct world *w, const struct world_plan *p, struct err *e)
{
    char program[PATH_BYTES], port_file[PATH_BYTES], hook[128], replies[96], receipts[96],
        delay[24];
    int r = find(sim_places, "muster-sim", program, e);
    if (r < 0) return r;
    double fine = p->failures < 1 ? 1 - p->failures : 0;
    (void)snprintf(port_file, sizeof port_file, "%.400s/sim.port", w->dir);
    (void)snprintf(hook, sizeof hook, "http://127.0.0.1:%d/hooks/%s%s", w->port,
                   say_string(p->gateway, "name"), w->is_whatsapp ? "" : "/inbound");
    (void)snprintf(replies, sizeof replies, "yes:%.5f,question:%.5f,stop:%.5f", p->replies * 0.7,
                   p->replies * 0.3, p->stops);
    (void)snprintf(receipts, sizeof receipts, "delivered:%.5f,undelivered:%.5f", fine, p->failures);
    (void)snprintf(delay, sizeof delay, "%lld", (long long)p->think_ms);
    const char *const words[] = {
        program,   "--listen",          "127.0.0.1:0", "--port-file",
        port_file, "--account-sid",     "ACrehearsal", "--secret",
        SECRET,    "--webhook",         hook,          "--replies",
        replies,   "--receipts",        receipts,      "--reply-delay-ms",
        delay,     "--reply-jitter-ms", delay,         "--thanks",
        "0",       "--latency-ms",      "150",         "--latency-jitter-ms",
        "200",     "--pending-max",     "1000000",     NULL};
    r = start(w, "sim", words, e);
    if (r == 0) r = wait_for_file(w, "sim", "sim.port", e);
    return r < 0 ? r : read_port(w, e);
}

/* A text in YAML: JSON's quotes are YAML's. */
static void add_text(struct buf *b, const char *key, const char *text)
{
    json_t *value = json_string(text);
    char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    buf_addf(b, "%s%s", key, quoted ? quoted : "\"\"");
    free(quoted);
    json_decref(value);
}

static void add_account(const struct world *w, struct buf *b, const json_t *g)
{
    size_t i;
    const json_t *sender;
    buf_addf(b, "gateways:\n  %s:\n    provider: %s\n    channel: %s\n    base_url: %s\n",
             say_string(g, "name"), w->is_whatsapp ? "whatsapp_cloud" : "twilio",
             w->is_whatsapp ? "whatsapp" : "sms", w->base);
    if (w->is_whatsapp)
        buf_addf(b,
                 "    account: {phone_number_id: \"1000\", access_token: %s, app_secret: %s, "
                 "verify_token: %s}\n",
                 SECRET, SECRET, SECRET);
    else
        buf_addf(b, "    account: {account_sid: ACrehearsal, auth_token: %s}\n", SECRET);
    buf_add_cstr(b, "    senders: [");
    json_array_foreach(json_object_get(g, "senders"), i, sender)
        add_text(b, i ? ", " : "", json_string_value(sender));
    buf_addf(b, "]\n    rate_per_s: %g\n    sender_rate_per_s: %g\n    in_flight_max: %lld\n",
             json_number_value(json_object_get(g, "rate_per_s")),
             json_number_value(json_object_get(g, "sender_rate_per_s")),
             (long long)say_int(g, "in_flight_max"));
}

static int write_config(struct world *w, const struct world_plan *p, char providers[PATH_BYTES],
                        struct err *e)
{
    const char *path;
    struct buf b = BUF_INIT(CONFIG_BYTES_MAX);
    buf_addf(&b,
             "listen: 127.0.0.1:%d\nsocket: %s\npublic_url: http://127.0.0.1:%d\nstate_dir: %s\n",
             w->port, w->socket, w->port, w->dir);
    buf_addf(
        &b,
        "providers: %s\ninstance: rehearsal\nsecret: %s\nredis: {url: \"unix:%s/redis.sock\"}\n",
        providers, SECRET, w->dir);
    add_text(&b, "organisation:\n  name: ", *p->organisation ? p->organisation : "Rehearsal");
    buf_add_cstr(&b, "\n");
    if (*p->country) buf_addf(&b, "  country: %.2s\n", p->country);
    buf_add_cstr(&b, "approval: {two_people: false}\n"); /* nobody else is in this world */
    add_account(w, &b, p->gateway);
    FILE *f = world_file(w, "muster.yaml", &path);
    bool written = f && fwrite(b.p, 1, b.n, f) == b.n;
    if (f && fclose(f) != 0) written = false;
    buf_done(&b);
    return written ? 0 : err_set(e, -errno, "%s cannot be written: %s", path, strerror(errno));
}

/* What was written is read as musterd reads it: not one account may go anywhere but to the simulator. */
static int check_accounts(struct world *w, struct err *e)
{
    const struct config *config = NULL;
    int r = config_load(in_folder(w, "muster.yaml"), &config, e);
    if (r < 0) return r;
    for (size_t i = 0; i < config->gateway_count; i++)
        if (strcmp(config->gateways[i].base_url, w->base) != 0)
            r = err_set(e, ERR_REFUSED,
                        "the account '%s' would not go to the simulator: nothing was begun",
                        config->gateways[i].name);
    config_free(config);
    return r;
}

/* Until it answers. */
static int wait_for_daemon(struct world *w, struct err *e)
{
    struct err ignored;
    for (int ms = 0; ms < READY_MS; ms += LOOK_MS) {
        if (api_call(w->api, "GET", "/api/v1/campaigns", NULL, NULL, NULL, &ignored) == 0) return 0;
        if (!world_wait(w, LOOK_MS)) break;
    }
    return did_not_start(w, "musterd", e);
}

static int start_daemon(struct world *w, const struct world_plan *p, struct err *e)
{
    char program[PATH_BYTES], providers[PATH_BYTES], config[PATH_BYTES], server[PATH_BYTES + 8];
    int r = find(musterd_places, "musterd", program, e);
    if (r == 0) r = find(provider_places, "conf/providers", providers, e);
    if (r == 0) r = write_config(w, p, providers, e);
    if (r == 0) r = check_accounts(w, e);
    if (r < 0) return r;
    (void)snprintf(config, sizeof config, "%.400s/muster.yaml", w->dir);
    const char *const words[] = {program, "--config", config, NULL};
    r = start(w, "musterd", words, e);
    if (r == 0) r = wait_for_file(w, "musterd", "muster.sock", e);
    (void)snprintf(server, sizeof server, "unix:%s", w->socket);
    if (r == 0) r = api_new(server, &w->api, e);
    if (r == 0) r = api_new(w->base, &w->sim, e);
    return r < 0 ? r : wait_for_daemon(w, e);
}

/* ---- all of it ---- */

static void begin_time(struct world *w, const struct world_plan *p)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    if (p->speed > 1)
        (void)snprintf(w->hurry, sizeof w->hurry, "%d %lld %lld", p->speed,
                       (long long)t.tv_sec * 1000000000LL + t.tv_nsec,
                       (long long)p->begin_ms * 1000000LL);
}

int world_start(const struct world_plan *p, struct world **ret, struct err *e)
{
    struct world *w = xcalloc(1, sizeof *w);
    world_catch();
    w->is_whatsapp = strcmp(say_string(p->gateway, "channel"), "whatsapp") == 0;
    w->port = free_port();
    begin_time(w, p);
    int r = make_folder(w, e);
    (void)snprintf(w->socket, sizeof w->socket, "%.400s/muster.sock", w->dir);
    if (r == 0) r = start_redis(w, e);
    if (r == 0) r = start_simulator(w, p, e);
    if (r == 0) r = start_daemon(w, p, e);
    if (r < 0) {
        world_end(w);
        return r;
    }
    *ret = w;
    return 0;
}

void world_end(struct world *w)
{
    if (!w) return;
    api_free(w->api);
    api_free(w->sim);
    for (int i = w->count - 1; i >= 0; i--) {
        if (w->pids[i] == 0) continue; /* it has ended */
        (void)kill(w->pids[i], SIGKILL);
        (void)waitpid(w->pids[i], NULL, 0);
    }
    if (*w->dir) (void)nftw(w->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(w);
}

struct api *world_api(struct world *w)
{
    return w->api;
}

int world_import(struct world *w, const char *list, const char *name, void (*idle)(void *arg),
                 void *arg, struct err *e)
{
    char server[PATH_BYTES + 8], log[PATH_BYTES];
    int status = 0;
    (void)snprintf(server, sizeof server, "unix:%s", w->socket);
    (void)snprintf(log, sizeof log, "%.400s/import.log", w->dir);
    const char *const words[] = {"/proc/self/exe", "audience", "import", list, "--name", name,
                                 "--server",       server,     NULL};
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int fd = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0) (void)dup2(fd, STDOUT_FILENO), (void)dup2(fd, STDERR_FILENO);
        execv(words[0], (char *const *)words);
        _exit(127);
    }
    pid_t ended = child < 0 ? child : 0;
    while (ended == 0 && (ended = waitpid(child, &status, WNOHANG)) == 0) {
        if (!world_wait(w, LOOK_MS)) (void)kill(child, SIGKILL);
        idle(arg);
    }
    if (ended < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return did_not_start(w, "import", e);
    return 0;
}

int64_t world_pending(struct world *w)
{
    struct err ignored;
    json_t *stats = NULL;
    int r = api_call(w->sim, "GET", "/sim/stats", NULL, NULL, &stats, &ignored);
    int64_t n = r == 0 ? say_int(stats, "posts_pending") : -1;
    json_decref(stats);
    return n;
}
