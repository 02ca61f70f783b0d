#include "web/leave.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/log.h"
#include "core/digest.h"
#include "io/http_upload.h"
#include "store/audit.h"
#include "store/once.h"
#include "web/call.h"
#include "web/respond.h"

enum {
    KEY_BYTES_MAX = 128, /* of an Idempotency-Key */
    RUNNING_MS =
        60 * 1000, /* nothing takes longer; what was begun before that ended without a word */
    ASKED_BYTES_MAX = 4 << 20,   /* what is asked: method, address and body */
    FILE_PART_BYTES = 64 * 1024, /* of a file, at both ends */
    WHAT_BYTES = 512,            /* of an act */
    SEAL_BYTES = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES,
};

struct leaving {
    /* an act */
    char what[WHAT_BYTES];
    char *group;           /* owned; NULL: there is no act */
    char *why;             /* owned; NULL: nobody was asked */
    uint32_t conversation; /* whose group it is of; 0: none */
    /* under a key */
    bool is_once, did_nothing;
    char key[DIGEST_BYTES], digest[DIGEST_BYTES];
    unsigned char seal_key[crypto_secretbox_KEYBYTES];
    /* the response */
    enum leave_how how;
    int status;
    char *content_type;
    struct buf body;
};

void leaving_free(struct leaving *l)
{
    if (!l) return;
    free(l->group);
    free(l->why);
    free(l->content_type);
    buf_done(&l->body);
    sodium_memzero(l->seal_key, sizeof l->seal_key);
    free(l);
}

static struct leaving *leaving_of(struct web_call *c)
{
    if (!c->leaving) c->leaving = xcalloc(1, sizeof *c->leaving);
    return c->leaving;
}

/* ---- the response ---- */

static void respond_file(struct http_request *q, const char *content_type, struct slice body)
{
    struct leave_file file;
    check(body.n == sizeof file);
    memcpy(&file, body.p, sizeof file);
    http_request_answer_file(q, 200, content_type, file.fd, file.bytes);
}

static void respond(struct web_call *c, enum leave_how how, int status, const char *content_type,
                    struct slice body)
{
    if (how == LEAVE_PAGE)
        respond_html(c->q, status, body);
    else if (how == LEAVE_REDIRECT)
        respond_redirect(c->q, body.p);
    else if (how == LEAVE_FILE)
        respond_file(c->q, content_type, body);
    else
        http_request_answer(c->q, status, content_type, body);
    web_call_free(c);
}

static void respond_kept(struct web_call *c)
{
    const struct leaving *l = c->leaving;
    respond(c, l->how, l->status, l->content_type, buf_slice(&l->body));
}

/* ---- a key ---- */

static struct once once_of(const struct web_call *c)
{
    return (struct once){slice_of(c->member->id), slice_of(c->leaving->key),
                         slice_of(c->leaving->digest)};
}

/* What was answered may hold a person's words or a secret, and whoever reads the store has no business with them: it is sealed
 * with the key that only the client knows. */
static struct slice seal(const struct leaving *l, struct buf *out)
{
    struct slice text = buf_slice(&l->body);
    *out = BUF_INIT(ONCE_BODY_BYTES_MAX + SEAL_BYTES);
    if (text.n > ONCE_BODY_BYTES_MAX) return text; /* too large: it is not kept */
    unsigned char *room = xmalloc(text.n + SEAL_BYTES);
    randombytes_buf(room, crypto_secretbox_NONCEBYTES);
    (void)crypto_secretbox_easy(room + crypto_secretbox_NONCEBYTES, (const unsigned char *)text.p,
                                text.n, room, l->seal_key);
    buf_add(out, (const char *)room, text.n + SEAL_BYTES);
    free(room);
    return buf_slice(out);
}

/* False: it is not what we sealed. */
static bool unseal(const struct leaving *l, struct slice sealed, struct buf *out)
{
    if (sealed.n < SEAL_BYTES) return false;
    const unsigned char *p = (const unsigned char *)sealed.p;
    unsigned char *room = xmalloc(sealed.n);
    bool ok =
        crypto_secretbox_open_easy(room, p + crypto_secretbox_NONCEBYTES,
                                   sealed.n - crypto_secretbox_NONCEBYTES, p, l->seal_key) == 0;
    if (ok) buf_add(out, (const char *)room, sealed.n - SEAL_BYTES);
    free(room);
    return ok;
}

static void on_ended(void *arg, int result, const struct err *e)
{
    if (result < 0) log_warn("a response could not be kept under its Idempotency-Key: %s", e->text);
    respond_kept(arg);
}

void web_act_conversation(struct web_call *c, const char *what)
{
    web_act(c, SLICE_LIT(""), "conversation %u %s", c->id, what);
    leaving_of(c)->conversation = c->id;
}

void web_did_nothing(struct web_call *c)
{
    leaving_of(c)->did_nothing = true;
}

/* A refusal did nothing, so that the same key may be tried again. What an error of ours did is not known: it stays begun. */
static void end_once(struct web_call *c)
{
    struct leaving *l = c->leaving;
    struct once once = once_of(c);
    struct buf sealed;
    if (l->status >= 500 && !l->did_nothing) {
        respond_kept(c);
    } else if (l->status >= 400) {
        once_let_go(c->config->store, &once, on_ended, c);
    } else {
        const struct once_response kept = {.status = l->status,
                                           .content_type = slice_of(l->content_type),
                                           .body = seal(l, &sealed)};
        once_keep(c->config->store, &once, &kept, on_ended, c);
        buf_done(&sealed);
    }
}

/* ---- an act ---- */

void web_act(struct web_call *c, struct slice group, const char *fmt, ...)
{
    struct leaving *l = leaving_of(c);
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(l->what, sizeof l->what, fmt, ap);
    va_end(ap);
    free(l->group);
    l->group = slice_strdup(group);
    l->conversation = 0;
}

void web_act_why(struct web_call *c, struct slice why)
{
    struct leaving *l = leaving_of(c);
    free(l->why);
    l->why = slice_strdup(why);
}

static void on_noted(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (result < 0) log_error("the audit trail lacks '%s': %s", c->leaving->what, e->text);
    if (c->leaving->is_once)
        end_once(c);
    else
        respond_kept(c);
}

static void note(struct web_call *c)
{
    const struct leaving *l = c->leaving;
    const struct audit_note note = {.at_ms = c->now_ms,
                                    .who = web_by(c),
                                    .what = slice_of(l->what),
                                    .why = slice_of(l->why ? l->why : ""),
                                    .group = slice_of(l->group),
                                    .conversation = l->conversation,
                                    .routine = c->route->may == MAY_ANSWER};
    audit_note(c->config->store, &note, on_noted, c);
}

void leave(struct web_call *c, enum leave_how how, int status, const char *content_type,
           struct slice body)
{
    struct leaving *l = c->leaving;
    bool acted = l && l->group && status < 400;
    if (!acted && !(l && l->is_once)) {
        respond(c, how, status, content_type, body);
        return;
    }
    l->how = how;
    l->status = status;
    l->content_type = xstrdup(content_type ? content_type : "");
    l->body = BUF_INIT(body.n + 1);
    buf_add(&l->body, body.p, body.n);
    if (acted)
        note(c);
    else
        end_once(c);
}

/* ---- the key at the door ---- */

static bool key_ok(struct slice key)
{
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] <= ' ' || key.p[i] >= 0x7f) return false;
    return key.n > 0 && key.n <= KEY_BYTES_MAX;
}

/* A file is told from another by its length and what stands at both of its ends: to read all of it would keep everybody waiting. */
static void add_file(struct buf *asked, const struct http_upload *u)
{
    uint64_t bytes = http_upload_bytes(u);
    char *part = xmalloc(FILE_PART_BYTES);
    buf_addf(asked, "%llu ", (unsigned long long)bytes);
    buf_add(asked, part, http_upload_peek(u, 0, part, FILE_PART_BYTES));
    if (bytes > FILE_PART_BYTES)
        buf_add(asked, part, http_upload_peek(u, bytes - FILE_PART_BYTES, part, FILE_PART_BYTES));
    free(part);
}

static void digest_route(const struct web_call *c, struct slice key, struct leaving *l)
{
    struct buf asked = BUF_INIT(ASKED_BYTES_MAX);
    buf_addf(&asked, "%.*s %.*s ", SLICE_ARG(http_request_method(c->q)),
             SLICE_ARG(http_request_path(c->q)));
    buf_add(&asked, key.p, key.n);
    digest_make(SLICE_LIT("once key"), buf_slice(&asked), l->key);
    (void)crypto_generichash(l->seal_key, sizeof l->seal_key, (const unsigned char *)asked.p,
                             asked.n, (const unsigned char *)"muster idempotency key", 22);
    buf_clear(&asked);
    struct slice query = http_request_query(c->q), body = http_request_body(c->q);
    buf_add(&asked, query.p, query.n);
    buf_add(&asked, "\n", 1);
    buf_add(&asked, body.p, body.n);
    if (http_request_upload(c->q)) add_file(&asked, http_request_upload(c->q));
    digest_make(SLICE_LIT("once body"), buf_slice(&asked), l->digest);
    buf_done(&asked);
}

static void answer_kept(struct web_call *c, const struct once_answer *a)
{
    struct buf body = BUF_INIT(ONCE_BODY_BYTES_MAX);
    if (unseal(c->leaving, a->response.body, &body)) {
        char *type = slice_strdup(a->response.content_type);
        http_request_set_header(c->q, "Idempotency-Replayed", "true");
        respond(c, LEAVE_BODY, a->response.status, type, buf_slice(&body));
        free(type);
    } else {
        web_error(c, 500, "internal",
                  "what was answered under that Idempotency-Key cannot be read");
    }
    buf_done(&body);
}

static void answer_begun(struct web_call *c, const struct once_answer *a)
{
    if (c->now_ms - a->since_ms < RUNNING_MS) {
        http_request_set_header(c->q, "Retry-After", "1");
        web_error(c, 409, "idempotency_running",
                  "the request of that Idempotency-Key is still running: ask again in a moment");
        return;
    }
    web_error(c, 409, "idempotency_unknown",
              "a request of that Idempotency-Key was begun, and nobody knows how it ended: look "
              "whether it was done, and use another key when it was not");
}

static void on_begun(void *arg, int result, const struct once_answer *a, const struct err *e)
{
    struct web_call *c = arg;
    c->leaving->is_once = result == 0 && a->state == ONCE_NEW;
    if (!web_ok(c, result, e)) return;
    switch (a->state) {
    case ONCE_NEW:
        c->route->run(c);
        break;
    case ONCE_BEGUN:
        answer_begun(c, a);
        break;
    case ONCE_KEPT:
        answer_kept(c, a);
        break;
    case ONCE_OTHER:
        web_error(c, 422, "idempotency_key_reused",
                  "that Idempotency-Key was used for another body: a key is for one request");
        break;
    case ONCE_FULL:
        web_error(c, 429, "too_many_keys",
                  "you have used %d Idempotency-Keys within a day, which is "
                  "as many as are kept: go on without",
                  ONCE_KEYS_MAX);
        break;
    }
}

void once_open(struct web_call *c)
{
    struct slice key = http_request_header(c->q, "Idempotency-Key");
    if (!key.p) {
        c->route->run(c);
        return;
    }
    if (!key_ok(key)) {
        web_error(c, 400, "invalid", "Idempotency-Key is 1 to %d visible ASCII characters",
                  KEY_BYTES_MAX);
        return;
    }
    digest_route(c, key, leaving_of(c));
    struct once once = once_of(c);
    once_begin(c->config->store, &once, c->now_ms, on_begun, c);
}

/* ---- answers that are ready ---- */

void web_answer_raw(struct web_call *c, int status, const char *content_type, struct slice body)
{
    leave(c, LEAVE_BODY, status, content_type, body);
}

void web_answer_file(struct web_call *c, const char *content_type, int fd, uint64_t bytes)
{
    struct leave_file file = {fd, bytes};
    leave(c, LEAVE_FILE, 200, content_type, slice_make((const char *)&file, sizeof file));
}

void web_answer_text(struct web_call *c, const char *content_type, struct slice text)
{
    web_answer_raw(c, 200, content_type, text);
}

void web_answer_html(struct web_call *c, int status, struct slice html)
{
    leave(c, LEAVE_PAGE, status, NULL, html);
}

void web_answer_redirect(struct web_call *c, const char *path)
{
    leave(c, LEAVE_REDIRECT, 303, NULL, slice_of(path));
}
