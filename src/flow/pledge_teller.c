/* Two loops, a step at a time: who has a text of their own to come (every quarter of a second), and a walk over all sessions that
 * people come to, for what is told to all of one. */
#include "flow/pledge_teller.h"

#include <stdlib.h>

#include "base/map.h"
#include "core/pledge_time.h"
#include "flow/senders.h"
#include "flow/zone_book.h"

enum { UNTOLD_MS = 250, WALK_MS = 10 * 1000 };

/* A session, as the walk saw it last. */
struct seen {
    uint32_t id;
    uint64_t digest;     /* up to which people were told that it is another one; 0: not known */
    int64_t reminded_ms; /* the reminder that fell due then is told to all */
    uint64_t off;        /* the digest with which all were told that it is off */
    unsigned walk;
};

/* Something that is told to all of a session, page by page. */
struct round {
    struct seen *seen; /* NULL: none */
    enum pledge_notice notice;
    int64_t due_ms;
    uint64_t digest;
    uint32_t after;
};

struct pledge_teller {
    struct pledge_teller_config config;
    int64_t now_ms, next_untold_ms, next_page_ms;
    bool asks_untold, asks_sessions, asks_round; /* Redis, each one thing at a time */
    struct map *seen;                            /* session → struct seen, owned */
    uint32_t from;                               /* of the walk */
    unsigned walk;
    struct round rounds[2 * PLEDGE_SESSIONS_PAGE]; /* the last one goes on */
    size_t rounds_n;
};

static const struct zone *zone_of(const struct pledge_teller *t, const struct place *place)
{
    return zone_book_clock(t->config.zones, t->config.groups, t->config.country,
                           slice_of(place->group))
        .zone;
}

/* NULL: there is none of that name, or not for that. */
static const struct account *named(const struct pledge_teller *t, const char *name,
                                   struct slice group)
{
    const struct account *a =
        name && *name ? accounts_find(t->config.accounts, slice_of(name)) : NULL;
    return a && strcmp(a->channel, "sms") == 0 && senders_serve(a, t->config.groups, group) ? a
                                                                                            : NULL;
}

/* By which account people of that group are texted who have no conversation: the group's choice, the organisation's, else the
 * first. */
static const struct account *usual(const struct pledge_teller *t, struct slice group)
{
    const struct accounts *all = t->config.accounts;
    const struct group_info *info = groups_find(t->config.groups, group);
    const struct account *chosen = info ? named(t, info->pledge_gateway, group) : NULL;
    if (!chosen) chosen = named(t, t->config.gateway, group);
    if (chosen) return chosen;
    for (size_t i = 0; i < all->count; i++) {
        const struct account *a = &all->list[i];
        if (strcmp(a->channel, "sms") == 0 && senders_serve(a, t->config.groups, group)) return a;
    }
    return NULL;
}

/* ---- telling ---- */

struct telling {
    struct pledge_text list[PLEDGE_TELL_MAX];
    char texts[PLEDGE_TELL_MAX][PLEDGE_TEXT_BYTES];
    size_t n;
};

static void add(const struct pledge_teller *t, struct telling *to, const struct pledge_due *due)
{
    const struct zone *zone = zone_of(t, due->place);
    const struct account *by = usual(t, due->pledge.group);
    int64_t at_ms = due->notice == PLEDGE_SAY_UP
                        ? pledge_news_at(zone, due->session->start_ms, t->now_ms)
                        : t->now_ms;
    to->list[to->n] = (struct pledge_text){
        .session = due->pledge.session,
        .number = due->pledge.number,
        .notice = due->notice,
        .text = pledge_teller_text(&t->config, due, zone, to->texts[to->n]),
        .later_ms = at_ms > t->now_ms ? at_ms : 0,
        .gateway = by ? slice_of(by->name) : SLICE_NONE,
        .sender =
            by ? slice_of(
                     by->senders[senders_of_group(by, t->config.groups, due->pledge.group).at[0]])
               : SLICE_NONE,
    };
    to->n++;
}

/* Asks Redis unless there is nobody to be told; true: cb comes. */
static bool tell(struct pledge_teller *t, const struct pledge_due *list, size_t n,
                 pledge_told_cb *cb)
{
    if (n == 0) return false;
    struct telling *to = xmalloc(sizeof *to);
    to->n = 0;
    for (size_t i = 0; i < n; i++)
        add(t, to, &list[i]);
    pledge_tell(t->config.store, to->list, to->n, t->now_ms, cb, t);
    free(to);
    return true;
}

static void publish(const struct pledge_teller *t, const uint32_t *indexes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        outbox_remind(t->config.outbox, indexes[i]);
}

/* ---- who has a text of their own to come ---- */

static void on_untold_told(void *arg, int result, const uint32_t *indexes, size_t n)
{
    struct pledge_teller *t = arg;
    t->asks_untold = false;
    if (result == 0) publish(t, indexes, n);
}

static void on_untold(void *arg, int result, const struct pledge_due *list, size_t n, uint32_t next)
{
    struct pledge_teller *t = arg;
    (void)next;
    bool more = result == 0 && n == PLEDGE_TELL_MAX;
    t->next_untold_ms = t->now_ms + (more ? 0 : UNTOLD_MS);
    t->asks_untold = result == 0 && tell(t, list, n, on_untold_told);
}

static void step_untold(struct pledge_teller *t)
{
    if (t->asks_untold || t->now_ms < t->next_untold_ms) return;
    t->asks_untold = true;
    pledge_untold(t->config.store, t->now_ms, on_untold, t);
}

/* ---- what is told to all of a session ---- */

static void round_ends(struct pledge_teller *t)
{
    const struct round *r = &t->rounds[--t->rounds_n];
    if (r->notice == PLEDGE_SAY_MOVED) r->seen->digest = r->digest;
    if (r->notice == PLEDGE_SAY_OFF) r->seen->off = r->digest;
    if (r->notice == PLEDGE_SAY_DAY || r->notice == PLEDGE_SAY_HOURS)
        r->seen->reminded_ms = r->due_ms;
}

/* A page that could not be told comes again: its people are due still. */
static void page_told(struct pledge_teller *t)
{
    struct round *r = &t->rounds[t->rounds_n - 1];
    t->asks_round = false;
    if (r->after == 0) round_ends(t);
}

static void on_round_told(void *arg, int result, const uint32_t *indexes, size_t n)
{
    struct pledge_teller *t = arg;
    if (result == 0) {
        publish(t, indexes, n);
        page_told(t);
        return;
    }
    t->asks_round = false;
    t->rounds_n--; /* the walk comes by again */
}

static void on_due(void *arg, int result, const struct pledge_due *list, size_t n, uint32_t next)
{
    struct pledge_teller *t = arg;
    if (result < 0) {
        t->asks_round = false;
        return;
    }
    t->rounds[t->rounds_n - 1].after = next;
    if (!tell(t, list, n, on_round_told)) page_told(t);
}

static void step_round(struct pledge_teller *t)
{
    const struct round *r = &t->rounds[t->rounds_n - 1];
    t->asks_round = true;
    pledge_due(t->config.store, r->seen->id, r->notice, r->due_ms, r->after, t->now_ms, on_due, t);
}

/* ---- the walk ---- */

static struct seen *see(struct pledge_teller *t, uint32_t id)
{
    struct slice key = slice_make((const char *)&id, sizeof id);
    struct seen *s = map_get(t->seen, key);
    if (!s) {
        s = xcalloc(1, sizeof *s);
        s->id = id;
        (void)map_put(t->seen, key, s);
    }
    s->walk = t->walk;
    return s;
}

static void begin(struct pledge_teller *t, struct seen *seen, enum pledge_notice notice,
                  int64_t due_ms, uint64_t digest)
{
    t->rounds[t->rounds_n++] = (struct round){seen, notice, due_ms, digest, 0};
}

static void say_off(struct pledge_teller *t, struct seen *seen, const struct pledge_session *one)
{
    if (seen->off != one->digest) begin(t, seen, PLEDGE_SAY_OFF, 0, one->digest);
}

static void look_at(struct pledge_teller *t, const struct pledge_session *one)
{
    struct seen *seen = see(t, one->id);
    const struct session *s = one->session;
    int64_t due_ms;
    if (!s) return;
    const struct zone *zone = zone_of(t, one->place);
    bool news = pledge_news_at(zone, s->start_ms, t->now_ms) == t->now_ms;
    if (s->is_cancelled) {
        if (news) say_off(t, seen, one);
        return;
    }
    if (s->waiting > 0 && session_left(s) > 0)
        pledge_fill(t->config.store, one->id, t->now_ms, NULL, NULL);
    enum pledge_reminder what = pledge_reminder_now(zone, s->start_ms, t->now_ms, &due_ms);
    if (news && seen->digest != one->digest) begin(t, seen, PLEDGE_SAY_MOVED, 0, one->digest);
    /* First, as it is later: who is reminded knows what has changed. */
    if (what != PLEDGE_REMIND_NONE && seen->reminded_ms != due_ms)
        begin(t, seen, what == PLEDGE_REMIND_DAY ? PLEDGE_SAY_DAY : PLEDGE_SAY_HOURS, due_ms, 0);
}

/* Sessions that the walk did not meet any more are over. */
static void forget_the_rest(struct pledge_teller *t)
{
    size_t pos = 0;
    struct slice key;
    void *s;
    while (map_next(t->seen, &pos, &key, &s)) {
        if (((struct seen *)s)->walk == t->walk) continue;
        (void)map_del(t->seen, key);
        free(s);
    }
    t->walk++;
}

static void on_sessions(void *arg, int result, const struct pledge_session *list, size_t n)
{
    struct pledge_teller *t = arg;
    t->asks_sessions = false;
    if (result < 0) return;
    for (size_t i = 0; i < n; i++)
        look_at(t, &list[i]);
    t->from += (uint32_t)n;
    if (n == PLEDGE_SESSIONS_PAGE) return;
    t->from = 0;
    t->next_page_ms = t->now_ms + WALK_MS;
}

static void step_walk(struct pledge_teller *t)
{
    if (t->asks_sessions || t->asks_round) return;
    if (t->rounds_n > 0) {
        step_round(t);
    } else if (t->now_ms >= t->next_page_ms) {
        if (t->from == 0) forget_the_rest(t);
        t->asks_sessions = true;
        pledge_sessions(t->config.store, t->now_ms, t->from, on_sessions, t);
    }
}

/* ---- life ---- */

void pledge_teller_step(struct pledge_teller *t, int64_t now_ms)
{
    t->now_ms = now_ms;
    step_untold(t);
    step_walk(t);
}

bool pledge_teller_idle(const struct pledge_teller *t)
{
    return !t->asks_untold && !t->asks_sessions && !t->asks_round;
}

struct pledge_teller *pledge_teller_new(const struct pledge_teller_config *config)
{
    struct pledge_teller *t = xcalloc(1, sizeof *t);
    t->config = *config;
    t->seen = map_new();
    return t;
}

void pledge_teller_free(struct pledge_teller *t)
{
    size_t pos = 0;
    struct slice key;
    void *s;
    if (!t) return;
    while (map_next(t->seen, &pos, &key, &s))
        free(s);
    map_free(t->seen);
    free(t);
}
