/* Each watcher is a listener of store/events.h with a response that goes on. Who it is, and what they
 * may hear of, is looked up anew each time something is told, by what the request showed: so a member
 * who was moved hears nothing more of their old group, and one who was revoked is gone within a second.
 *
 * A client that reads more slowly than things happen is not sent all of it later: once it reads again
 * it is told of a reset, and asks the API how things stand. */
#include "web/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "core/event_kind.h"
#include "store/campaign.h"
#include "store/events.h"
#include "web/api/api.h"
#include "web/call.h"
#include "web/lent.h"
#include "web/progress.h"
#include "web/view/view.h"

enum { RETRY_MS = 2000, TEXT_BYTES_MAX = 256 * 1024, ALL_KINDS = (1 << EVENT_KIND_COUNT) - 1 };

struct watcher {
    struct live *live;
    TAILQ_ENTRY(watcher) place;
    struct http_stream *stream;
    struct events_listener *listener;
    char *member; /* the id of whose it is; owned */
    struct auth_pass pass;
    unsigned kinds; /* a bit each */
    struct event_id at;
    bool behind; /* it was not told of something, and will be told of a reset */
    int64_t beat_ms;
};

struct live {
    struct web *web;
    struct loop_timer *look;
    struct progress *progress;
    TAILQ_HEAD(, watcher) watchers;
    size_t count;
    struct buf text; /* of one moment for one of them */
};

/* ---- one of them ---- */

/* NULL: may not come in any more. */
static const struct member *member_of(const struct watcher *w)
{
    struct web *web = w->live->web;
    return auth_pass_member(web->auth, &w->pass, web_now(web));
}

static void forget(struct watcher *w)
{
    struct live *l = w->live;
    TAILQ_REMOVE(&l->watchers, w, place);
    if (--l->count == 0) loop_timer_cancel(l->look);
    events_unlisten(w->listener);
    free(w->member);
    free(w);
}

static void on_gone(void *arg)
{
    forget(arg);
}

static void end(struct watcher *w)
{
    http_stream_close(w->stream);
    forget(w);
}

static void begin_text(struct watcher *w)
{
    char id[EVENTS_ID_BYTES];
    event_id_write(w->at, id);
    buf_clear(&w->live->text);
    buf_addf(&w->live->text, "id: %s\n", id);
}

/* What is in live->text. */
static void send_text(struct watcher *w)
{
    struct buf *text = &w->live->text;
    if (!text->failed && text->n <= LIVE_AT_ONCE &&
        http_stream_waiting(w->stream) + text->n <= HTTP_STREAM_BYTES_MAX / 2)
        (void)http_stream_write(w->stream, buf_slice(text));
    else
        w->behind = true;
}

static void send_reset(struct watcher *w)
{
    if (http_stream_waiting(w->stream) > 0) return; /* it still reads: later */
    w->behind = false;
    begin_text(w);
    buf_add_cstr(&w->live->text, "event: reset\ndata: {}\n\n");
    send_text(w);
}

static void add_event(struct buf *to, const struct event *e)
{
    buf_add_cstr(to, "id: ");
    buf_add_cstr(to, e->id_text);
    buf_add_cstr(to, "\nevent: ");
    buf_add_cstr(to, event_kind_to_string(e->kind));
    buf_add_cstr(to, "\ndata: ");
    buf_add_slice(to, e->json);
    buf_add_cstr(to, "\n\n");
}

static bool wants(const struct watcher *w, enum event_kind kind)
{
    return w->kinds & 1u << kind;
}

/* Of conversations of a group whose inbox is lent to them, too, and of what is of a list that is. */
static bool may_hear(const struct watcher *w, const struct member *m, const struct event *e)
{
    return event_may_hear(m, e->kind, e->group) ||
           (e->loan && loan_is_to(w->live->web, m, event_kind_action(e->kind), e->loan)) ||
           (e->kind == EVENT_CONVERSATION && lent_to(w->live->web, m, e->group) &&
            access_may_somewhere(m, event_kind_action(e->kind)));
}

static void send_list(struct watcher *w, const struct member *m, const struct events_news *news)
{
    struct buf *text = &w->live->text;
    buf_clear(text);
    for (size_t i = 0; i < news->n && text->n <= LIVE_AT_ONCE; i++) {
        const struct event *e = &news->list[i];
        if (wants(w, e->kind) && may_hear(w, m, e)) add_event(text, e);
    }
    if (text->n) send_text(w);
}

static void send_beat(struct watcher *w)
{
    begin_text(w);
    buf_add_cstr(&w->live->text, ":\n\n");
    send_text(w);
    w->beat_ms = web_now(w->live->web) + LIVE_BEAT_MS;
}

static void on_news(void *arg, const struct events_news *news)
{
    struct watcher *w = arg;
    const struct member *m = member_of(w);
    if (!m) {
        end(w);
        return;
    }
    w->behind = w->behind || news->reset;
    bool first = w->at.ms == 0;
    w->at = news->at;
    if (w->behind)
        send_reset(w);
    else if (news->n)
        send_list(w, m, news);
    else if (first)
        send_beat(w);
}

/* ---- all of them, once a second ---- */

static bool hears_of_progress(const struct watcher *w)
{
    const struct member *m = wants(w, EVENT_PROGRESS) ? member_of(w) : NULL;
    return m && access_may_somewhere(m, event_kind_action(EVENT_PROGRESS));
}

static void tell_progress(void *arg, const struct campaign *c, struct slice json)
{
    struct live *l = arg;
    struct watcher *w;
    TAILQ_FOREACH(w, &l->watchers, place)
    {
        const struct member *m = wants(w, EVENT_PROGRESS) && !w->behind ? member_of(w) : NULL;
        bool hears = m && (event_may_hear(m, EVENT_PROGRESS, c->group) ||
                           loan_is_to(l->web, m, event_kind_action(EVENT_PROGRESS), c->loan));
        if (!hears) continue;
        buf_clear(&l->text);
        buf_add_cstr(&l->text, "event: progress\ndata: ");
        buf_add_slice(&l->text, json);
        buf_add_cstr(&l->text, "\n\n");
        send_text(w);
    }
}

static void look_at(struct watcher *w, int64_t now_ms)
{
    if (!member_of(w))
        end(w);
    else if (w->behind)
        send_reset(w);
    else if (now_ms >= w->beat_ms)
        send_beat(w);
}

static void on_look(void *arg)
{
    struct live *l = arg;
    struct watcher *w, *next;
    bool watched = false;
    int64_t now_ms = web_now(l->web);
    for (w = TAILQ_FIRST(&l->watchers); w; w = next) {
        next = TAILQ_NEXT(w, place);
        watched = watched || hears_of_progress(w);
        look_at(w, now_ms);
    }
    if (watched) progress_look(l->progress);
    if (l->count) loop_timer_in(l->look, LIVE_LOOK_MS * 1000LL);
}

struct live *live_new(struct web *web)
{
    struct live *l = xcalloc(1, sizeof *l);
    l->web = web;
    l->look = loop_timer_new(web->config.loop, on_look, l);
    l->progress = progress_new(web->config.store, web->config.now_ms, tell_progress, l);
    TAILQ_INIT(&l->watchers);
    buf_init(&l->text, TEXT_BYTES_MAX);
    return l;
}

void live_free(struct live *l)
{
    if (!l) return;
    check(l->count == 0); /* the servers, which told them that they are gone, have ended */
    loop_timer_free(l->look);
    progress_free(l->progress);
    buf_done(&l->text);
    free(l);
}

/* ---- GET /api/v1/events ---- */

static size_t streams_of(const struct live *l, const char *member)
{
    const struct watcher *w;
    size_t n = 0;
    TAILQ_FOREACH(w, &l->watchers, place)
    n += strcmp(w->member, member) == 0;
    return n;
}

/* "conversation,campaign"; absent: all. False: one is unknown. */
static bool read_kinds(struct slice text, unsigned *ret)
{
    struct slice word;
    *ret = text.n ? 0 : ALL_KINDS;
    while (text.n && slice_cut(&text, ',', &word)) {
        int kind = event_kind_find(word);
        if (kind < 0) return false;
        *ret |= 1u << kind;
    }
    return true;
}

/* A browser that comes back says where it was, a program may. */
static bool read_since(const struct web_call *c, struct event_id *ret, bool *ret_is_there)
{
    struct slice header = http_request_header(c->q, "Last-Event-ID");
    struct slice text = header.n ? header : web_query(c, "since");
    *ret_is_there = text.n > 0;
    return text.n == 0 || event_id_read(text, ret);
}

static void busy(struct web_call *c, int status, const char *why)
{
    http_request_set_header(c->q, "Retry-After", "30");
    web_error(c, status, "busy", "Nobody is told here now: %s.", why);
}

static void begin(struct web_call *c, unsigned kinds, const struct event_id *since)
{
    struct live *l = c->web->live;
    struct watcher *w = xcalloc(1, sizeof *w);
    *w = (struct watcher){.live = l, .kinds = kinds, .beat_ms = c->now_ms + LIVE_BEAT_MS};
    w->member = xstrdup(c->member->id);
    auth_pass_of(c->web->auth, c->q, &w->pass);
    w->stream = web_answer_stream(c, "text/event-stream", on_gone, w);
    if (!w->stream) {
        free(w->member);
        free(w);
        busy(c, 503, "so many watch already that there is no room");
        return;
    }
    TAILQ_INSERT_TAIL(&l->watchers, w, place);
    if (l->count++ == 0) loop_timer_in(l->look, LIVE_LOOK_MS * 1000LL);
    w->listener = events_listen(l->web->config.events, since, on_news, w);
    char hello[32];
    (void)snprintf(hello, sizeof hello, "retry: %d\n\n", RETRY_MS);
    (void)http_stream_write(w->stream, slice_of(hello));
}

static void get_events(struct web_call *c)
{
    struct event_id since = {0};
    unsigned kinds;
    bool comes_back;
    if (!c->web->live)
        web_error(c, 503, "unavailable", "nothing is told here");
    else if (!read_kinds(web_query(c, "kinds"), &kinds))
        web_error(c, 400, "invalid", "'kinds' holds a kind that there is not: see openapi.yaml");
    else if (!read_since(c, &since, &comes_back))
        web_error(c, 400, "invalid", "'since' is the id of an event, as in 1795716000000-0");
    else if (streams_of(c->web->live, c->member->id) >= LIVE_PER_MEMBER_MAX)
        busy(c, 429, "you watch so many times already; close a tab");
    else
        begin(c, kinds, comes_back ? &since : NULL);
}

static const struct route rows[] = {
    {"GET", "/api/v1/events", MAY_SEE_ORGANISATION, IN_GROUP, NULL, get_events},
};

const struct routes event_routes = {rows, COUNT_OF(rows)};
