/* Routes are split into segments when they are added, so that a request costs one walk over its
 * path per route. There are some dozens of routes and the store behind them costs a hundred times
 * more, so a table and a loop are enough. */
#include "web/router.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/check.h"
#include "web/respond.h"

struct route {
    const char *pattern;
    struct slice method;
    size_t segments_n;
    struct slice segments[ROUTE_SEGMENTS_MAX]; /* "{id}" stays with its braces */
    route_handler *handler;
    void *ctx;
};

struct router {
    struct route *routes;
    size_t n, cap;
    route_door *door;
    void *door_ctx;
};

struct router *router_new(void)
{
    return xcalloc(1, sizeof(struct router));
}

void router_free(struct router *r)
{
    if (!r) return;
    free(r->routes);
    free(r);
}

bool router_route(const struct router *r, size_t i, const char **ret_method,
                  const char **ret_pattern)
{
    if (i >= r->n) return false;
    *ret_method = r->routes[i].method.p; /* a literal, so it is terminated */
    *ret_pattern = r->routes[i].pattern;
    return true;
}

/* Splits "/a/b" into its segments; false when there are more than fit. "/" has one empty segment.
 */
static bool split(struct slice path, struct slice *out, size_t *ret_n)
{
    if (path.n == 0 || path.p[0] != '/') return false;
    struct slice rest = slice_make(path.p + 1, path.n - 1);
    size_t n = 0;
    struct slice part;
    while (slice_cut(&rest, '/', &part)) {
        if (n == ROUTE_SEGMENTS_MAX) return false;
        out[n++] = part;
    }
    *ret_n = n;
    return true;
}

static bool is_param(struct slice segment)
{
    return segment.n > 2 && segment.p[0] == '{' && segment.p[segment.n - 1] == '}';
}

void router_add(struct router *r, const char *method, const char *pattern, route_handler *handler,
                void *ctx)
{
    if (r->n == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 32;
        r->routes = xrealloc(r->routes, r->cap * sizeof *r->routes);
    }
    struct route *route = &r->routes[r->n++];
    *route = (struct route){
        .pattern = pattern, .method = slice_of(method), .handler = handler, .ctx = ctx};
    check(split(slice_of(pattern), route->segments, &route->segments_n));
    size_t params = 0;
    for (size_t i = 0; i < route->segments_n; i++)
        params += is_param(route->segments[i]);
    check(params <= ROUTE_PARAMS_MAX);
}

void router_set_door(struct router *r, route_door *door, void *ctx)
{
    r->door = door;
    r->door_ctx = ctx;
}

/* What a person enters at a provider may end in a slash: that is the same webhook. */
static size_t without_last_slash(const struct slice *path, size_t n)
{
    return n > 2 && path[n - 1].n == 0 && slice_is(path[0], "hooks") ? n - 1 : n;
}

static bool route_fits(const struct route *route, const struct slice *path, size_t path_n,
                       struct route_params *ret_params)
{
    if (route->segments_n != path_n) return false;
    struct route_params params = {0};
    for (size_t i = 0; i < path_n; i++) {
        struct slice segment = route->segments[i];
        if (is_param(segment)) {
            if (path[i].n == 0) return false;
            params.name[params.n] = slice_make(segment.p + 1, segment.n - 2);
            params.value[params.n++] = path[i];
        } else if (!slice_eq(segment, path[i])) {
            return false;
        }
    }
    *ret_params = params;
    return true;
}

static bool method_fits(struct slice route_method, struct slice method)
{
    return slice_eq(route_method, method) ||
           (slice_is(method, "HEAD") && slice_is(route_method, "GET"));
}

static void answer_wrong_method(struct http_request *q, const struct buf *allow)
{
    http_request_set_header(q, "Allow", allow->p);
    respond_problem(q, 405, "method_not_allowed", "This address does not take that method.");
}

void router_handle(void *router, struct http_request *q)
{
    struct router *r = router;
    struct slice method = http_request_method(q);
    struct slice path[ROUTE_SEGMENTS_MAX];
    size_t path_n = 0;
    struct buf allow = BUF_INIT(256);
    struct route_params params;
    bool split_ok = split(http_request_path(q), path, &path_n);
    path_n = without_last_slash(path, path_n);
    for (size_t i = 0; split_ok && i < r->n; i++) {
        const struct route *route = &r->routes[i];
        if (!route_fits(route, path, path_n, &params)) continue;
        if (method_fits(route->method, method)) {
            buf_done(&allow);
            if (r->door && !r->door(r->door_ctx, q)) return;
            route->handler(route->ctx, q, &params);
            return;
        }
        if (allow.n > 0) buf_add_cstr(&allow, ", ");
        buf_add_slice(&allow, route->method);
    }
    if (allow.n > 0)
        answer_wrong_method(q, &allow);
    else
        respond_problem(q, 404, "not_found", "There is nothing at this address.");
    buf_done(&allow);
}

struct slice route_param(const struct route_params *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (slice_is(p->name[i], name)) return p->value[i];
    return SLICE_NONE;
}

bool route_param_id(const struct route_params *p, const char *name, uint32_t *ret_id)
{
    uint64_t id;
    if (!slice_to_u64(route_param(p, name), UINT32_MAX, &id) || id == 0) return false;
    *ret_id = (uint32_t)id;
    return true;
}
