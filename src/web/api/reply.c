/* Answers: in one's own words, or by a template that the provider holds. */
#include "web/api/api.h"

#include <stdlib.h>

#include "flow/doubt.h"
#include "flow/held.h"
#include "flow/reply.h"
#include "next.h"
#include "web/call.h"
#include "web/lent.h"
#include "web/offered.h"
#include "web/view/view.h"

enum { KEY_BYTES_MAX = 128, ID_BYTES_MAX = 20, WRITTEN_BYTES_MAX = 64 * 1024 };

static void on_reply(void *arg, int result, const struct inbox_answered *a, const struct err *e)
{
    struct web_call *c = arg;
    if (a->why)
        web_error(c, result == ERR_CONFLICT ? 409 : 422, inbox_why_to_string(a->why), "%s",
                  e->text);
    else if (web_ok(c, result, e)) {
        lent_answered(c, a->group, a->loan);
        next_answer(c, 202, json_pack("{s:I}", "index", (json_int_t)a->index));
    }
}

/* All but what is said. */
static struct inbox_answer read_answer(struct web_call *c)
{
    return (struct inbox_answer){
        .id = c->id,
        .fence = body_uint(&c->body, "fence", INT64_MAX, BODY_NEEDED),
        .key = body_text(&c->body, "key", KEY_BYTES_MAX, BODY_OPTIONAL),
        .lease_ms = c->config->claim_ms,
        .sees = json_is_integer(json_object_get(c->body.root, "seen")),
        .heard = (uint32_t)body_uint(&c->body, "seen", UINT32_MAX, BODY_OPTIONAL),
    };
}

static void send(struct web_call *c, const struct inbox_answer *answer, const char *act)
{
    struct inbox_actor who = view_actor(c);
    struct err e;
    web_act_conversation(c, act);
    int r = reply_send(c->config->inbox, c->config->outbox, answer, &who, on_reply, c, &e);
    if (r < 0) web_failed(c, r, &e);
}

/* ---- by a template ---- */

/* False: c has its response. */
static bool read_values(struct web_call *c, const struct held *held, struct slice *values)
{
    const json_t *list = json_object_get(c->body.root, "values");
    size_t n = held_gap_count(held);
    if (json_array_size(list) != n)
        body_note(&c->body, "values", "'values' has %zu texts, and the template has %zu gap%s",
                  json_array_size(list), n, n == 1 ? "" : "s");
    for (size_t i = 0; i < n; i++) {
        values[i] = slice_trim(json_slice(json_array_get(list, i)));
        if (!held_value_ok(values[i]))
            body_note(&c->body, "values",
                      values[i].n ? "what stands for {{%.*s}} must be one line of at most 1,024 "
                                    "characters, without five blanks in a row"
                                  : "write what stands for {{%.*s}}",
                      SLICE_ARG(held_gap(held, i)));
    }
    return web_body_ok(c);
}

static void on_held(struct web_call *c, const struct held *held)
{
    struct slice values[HELD_GAPS_MAX] = {{0}};
    if (!held || !read_values(c, held, values)) return;
    struct buf text = BUF_INIT(WRITTEN_BYTES_MAX);
    json_t *call = held_call(held, values);
    char *said = json_dumps(call, JSON_COMPACT);
    struct inbox_answer answer = read_answer(c);
    held_write(held, values, &text);
    answer.text = buf_slice(&text);
    answer.held = slice_of(said);
    answer.held_gateway = held_gateway(held);
    answer.held_name = held_template(held);
    send(c, &answer, "answered by a template");
    free(said);
    json_decref(call);
    buf_done(&text);
}

/* ---- in one's own words ---- */

static void send_words(struct web_call *c, const struct inbox_answer *answer)
{
    bool anyway = json_is_true(json_object_get(c->body.root, "anyway"));
    struct err e;
    if (!anyway && doubt_answer(c->config->means, answer->text, c->now_ms, &e) < 0)
        web_error(c, 409, "doubtful", "%s with `anyway`", e.text);
    else
        send(c, answer, anyway ? "answered, although asked" : "answered");
}

static void post_reply(struct web_call *c)
{
    struct slice held = body_text(&c->body, "template", ID_BYTES_MAX, BODY_OPTIONAL);
    bool by_template = held.n > 0;
    struct inbox_answer answer = read_answer(c);
    answer.text = body_text(&c->body, "text", INBOX_TEXT_BYTES_MAX,
                            by_template ? BODY_OPTIONAL : BODY_NEEDED);
    (void)body_list(&c->body, "values", HELD_GAPS_MAX, BODY_OPTIONAL);
    if (by_template && body_says(&c->body, "text"))
        body_note(&c->body, "text", "send 'text' or a 'template', not both");
    if (!by_template && body_says(&c->body, "values"))
        body_note(&c->body, "values", "'values' are of a 'template': name it");
    if (!web_body_ok(c) || !next_is_read(c)) return;
    if (by_template)
        offered_find(c, held, on_held);
    else
        send_words(c, &answer);
}

static const struct route rows[] = {
    {"POST", "/api/v1/conversations/{id}/reply", MAY_ANSWER,
     NEEDS_STORE | IN_GROUP | WITH_ID | ONCE | AUDITED,
     KEYS("text", "template", "values", "fence", "key", "seen", "next", "anyway"), post_reply},
};

const struct routes reply_routes = {rows, COUNT_OF(rows)};
