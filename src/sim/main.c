/* muster-sim: providers for rehearsals, tests and benches. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/http_server.h"
#include "io/loop.h"
#include "sim/config.h"
#include "sim/sim.h"

enum { EXIT_USAGE = 2, REQUEST_BYTES_MAX = 64 * 1024, CONNECTIONS_MAX = 4096, IDLE_S = 120 };

/* Written beside and renamed, so that who waits for the file never reads half of it. */
static int write_port(const char *path, int port, struct err *e)
{
    char beside[SIM_TEXT_BYTES + 8];
    (void)snprintf(beside, sizeof beside, "%s.new", path);
    FILE *f = fopen(beside, "we");
    bool fine = f && fprintf(f, "%d\n", port) > 0;
    if (f && fclose(f) != 0) fine = false;
    if (fine && rename(beside, path) == 0) return 0;
    return err_set(e, -errno, "port-file %s: %s; name a file in a folder that can be written", path,
                   strerror(errno));
}

static void on_stop(void *arg)
{
    loop_stop(arg);
}

static int serve(struct loop *l, const struct sim_config *c, struct sim *sim, struct err *e)
{
    struct http_server_config server_config = {.listen = c->listen,
                                               .body_bytes_max = REQUEST_BYTES_MAX,
                                               .connections_max = CONNECTIONS_MAX,
                                               .idle_s = IDLE_S};
    struct http_server *server;
    int rc = http_server_new(l, &server_config, sim_handle, sim, &server, e);
    if (rc) return rc;
    struct loop_signal *term = loop_signal_new(l, SIGTERM, on_stop, l);
    struct loop_signal *intr = loop_signal_new(l, SIGINT, on_stop, l);
    if (c->port_file[0]) rc = write_port(c->port_file, http_server_port(server), e);
    if (rc == 0) {
        log_info("muster-sim listens on %s, port %d", c->listen, http_server_port(server));
        loop_run(l);
    }
    sim_stop(sim);
    http_server_free(server);
    loop_signal_free(term);
    loop_signal_free(intr);
    return rc;
}

static int run(const struct sim_config *c, struct err *e)
{
    struct loop *l = loop_new();
    struct sim *sim;
    int rc = sim_new(l, c, &sim, e);
    if (rc == 0) {
        rc = serve(l, c, sim, e);
        sim_free(sim);
    }
    loop_free(l);
    return rc;
}

static int print_help(void)
{
    char *text = config_help();
    int rc = fputs(text, stdout) >= 0 && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    free(text);
    return rc;
}

int main(int argc, char **argv)
{
    struct sim_config config;
    struct err e = {0};
    bool help = false;
    config_defaults(&config);
    if (config_from_args(&config, argc - 1, argv + 1, &help, &e)) {
        (void)fprintf(stderr, "muster-sim: %s\n", e.text);
        return EXIT_USAGE;
    }
    if (help) return print_help();
    if (run(&config, &e) == 0) return EXIT_SUCCESS;
    (void)fprintf(stderr, "muster-sim: %s\n", e.text);
    return EXIT_FAILURE;
}
