#include "inbox_private.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "flow/reply.h"
#include "web/view/view.h"
#include "web/guard.h"
#include "web/respond.h"

enum { LIST_LIMIT = 50, TAG_BYTES_MAX = 4096 };

static struct inbox_call *call_new(struct inbox_api *a, struct http_request *q,
                                   const struct person *person)
{
    struct inbox_call *c = xcalloc(1, sizeof *c);
    *c = (struct inbox_call){.q = q, .person = person, .now_ms = view_now(&a->config)};
    return c;
}

struct inbox_call *inbox_call_begin(struct inbox_api *a, struct http_request *q,
                                    const struct route_params *params)
{
    const struct person *person = guard_api(a->config.auth, q, view_now(&a->config));
    if (!person) return NULL;
    struct inbox_call *c = call_new(a, q, person);
    if (route_param_id(params, "id", &c->id)) return c;
    respond_error(q, 404, "not_found", "a conversation's id is a number");
    free(c);
    return NULL;
}

/* ---- reading ---- */

static void on_list(void *arg, int result, const struct inbox_conversation *list, size_t n,
                    struct slice next, const struct err *e)
{
    struct inbox_call *c = arg;
    if (result < 0) {
        respond_failed(c->q, result, e);
        free(c);
        return;
    }
    json_t *conversations = json_array();
    for (size_t i = 0; i < n; i++)
        check(json_array_append_new(conversations,
                                    view_conversation(&list[i], c->person, c->now_ms)) == 0);
    respond_json(c->q, 200,
                 json_pack("{s:o,s:o}", "conversations", conversations, "next",
                           next.n ? view_text(next) : json_null()));
    free(c);
}

static bool yes(const struct http_request *q, const char *name)
{
    struct slice v = http_request_param(q, name);
    return slice_is(v, "1") || slice_is(v, "true");
}

/* False: the query was refused, and the request is answered. */
static bool read_query(struct http_request *q, struct inbox_query *query)
{
    struct slice state = http_request_param(q, "state"), limit = http_request_param(q, "limit");
    struct slice order = http_request_param(q, "order");
    uint64_t n = LIST_LIMIT;
    bool ok = (state.n == 0 || slice_is(state, "open") || slice_is(state, "closed")) &&
              (order.n == 0 || slice_is(order, "newest") || slice_is(order, "oldest")) &&
              (limit.n == 0 || (slice_to_u64(limit, INBOX_PAGE_MAX, &n) && n > 0));
    if (!ok) {
        respond_error(q, 400, "invalid",
                      "state is open or closed, order newest or oldest, limit 1 to %d",
                      INBOX_PAGE_MAX);
        return false;
    }
    *query = (struct inbox_query){
        .group = http_request_param(q, "group"),
        .closed = slice_is(state, "closed"),
        .filter = yes(q, "mine")       ? INBOX_MINE
                  : yes(q, "free")     ? INBOX_FREE
                  : yes(q, "unlinked") ? INBOX_UNLINKED
                                       : INBOX_ANY,
        .oldest_first = slice_is(order, "oldest"),
        .limit = (int)n,
        .after = http_request_param(q, "before"),
    };
    return true;
}

static void get_inbox(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    struct inbox_api *a = ctx;
    const struct person *person = guard_api(a->config.auth, q, view_now(&a->config));
    struct inbox_query query;
    if (!person || !read_query(q, &query)) return;
    struct inbox_call *c = call_new(a, q, person);
    struct inbox_actor who = view_actor(person);
    inbox_list(a->config.inbox, &query, &who, c->now_ms, on_list, c);
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    struct inbox_call *c = arg;
    if (result < 0)
        respond_failed(c->q, result, e);
    else
        respond_json(c->q, 200,
                     json_pack("{s:o,s:o,s:o,s:b}", "conversation",
                               view_conversation(&t->conversation, c->person, c->now_ms),
                               "messages", view_messages(t, c->person, c->now_ms), "suppressed",
                               t->suppressed_scope.n ? view_text(t->suppressed_scope) : json_null(),
                               "on_hold", t->on_hold));
    free(c);
}

static void get_conversation(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct inbox_api *a = ctx;
    struct inbox_call *c = inbox_call_begin(a, q, params);
    if (!c) return;
    struct inbox_actor who = view_actor(c->person);
    inbox_read(a->config.inbox, c->id, &who, c->now_ms, INBOX_MESSAGES_MAX, on_thread, c);
}

/* ---- acting ---- */

static void on_claim(void *arg, int result, const struct inbox_claim *claim, const struct err *e)
{
    struct inbox_call *c = arg;
    if (result < 0) {
        respond_failed(c->q, result, e);
    } else {
        char until[CLOCK_ISO_BYTES];
        clock_iso(claim->until_ms, until);
        respond_json(c->q, 200,
                     json_pack("{s:I,s:s,s:o}", "fence", (json_int_t)claim->fence, "until", until,
                               "by", view_text(claim->by)));
    }
    free(c);
}

static void post_claim(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct inbox_api *a = ctx;
    struct inbox_call *c = inbox_call_begin(a, q, params);
    if (!c) return;
    struct inbox_actor who = view_actor(c->person);
    inbox_claim(a->config.inbox, c->id, &who, c->now_ms, a->config.lease_ms, on_claim, c);
}

static void on_done(void *arg, int result, const struct err *e)
{
    struct inbox_call *c = arg;
    if (result < 0)
        respond_failed(c->q, result, e);
    else
        respond_json(c->q, 200, json_object());
    free(c);
}

static void post_release(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct inbox_api *a = ctx;
    struct inbox_call *c = inbox_call_begin(a, q, params);
    if (!c) return;
    struct inbox_actor who = view_actor(c->person);
    inbox_release(a->config.inbox, c->id, &who, c->now_ms, on_done, c);
}

static void set_closed(struct inbox_api *a, struct http_request *q,
                       const struct route_params *params, bool closed)
{
    struct inbox_call *c = inbox_call_begin(a, q, params);
    if (!c) return;
    struct inbox_actor who = view_actor(c->person);
    inbox_set_closed(a->config.inbox, c->id, &who, c->now_ms, closed, on_done, c);
}

static void post_close(void *ctx, struct http_request *q, const struct route_params *params)
{
    set_closed(ctx, q, params, true);
}

static void post_reopen(void *ctx, struct http_request *q, const struct route_params *params)
{
    set_closed(ctx, q, params, false);
}

static void on_reply(void *arg, int result, uint32_t index, const struct err *e)
{
    struct inbox_call *c = arg;
    if (result < 0)
        respond_failed(c->q, result, e);
    else
        respond_json(c->q, 202, json_pack("{s:I}", "index", (json_int_t)index));
    free(c);
}

static struct slice json_slice(const json_t *s)
{
    return s ? slice_make(json_string_value(s), json_string_length(s)) : SLICE_NONE;
}

/* Takes c. */
static void reply_with(struct inbox_api *a, struct inbox_call *c, const json_t *body)
{
    const json_t *text = json_object_get(body, "text"), *fence = json_object_get(body, "fence");
    const json_t *key = json_object_get(body, "key");
    if (!json_is_string(text) || !json_is_integer(fence) || json_integer_value(fence) < 0 ||
        (key && !json_is_string(key))) {
        respond_error(c->q, 400, "invalid",
                      "a reply is {\"text\": \"…\", \"fence\": N}, the fence from the claim");
        free(c);
        return;
    }
    struct inbox_actor who = view_actor(c->person);
    struct inbox_answer answer = {.id = c->id,
                                  .fence = (uint64_t)json_integer_value(fence),
                                  .text = json_slice(text),
                                  .key = json_slice(key),
                                  .lease_ms = a->config.lease_ms};
    struct err e;
    int r =
        reply_send(a->config.inbox, a->config.outbox, &answer, &who, c->now_ms, on_reply, c, &e);
    if (r < 0) on_reply(c, r, 0, &e);
}

static void post_reply(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct inbox_call *c = inbox_call_begin(ctx, q, params);
    if (!c) return;
    json_t *body = respond_read_json(q);
    if (body)
        reply_with(ctx, c, body);
    else
        free(c);
    json_decref(body);
}

/* ["a", "b"] → "a,b"; false when it is something else. Absent is empty. */
static bool read_tags(const json_t *list, struct buf *out)
{
    buf_add_cstr(out, "");
    if (!list) return true;
    if (!json_is_array(list)) return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *tag = json_array_get(list, i);
        if (!json_is_string(tag)) return false;
        if (i > 0) buf_add_char(out, ',');
        buf_add_slice(out, json_slice(tag));
    }
    return !out->failed;
}

static void post_tag(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct inbox_api *a = ctx;
    struct inbox_call *c = inbox_call_begin(a, q, params);
    if (!c) return;
    json_t *body = respond_read_json(q);
    if (!body) {
        free(c);
        return;
    }
    struct buf add = BUF_INIT(TAG_BYTES_MAX), remove = BUF_INIT(TAG_BYTES_MAX);
    if (read_tags(json_object_get(body, "add"), &add) &&
        read_tags(json_object_get(body, "remove"), &remove)) {
        struct inbox_actor who = view_actor(c->person);
        inbox_tag(a->config.inbox, c->id, &who, buf_slice(&add), buf_slice(&remove), on_done, c);
    } else {
        respond_error(q, 400, "invalid", "tags are {\"add\": [\"…\"], \"remove\": [\"…\"]}");
        free(c);
    }
    buf_done(&add);
    buf_done(&remove);
    json_decref(body);
}

struct inbox_api *inbox_api_new(const struct inbox_web_config *config, struct router *r)
{
    static const struct {
        const char *method, *pattern;
        route_handler *handler;
    } routes[] = {
        {"GET", "/api/v1/inbox", get_inbox},
        {"GET", "/api/v1/conversations/{id}", get_conversation},
        {"POST", "/api/v1/conversations/{id}/claim", post_claim},
        {"POST", "/api/v1/conversations/{id}/reply", post_reply},
        {"POST", "/api/v1/conversations/{id}/release", post_release},
        {"POST", "/api/v1/conversations/{id}/close", post_close},
        {"POST", "/api/v1/conversations/{id}/reopen", post_reopen},
        {"POST", "/api/v1/conversations/{id}/tag", post_tag},
        {"POST", "/api/v1/conversations/{id}/resolve", inbox_api_post_resolve},
        {"POST", "/api/v1/conversations/{id}/keep", inbox_api_post_keep},
        {"POST", "/api/v1/conversations/{id}/take-off", inbox_api_post_take_off},
    };
    struct inbox_api *a = xcalloc(1, sizeof *a);
    a->config = *config;
    if (a->config.lease_ms == 0) a->config.lease_ms = INBOX_LEASE_MS;
    for (size_t i = 0; i < COUNT_OF(routes); i++)
        router_add(r, routes[i].method, routes[i].pattern, routes[i].handler, a);
    return a;
}

void inbox_api_free(struct inbox_api *a)
{
    free(a);
}
