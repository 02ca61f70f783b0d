#pragma once
/* A message in, the expected request out; a response in, the expected outcome out. */
#include <stdio.h>

#include <jansson.h>

#include "gateway_fixture.h"

/* ---- requests */

static inline struct outgoing message(const char *text)
{
    return (struct outgoing){.to = SLICE_LIT("+447700900123"),
                             .from = SLICE_LIT("+447700900000"),
                             .text = slice_of(text),
                             .ref = SLICE_LIT(REF)};
}

static inline struct http_send build(struct gateway *g, const struct outgoing *msg)
{
    struct http_send send;
    struct err e = {0};
    if (gateway_build(g, msg, &send, &e)) fail_msg("%s", e.text);
    return send;
}

static inline void body_is(const struct http_send *send, const char *text)
{
    if (!slice_is(send->body, text))
        fail_msg("expected\n%s\ngot\n%.*s", text, SLICE_ARG(send->body));
}

static inline void without_breaks(struct slice s, char *out)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\n') *out++ = s.p[i];
    *out = 0;
}

static inline void json_is(const struct http_send *send, const char *text)
{
    char got[4096];
    assert_true(send->body.n < sizeof got);
    without_breaks(send->body, got);
    assert_string_equal(got, text);
}

/* ---- responses, as text */

struct response_case {
    int status;
    const char *body;
    const char *expected; /* "outcome reason" and, when there are, " code=" " id=" " scope=" "
                             retry=" " suppress" */
};

static inline void tell(const struct verdict *v, char *out, size_t out_bytes)
{
    static const char *const scopes[] = {"", " scope=sender", " scope=pair"};
    char retry[32] = "";
    if (v->retry_after_ms >= 0) snprintf(retry, sizeof retry, " retry=%d", (int)v->retry_after_ms);
    snprintf(out, out_bytes, "%s %.*s%s%.*s%s%.*s%s%s%s%s%s%.*s%s%.*s",
             outcome_to_string(v->outcome), SLICE_ARG(v->reason), v->code.n ? " code=" : "",
             SLICE_ARG(v->code), v->provider_id.n ? " id=" : "", SLICE_ARG(v->provider_id),
             scopes[v->scope], retry, v->suppress ? " suppress" : "",
             v->unlisted ? " unlisted" : "", v->to_known_as.n ? " known_as=" : "",
             SLICE_ARG(v->to_known_as), v->to_user_id.n ? " user=" : "", SLICE_ARG(v->to_user_id));
}

static inline void judge_all(const struct provider *p, struct gateway_config config,
                             const struct response_case *cases, size_t count)
{
    struct gateway *g = make_gateway(p, config);
    for (size_t i = 0; i < count; i++) {
        struct http_result result = {.transport = HTTP_ANSWERED,
                                     .status = cases[i].status,
                                     .body = slice_of(cases[i].body),
                                     .retry_after_ms = -1};
        struct verdict v;
        char told[512];
        gateway_classify(g, &result, &v);
        tell(&v, told, sizeof told);
        if (strcmp(told, cases[i].expected) != 0)
            fail_msg("%d %s\nexpected '%s'\ngot      '%s'", cases[i].status, cases[i].body,
                     cases[i].expected, told);
    }
    gateway_free(g);
}

#define HTML "<html><body>It works</body></html>"
