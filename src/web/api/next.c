/* The next person: one question takes the one who waits longest, so that two volunteers never take
 * the same one. */
#include "next.h"

#include "web/view/view.h"

enum { WORD_BYTES_MAX = 64 };

/* ---- whom they want ---- */

static const char *const wish_keys[] = {"group", "tag", "language", "campaign"};

static bool word(const json_t *o, const char *key, struct slice *ret)
{
    const json_t *value = json_object_get(o, key);
    *ret = json_slice(value);
    return !value || json_is_null(value) ||
           (json_is_string(value) && ret->n <= WORD_BYTES_MAX && is_one_line(*ret));
}

static bool number(const json_t *o, const char *key, uint32_t *ret)
{
    const json_t *value = json_object_get(o, key);
    json_int_t n = json_integer_value(value);
    *ret = (uint32_t)n;
    return !value || json_is_null(value) || (json_is_integer(value) && n > 0 && n <= UINT32_MAX);
}

static bool all_known(const json_t *o)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)o, key, value)
    {
        if (slice_index(slice_of(key), wish_keys, COUNT_OF(wish_keys)) < 0) return false;
    }
    return true;
}

/* Of `o`, which may be NULL. False: c has its response. Borrows from o. */
static bool read_wish(struct web_call *c, const json_t *o, struct inbox_wish *ret)
{
    *ret = (struct inbox_wish){.lease_ms = c->config->claim_ms};
    if (!all_known(o) || !word(o, "group", &ret->group) || !word(o, "tag", &ret->tag) ||
        !word(o, "language", &ret->language) || !number(o, "campaign", &ret->campaign)) {
        web_error(c, 400, "invalid",
                  "whom you want is {\"group\", \"tag\", \"language\": words of at most %d bytes, "
                  "\"campaign\": its number}, each only if you want it",
                  WORD_BYTES_MAX);
        return false;
    }
    if (!slice_is(ret->tag, INBOX_ESCALATE) || access_may_somewhere(c->member, MAY_TAKE_OVER))
        return true;
    web_error(c, 403, "forbidden", "people with the tag " INBOX_ESCALATE " wait for an organiser");
    return false;
}

/* ---- alone ---- */

static void on_next(void *arg, int result, const struct inbox_next *next, const struct err *e)
{
    struct web_call *c = arg;
    if (result == ERR_CONFLICT)
        web_error(c, 409, "holds_too_many", "%s", e->text);
    else if (web_ok(c, result, e))
        web_answer(c, 200, view_next(next, c->member, c->now_ms));
}

/* Who is escalated waits for those who may take over. */
static struct inbox_actor actor_of(const struct web_call *c, const struct inbox_wish *wish)
{
    bool escalated = slice_is(wish->tag, INBOX_ESCALATE);
    return view_actor_who(c, escalated ? MAY_TAKE_OVER : MAY_READ_INBOX);
}

void next_post(struct web_call *c)
{
    struct inbox_wish wish;
    if (!read_wish(c, c->body.root, &wish)) return;
    struct inbox_actor who = actor_of(c, &wish);
    inbox_next(c->config->inbox, &wish, &who, on_next, c);
}

/* ---- behind something ---- */

struct after {
    int status;
    json_t *done; /* owned */
};

static void after_done(void *state)
{
    json_decref(((struct after *)state)->done);
}

bool next_is_read(struct web_call *c)
{
    struct inbox_wish ignored;
    const json_t *o = body_object(&c->body, "next", BODY_OPTIONAL);
    return web_body_ok(c) && read_wish(c, o, &ignored);
}

/* What came before is done, whatever becomes of this. */
static void on_after(void *arg, int result, const struct inbox_next *next, const struct err *e)
{
    struct web_call *c = arg;
    struct after *after = c->state;
    const struct inbox_next none = {.taken = NULL};
    json_t *shown = view_next(next ? next : &none, c->member, c->now_ms);
    if (result < 0) json_put(shown, "why", json_text(slice_of(e->text)));
    json_put(after->done, "next", shown);
    web_answer(c, after->status, json_incref(after->done));
}

void next_answer(struct web_call *c, int status, json_t *done)
{
    struct inbox_wish wish;
    const json_t *o = json_object_get(c->body.root, "next");
    if (!o || json_is_null(o)) {
        web_answer(c, status, done);
        return;
    }
    struct after *after = web_call_state(c, sizeof *after, after_done);
    *after = (struct after){status, done};
    if (!read_wish(c, o, &wish)) return;
    struct inbox_actor who = actor_of(c, &wish);
    inbox_next(c->config->inbox, &wish, &who, on_after, c);
}
