#include "coming.h"

#include <stdlib.h>

#include "core/json.h"
#include "flow/launch.h"
#include "flow/session_words.h"
#include "store/pledge.h"
#include "thread.h"
#include "web/own.h"

enum { SHOWN_MAX = 3 };

/* ---- what is shown ---- */

struct standing {
    struct web_call *c;
    json_t *data;
    void (*then)(struct web_call *c);
};

/* NULL: there is no such session any more. */
static json_t *session_shown(const struct web_call *c, uint32_t session)
{
    struct session_said said;
    if (!session_say(c->config->means->words, session, NULL, 0, 0, &said)) return NULL;
    return json_pack("{s:I,s:o,s:o,s:o}", "session", (json_int_t)session, "place",
                     json_text(said.says.place), "when", json_text(said.says.when), "where",
                     json_text(said.says.meeting_point));
}

static json_t *open_json(const struct web_call *c, const struct pledge_standing *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->n && json_array_size(list) < SHOWN_MAX; i++) {
        json_t *one = session_shown(c, s->open[i].session);
        if (!one) continue;
        json_put(one, "waits", json_boolean(s->open[i].state == PLEDGE_WAITING));
        json_list_add(list, one);
    }
    return list;
}

static const struct pledge_open *find(const struct pledge_standing *s, uint32_t session)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->open[i].session == session) return &s->open[i];
    return NULL;
}

static void on_shown(void *arg, int result, const struct pledge_standing *s, const struct err *e)
{
    struct standing l = *(struct standing *)arg;
    (void)e;
    free(arg);
    if (result == 0) {
        json_put(l.data, "coming", open_json(l.c, s));
        json_t *named = find(s, s->named) ? NULL : session_shown(l.c, s->named);
        if (named) json_put(l.data, "named", named);
    }
    l.then(l.c);
}

void coming_put(struct web_call *c, json_t *data, void (*then)(struct web_call *c))
{
    struct group_set own = own_groups(c);
    struct standing *l = xmalloc(sizeof *l);
    *l = (struct standing){c, data, then};
    pledge_standing(c->config->store, c->id, &own, c->now_ms, on_shown, l);
}

static bool is_of(const json_t *shown, uint32_t session)
{
    return json_integer_value(json_object_get(shown, "session")) == (json_int_t)session;
}

bool coming_has(const json_t *data, uint32_t session)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(data, "coming"), i,
                       one) if (is_of(one, session)) return true;
    return false;
}

bool coming_names(const json_t *data, uint32_t session)
{
    return is_of(json_object_get(data, "named"), session);
}

/* ---- what one says for them ---- */

/* 0: the form names none, which the store knows nothing of. */
static uint32_t session_of(const struct web_call *c)
{
    uint64_t session = 0;
    (void)slice_to_u64(web_field(c, "session"), UINT32_MAX, &session);
    return (uint32_t)session;
}

static void on_done(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    (void)d; /* pressed twice, or late: the thread says what stands */
    thread_lead(arg, result, e);
}

/* A place that a campaign's text took for them is theirs now. */
static void on_comes(void *arg, int result, const struct pledge_standing *s, const struct err *e)
{
    struct web_call *c = arg;
    struct group_set own = own_groups(c);
    struct pledge_ask ask = {.session = session_of(c),
                             .conversation = c->id,
                             .groups = &own,
                             .way = PLEDGE_BY_MEMBER,
                             .by = web_by(c)};
    if (result < 0) {
        thread_lead(c, result, e);
        return;
    }
    if (s->named == ask.session) {
        ask.campaign = s->campaign;
        ask.index = s->index;
    }
    pledge_make(c->config->store, &ask, c->now_ms, on_done, c);
}

static void post_coming(struct web_call *c)
{
    struct group_set own = own_groups(c);
    pledge_standing(c->config->store, c->id, &own, c->now_ms, on_comes, c);
}

static void on_does_not(void *arg, int result, const struct pledge_standing *s, const struct err *e)
{
    struct web_call *c = arg;
    const struct pledge_open *one = result == 0 ? find(s, session_of(c)) : NULL;
    if (one)
        pledge_cancel(c->config->store, one->session, one->number, true, web_deed(c), on_done, c);
    else
        thread_lead(c, result, e);
}

static void post_not_coming(struct web_call *c)
{
    struct group_set own = own_groups(c);
    pledge_standing(c->config->store, c->id, &own, c->now_ms, on_does_not, c);
}

enum { ACTS = NEEDS_STORE | IN_GROUP | PAGE | FORM | WITH_ID };

static const struct route rows[] = {
    {"POST", "/inbox/{id}/coming", MAY_ANSWER, ACTS, NULL, post_coming},
    {"POST", "/inbox/{id}/not-coming", MAY_ANSWER, ACTS, NULL, post_not_coming},
};

const struct routes coming_routes = {rows, COUNT_OF(rows)};
