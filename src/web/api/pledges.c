/* Who comes to a session: those whose place it is read it, and say who came; everybody who answers people may pledge for one
 * of theirs, to any session, and take it back. */
#include "web/api/api.h"

#include <stdio.h>

#include "core/place.h"
#include "store/pledge.h"
#include "web/own.h"
#include "web/view/view.h"

enum { DAYS_MAX = PLEDGE_DAYS_MAX, TEXT_BYTES_MAX = 64 };

/* The group of who pledged may say that they do not come after all: it is their person. */
static bool is_our_person(const struct web_call *c, int result, const struct pledge_view *v)
{
    struct group_set own = own_groups(c);
    return result == 0 && v->n == 1 && group_set_has(&own, v->list[0].group);
}

/* False: c has its response, which is that of a session that is not there. */
static bool is_ours(struct web_call *c, int result, const struct pledge_view *v,
                    const struct err *e)
{
    struct group_set own = own_groups(c);
    if (!web_ok(c, result, e)) return false;
    if (group_set_has(&own, slice_of(v->place->group))) return true;
    web_error(c, 404, "not_found", "there is no such session or pledge");
    return false;
}

/* ---- all of a session ---- */

static void on_page(void *arg, int result, const struct pledge_view *v, const struct err *e)
{
    struct web_call *c = arg;
    char next[16];
    if (!is_ours(c, result, v, e)) return;
    json_t *o = json_object(), *list = json_array();
    for (size_t i = 0; i < v->n; i++)
        json_list_add(list, view_pledge(&v->list[i], c->member));
    (void)snprintf(next, sizeof next, "%u", v->next);
    json_put(o, "place", view_place(c, v->place));
    json_put(o, "session", session_json(v->session));
    json_put(o, "pledges", list);
    json_put(o, "next", v->next ? json_string(next) : json_null());
    web_answer(c, 200, o);
}

static void get_pledges(struct web_call *c)
{
    uint64_t after = 0;
    struct slice cursor = web_query(c, "cursor");
    if (cursor.n && !slice_to_u64(cursor, UINT32_MAX - 1, &after))
        web_error(c, 400, "invalid", "'cursor' is what `next` of the page before said");
    else
        pledge_page(c->config->store, c->id, (uint32_t)after, c->now_ms, on_page, c);
}

/* ---- one more ---- */

static void on_done(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    web_answer(c, 200,
               json_pack("{s:I,s:I,s:s,s:b}", "session", (json_int_t)d->session, "pledge",
                         (json_int_t)d->number, "state", pledge_state_to_string(d->state), "again",
                         (int)d->again));
}

/* By number, or who writes in a conversation of theirs. */
static void post_pledge(struct web_call *c)
{
    struct group_set own = own_groups(c);
    struct pledge_ask ask = {
        .session = c->id, .way = PLEDGE_BY_MEMBER, .by = web_by(c), .groups = &own};
    struct slice number = body_text(&c->body, "number", TEXT_BYTES_MAX, BODY_OPTIONAL);
    struct slice group = body_text(&c->body, "group", TEXT_BYTES_MAX, BODY_OPTIONAL);
    ask.name = body_text(&c->body, "name", PLEDGE_NAME_BYTES_MAX, BODY_OPTIONAL);
    ask.conversation = (uint32_t)body_uint(&c->body, "conversation", UINT32_MAX, BODY_OPTIONAL);
    if (!web_body_ok(c)) return;
    if (!is_one_line(ask.name)) {
        web_refuse_key(c, "name", "the name is one line");
        return;
    }
    if (ask.conversation == 0 &&
        (!api_read_number(c, number, &ask.person) || !own_group(c, group, &ask.group)))
        return;
    pledge_make(c->config->store, &ask, c->now_ms, on_done, c);
}

/* ---- who came, who did not, who does not ---- */

struct saying {
    enum pledge_state state;
    uint32_t number;
};

static void on_one(void *arg, int result, const struct pledge_view *v, const struct err *e)
{
    struct web_call *c = arg;
    const struct saying *w = c->state;
    if (!(w->state == PLEDGE_GONE && is_our_person(c, result, v)) && !is_ours(c, result, v, e))
        return;
    if (w->state == PLEDGE_GONE)
        pledge_cancel(c->config->store, c->id, w->number, true, web_deed(c), on_done, c);
    else
        pledge_mark(c->config->store, c->id, w->number, w->state, web_deed(c), on_done, c);
}

static void post_state(struct web_call *c)
{
    struct saying *w = web_call_state(c, sizeof *w, NULL);
    uint64_t number = 0;
    struct slice said = body_text(&c->body, "state", TEXT_BYTES_MAX, BODY_NEEDED);
    if (!web_body_ok(c)) return;
    if (!pledge_state_from_string(said, &w->state) || w->state == PLEDGE_WAITING ||
        w->state == PLEDGE_OFF) {
        web_refuse_key(c, "state", "'state' is came, missed, coming or gone");
        return;
    }
    if (!slice_to_u64(web_param(c, "pledge"), UINT32_MAX, &number) || number == 0) {
        web_error(c, 404, "not_found", "there is no such session or pledge");
        return;
    }
    w->number = (uint32_t)number;
    pledge_find(c->config->store, c->id, w->number, c->now_ms, on_one, c);
}

/* ---- how many ---- */

static void on_counts(void *arg, int result, const json_t *counts, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_deep_copy(counts));
}

static void get_counts(struct web_call *c)
{
    uint64_t days = 1;
    struct slice text = web_query(c, "days");
    if (text.n && (!slice_to_u64(text, DAYS_MAX, &days) || days == 0))
        web_error(c, 400, "invalid", "'days' is a number from 1 to %d", DAYS_MAX);
    else
        pledge_counts(c->config->store, c->now_ms, (int)days, on_counts, c);
}

enum { ACTS = NEEDS_STORE | IN_GROUP | WITH_ID };

static const struct route rows[] = {
    {"GET", "/api/v1/place-sessions/{id}/pledges", MAY_READ_INBOX, ACTS, NULL, get_pledges},
    {"POST", "/api/v1/place-sessions/{id}/pledges", MAY_ANSWER, ACTS | ONCE,
     KEYS("number", "conversation", "name", "group"), post_pledge},
    {"POST", "/api/v1/place-sessions/{id}/pledges/{pledge}", MAY_ANSWER, ACTS, KEYS("state"),
     post_state},
    {"GET", "/api/v1/pledge-counts", MAY_READ_PLACES, NEEDS_STORE, NULL, get_counts},
};

const struct routes pledge_routes = {rows, COUNT_OF(rows)};
