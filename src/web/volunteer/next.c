/* The next person, alone or behind an answer or a close: whoever it is, the page of them follows. */
#include "next.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/form.h"
#include "web/view/view.h"

enum { PATH_BYTES = 512, WORDS_BYTES = 192 };

struct next {
    uint32_t closed;
};

/* ---- where it leads ---- */

static struct slice want(const struct web_call *c, const char *name)
{
    struct slice typed = web_field(c, name);
    return typed.n ? typed : web_query(c, name);
}

static void add_pair(struct buf *path, const char *name, struct slice value)
{
    if (value.n == 0) return;
    buf_addf(path, "%c%s=", memchr(path->p, '?', path->n) ? '&' : '?', name);
    form_encode(path, value);
}

static void add_number(struct buf *path, const char *name, uint64_t n)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, n);
    if (n > 0) add_pair(path, name, slice_of(text));
}

static void lead(struct web_call *c, struct buf *path)
{
    const struct next *next = c->state;
    add_number(path, "closed", next->closed);
    add_pair(path, "want_tag", want(c, "want_tag"));
    add_pair(path, "want_campaign", want(c, "want_campaign"));
    web_answer_redirect(c, path->failed ? "/inbox" : path->p);
}

static void on_next(void *arg, int result, const struct inbox_next *next, const struct err *e)
{
    struct web_call *c = arg;
    struct buf path = BUF_INIT(PATH_BYTES);
    if (result < 0 && result != ERR_CONFLICT) {
        web_failed(c, result, e);
        return;
    }
    if (result == ERR_CONFLICT)
        buf_add_cstr(&path, "/inbox?show=mine&said=full");
    else if (next->taken)
        buf_addf(&path, "/inbox/%u", next->taken->id);
    else
        buf_add_cstr(&path, "/inbox?said=nobody");
    if (result == 0 && !next->taken) {
        add_number(&path, "held", next->held);
        add_number(&path, "free", (uint64_t)next->free_ms);
    }
    lead(c, &path);
    buf_done(&path);
}

void next_lead(struct web_call *c, uint32_t closed)
{
    struct next *next = web_call_state(c, sizeof *next, NULL);
    struct inbox_wish wish = {.tag = want(c, "want_tag"), .lease_ms = c->config->claim_ms};
    uint64_t campaign = 0;
    (void)slice_to_u64(want(c, "want_campaign"), UINT32_MAX, &campaign);
    wish.campaign = (uint32_t)campaign;
    next->closed = closed;
    if (slice_is(wish.tag, INBOX_ESCALATE) && !access_may_somewhere(c->member, MAY_TAKE_OVER))
        wish.tag = SLICE_NONE; /* those wait for an organiser */
    bool escalated = slice_is(wish.tag, INBOX_ESCALATE);
    struct inbox_actor who = view_actor_who(c, escalated ? MAY_TAKE_OVER : MAY_READ_INBOX);
    inbox_next(c->config->inbox, &wish, &who, on_next, c);
}

static void post_next(struct web_call *c)
{
    next_lead(c, 0);
}

/* ---- what the page there shows ---- */

static json_t *nobody_words(const struct web_call *c)
{
    char words[WORDS_BYTES], wait[32];
    uint64_t held = 0, free_ms = 0;
    (void)slice_to_u64(web_query(c, "held"), UINT32_MAX, &held);
    (void)slice_to_u64(web_query(c, "free"), INT64_MAX, &free_ms);
    if (held == 0) return json_string("Nobody is waiting. Well done.");
    view_duration((int64_t)free_ms - c->now_ms, wait);
    (void)snprintf(words, sizeof words,
                   free_ms ? "Everybody who waits is being answered (%" PRIu64
                             "). The first may be free again in %s."
                           : "Everybody who waits is being answered (%" PRIu64 ").",
                   held, wait);
    return json_string(words);
}

void next_put(const struct web_call *c, json_t *data)
{
    struct slice said = web_query(c, "said");
    uint64_t closed = 0, off = 0;
    if (slice_is(said, "nobody"))
        json_put(data, "said", nobody_words(c));
    else if (slice_is(said, "full"))
        json_put(data, "said",
                 json_string("These people are yours and wait for an answer. Answer "
                             "or give back one before you take another."));
    else if (slice_is(said, "handed"))
        json_put(data, "said", json_string("Handed over."));
    if (slice_to_u64(web_query(c, "closed"), UINT32_MAX, &closed) && closed > 0)
        json_put(data, "undo", json_integer((json_int_t)closed));
    if (slice_to_u64(web_query(c, "off"), UINT32_MAX, &off) && off > 0)
        json_put(data, "undo_off", json_integer((json_int_t)off));
    json_put(data, "want_tag", json_text(want(c, "want_tag")));
    json_put(data, "want_campaign", json_text(want(c, "want_campaign")));
}

static const struct route rows[] = {
    {"POST", "/inbox/next", MAY_ANSWER, NEEDS_STORE | IN_GROUP | PAGE | FORM, NULL, post_next},
};

const struct routes next_page_routes = {rows, COUNT_OF(rows)};
