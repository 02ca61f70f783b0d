#pragma once
/* Kannel and Jasmin: what an SMSC behind them says, as they hand it on. The requests and webhooks
 * are those of Kannel 1.4.5 and Jasmin 0.11.0 before a real SMPP server. */
#include <stdio.h>

#include "base/buf.h"
#include "gateway_fixture.h"

static inline void tell_receipt(void *arg, const struct receipt_event *e)
{
    bool all = e->outcome == BLOCKED && !e->parts; /* counts against the account */
    buf_addf(arg, "%s code=%.*s reason=%.*s%s\n", state_to_string(e->state), SLICE_ARG(e->code),
             SLICE_ARG(e->reason), all ? " of all" : "");
}

static inline void tell_inbound(void *arg, const struct inbound_event *e)
{
    buf_addf(arg, "%.*s: %.*s\n", SLICE_ARG(e->from), SLICE_ARG(e->text));
}

static inline void tell_unlisted(void *arg, struct slice word)
{
    buf_addf(arg, "unlisted %.*s\n", SLICE_ARG(word));
}

/* method: what stands in the target is the same for both. */
static inline void reads(struct gateway *g, const char *method, const char *target,
                         const char *body, const char *expected)
{
    struct test_hook t = {NULL};
    struct buf out = BUF_INIT(1 << 16);
    struct hook_request hook = make_hook(&t, method, target, slice_of(body));
    const struct hook_sink sink = {
        .receipt = tell_receipt, .inbound = tell_inbound, .unlisted = tell_unlisted, .arg = &out};
    assert_int_equal(gateway_read(g, &hook, &sink), HOOK_OK);
    if (!slice_is(buf_slice(&out), expected))
        fail_msg("%s %s\nexpected\n%s\ngot\n%.*s", target, body, expected,
                 SLICE_ARG(buf_slice(&out)));
    buf_done(&out);
}

struct pair {
    const char *given, *expected;
};

#define PRIVET_UTF16 "%04%1F%04%40%04%38%04%32%04%35%04%42%00%20%01%1F%00%20%D8%3D%DE%00"
#define PRIVET                                                                                     \
    "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 \xc4\x9f \xf0\x9f\x98\x80" /* Привет ğ 😀 */
