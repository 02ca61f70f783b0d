/* musterd: the daemon. */
#include "app.h"

#include "accounts.h"

#include "base/log.h"
#include "config/document.h"

#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <curl/curl.h>
#include <sodium.h>

enum {
    EXIT_REFUSED = 1,
    EXIT_USAGE = 2,
    KEYS_BYTES_MAX = 64 * 1024,
    FILES_WANTED = 16384, /* two servers of 1024 connections, and in_flight_max of every gateway */
};

static void print_help(FILE *to)
{
    fprintf(
        to,
        "musterd - dispatcher of consented SMS and WhatsApp messages\n\n"
        "usage: musterd [--config FILE] [--check] [--keys] [--version] [--help]\n\n"
        "  --config FILE  configuration (default: " CONFIG_DEFAULT_PATH ")\n"
        "  --check        read the configuration and its providers, say what is wrong, and end\n"
        "  --keys         list every key of the configuration, with its default and range\n\n"
        "Ends in good order on SIGTERM, SIGINT and SIGHUP: finishes what is in flight, gives the "
        "rest back.\n");
}

static int print_keys(void)
{
    struct buf table = BUF_INIT(KEYS_BYTES_MAX);
    config_document(&table);
    int wrote = printf("%.*s", SLICE_ARG(buf_slice(&table)));
    buf_done(&table);
    return wrote < 0 || fflush(stdout) != 0 ? EXIT_REFUSED : EXIT_SUCCESS;
}

static int fail(const struct err *e)
{
    log_error("%s", e->text);
    return EXIT_REFUSED;
}

/* A shell's usual 1024 are fewer than the servers may have open; without one left nobody is let in.
 */
static void want_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= FILES_WANTED) return;
    files.rlim_cur = files.rlim_max < FILES_WANTED ? files.rlim_max : FILES_WANTED;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

/* All that can be wrong before anybody is asked: the file, the providers' files, the accounts'
 * keys, Kafka's settings and certificates. */
static int check_config(const struct config *config, const char *path)
{
    const struct accounts *accounts = NULL;
    struct err e = {0};
    if (accounts_new(config, &accounts, &e) < 0) return fail(&e);
    accounts_free(accounts);
    if (app_check_queue(config, &e) < 0) return fail(&e);
    return printf("%s is fine\n", path) < 0 || fflush(stdout) != 0 ? EXIT_REFUSED : EXIT_SUCCESS;
}

struct asked {
    const char *path;
    bool check_only;
};

/* -1: go on with what was asked; else the exit code, and all is said. */
static int read_options(int argc, char **argv, struct asked *ret)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"check", no_argument, NULL, 'k'},
        {"keys", no_argument, NULL, 'l'},         {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            ret->path = optarg;
            break;
        case 'k':
            ret->check_only = true;
            break;
        case 'l':
            return print_keys();
        case 'v':
            printf("musterd %s\n", MUSTER_VERSION);
            return 0;
        case 'h':
            print_help(stdout);
            return 0;
        default:
            print_help(stderr);
            return EXIT_USAGE;
        }
    }
    if (optind == argc) return -1;
    fprintf(stderr, "musterd: what is '%s'?\n\n", argv[optind]);
    print_help(stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct asked asked = {.path = CONFIG_DEFAULT_PATH};
    int status = read_options(argc, argv, &asked);
    if (status >= 0) return status;
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    want_files();
    check(sodium_init() >= 0);
    check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);

    struct err e = {0};
    const struct config *config = NULL;
    if (config_load(asked.path, &config, &e) < 0) return fail(&e);
    log_set_level(config->log_level);
    struct app *app = NULL;
    status = EXIT_SUCCESS;
    if (asked.check_only)
        status = check_config(config, asked.path);
    else if (app_new(config, &app, &e) < 0)
        status = fail(&e);
    else
        app_run(app);
    app_free(app);
    config_free(config);
    curl_global_cleanup();
    return status;
}
