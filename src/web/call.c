#include "web/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/group.h"
#include "io/redis.h"
#include "store/mark.h"
#include "store/staff.h"
#include "store/there.h"
#include "web/leave.h"
#include "web/lent.h"
#include "web/page_words.h"
#include "web/public/public.h"
#include "web/respond.h"
#include "web/unsent.h"
#include "web/upload.h"
#include "web/wanted.h"

enum {
    FORM_BYTES_MAX = 256 * 1024,
    USER_BYTES = 80,
    PATH_BYTES = 512,
    REFUSAL_BYTES = 256,
    SEEN_MS = 3600 * 1000
};

/* ---- who ---- */

/* The client names itself to the server, whichever way it comes. */
static const char *way_of(const struct web_call *c)
{
    if (http_request_is_unix(c->q)) return "socket";
    if (c->route->flags & PAGE || auth_is_by_session(c->q)) return "page";
    return slice_starts(http_request_header(c->q, "User-Agent"), "Muster/") ? "client" : "api";
}

struct slice web_by(struct web_call *c)
{
    if (c->by[0]) return slice_of(c->by);
    char local[USER_BYTES], address[AUTH_ADDRESS_BYTES], user[USER_BYTES - 8];
    const struct member *m = c->member;
    struct actor a = {slice_of(m ? m->name : "a stranger"), slice_of(m ? m->id : ""),
                      slice_of(way_of(c)), auth_address(c->web->auth, c->q, address)};
    if (http_request_local_user(c->q, user, sizeof user)) {
        (void)snprintf(local, sizeof local, "local:%s", user);
        a.name = slice_of(local);
    }
    return actor_write(&a, c->by);
}

struct deed web_deed(struct web_call *c)
{
    return web_deed_for(c, SLICE_NONE);
}

struct deed web_deed_for(struct web_call *c, struct slice why)
{
    return deed_for(web_by(c), c->now_ms, why);
}

/* ---- the call ---- */

/* Not zeroed as a whole: it is large, and webhooks come by the thousand. */
static struct web_call *call_new(struct web *w, struct http_request *q, const struct route *route,
                                 const struct route_params *params)
{
    struct web_call *c = xmalloc(sizeof *c);
    c->web = w;
    c->config = &w->config;
    c->q = q;
    c->route = route;
    c->params = *params;
    c->member = NULL;
    c->id = 0;
    c->body.root = NULL;
    c->body.e.code = 0;
    c->body.errors = NULL;
    c->form = (struct form){0};
    c->arena = NULL;
    c->state = NULL;
    c->state_done = NULL;
    c->asked_query = SLICE_NONE;
    c->then = NULL;
    c->asker = NULL;
    c->asked = NULL;
    c->leaving = NULL;
    c->by[0] = '\0';
    return c;
}

static bool read_form(struct web_call *c)
{
    bool upload = c->route->flags & UPLOAD;
    if (upload) web_upload_form(c, &c->form);
    return upload || (form_parse(http_request_body(c->q), c->arena, &c->form) == 0 &&
                      form_mend_lines(&c->form, c->arena) == 0);
}

/* ---- the door ---- */

/* A store that went back, or may have, would let in who was revoked since. */
static bool refuse_while_shut(struct http_request *q)
{
    http_request_set_header(q, "Retry-After", "5");
    respond_problem(q, 503, "unavailable",
                    "Redis was started anew or went back to an older copy, and each musterd has "
                    "yet to tell who was revoked since: until then nobody comes in. It takes a "
                    "moment. If it does not end, ask who looks after the server: `muster restore "
                    "status` says there which one is missing.");
    return false;
}

/* Tokens and cookies count only when it is known whom they let in; so do links that sign somebody
 * in. Metrics, which only count, are told all the same. */
static bool people_are_known(const struct web *w, struct http_request *q, const struct route *route)
{
    bool shown = http_request_header(q, "Authorization").n || auth_is_by_session(q);
    bool signs_in = route->flags & SIGNS_IN;
    if ((!shown && !signs_in) || http_request_is_unix(q)) return true;
    if (mark_is_shut(w->config.store) && route->may != MAY_READ_METRICS)
        return refuse_while_shut(q);
    if (signs_in || web_people_are_known(w)) return true;
    http_request_set_header(q, "Retry-After", "1");
    respond_problem(q, 503, "unavailable",
                    "Nothing was done: Redis has not told yet who may sign in. Try again in a "
                    "moment.");
    return false;
}

static void send_away(struct http_request *q, const struct route *route, const char *where)
{
    if (route->flags & PAGE) {
        respond_redirect(q, where);
        return;
    }
    http_request_set_header(q, "WWW-Authenticate", "Bearer");
    respond_error(q, 401, "unauthorised",
                  "who are you? Send `Authorization: Bearer TOKEN`; `muster token add` makes one");
}

/* That somebody is at it; and "last seen", to the hour: more often would be a write for each look. */
static void note_seen(struct web *w, const struct http_request *q, int64_t now_ms)
{
    const struct staff_session *s = auth_session(w->auth, q, now_ms);
    if (s) there_see(w->there, slice_of(s->member), now_ms);
    if (s && w->config.staff && now_ms - s->seen_ms > SEEN_MS)
        staff_seen(w->config.staff, slice_of(s->member), slice_of(s->id), now_ms);
}

bool web_lets_in(const struct route *route, const struct member *m)
{
    return route->flags & IN_GROUP ? access_may_somewhere(m, route->may)
                                   : access_may_everywhere(m, route->may);
}

/* "of the group 'north'", "of 3 groups", "of every group" */
static void say_groups(const struct member *m, char *out, size_t room)
{
    if (m->everywhere)
        (void)snprintf(out, room, "of every group");
    else if (m->group_count == 1)
        (void)snprintf(out, room, "of the group '%s'", m->groups[0]);
    else
        (void)snprintf(out, room, "of %zu groups", m->group_count);
}

/* What this member may not, in words: people who follow a link get a page. */
static void refuse(struct http_request *q, const struct route *route, const struct member *m)
{
    char of[GROUP_BYTES_MAX + 32], text[REFUSAL_BYTES];
    bool volunteer = m->role == ROLE_VOLUNTEER;
    say_groups(m, of, sizeof of);
    if (m->scopes)
        (void)snprintf(text, sizeof text, "That is not among what this token is for");
    else
        (void)snprintf(text, sizeof text, "That is for %s; you are %s %s",
                       volunteer ? "organisers" : "owners",
                       volunteer ? "a volunteer" : "an organiser", of);
    if (route->flags & PAGE)
        respond_problem(q, 403, "forbidden", text);
    else
        respond_error(q, 403, "forbidden", "%s", text);
}

/* Who wanted a page gets it when they have logged in, and what they typed waits for them. */
static void send_to_login(struct web *w, struct http_request *q, const struct route *route)
{
    static const struct route_params none;
    wanted_keep(w, q, route);
    if (!unsent_may_wait(q, route)) {
        send_away(q, route, "/login");
        return;
    }
    struct web_call *c = call_new(w, q, route, &none);
    c->now_ms = web_now(w);
    c->arena = arena_new(FORM_BYTES_MAX);
    if (read_form(c))
        unsent_show(c);
    else
        web_error(c, 403, "forbidden", "The form is too large.");
}

static bool member_comes_in(struct web *w, struct http_request *q, const struct route *route,
                            int64_t now_ms, const struct member **ret)
{
    switch (auth_check(w->auth, q, now_ms, ret)) {
    case AUTH_OK:
        note_seen(w, q, now_ms);
        break;
    case AUTH_WAITING:
        send_away(q, route, "/waiting");
        return false;
    case AUTH_TOO_MANY:
        auth_refuse(w->auth, q);
        return false;
    case AUTH_ABSENT:
    case AUTH_WRONG:
        send_to_login(w, q, route);
        return false;
    }
    if (!web_lets_in(route, *ret)) {
        refuse(q, route, *ret);
        return false;
    }
    if (method_only_reads(http_request_method(q)) || route->flags & FORM ||
        auth_csrf_ok(w->auth, q, http_request_header(q, "X-CSRF-Token")))
        return true;
    respond_error(q, 403, "csrf",
                  "a change under a session must carry the session's value in X-CSRF-Token");
    return false;
}

/* One response for all requests while Redis is away: what they ask for was surely not done.
 * Strangers are not told where Redis is. */
static bool store_is_there(struct web_call *c)
{
    struct err e; /* large, and webhooks do without */
    if (!(c->route->flags & NEEDS_STORE) || redis_why_away(c->config->redis, &e) == 0) return true;
    http_request_set_header(c->q, "Retry-After", "5");
    web_error(c, 503, "unavailable", "Nothing was done: %s. Try again in a moment.", e.text);
    return false;
}

static bool form_is_read(struct web_call *c)
{
    if (!(c->route->flags & FORM)) return true;
    c->arena = arena_new(FORM_BYTES_MAX);
    if (!read_form(c))
        web_error(c, 403, "forbidden", "The form is too large.");
    else if (!c->member || auth_csrf_ok(c->web->auth, c->q, web_field(c, "csrf")))
        return true;
    else if (unsent_may_wait(c->q, c->route))
        unsent_show(c);
    else
        web_error(
            c, 403, "forbidden",
            "Somebody logged in or out since this page was opened. Open it again and repeat it.");
    return false;
}

static bool body_is_read(struct web_call *c)
{
    return !c->route->keys || body_open(c, c->route->keys);
}

static bool id_is_read(struct web_call *c)
{
    uint64_t id;
    if (!(c->route->flags & WITH_ID)) return true;
    if (slice_to_u64(web_param(c, "id"), UINT32_MAX, &id) && id > 0) {
        c->id = (uint32_t)id;
        return true;
    }
    char page[ROUTE_PAGE_BYTES]; /* "/campaigns/check", reloaded */
    if (c->route->flags & PAGE && method_only_reads(http_request_method(c->q)) &&
        router_page_above(c->web->router, http_request_path(c->q), false, page)) {
        web_answer_redirect(c, page);
        return false;
    }
    web_error(c, 404, "not_found",
              "There is nothing of that id: an id is a number, the one that making or listing "
              "it told.");
    return false;
}

static void run(struct web_call *c)
{
    if (c->route->flags & ONCE)
        once_open(c);
    else
        c->route->run(c);
}

/* Who it is, where the route asks. False: q has its response. *ret is NULL when it does not ask. */
static bool comes_in(struct web *w, struct http_request *q, const struct route *route,
                     int64_t now_ms, const struct member **ret)
{
    bool asks_who = route->may != MAY_ANYBODY;
    *ret = NULL;
    if ((asks_who || route->flags & SIGNS_IN) && !people_are_known(w, q, route)) return false;
    if (asks_who && !member_comes_in(w, q, route, now_ms, ret)) return false;
    return !(route->flags & PUBLIC) || public_comes_in(w, q, route, now_ms);
}

void web_call_open(struct web *w, struct http_request *q, const struct route *route,
                   const struct route_params *params)
{
    int64_t now_ms = web_now(w);
    const struct member *member;
    if (!comes_in(w, q, route, now_ms, &member)) return;
    struct web_call *c = call_new(w, q, route, params);
    c->now_ms = now_ms;
    c->member = member ? lent_copy(w, member) : NULL; /* theirs may change while it waits */
    if (store_is_there(c) && form_is_read(c) && body_is_read(c) && id_is_read(c)) run(c);
}

/* ---- what it asks for ---- */

struct slice web_param(const struct web_call *c, const char *name)
{
    return route_param(&c->params, name);
}

struct slice web_query(const struct web_call *c, const char *name)
{
    struct slice rest = c->asked_query, pair, key;
    if (rest.n == 0) return http_request_param(c->q, name);
    while (rest.n && slice_cut(&rest, '&', &pair))
        if (slice_cut(&pair, '=', &key) && slice_is(key, name)) return pair;
    return SLICE_NONE;
}

json_t *web_known(const struct web_call *c, const char *key)
{
    return json_object_get(c->asked, key);
}

void web_know(struct web_call *c, const char *key, json_t *value)
{
    if (!c->asked) c->asked = json_object();
    json_put(c->asked, key, value);
}

struct slice web_field(const struct web_call *c, const char *name)
{
    const struct form_pair *pair = c->form.count ? form_find(&c->form, slice_of(name)) : NULL;
    return pair ? pair->value : SLICE_NONE;
}

struct slice web_typed(const struct web_call *c, const char *name)
{
    return slice_trim(web_field(c, name));
}

void *web_call_state(struct web_call *c, size_t bytes, void (*done)(void *state))
{
    check(!c->state);
    c->state = xcalloc(1, bytes);
    c->state_done = done;
    return c->state;
}

/* ---- responses ---- */

/* What one function needed: its state and its body. */
static void end_run(struct web_call *c)
{
    if (c->state_done) c->state_done(c->state);
    free(c->state);
    c->state = NULL;
    c->state_done = NULL;
    json_decref(c->body.root);
    json_decref(c->body.errors);
    c->body = (struct body){0};
}

void web_call_free(struct web_call *c)
{
    end_run(c);
    json_decref(c->asked);
    arena_free(c->arena);
    free((void *)c->member);
    leaving_free(c->leaving);
    free(c);
}

/* Takes body where it says true: a page asked. */
static bool was_asked(struct web_call *c, int status, json_t *body)
{
    web_then *then = c->then;
    if (!then) return false;
    c->then = NULL;
    c->route = c->asker;
    c->asked_query = SLICE_NONE;
    end_run(c);
    then(c, status, body);
    json_decref(body);
    return true;
}

/* Takes the query off the path. What stands in the path may have a '?' of its own. */
static struct slice cut_query(char *path, const char *fmt)
{
    char *at = strchr(fmt, '?') ? strrchr(path, '?') : NULL;
    if (!at) return SLICE_NONE;
    *at = '\0';
    return slice_of(at + 1);
}

void web_ask(struct web_call *c, web_then *then, json_t *body, const char *method, const char *fmt,
             ...)
{
    char path[PATH_BYTES];
    va_list ap;
    check(fmt != NULL); /* for a compiler that sees strchr look at it */
    va_start(ap, fmt);
    (void)vsnprintf(path, sizeof path, fmt, ap);
    va_end(ap);
    end_run(c);
    c->body.root = body ? body : json_object();
    c->then = then;
    struct slice query = cut_query(path, fmt);
    const struct route *r =
        router_find(c->web->router, slice_of(method), slice_of(path), &c->params, NULL);
    if (!c->arena) c->arena = arena_new(FORM_BYTES_MAX);
    for (size_t i = 0; i < c->params.n; i++) /* the path is gone when the function runs on */
        c->params.value[i] = arena_dup(c->arena, c->params.value[i]);
    c->asked_query = arena_dup(c->arena, query);
    c->asker = c->route;
    if (r) c->route = r;
    if (!r || r->flags & PAGE)
        web_failed(c, ERR_NOT_FOUND, NULL); /* a name with a '/' */
    else if (!web_lets_in(r, c->member))
        web_error(c, 403, "forbidden", "That is for others.");
    else if (!(r->flags & WITH_ID) || id_is_read(c))
        r->run(c);
}

void web_answer(struct web_call *c, int status, json_t *body)
{
    if (was_asked(c, status, body)) return;
    char *text = respond_text(body);
    leave(c, LEAVE_BODY, status, "application/json", slice_of(text));
    free(text);
}

struct http_stream *web_answer_stream(struct web_call *c, const char *content_type,
                                      http_gone_cb *gone, void *arg)
{
    http_request_set_header(c->q, "X-Accel-Buffering", "no"); /* a proxy is not to gather it */
    struct http_stream *stream = http_request_stream(c->q, 200, content_type, gone, arg);
    if (stream) web_call_free(c);
    return stream;
}

/* Takes problem. */
static void show_problem(struct web_call *c, int status, json_t *problem)
{
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    const char *code = json_string_value(json_object_get(problem, "code"));
    char back[ROUTE_PAGE_BYTES];
    bool same = http_request_query(c->q).n || !method_only_reads(http_request_method(c->q));
    (void)router_page_above(c->web->router, http_request_path(c->q), same, back);
    if (c->route->flags & PUBLIC)
        public_problem(c->web, c->q, status, detail);
    else
        respond_problem_back(c->q, status, code, detail, back);
    json_decref(problem);
    web_call_free(c);
}

/* The path does not say whether it is a page ("/metrics"): the row does. */
void web_error_more(struct web_call *c, int status, const char *code, const char *message,
                    json_t *more)
{
    if (c->then) {
        (void)was_asked(c, status, page_problem(code, message, more));
        return;
    }
    if (c->route->flags & PAGE) {
        show_problem(c, status, page_problem(code, message, more));
        return;
    }
    char *text = respond_problem_text(status, code, message, more);
    leave(c, LEAVE_BODY, status, PROBLEM_CONTENT_TYPE, slice_of(text));
    free(text);
}
