#pragma once
/* A request that was let in: the door has seen to all that its row says (web/route.h) before the
 * function runs. The call holds everything of the request, waits with it for the store, and is gone
 * with its response. */
#include "base/arena.h"
#include "core/actor.h"
#include "core/form.h"
#include "core/json.h"
#include "store/deed.h"
#include "web/body.h"
#include "web/private.h"
#include "web/router.h"

struct web_call {
    struct web *web;
    const struct web_config *config; /* web's */
    struct http_request *q;
    const struct route *route;
    struct route_params params;
    const struct member *member; /* NULL where strangers may in, too */
    int64_t now_ms;              /* [wall ms] when it came */
    uint32_t id;                 /* of a row WITH_ID */
    struct body body;            /* of a row with keys */
    struct form form;            /* of a FORM */
    struct arena *arena;         /* of a FORM */
    void *state;                 /* see web_call_state */
    void (*state_done)(void *state);
    /* see web_ask */
    void (*then)(struct web_call *c, int status, const json_t *body);
    json_t *asked;             /* what a page keeps from question to question; freed with c */
    const struct route *asker; /* the page's row, while another one runs */
    struct slice asked_query;  /* of the question to it, "?side=lent"; none: the page's own */
    struct leaving *leaving;   /* src/web/leave.h */
    char by[ACTOR_BYTES];      /* see web_by */
};

/* The door: answers q, or runs the row's function. params are copied. */
void web_call_open(struct web *w, struct http_request *q, const struct route *route,
                   const struct route_params *params);

/* What the row's policy says of that member; groups of what is asked for are not looked at. */
bool web_lets_in(const struct route *route, const struct member *m);

struct slice web_param(const struct web_call *c, const char *name); /* {name} of the path */
struct slice web_query(const struct web_call *c, const char *name); /* ?name=; none when absent */
/* A number of the query, `otherwise` when it says none. False: c has its response. */
bool web_query_number(struct web_call *c, const char *name, uint64_t max, uint64_t otherwise,
                      uint64_t *ret);
/* Where the next page of a list by id begins, behind that id; 0: null, there is none. */
json_t *web_cursor(uint32_t id);
/* The same of a walk over a hash; null: that was all of it. */
struct hash_cursor;
json_t *web_hash_cursor(const struct hash_cursor *next);
struct slice web_field(const struct web_call *c, const char *name); /* of the form; the same */
/* The same without the white space around it: what somebody typed into a field of one line. */
struct slice web_typed(const struct web_call *c, const char *name);

/* What a function needs while it waits, zeroed: becomes c->state and is freed with c. done, which
 * may be NULL, frees what it holds. Once for each call. */
void *web_call_state(struct web_call *c, size_t bytes, void (*done)(void *state));

/* Who asks, for the audit trail and for all that the store keeps of who did something: takes the place
 * of the member's name (core/actor.h). */
struct slice web_by(struct web_call *c);
/* The same, now; and why. Borrows from the call. */
struct deed web_deed(struct web_call *c);
struct deed web_deed_for(struct web_call *c, struct slice why);
/* What this call did, for the audit trail; "" = of the whole organisation. It is written before the response leaves, and only
 * when that is none of an error. For what no script writes about in the step that does it. No words and no numbers of people. */
void web_act(struct web_call *c, struct slice group, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Why they did it, in their words, beside what web_act says. */
void web_act_why(struct web_call *c, struct slice why);

/* The same about conversation {id}: "answered". Of the group whose conversation it is. */
void web_act_conversation(struct web_call *c, const char *what);
/* The error that follows, although it is ours (5xx), is of what was surely not begun: it may be asked for again under the same
 * Idempotency-Key. */
void web_did_nothing(struct web_call *c);

/* ---- a page asks the API ---- */

/* What the API answers to that question of this member, by the row that answers it to everybody, with
 * its policy: so a page shows what the API tells, and nobody gets more from it. The query is what fmt has behind a '?' (text
 * that needs no escape), and where it has none the page's own. body NULL: none; taken. `then` gets what web_answer or an error would have sent, borrowed
 * for the call ({"detail": …} of an error), later or from inside the call, and answers c or asks again.
 * State that c has is freed first. */
typedef void web_then(struct web_call *c, int status, const json_t *body);
void web_ask(struct web_call *c, web_then *then, json_t *body, const char *method, const char *fmt,
             ...) PRINTF_LIKE(5, 6);

/* What a page keeps from question to question, in c->asked: NULL = nothing of that name; borrowed. */
json_t *web_known(const struct web_call *c, const char *key);
void web_know(struct web_call *c, const char *key, json_t *value); /* takes value */

/* Answers with what `then` heard of a failure. */
void web_pass_on(struct web_call *c, int status, const json_t *problem);

/* ---- responses: each of them is the only one, and c is gone afterwards ---- */

/* Lets go of all that c holds; web/leave.c calls it. */
void web_call_free(struct web_call *c);
/* JSON. Takes body. */
void web_answer(struct web_call *c, int status, json_t *body);
void web_answer_raw(struct web_call *c, int status, const char *content_type, struct slice body);
/* 200 with the first `bytes` of an open file. Takes fd. */
void web_answer_file(struct web_call *c, const char *content_type, int fd, uint64_t bytes);
void web_answer_text(struct web_call *c, const char *content_type, struct slice text); /* 200 */
/* A page, with the headers that keep it harmless. */
void web_answer_html(struct web_call *c, int status, struct slice html);
void web_answer_redirect(struct web_call *c, const char *path); /* 303: from a form to a page */
/* A response that goes on (io/http_server.h). NULL: there is no room, and c still wants a response. */
struct http_stream *web_answer_stream(struct web_call *c, const char *content_type,
                                      http_gone_cb *gone, void *arg);
/* {key: [item, …], "next": next}. next is taken; NULL: no such key. */
typedef json_t *web_item_fn(const struct web_call *c, const void *list, size_t i);
void web_answer_list(struct web_call *c, const char *key, const void *list, size_t n,
                     web_item_fn *item, json_t *next);
/* A problem (web/respond.h: respond_error), or a small page that says the message. code is a row of
 * web/problem.c, the message one sentence for people that says what to do. */
void web_error(struct web_call *c, int status, const char *code, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* The same with further members of the problem. Takes more; NULL: none. */
void web_error_more(struct web_call *c, int status, const char *code, const char *message,
                    json_t *more);
/* 400 "invalid" about one key of the body, which `errors` names. */
void web_refuse_key(struct web_call *c, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* 429 in a while: what guessing tokens costs. */
void web_refuse_guess(struct web_call *c);
/* What a function below web said: status and code by its result. e NULL: the code's own text. */
void web_failed(struct web_call *c, int result, const struct err *e);
/* False: it is answered with what failed. */
bool web_ok(struct web_call *c, int result, const struct err *e);
/* False: something in the body was wrong, and c has its response. */
bool web_body_ok(struct web_call *c);
