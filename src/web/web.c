/* Puts the rooms together: what stands at which address, who comes in, where it listens. */
#include "web/web.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/visitors.h"
#include "web/call.h"
#include "web/day.h"
#include "web/embedded.h"
#include "web/hooks.h"
#include "web/imports.h"
#include "web/live.h"
#include "web/ops/ops.h"
#include "web/page.h"
#include "web/public/public.h"
#include "store/staff.h"
#include "store/there.h"
#include "web/respond.h"
#include "web/upload.h"
#include "web/staff/staff.h"
#include "web/tables.h"

static const struct routes *const tables[] = {
#define X(table) &table,
    ROUTE_TABLES(X)
#undef X
};

/* A row without a policy ends the start. */
static void add(struct web *w, const struct routes *table)
{
    for (size_t i = 0; i < table->n; i++) {
        const char *problem = route_problem(&table->rows[i]);
        if (problem) log_error("%s %s: %s", table->rows[i].method, table->rows[i].path, problem);
        check(!problem);
        router_add(w->router, &table->rows[i]);
    }
}

const struct route *web_route(const struct web *w, size_t i)
{
    return router_row(w->router, i);
}

int64_t web_now(const struct web *w)
{
    return w->config.now_ms ? w->config.now_ms() : clock_wall_ms();
}

bool web_people_are_known(const struct web *w)
{
    return !w->config.staff || (staff_is_read(w->config.staff) && take_over_is_done(w->take_over));
}

int web_new(const struct web_config *config, struct web **ret, struct err *e)
{
    struct web *w = xcalloc(1, sizeof *w);
    struct auth_config auth = config->auth;
    if (config->staff) auth.roster = staff_roster(config->staff);
    auth.loop = config->loop;
    int rc = auth_new(&auth, &w->auth, e);
    if (rc < 0) {
        free(w);
        return rc;
    }
    w->config = *config;
    if (config->staff) w->take_over = take_over_new(w, &auth);
    if (w->config.claim_ms == 0) w->config.claim_ms = WEB_CLAIM_MS;
    w->bodies.bytes_max = WEB_BODIES_BYTES_MAX;
    w->router = router_new();
    w->pages = pages_new();
    w->visitors = public_visitors_new(config->visitor_per_s);
    w->texted = visitors_new(PUBLIC_TEXTS_MAX, PUBLIC_TEXTS_MS);
    w->typed = visitors_new(PUBLIC_TYPED_MAX, PUBLIC_TYPED_MS);
    w->shares = shares_new();
    w->words = public_words_new();
    w->day = day_new(w);
    w->there = there_new(config->loop, config->store);
    if (config->events) w->live = live_new(w);
    if (config->intake) w->hooks = hooks_new(config->intake, config->accounts);
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        if (tables[i] != &hook_routes || w->hooks) add(w, tables[i]);
    *ret = w;
    return 0;
}

void web_free(struct web *w)
{
    if (!w) return;
    for (size_t i = 0; i < WEB_SERVERS_MAX; i++)
        http_server_free(w->servers[i]);
    live_free(w->live);
    there_free(w->there);
    day_free(w->day);
    hooks_free(w->hooks);
    imports_free(w);
    pages_free(w->pages);
    visitors_free(w->visitors);
    visitors_free(w->texted);
    visitors_free(w->typed);
    shares_free(w->shares);
    public_words_free(w->words);
    router_free(w->router);
    take_over_free(w->take_over);
    auth_free(w->auth);
    free(w);
}

/* ---- requests ---- */

/* Somebody reloads what a form led to, or writes a '/' too much: the page above is what they want. */
static bool leads_to_page(const struct web *w, struct http_request *q, bool takes_others)
{
    char page[ROUTE_PAGE_BYTES];
    struct slice path = http_request_path(q);
    bool ends_in_slash = path.n > 1 && path.p[path.n - 1] == '/';
    if (!slice_is(http_request_method(q), "GET") || !(takes_others || ends_in_slash) ||
        slice_starts(path, "/api/") || !router_page_above(w->router, path, false, page))
        return false;
    respond_redirect(q, page);
    return true;
}

static void answer_nothing_there(const struct web *w, struct http_request *q,
                                 const struct buf *allow)
{
    if (leads_to_page(w, q, allow->n > 0)) return;
    if (allow->n == 0) {
        respond_problem(q, 404, "not_found", "There is nothing at this address.");
        return;
    }
    http_request_set_header(q, "Allow", allow->p);
    respond_problem(q, 405, "method_not_allowed", "This address does not take that method.");
}

void web_handle(void *web, struct http_request *q)
{
    struct web *w = web;
    struct route_params params;
    struct buf allow = BUF_INIT(ROUTE_METHODS_BYTES_MAX);
    const struct route *route =
        router_find(w->router, http_request_method(q), http_request_path(q), &params, &allow);
    if (route)
        web_call_open(w, q, route, &params);
    else
        answer_nothing_there(w, q, &allow);
    buf_done(&allow);
}

size_t web_body_max(void *web, const struct http_request *q)
{
    const struct web *w = web;
    struct route_params params;
    const struct route *route =
        router_find(w->router, http_request_method(q), http_request_path(q), &params, NULL);
    if (route && route->flags & PUBLIC) return WEB_PUBLIC_BYTES_MAX;
    if (!route || !(route->flags & (LARGE | WIDE))) return WEB_BODY_BYTES_MAX;
    const struct member *m = route->may == MAY_ANYBODY ? NULL : auth_glance(w->auth, q, web_now(w));
    if (route->may != MAY_ANYBODY && (!m || !access_may_somewhere(m, route->may)))
        return WEB_BODY_BYTES_MAX;
    return route->flags & WIDE ? WEB_WIDE_BYTES_MAX : WEB_LARGE_BYTES_MAX;
}

/* ---- servers ---- */

int web_listen(struct web *w, const char *address, struct err *e)
{
    const struct http_server_config config = {.listen = address,
                                              .body_bytes_max = WEB_WIDE_BYTES_MAX,
                                              .body_max = web_body_max,
                                              .refusal = respond_refusal,
                                              .streams_max = w->config.streams_max,
                                              .upload = web_upload,
                                              .budget = &w->bodies};
    size_t i = 0;
    while (i < WEB_SERVERS_MAX && w->servers[i])
        i++;
    check(i < WEB_SERVERS_MAX);
    return http_server_new(w->config.loop, &config, web_handle, w, &w->servers[i], e);
}

int web_port(const struct web *w)
{
    int port = 0;
    for (size_t i = 0; i < WEB_SERVERS_MAX && w->servers[i] && port == 0; i++)
        port = http_server_port(w->servers[i]);
    return port;
}

void web_stop_listening(struct web *w)
{
    for (size_t i = 0; i < WEB_SERVERS_MAX && w->servers[i]; i++)
        http_server_stop_listening(w->servers[i]);
}

size_t web_open_requests(const struct web *w)
{
    size_t n = 0;
    for (size_t i = 0; i < WEB_SERVERS_MAX && w->servers[i]; i++)
        n += http_server_open_requests(w->servers[i]);
    return n;
}
