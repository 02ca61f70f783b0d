/* A form that was refused shows its page again with the reason and what was typed; one that was
 * obeyed leads on by 303, so that reloading does not send it twice. */
#include "pages.h"

#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "core/parts.h"
#include "flow/reply.h"
#include "web/view/view.h"
#include "page.h"
#include "web/guard.h"
#include "web/page_files.h"
#include "web/respond.h"

enum {
    LIST_LIMIT = 30,
    THREAD_MESSAGES = 100,
    FORM_BYTES_MAX = 256 * 1024,
    KEY_BYTES = 33,
    PATH_BYTES = 64
};

static struct visit *visit_new(struct inbox_pages *p, struct http_request *q,
                               const struct person *person)
{
    struct visit *v = xcalloc(1, sizeof *v);
    v->p = p;
    v->q = q;
    v->person = person;
    v->now_ms = view_now(&p->config);
    return v;
}

static void visit_free(struct visit *v)
{
    arena_free(v->arena);
    free(v);
}

struct slice visit_field(const struct visit *v, const char *name)
{
    const struct form_pair *pair = v->form.count ? form_find(&v->form, slice_of(name)) : NULL;
    return pair ? pair->value : SLICE_NONE;
}

/* What every page shows. person NULL: nobody yet. Returns owned. */
static json_t *page_data(const struct inbox_pages *p, const struct http_request *q,
                         const struct person *person, const char *title, const char *problem)
{
    char csrf[AUTH_CSRF_BYTES];
    auth_csrf(p->config.auth, q, csrf);
    json_t *data = json_pack("{s:s,s:o,s:s,s:o}", "title", title, "organisation",
                             view_text(slice_of(p->config.organisation)), "csrf", csrf, "problem",
                             view_text(slice_of(problem)));
    check(data);
    if (person) {
        json_t *who = json_pack("{s:o}", "name", view_text(slice_of(person->name)));
        check(who && json_object_set_new(data, "person", who) == 0);
    }
    return data;
}

static void set(json_t *o, const char *key, json_t *value)
{
    check(json_object_set_new(o, key, value) == 0);
}

/* What pages show beside what the API tells. */
static json_t *conversation_data(const struct inbox_conversation *c, const struct visit *v)
{
    json_t *o = view_conversation(c, v->person, v->now_ms);
    char held[32];
    view_duration(c->claim_until_ms - v->now_ms, held);
    set(o, "display", c->name.n ? view_name(c, v->person) : json_string("Somebody"));
    set(o, "has_tags", json_boolean(c->tags.n > 0));
    set(o, "open", json_boolean(!c->closed));
    set(o, "held", json_boolean(c->claimed_by.n && !slice_is(c->claimed_by, v->person->name)));
    set(o, "held_for", json_string(held));
    return o;
}

/* ---- the list ---- */

static const struct tab {
    const char *show, *label, *href, *empty;
} tabs[] = {
    {"free", "Waiting", "/inbox", "Nobody is waiting for an answer. Well done."},
    {"mine", "Mine", "/inbox?show=mine", "You have taken none. Take the next one under “Waiting”."},
    {"all", "All open", "/inbox?show=all", "There is no open conversation."},
    {"unlinked", "No number", "/inbox?show=unlinked", "Everybody who wrote is known by a number."},
    {"closed", "Closed", "/inbox?show=closed", "No conversation was closed yet."},
};

static const struct tab *tab_of(const struct http_request *q)
{
    struct slice show = http_request_param(q, "show");
    for (size_t i = 0; i < COUNT_OF(tabs); i++)
        if (slice_is(show, tabs[i].show)) return &tabs[i];
    return &tabs[0];
}

/* Who cannot be matched with a list is an organiser's to look into. */
static json_t *tabs_json(const struct tab *current, const struct person *person)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(tabs); i++) {
        if (person->role == PERSON_VOLUNTEER && strcmp(tabs[i].show, "unlinked") == 0) continue;
        json_t *tab = json_pack("{s:s,s:s,s:b}", "label", tabs[i].label, "href", tabs[i].href,
                                "current", &tabs[i] == current);
        check(json_array_append_new(list, tab) == 0);
    }
    return list;
}

/* "/inbox?show=free&after=…" */
static json_t *next_json(const struct tab *tab, struct slice next)
{
    if (next.n == 0) return json_null();
    char href[PATH_BYTES * 2];
    (void)snprintf(href, sizeof href, "/inbox?show=%s&after=%.*s", tab->show, SLICE_ARG(next));
    return json_string(href);
}

static void on_list(void *arg, int result, const struct inbox_conversation *list, size_t n,
                    struct slice next, const struct err *e)
{
    struct visit *v = arg;
    if (result < 0) {
        respond_problem(v->q, respond_status_of(result), "unavailable", e->text);
        visit_free(v);
        return;
    }
    const struct tab *tab = tab_of(v->q);
    json_t *data = page_data(v->p, v->q, v->person, "Inbox", ""), *conversations = json_array();
    for (size_t i = 0; i < n; i++)
        check(json_array_append_new(conversations, conversation_data(&list[i], v)) == 0);
    set(data, "conversations", conversations);
    set(data, "tabs", tabs_json(tab, v->person));
    set(data, "empty", json_string(tab->empty));
    set(data, "next", next_json(tab, next));
    pages_answer(v->p->pages, PAGE_LIST, v->q, 200, data);
    visit_free(v);
}

static void get_list(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    struct inbox_pages *p = ctx;
    const struct person *person = guard_page(p->config.auth, q, view_now(&p->config));
    if (!person) return;
    struct visit *v = visit_new(p, q, person);
    const char *show = tab_of(q)->show;
    struct inbox_query query = {
        .closed = strcmp(show, "closed") == 0,
        .filter = strcmp(show, "mine") == 0       ? INBOX_MINE
                  : strcmp(show, "free") == 0     ? INBOX_FREE
                  : strcmp(show, "unlinked") == 0 ? INBOX_UNLINKED
                                                  : INBOX_ANY,
        .oldest_first = strcmp(show, "free") == 0, /* who waits longest comes first */
        .limit = LIST_LIMIT,
        .after = http_request_param(q, "after"),
    };
    struct inbox_actor who = view_actor(person);
    inbox_list(p->config.inbox, &query, &who, v->now_ms, on_list, v);
}

/* ---- a thread ---- */

static json_t *parts_json(struct slice text)
{
    if (text.n == 0) return json_null();
    struct parts parts;
    char count[32];
    parts_count(text, &parts);
    (void)snprintf(count, sizeof count, parts.parts == 1 ? "1 part" : "%u parts", parts.parts);
    return json_pack("{s:s,s:i,s:i,s:s}", "parts", count, "units", (int)parts.units, "per_part",
                     (int)parts.per_part, "encoding", parts_encoding_to_string(parts.encoding));
}

/* The key that tells one answer from the next, however often its form is sent: kept while the same
 * form comes back. */
static json_t *key_json(const struct visit *v)
{
    struct slice old = visit_field(v, "key");
    if (old.n > 0) return view_text(old);
    unsigned char random[(KEY_BYTES - 1) / 2];
    char key[KEY_BYTES];
    randombytes_buf(random, sizeof random);
    return json_string(sodium_bin2hex(key, sizeof key, random, sizeof random));
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    struct visit *v = arg;
    if (result < 0) {
        respond_problem(v->q, respond_status_of(result), "not_found", e->text);
        visit_free(v);
        return;
    }
    json_t *data = page_data(v->p, v->q, v->person, "Conversation", v->problem);
    set(data, "conversation", conversation_data(&t->conversation, v));
    set(data, "messages", view_messages(t, v->person, v->now_ms));
    set(data, "suppressed", json_boolean(t->suppressed_scope.n > 0));
    set(data, "on_hold", json_boolean(t->on_hold && t->suppressed_scope.n == 0));
    set(data, "draft", view_text(visit_field(v, "text")));
    set(data, "parts", parts_json(visit_field(v, "text")));
    set(data, "key", key_json(v));
    pages_answer(v->p->pages, PAGE_THREAD, v->q, v->status ? v->status : 200, data);
    visit_free(v);
}

static void show_thread(struct visit *v)
{
    struct inbox_actor who = view_actor(v->person);
    inbox_read(v->p->config.inbox, v->id, &who, v->now_ms, THREAD_MESSAGES, on_thread, v);
}

static void get_thread(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct inbox_pages *p = ctx;
    const struct person *person = guard_page(p->config.auth, q, view_now(&p->config));
    if (!person) return;
    struct visit *v = visit_new(p, q, person);
    if (route_param_id(params, "id", &v->id)) {
        show_thread(v);
        return;
    }
    visit_free(v);
    respond_problem(q, 404, "not_found", "There is no such conversation.");
}

/* ---- forms ---- */

struct visit *form_begin(struct inbox_pages *p, struct http_request *q,
                         const struct route_params *params)
{
    const struct person *person = guard_page(p->config.auth, q, view_now(&p->config));
    if (!person) return NULL;
    struct visit *v = visit_new(p, q, person);
    v->arena = arena_new(FORM_BYTES_MAX);
    const char *why = NULL;
    if (form_parse(http_request_body(q), v->arena, &v->form) < 0)
        why = "The form is too large.";
    else if (!auth_csrf_ok(p->config.auth, q, visit_field(v, "csrf")))
        why = "This form is from an older session. Open the conversation again and repeat it.";
    else if (!route_param_id(params, "id", &v->id))
        why = "There is no such conversation.";
    if (!why) return v;
    respond_problem(q, 403, "forbidden", why);
    visit_free(v);
    return NULL;
}

void form_end(struct visit *v, int result, const struct err *e)
{
    if (result == ERR_NOT_FOUND || result == ERR_UNREACHABLE) {
        respond_problem(v->q, respond_status_of(result), "failed", e->text);
        visit_free(v);
        return;
    }
    if (result < 0) {
        v->status = respond_status_of(result);
        (void)snprintf(v->problem, sizeof v->problem, "%s", e->text);
        show_thread(v);
        return;
    }
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, v->to_list ? "/inbox" : "/inbox/%u", v->id);
    respond_redirect(v->q, path);
    visit_free(v);
}

static void on_claim(void *arg, int result, const struct inbox_claim *claim, const struct err *e)
{
    (void)claim;
    struct visit *v = arg;
    /* What was written under a claim that was over goes on under the new one. */
    if (result == 0 && visit_field(v, "text").n > 0)
        show_thread(v);
    else
        form_end(v, result, e);
}

static void on_done(void *arg, int result, const struct err *e)
{
    form_end(arg, result, e);
}

static void on_reply(void *arg, int result, uint32_t index, const struct err *e)
{
    (void)index;
    form_end(arg, result, e);
}

static void post_claim(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct visit *v = form_begin(ctx, q, params);
    if (!v) return;
    struct inbox_actor who = view_actor(v->person);
    inbox_claim(v->p->config.inbox, v->id, &who, v->now_ms, v->p->config.lease_ms, on_claim, v);
}

static void post_release(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct visit *v = form_begin(ctx, q, params);
    if (!v) return;
    v->to_list = true;
    struct inbox_actor who = view_actor(v->person);
    inbox_release(v->p->config.inbox, v->id, &who, v->now_ms, on_done, v);
}

static void set_closed(struct inbox_pages *p, struct http_request *q,
                       const struct route_params *params, bool closed)
{
    struct visit *v = form_begin(p, q, params);
    if (!v) return;
    v->to_list = closed;
    struct inbox_actor who = view_actor(v->person);
    inbox_set_closed(p->config.inbox, v->id, &who, v->now_ms, closed, on_done, v);
}

static void post_close(void *ctx, struct http_request *q, const struct route_params *params)
{
    set_closed(ctx, q, params, true);
}

static void post_reopen(void *ctx, struct http_request *q, const struct route_params *params)
{
    set_closed(ctx, q, params, false);
}

static void post_tag(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct visit *v = form_begin(ctx, q, params);
    if (!v) return;
    struct inbox_actor who = view_actor(v->person);
    inbox_tag(v->p->config.inbox, v->id, &who, slice_trim(visit_field(v, "add")),
              visit_field(v, "remove"), on_done, v);
}

static void post_reply(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct visit *v = form_begin(ctx, q, params);
    if (!v) return;
    if (visit_field(v, "preview").n > 0) {
        show_thread(v);
        return;
    }
    uint64_t fence = 0;
    (void)slice_to_u64(visit_field(v, "fence"), UINT64_MAX,
                       &fence); /* 0 is nobody's: the store refuses it */
    struct inbox_actor who = view_actor(v->person);
    struct inbox_answer answer = {.id = v->id,
                                  .fence = fence,
                                  .text = visit_field(v, "text"),
                                  .key = visit_field(v, "key"),
                                  .lease_ms = v->p->config.lease_ms};
    struct err e;
    int r = reply_send(v->p->config.inbox, v->p->config.outbox, &answer, &who, v->now_ms, on_reply,
                       v, &e);
    if (r < 0) form_end(v, r, &e);
}

/* ---- coming and going ---- */

static void show_login(struct inbox_pages *p, struct http_request *q, int status,
                       struct slice token, const char *problem)
{
    json_t *data = page_data(p, q, NULL, "Log in", problem);
    set(data, "token", view_text(token));
    pages_answer(p->pages, PAGE_LOGIN, q, status, data);
}

/* An invitation's link holds the token. It is only put into the form: a program that looks at links
 * in advance must not begin a session. */
static void get_login(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    show_login(ctx, q, 200, http_request_param(q, "token"), "");
}

static void login_with(struct inbox_pages *p, struct http_request *q, struct slice token)
{
    const struct person *person = NULL;
    int64_t now_ms = view_now(&p->config);
    char cookie[AUTH_COOKIE_BYTES];
    switch (auth_login(p->config.auth, q, token, now_ms, &person)) {
    case AUTH_OK:
        auth_session_begin(p->config.auth, person, now_ms, cookie);
        http_request_set_header(q, "Set-Cookie", cookie);
        respond_redirect(q, "/inbox");
        return;
    case AUTH_TOO_MANY:
        auth_refuse(p->config.auth, q);
        return;
    case AUTH_ABSENT:
    case AUTH_WRONG:
        break;
    }
    show_login(p, q, 401, SLICE_NONE,
               "That token is not known. Copy it whole, without blanks, or ask for a new one.");
}

static void post_login(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    struct arena *arena = arena_new(FORM_BYTES_MAX);
    struct form form;
    const struct form_pair *token = NULL;
    if (form_parse(http_request_body(q), arena, &form) == 0)
        token = form_find(&form, SLICE_LIT("token"));
    login_with(ctx, q, token ? slice_trim(token->value) : SLICE_NONE);
    arena_free(arena);
}

static void get_style(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)ctx;
    (void)params;
    http_request_set_header(q, "Cache-Control", "max-age=3600");
    http_request_answer(q, 200, "text/css; charset=utf-8", page_style_css);
}

static void get_root(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)ctx;
    (void)params;
    respond_redirect(q, "/inbox");
}

struct inbox_pages *inbox_pages_new(const struct inbox_web_config *config, struct router *r)
{
    static const struct {
        const char *method, *pattern;
        route_handler *handler;
    } routes[] = {
        {"GET", "/", get_root},
        {"GET", "/inbox", get_list},
        {"GET", "/inbox/login", get_login},
        {"POST", "/inbox/login", post_login},
        {"POST", "/inbox/logout", inbox_pages_post_logout},
        {"GET", "/inbox/style.css", get_style},
        {"GET", "/inbox/{id}", get_thread},
        {"POST", "/inbox/{id}/claim", post_claim},
        {"POST", "/inbox/{id}/reply", post_reply},
        {"POST", "/inbox/{id}/release", post_release},
        {"POST", "/inbox/{id}/close", post_close},
        {"POST", "/inbox/{id}/reopen", post_reopen},
        {"POST", "/inbox/{id}/tag", post_tag},
        {"POST", "/inbox/{id}/resolve", inbox_pages_post_resolve},
        {"POST", "/inbox/{id}/keep", inbox_pages_post_keep},
        {"POST", "/inbox/{id}/take-off", inbox_pages_post_take_off},
    };
    struct inbox_pages *p = xcalloc(1, sizeof *p);
    p->config = *config;
    p->pages = pages_new();
    if (p->config.lease_ms == 0) p->config.lease_ms = INBOX_LEASE_MS;
    for (size_t i = 0; i < COUNT_OF(routes); i++)
        router_add(r, routes[i].method, routes[i].pattern, routes[i].handler, p);
    return p;
}

void inbox_pages_free(struct inbox_pages *p)
{
    if (!p) return;
    pages_free(p->pages);
    free(p);
}
