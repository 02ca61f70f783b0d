#include "web/wanted.h"

#include <stdio.h>

#include "base/ascii.h"

enum { WANTED_S = 3600 };

/* What needs no escape in a cookie, and in a Location says nothing but a path and its query. */
static bool is_plain(struct slice target)
{
    static const char signs[] = "/_-.~?=&%+";
    for (size_t i = 0; i < target.n; i++) {
        char c = target.p[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && !memchr(signs, c, sizeof signs - 1))
            return false;
    }
    return true;
}

/* The path is looked up as it stands: one with an escape in it is nobody's, nor is a file, which is no page to begin with. */
static const struct route *page_of(const struct router *r, struct slice target)
{
    struct route_params params;
    struct slice path = target;
    if (target.n < 2 || target.n >= AUTH_WANTED_BYTES || !is_plain(target) || target.p[0] != '/' ||
        memmem(target.p, target.n, "//", 2))
        return NULL;
    (void)slice_cut(&target, '?', &path);
    if (memchr(path.p, '.', path.n) || memchr(path.p, '%', path.n)) return NULL;
    const struct route *row = router_find(r, SLICE_LIT("GET"), path, &params, NULL);
    return row && row->flags & PAGE && row->may != MAY_ANYBODY ? row : NULL;
}

bool wanted_is_ours(const struct router *r, struct slice target, const struct member *m)
{
    const struct route *row = page_of(r, target);
    return row && web_lets_in(row, m);
}

/* A script that asks for a part of a page wants nothing. */
static bool is_by_a_script(const struct http_request *q)
{
    struct slice mode = http_request_header(q, "Sec-Fetch-Mode");
    return mode.n > 0 && !slice_is(mode, "navigate");
}

void wanted_keep(const struct web *w, struct http_request *q, const struct route *route)
{
    char page[AUTH_WANTED_BYTES], above[ROUTE_PAGE_BYTES], cookie[AUTH_COOKIE_BYTES];
    struct slice target = http_request_target(q);
    if (!(route->flags & PAGE) || is_by_a_script(q)) return;
    if (!method_only_reads(http_request_method(q))) {
        (void)router_page_above(w->router, http_request_path(q), true, above);
        target = slice_of(above);
    }
    if (!page_of(w->router, target)) return;
    (void)snprintf(page, sizeof page, "%.*s", SLICE_ARG(target));
    auth_wanted(w->auth, page, WANTED_S, cookie);
    http_request_set_header(q, "Set-Cookie", cookie);
}

bool wanted_take(struct web_call *c, const struct member *m, char out[AUTH_WANTED_BYTES])
{
    char cookie[AUTH_COOKIE_BYTES];
    struct slice target = auth_wanted_of(c->q);
    out[0] = '\0';
    if (target.n == 0) return false;
    auth_wanted(c->web->auth, "", 0, cookie);
    http_request_set_header(c->q, "Set-Cookie", cookie);
    if (!wanted_is_ours(c->web->router, target, m)) return false;
    (void)snprintf(out, AUTH_WANTED_BYTES, "%.*s", SLICE_ARG(target));
    return true;
}
