/* muster doctor: looks at everything that a campaign will need, from this machine, and sends
 * nothing. */
#include "doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "commands.h"
#include "gateway_probe.h"
#include "core/actor.h"
#include "core/json.h"
#include "io/phone.h"
#include "probe.h"
#include "say.h"
#include "verb.h"

enum { WHERE_BYTES_MAX = 4096 };

void doctor_find(struct doctor *d, enum finding finding, const char *check_name, const char *fmt,
                 ...)
{
    static const char *const words[] = {"ok", "warn", "FAIL"}, *const codes[] = {"ok", "warn",
                                                                                 "fail"};
    struct buf text = BUF_INIT(2 * ERR_TEXT_BYTES);
    va_list ap;
    va_start(ap, fmt);
    buf_addv(&text, fmt, ap);
    va_end(ap);
    json_t *one = json_pack("{s:s, s:s, s:s}", "check", check_name, "result", codes[finding],
                            "text", text.p ? text.p : "?");
    if (one) json_list_add(d->findings, one);
    if (d->print) {
        (void)printf("%-4s  %-8s  ", words[finding], check_name);
        say_text(stdout, text.p ? text.p : "?");
        (void)puts("");
        (void)fflush(stdout);
    }
    d->failed |= finding == FINDING_FAIL;
    buf_done(&text);
}

/* ---- the configuration ---- */

static const struct config *check_config(struct doctor *d, const char *path)
{
    const struct config *config = NULL;
    struct err e;
    int r = config_load(path, &config, &e);
    if (r == 0)
        doctor_find(d, FINDING_OK, "config", "%s is fine", path);
    else
        doctor_find(d, FINDING_FAIL, "config", "%s", e.text);
    return config;
}

static void check_approval(struct doctor *d, const struct config *config)
{
    if (!config->approval.two_people)
        doctor_find(d, FINDING_WARN, "approval",
                    "whoever launches a campaign launches it alone, to any number of people; for "
                    "more than one organiser: approval.two_people: true");
}

static bool is_local(struct slice url)
{
    return slice_starts(url, "http://127.") || slice_starts(url, "http://localhost") ||
           slice_starts(url, "http://[::1]");
}

static void check_public_url(struct doctor *d, const struct config *config)
{
    struct slice url = slice_of(config->public_url);
    if (is_local(url))
        doctor_find(d, FINDING_WARN, "web",
                    "public_url is %s: no provider can bring receipts and replies there",
                    config->public_url);
    else if (!slice_starts(url, "https://"))
        doctor_find(d, FINDING_WARN, "web",
                    "public_url is %s: put a TLS proxy in front and name it with https://",
                    config->public_url);
    else
        doctor_find(d, FINDING_OK, "web", "providers reach us at %s", config->public_url);
}

/* Numbering plans change by the month: after a year some of today's numbers are missing. */
static bool is_year_old(const char *day)
{
    char limit[CLOCK_ISO_BYTES];
    clock_iso(clock_wall_ms() - 365 * 24 * 3600 * INT64_C(1000), limit);
    return strncmp(day, limit, strlen(day)) < 0;
}

static void check_plan(struct doctor *d, const struct config *config)
{
    bool old = is_year_old(phone_plan_date());
    doctor_find(d, old ? FINDING_WARN : FINDING_OK, "numbers",
                "the numbering plan is of %s%s; numbers without + are of %s", phone_plan_date(),
                old ? ", so newer numbers are not known: build a newer Muster" : "",
                config->organisation.country);
}

/* ---- what it names ---- */

static void check_gateway(struct doctor *d, const struct config *config,
                          const struct config_gateway *g)
{
    struct buf where = BUF_INIT(WHERE_BYTES_MAX);
    struct err e;
    if (gateway_probe(config, g, &where, &e) == 0)
        doctor_find(d, FINDING_OK, "gateway", "%s: %s", g->name, where.p ? where.p : "");
    else
        doctor_find(d, FINDING_FAIL, "gateway", "%s: %s", g->name, e.text);
    buf_done(&where);
}

/* ---- the server ---- */

static bool server_is_named(void)
{
    const char *url = getenv("MUSTER_URL"), *path = getenv("MUSTER_SOCKET");
    return (url && *url) || (path && *path);
}

/* What providers bring and the server refuses: most often public_url and what was entered there
 * differ. */
static void check_webhooks(struct doctor *d, struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    size_t i;
    const json_t *one;
    if (verb_ask(c, "GET", "/readyz", NULL, &reply, &e) < 0) return; /* said by other checks */
    const json_t *refused = json_object_get(reply, "refused_webhooks");
    json_array_foreach(refused, i, one) doctor_find(
        d, FINDING_FAIL, "webhooks", "%s: %lld refused lately: %s", say_string(one, "gateway"),
        (long long)say_int(one, "count"), say_string(one, "why"));
    if (json_array_size(refused) == 0)
        doctor_find(d, FINDING_OK, "webhooks", "none was refused in the last hour");
    const json_t *kept = json_object_get(reply, "kept_webhooks");
    if (kept)
        doctor_find(d, FINDING_FAIL, "webhooks", "%s `muster kept list` shows why",
                    say_string(kept, "why"));
    json_decref(reply);
}

/* Whether Redis still is the store that musterd knows, with all that it has seen. */
static void check_store(struct doctor *d, struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    if (verb_ask(c, "GET", "/api/v1/restore", NULL, &reply, &e) < 0) return; /* said by others */
    const char *problem = say_string(reply, "problem");
    if (*problem)
        doctor_find(d, FINDING_FAIL, "store", "%s", problem);
    else
        doctor_find(d, FINDING_OK, "store", "Redis has all that was seen in it");
    json_decref(reply);
}

/* What waits for a person, or was stopped. */
static void check_campaigns(struct doctor *d, struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    size_t i, said = 0;
    const json_t *one;
    if (verb_ask(c, "GET", "/api/v1/campaigns", NULL, &reply, &e) < 0) return;
    json_array_foreach(json_object_get(reply, "campaigns"), i, one)
    {
        struct slice by = slice_of(say_string(one, "status_by")),
                     status = slice_of(say_string(one, "status"));
        bool waits = slice_is(status, "proposed");
        if (!waits && !(slice_is(status, "paused") && actor_is_part(by))) continue;
        said++;
        doctor_find(d, FINDING_WARN, "campaigns", "%lld %s%s", (long long)say_int(one, "id"),
                    waits ? "waits for a second person: muster campaign approve"
                          : "was paused, look at it, then resume: ",
                    waits ? "" : say_string(one, "status_why"));
    }
    if (said == 0) doctor_find(d, FINDING_OK, "campaigns", "none waits for a person");
    json_decref(reply);
}

/* The one that --server or the environment names, else the one of the configuration. */
static void check_server(struct doctor *d, struct verb_call *c, const struct config *config)
{
    struct buf server = BUF_INIT(WHERE_BYTES_MAX);
    struct err e;
    json_t *reply = NULL;
    bool by_config = config && *config->socket && !server_is_named();
    if (by_config) buf_addf(&server, "unix:%s", config->socket);
    int r = api_new(by_config ? server.p : NULL, &c->api, &e);
    if (r == 0) r = verb_ask(c, "GET", "/api/v1/gateways", NULL, &reply, &e);
    if (r == 0)
        doctor_find(d, FINDING_OK, "server", "musterd answers");
    else
        doctor_find(d, FINDING_FAIL, "server", "%s", e.text);
    json_decref(reply);
    if (r == 0) check_webhooks(d, c);
    if (r == 0) check_store(d, c);
    if (r == 0) check_campaigns(d, c);
    buf_done(&server);
}

static int run(struct verb_call *c)
{
    const char *path = verb_option(c, "config");
    struct doctor d = {.findings = json_array(), .print = !c->json};
    const struct config *config = check_config(&d, path ? path : CONFIG_DEFAULT_PATH);
    if (config) {
        check_plan(&d, config);
        check_public_url(&d, config);
        check_approval(&d, config);
        doctor_redis(&d, config);
        doctor_kafka(&d, config);
        for (size_t i = 0; i < config->gateway_count; i++)
            check_gateway(&d, config, &config->gateways[i]);
    }
    check_server(&d, c, config);
    config_free(config);
    int exit_code = EXIT_DONE;
    if (c->json) {
        json_t *all = json_pack("{s:b, s:o}", "ok", !d.failed, "checks", d.findings);
        exit_code = say_json(all);
        json_decref(all);
    } else {
        (void)puts(d.failed ? "\nMend what says FAIL, and run it again."
                            : "\nNothing stands in the way.");
        json_decref(d.findings);
    }
    return exit_code == EXIT_DONE && d.failed ? EXIT_REFUSED : exit_code;
}

static const struct verb_option options[] = {
    {"config", "FILE", "muster.yaml (default: " CONFIG_DEFAULT_PATH ")"}, {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"", "", 0, 0,
     "Looks at configuration, Redis and its settings, Kafka, gateways, clocks and the server, from "
     "this\n"
     "machine, and says how to mend what is wrong. Nothing is sent. Exit code 1 when something is.",
     "--config conf/muster.yaml", options, run},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group doctor_group = {"doctor", "What is wrong, and how to mend it.", verbs};
