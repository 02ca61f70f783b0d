/* Addresses that are told of events. An organiser makes them for their group; one of a group tells
 * of that group alone. */
#include "web/api/api.h"

#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "base/buf.h"
#include "core/event_kind.h"
#include "core/group.h"
#include "flow/teller.h"
#include "store/subscriptions.h"
#include "web/call.h"

enum { KINDS_BYTES_MAX = 256 };

static bool may_set_up(const struct web_call *c, struct slice group)
{
    return group.n ? access_may(c->member, MAY_SET_UP_WEBHOOKS, group)
                   : access_may_everywhere(c->member, MAY_SET_UP_WEBHOOKS);
}

static json_t *kinds_json(struct slice kinds)
{
    json_t *list = json_array();
    struct slice kind;
    while (kinds.n && slice_cut(&kinds, ',', &kind))
        json_list_add(list, json_text(kind));
    return list;
}

static json_t *subscription_json(const struct subscription *s)
{
    json_t *o = json_object();
    json_put_count(o, "id", s->id);
    json_put(o, "url", json_text(s->url));
    json_put(o, "kinds", kinds_json(s->kinds));
    json_put_text(o, "group", s->group);
    json_put_text(o, "made_by", s->by);
    json_put_time(o, "made_at", s->made_ms);
    json_put_count(o, "waiting", s->waiting);
    json_put_count(o, "delivered", s->delivered);
    json_put_count(o, "dropped", s->dropped);
    json_put_count(o, "failures", s->failures);
    json_put_time(o, "failing_since", s->since_ms);
    json_put_time(o, "next_try", s->next_ms);
    json_put_time(o, "last_try", s->last_ms);
    json_put(o, "last_status", s->last_status ? json_integer(s->last_status) : json_null());
    json_put_text(o, "last_error", s->error);
    return o;
}

/* ---- listing ---- */

static void on_list(void *arg, int result, const struct subscription *list, size_t n,
                    const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *webhooks = json_array();
    for (size_t i = 0; i < n; i++)
        if (may_set_up(c, list[i].group)) json_list_add(webhooks, subscription_json(&list[i]));
    web_answer(c, 200, json_pack("{s:o}", "webhooks", webhooks));
}

static void get_webhooks(struct web_call *c)
{
    subscription_list(c->config->store, 0, on_list, c);
}

/* ---- making ---- */

struct making {
    char url[SUBSCRIPTION_URL_BYTES_MAX + 1], group[GROUP_BYTES_MAX + 1],
        nonce[SUBSCRIPTION_NONCE_CHARS + 1];
    struct buf kinds;
};

static void making_done(void *state)
{
    struct making *m = state;
    buf_done(&m->kinds);
}

static void on_made(void *arg, int result, uint32_t id, const struct err *e)
{
    struct web_call *c = arg;
    struct making *m = c->state;
    char secret[TELLER_SECRET_CHARS + 1];
    if (!web_ok(c, result, e)) return;
    teller_secret(c->config->webhook_secret, id, slice_of(m->nonce), secret);
    const struct subscription s = {.id = id,
                                   .url = slice_of(m->url),
                                   .kinds = buf_slice(&m->kinds),
                                   .group = slice_of(m->group),
                                   .by = slice_of(c->member->name),
                                   .made_ms = c->now_ms};
    json_t *o = subscription_json(&s);
    json_put(o, "secret", json_string(secret));
    web_answer(c, 201, o);
}

/* False: c has its response. */
static bool read_kinds(struct web_call *c, const json_t *list, struct buf *to)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        int kind = event_kind_find(json_slice(item));
        if (kind < 0 || kind == EVENT_PROGRESS || kind == EVENT_TEST) {
            web_refuse_key(
                c, "kinds",
                "a kind is conversation, campaign, schedule, audience, place, pledge, optout, "
                "member or group");
            return false;
        }
        buf_addf(to, "%s%s", to->n ? "," : "", event_kind_to_string((enum event_kind)kind));
    }
    if (to->n > 0) return true;
    web_refuse_key(c, "kinds", "at least one kind is needed");
    return false;
}

static bool group_is_fine(struct web_call *c, struct slice group)
{
    if (group.n && !group_ok(group))
        web_refuse_key(c, "group", "that is not the name of a group");
    else if (!may_set_up(c, group))
        web_error(c, 403, "forbidden",
                  "name a group of yours: what is of all groups is for owners");
    else
        return true;
    return false;
}

static bool url_is_fine(struct web_call *c, struct slice url)
{
    const char *problem =
        teller_url_problem(url, c->config->webhook_hosts, c->config->webhook_host_count);
    if (!problem && is_one_line(url)) return true;
    web_refuse_key(c, "url", "that is no address that can be told of events: %s",
                   problem ? problem : "it is one line");
    return false;
}

static void make_nonce(char out[SUBSCRIPTION_NONCE_CHARS + 1])
{
    unsigned char random[SUBSCRIPTION_NONCE_CHARS / 2];
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(out, SUBSCRIPTION_NONCE_CHARS + 1, random, sizeof random);
}

static void post_webhooks(struct web_call *c)
{
    struct slice url = body_text(&c->body, "url", SUBSCRIPTION_URL_BYTES_MAX, BODY_NEEDED);
    struct slice group = body_text(&c->body, "group", GROUP_BYTES_MAX, BODY_OPTIONAL);
    const json_t *kinds = body_list(&c->body, "kinds", EVENT_KIND_COUNT, BODY_NEEDED);
    if (!web_body_ok(c)) return;
    struct making *m = web_call_state(c, sizeof *m, making_done);
    buf_init(&m->kinds, KINDS_BYTES_MAX);
    if (!group_is_fine(c, group) || !url_is_fine(c, url) || !read_kinds(c, kinds, &m->kinds))
        return;
    (void)snprintf(m->url, sizeof m->url, "%.*s", SLICE_ARG(url));
    (void)snprintf(m->group, sizeof m->group, "%.*s", SLICE_ARG(group));
    make_nonce(m->nonce);
    const struct subscription new = {.url = url,
                                     .kinds = buf_slice(&m->kinds),
                                     .group = group,
                                     .by = web_by(c),
                                     .nonce = slice_of(m->nonce)};
    subscription_create(c->config->store, &new, c->now_ms, on_made, c);
}

/* ---- one of them ---- */

/* What is done with it, once it is known that it is one of theirs. */
typedef void act(struct web_call *c);
struct acting {
    act *then;
};

static void on_found(void *arg, int result, const struct subscription *list, size_t n,
                     const struct err *e)
{
    struct web_call *c = arg;
    const struct acting *a = c->state;
    if (!web_ok(c, result, e)) return;
    if (n == 1 && may_set_up(c, list[0].group))
        a->then(c);
    else
        web_error(c, 404, "not_found", "there is no webhook %u", c->id);
}

static void act_on(struct web_call *c, act *then)
{
    struct acting *a = web_call_state(c, sizeof *a, NULL);
    a->then = then;
    subscription_list(c->config->store, c->id, on_found, c);
}

static void on_done(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) web_answer(c, 200, json_pack("{s:I}", "id", (json_int_t)c->id));
}

static void do_delete(struct web_call *c)
{
    subscription_delete(c->config->store, c->id, web_deed(c), on_done, c);
}

static void delete_webhook(struct web_call *c)
{
    act_on(c, do_delete);
}

static void on_test(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) web_answer(c, 202, json_pack("{s:I}", "id", (json_int_t)c->id));
}

static void do_test(struct web_call *c)
{
    subscription_test(c->config->store, c->id, slice_of(c->member->name), on_test, c);
}

static void post_test(struct web_call *c)
{
    act_on(c, do_test);
}

/* Making one takes no Idempotency-Key: the response, which holds the secret, would be kept. */
static const struct route rows[] = {
    {"GET", "/api/v1/webhooks", MAY_SET_UP_WEBHOOKS, NEEDS_STORE | IN_GROUP, NULL, get_webhooks},
    {"POST", "/api/v1/webhooks", MAY_SET_UP_WEBHOOKS, NEEDS_STORE | IN_GROUP | ONCE | AUDITED,
     KEYS("url", "kinds", "group"), post_webhooks},
    {"DELETE", "/api/v1/webhooks/{id}", MAY_SET_UP_WEBHOOKS,
     NEEDS_STORE | IN_GROUP | AUDITED | WITH_ID, NO_KEYS, delete_webhook},
    {"POST", "/api/v1/webhooks/{id}/test", MAY_SET_UP_WEBHOOKS,
     NEEDS_STORE | IN_GROUP | ONCE | WITH_ID, NO_KEYS, post_test},
};

const struct routes webhook_routes = {rows, COUNT_OF(rows)};
