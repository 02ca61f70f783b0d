/* muster gateway: the accounts that messages leave through. */
#include "commands.h"

#include <stdio.h>

#include "core/form.h"
#include "core/json.h"

#include "gateway_probe.h"
#include "say.h"
#include "verb.h"

enum { PATH_BYTES = 4096, WHERE_BYTES_MAX = 4096, NAMES_BYTES_MAX = 1024 };

/* ---- list ---- */

static void print_gateway(const json_t *g)
{
    size_t i;
    const json_t *sender;
    (void)printf("%-16s  %-9s %-16s  %g/s", say_string(g, "name"), say_string(g, "channel"),
                 say_string(g, "provider"), json_number_value(json_object_get(g, "rate_per_s")));
    json_array_foreach(json_object_get(g, "senders"), i, sender)
    {
        (void)fputs(i ? ", " : "  from ", stdout);
        say_text(stdout, json_string_value(sender) ? json_string_value(sender) : "?");
    }
    if (say_int(g, "queue"))
        (void)printf("  %lld of at most %lld at the provider", (long long)say_int(g, "queue"),
                     (long long)say_int(g, "queue_max"));
    if (say_int(g, "in_flight"))
        (void)printf("  %lld under way", (long long)say_int(g, "in_flight"));
    (void)puts(json_is_true(json_object_get(g, "dead")) ? "  DOES NOT ANSWER" : "");
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one;
    (void)c;
    json_array_foreach(json_object_get(reply, "gateways"), i, one) print_gateway(one);
}

static int list(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/gateways", NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

/* ---- show ---- */

static void print_setup(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    (void)printf("%s (%s, %s)\n\n  replies and receipts come to:  %s\n\n%s",
                 say_string(reply, "name"), say_string(reply, "provider"),
                 say_string(reply, "channel"), say_string(reply, "hook_url"),
                 say_string(reply, "setup"));
}

/* Shows the token of the callback's address: whoever enters it at the provider has to know it. */
static int show(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    struct buf path = BUF_INIT(PATH_BYTES);
    buf_add_cstr(&path, "/api/v1/gateways/");
    form_encode(&path, slice_of(c->args[0]));
    int r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_setup);
}

/* ---- check ---- */

static bool check_one(const struct config *config, const struct config_gateway *g, json_t *results)
{
    struct buf where = BUF_INIT(WHERE_BYTES_MAX);
    struct err e = {0};
    bool fine = gateway_probe(config, g, &where, &e) == 0;
    json_t *one = json_pack("{s:s, s:b, s:s, s:s}", "name", g->name, "ok", fine, "where",
                            where.p ? where.p : "", "error", e.text);
    json_list_add(results, one);
    buf_done(&where);
    return fine;
}

static int print_results(const struct verb_call *c, const json_t *results)
{
    size_t i;
    const json_t *one;
    if (c->json) return say_json(results);
    json_array_foreach(results, i, one)
    {
        bool fine = json_is_true(json_object_get(one, "ok"));
        (void)printf("%-4s  %s: %s%s%s\n", fine ? "ok" : "FAIL", say_string(one, "name"),
                     say_string(one, "where"), fine || !*say_string(one, "where") ? "" : ": ",
                     say_string(one, "error"));
    }
    return EXIT_DONE;
}

/* The file has no gateway, or none that is called so. */
static int refuse_name(struct verb_call *c, const struct config *config, const char *wanted)
{
    struct buf names = BUF_INIT(NAMES_BYTES_MAX);
    for (size_t i = 0; i < config->gateway_count; i++)
        buf_addf(&names, "%s%s", i ? ", " : "", config->gateways[i].name);
    int exit_code = verb_misuse(c, "%s has no gateway '%s'; it has: %s", config->path,
                                wanted ? wanted : "", names.n ? names.p : "none");
    buf_done(&names);
    return exit_code;
}

static int check_all(struct verb_call *c, const struct config *config)
{
    const char *wanted = c->arg_count ? c->args[0] : NULL;
    json_t *results = json_array();
    bool fine = true;
    for (size_t i = 0; i < config->gateway_count; i++)
        if (!wanted || strcmp(config->gateways[i].name, wanted) == 0)
            fine &= check_one(config, &config->gateways[i], results);
    int exit_code =
        json_array_size(results) ? print_results(c, results) : refuse_name(c, config, wanted);
    json_decref(results);
    return exit_code == EXIT_DONE && !fine ? EXIT_REFUSED : exit_code;
}

static int check_gateways(struct verb_call *c)
{
    struct err e;
    const struct config *config;
    const char *path = verb_option(c, "config");
    int r = config_load(path ? path : CONFIG_DEFAULT_PATH, &config, &e);
    if (r < 0) return verb_fail(c, r, &e);
    int exit_code = check_all(c, config);
    config_free(config);
    return exit_code;
}

static const struct verb_option check_options[] = {
    {"config", "FILE", "muster.yaml (default: " CONFIG_DEFAULT_PATH ")"}, {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"list", "", 0, 0, "The accounts that the server sends through.", "list", NULL, list},
    {"show", "NAME", 1, 1,
     "What is to be entered at the provider: addresses, with the token in them, and settings ready "
     "to paste.",
     "show main", NULL, show},
    {"check", "[NAME]", 0, 1,
     "Looks at the accounts of muster.yaml, from this machine.\n"
     "Provider file, account keys and connection; and the provider is asked whether the account is "
     "right.\nNothing is sent.",
     "check main --config conf/muster.yaml", check_options, check_gateways},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group gateway_group = {"gateway", "Accounts that messages leave through.", verbs};
