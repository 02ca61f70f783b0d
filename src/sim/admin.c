/* The control requests under /sim/: statistics, messages, settings, reset, WhatsApp's handshake. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "core/form.h"
#include "io/http_client.h"
#include "sim/sim.h"
#include "sim/tape.h"
#include "sim/wire.h"

enum { ADMIN_BYTES_MAX = 16 * 1024 * 1024, MESSAGES_DEFAULT = 100, MESSAGES_MAX = 10000 };

static void answer_json(struct http_request *q, int status, struct buf *json)
{
    http_request_answer(q, status, "application/json", buf_slice(json));
    buf_done(json);
}

static void answer_error(struct http_request *q, int status, const char *text)
{
    struct buf json = BUF_INIT(ADMIN_BYTES_MAX);
    buf_add_cstr(&json, "{\"error\":");
    wire_string(&json, slice_of(text));
    buf_add_char(&json, '}');
    answer_json(q, status, &json);
}

static void answer_done(struct http_request *q)
{
    http_request_answer(q, 200, "application/json", SLICE_LIT("{\"done\":true}"));
}

static void show_stats(struct sim *s, struct http_request *q)
{
    struct buf json = BUF_INIT(ADMIN_BYTES_MAX);
    sim_write_stats(s, &json);
    answer_json(q, 200, &json);
}

static void add_message(struct buf *json, const struct taped *m)
{
    const struct {
        const char *name;
        struct slice value;
    } fields[] = {{"face", slice_of(m->face)}, {"id", m->id},     {"to", m->to},
                  {"from", m->from},           {"text", m->text}, {"ref", m->ref}};
    char at[CLOCK_ISO_BYTES];
    clock_iso(m->at_ms, at);
    buf_addf(json, "{\"at\":\"%s\"", at);
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        buf_addf(json, ",\"%s\":", fields[i].name);
        wire_string(json, fields[i].value);
    }
    buf_add_char(json, '}');
}

static void show_messages(struct sim *s, struct http_request *q)
{
    struct slice to = http_request_param(q, "to"), text = http_request_param(q, "limit");
    uint64_t limit = MESSAGES_DEFAULT, number = 0;
    if (slice_starts(to, "+")) to = slice_from(to, 1);
    if (slice_starts(to, " ")) to = slice_from(to, 1); /* a '+' that was not escaped */
    if ((to.n && !slice_to_u64(to, UINT64_MAX, &number)) ||
        (text.n && !slice_to_u64(text, MESSAGES_MAX, &limit))) {
        answer_error(q, 400, "to: a number in E.164; limit: from 0 to 10000");
        return;
    }
    struct buf json = BUF_INIT(ADMIN_BYTES_MAX);
    const struct taped *m;
    size_t pos = 0;
    buf_add_cstr(&json, "{\"messages\":[");
    for (uint64_t i = 0; i < limit && (m = tape_next(sim_tape(s), &pos, number)); i++) {
        if (i) buf_add_char(&json, ',');
        add_message(&json, m);
    }
    buf_add_cstr(&json, "]}");
    answer_json(q, json.failed ? 500 : 200, &json);
}

static void configure(struct sim *s, struct http_request *q)
{
    struct err e;
    if (sim_configure(s, http_request_body(q), &e) == 0) {
        answer_done(q);
    } else {
        answer_error(q, 400, e.text);
    }
}

static void reset(struct sim *s, struct http_request *q)
{
    sim_reset(s);
    answer_done(q);
}

/* A handshake that is under way. */
struct handshake {
    struct http_request *request;
    char challenge[24];
};

static void on_challenge(void *arg, const struct http_result *r)
{
    struct handshake *h = arg;
    char text[160];
    bool fits =
        r->transport == HTTP_ANSWERED && r->status == 200 && slice_is(r->body, h->challenge);
    if (fits) {
        answer_done(h->request);
    } else {
        (void)snprintf(text, sizeof text,
                       "the webhook answered %d, not 200 with the challenge as its body",
                       r->status);
        answer_error(h->request, 502, text);
    }
    free(h);
}

static void shake_hands(struct sim *s, struct http_request *q)
{
    const struct sim_config *c = sim_config(s);
    struct err e;
    if (!c->webhook_whatsapp[0]) {
        answer_error(q, 409, "there is no WhatsApp webhook; set webhook first");
        return;
    }
    struct handshake *h = xcalloc(1, sizeof *h);
    struct buf url = BUF_INIT(8 * 1024);
    h->request = q;
    (void)snprintf(h->challenge, sizeof h->challenge, "%lld", (long long)clock_mono_us());
    buf_addf(&url, "%s%chub.mode=subscribe&hub.challenge=%s&hub.verify_token=", c->webhook_whatsapp,
             strchr(c->webhook_whatsapp, '?') ? '&' : '?', h->challenge);
    form_encode(&url, slice_of(c->verify_token));
    struct http_send send = {.method = "GET", .url = url.p};
    if (http_client_send(sim_client(s), &send, on_challenge, h, &e) != 0) {
        answer_error(q, 503, e.text);
        free(h);
    }
    buf_done(&url);
}

static const struct route {
    const char *method, *path;
    void (*answer)(struct sim *s, struct http_request *q);
} routes[] = {
    {"GET", "/sim/stats", show_stats},       {"GET", "/sim/messages", show_messages},
    {"POST", "/sim/config", configure},      {"POST", "/sim/reset", reset},
    {"POST", "/sim/handshake", shake_hands},
};

void admin_handle(struct sim *s, struct http_request *q)
{
    bool path_known = false;
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!slice_is(http_request_path(q), routes[i].path)) continue;
        path_known = true;
        if (!slice_is(http_request_method(q), routes[i].method)) continue;
        routes[i].answer(s, q);
        return;
    }
    answer_error(q, path_known ? 405 : 404,
                 path_known ? "another method is needed; see muster-sim --help"
                            : "no such page; see muster-sim --help");
}
