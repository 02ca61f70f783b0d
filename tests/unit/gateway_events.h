#pragma once
/* Webhooks in, events out as text. */
#include <stdio.h>

#include "base/buf.h"
#include "gateway_fixture.h"

/* ---- events as text, one line each */

static inline void add_said(struct buf *out, const char *name, struct slice value)
{
    if (value.n) buf_addf(out, " %s=%.*s", name, SLICE_ARG(value));
}

static inline void print_receipt(void *arg, const struct receipt_event *e)
{
    buf_addf(arg, "receipt %s ref=%.*s id=%.*s code=%.*s reason=%.*s to=%.*s at=%lld%s",
             state_to_string(e->state), SLICE_ARG(e->ref), SLICE_ARG(e->provider_id),
             SLICE_ARG(e->code), SLICE_ARG(e->reason), SLICE_ARG(e->to), (long long)e->at_ms,
             e->suppress ? " suppress" : "");
    if (e->state == STATE_UNDELIVERED && e->outcome != REFUSED)
        add_said(arg, "outcome", slice_of(outcome_to_string(e->outcome)));
    add_said(arg, "title", e->title);
    add_said(arg, "details", e->details);
    buf_add_cstr(arg, e->filtered ? " filtered\n" : "\n");
}

/* What most of them have, and of the rest what is said. */
static inline void print_inbound(void *arg, const struct inbound_event *e)
{
    static const char *const kinds[] = {
#define X(name, text) [name] = text,
        INBOUND_KIND_TABLE(X)
#undef X
    };
    buf_addf(arg, "inbound %s%s id=%.*s from=%.*s to=%.*s name=%.*s media=%d at=%lld text=%.*s",
             kinds[e->kind], e->handled ? " handled" : "", SLICE_ARG(e->event_id),
             SLICE_ARG(e->from), SLICE_ARG(e->to), SLICE_ARG(e->profile_name), e->media_count,
             (long long)e->at_ms, SLICE_ARG(e->text));
    add_said(arg, "user", e->user_id);
    add_said(arg, "parent", e->parent_user_id);
    add_said(arg, "own", e->to_id);
    add_said(arg, "chat", e->chat);
    add_said(arg, "action", e->action);
    add_said(arg, "about", e->about);
    add_said(arg, "new", e->new_from);
    add_said(arg, "new_user", e->new_user_id);
    add_said(arg, "note", e->note);
    buf_add_char(arg, '\n');
}

static inline void print_account(void *arg, const struct account_event *e)
{
    static const char *const levels[] = {
#define X(name, text) [name] = text,
        ACCOUNT_LEVEL_TABLE(X)
#undef X
    };
    buf_addf(arg, "account %s reason=%.*s at=%lld", levels[e->level], SLICE_ARG(e->reason),
             (long long)e->at_ms);
    add_said(arg, "account", e->account_id);
    add_said(arg, "template", e->template_name);
    add_said(arg, "language", e->template_language);
    add_said(arg, "text", e->text);
    buf_add_char(arg, '\n');
}

static inline void print_unread(void *arg)
{
    buf_add_cstr(arg, "unread\n");
}

static inline enum hook_result read_hook(struct gateway *g, const char *method, const char *target,
                                         struct slice body, struct buf *out)
{
    struct test_hook t = {NULL};
    struct hook_request hook = make_hook(&t, method, target, body);
    struct hook_sink sink = {.receipt = print_receipt,
                             .inbound = print_inbound,
                             .account = print_account,
                             .unread = print_unread,
                             .arg = out};
    buf_clear(out);
    return gateway_read(g, &hook, &sink);
}

struct hook_case {
    const char *method, *target, *body;
    enum hook_result result;
    const char *events;
};

/* By somebody who asks for nothing of it. */
static inline enum hook_result read_unwanted(struct gateway *g, const struct hook_case *c)
{
    struct test_hook t = {NULL};
    struct hook_request hook = make_hook(&t, c->method, c->target, slice_of(c->body));
    const struct hook_sink nothing = {0};
    return gateway_read(g, &hook, &nothing);
}

static inline void read_cases(const struct provider *p, struct gateway_config config,
                              const struct hook_case *cases, size_t count)
{
    struct gateway *g = make_gateway(p, config);
    struct buf out = BUF_INIT(1 << 16);
    for (size_t i = 0; i < count; i++) {
        const struct hook_case *c = &cases[i];
        enum hook_result r = read_hook(g, c->method, c->target, slice_of(c->body), &out);
        if (r != c->result || !slice_is(buf_slice(&out), c->events))
            fail_msg("case %zu: result %d\nexpected\n%s\ngot\n%.*s", i, (int)r, c->events,
                     SLICE_ARG(buf_slice(&out)));
        assert_int_equal(read_unwanted(g, c), r);
    }
    buf_done(&out);
    gateway_free(g);
}

/* ---- who sent it */

static inline enum hook_result verify(struct gateway *g, const char *method, const char *target,
                                      const char *body, const char *const *headers,
                                      struct slice *ret_challenge)
{
    struct test_hook t = {headers};
    struct hook_request hook = make_hook(&t, method, target, slice_of(body));
    return gateway_verify(g, &hook, ret_challenge);
}
