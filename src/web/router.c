/* Rows are split into segments when they are added, so that a request costs one walk over its path
 * per row. There are some dozens of rows and the store behind them costs a hundred times more, so a
 * table and a loop are enough. */
#include "web/router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

struct entry {
    const struct route *row;
    size_t segments_n;
    struct slice segments[ROUTE_SEGMENTS_MAX]; /* "{id}" stays with its braces */
};

struct router {
    struct entry *entries;
    size_t n, cap;
};

/* ---- one row ---- */

bool method_only_reads(struct slice method)
{
    return slice_is(method, "GET") || slice_is(method, "HEAD");
}

static const char *problem_of_stranger(const struct route *r)
{
    if (!method_only_reads(slice_of(r->method)) && !(r->flags & (PAGE | SIGNED)))
        return "strangers may change something";
    if (r->flags & (AUDITED | IN_GROUP)) return "a stranger has no name and no group";
    if (r->flags & PUBLIC && !(r->flags & PAGE)) return "only a page for anybody is public";
    return NULL;
}

static const char *problem_of_member(const struct route *r)
{
    bool changes = !method_only_reads(slice_of(r->method));
    if (r->flags & SIGNED) return "a provider is no member";
    if (r->flags & PUBLIC) return "only a page for anybody is public";
    if (changes && r->flags & PAGE && !(r->flags & FORM))
        return "the session's value is not asked for";
    return NULL;
}

static bool may_be_done_once(const struct route *r)
{
    return r->may != MAY_ANYBODY && !(r->flags & PAGE) && r->flags & NEEDS_STORE &&
           slice_is(slice_of(r->method), "POST");
}

static const char *problem_of_form(const struct route *r)
{
    if (method_only_reads(slice_of(r->method))) return "whoever reads changes nothing";
    return r->keys || !(r->flags & PAGE) ? "a form is a page's, and no JSON" : NULL;
}

static const char *problem_of_body(const struct route *r)
{
    bool reads = method_only_reads(slice_of(r->method));
    const char *why = r->flags & FORM ? problem_of_form(r) : NULL;
    if (why) return why;
    if (r->flags & UPLOAD && (r->may == MAY_ANYBODY || reads || r->keys))
        return "strangers may fill the disk";
    if (!reads && !r->keys && !(r->flags & (PAGE | SIGNED | UPLOAD)))
        return "it does not say what the body may hold";
    return NULL;
}

static bool is_whole(const struct route *r)
{
    return r->method && r->path && r->run;
}

const char *route_problem(const struct route *r)
{
    if (!is_whole(r)) return "it is not whole";
    if (r->may == MAY_UNSAID || r->may >= ACTION_COUNT) return "it does not say who may";
    const char *why = r->may == MAY_ANYBODY ? problem_of_stranger(r) : problem_of_member(r);
    if (!why) why = problem_of_body(r);
    if (why) return why;
    if (r->flags & ONCE && !may_be_done_once(r))
        return "only what a member posts to the API is done once";
    if (r->flags & WITH_ID && !strstr(r->path, "{id}")) return "there is no {id}";
    return NULL;
}

/* ---- all of them ---- */

struct router *router_new(void)
{
    return xcalloc(1, sizeof(struct router));
}

void router_free(struct router *r)
{
    if (!r) return;
    free(r->entries);
    free(r);
}

const struct route *router_row(const struct router *r, size_t i)
{
    return i < r->n ? r->entries[i].row : NULL;
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

void router_add(struct router *r, const struct route *row)
{
    if (r->n == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->entries = xrealloc(r->entries, r->cap * sizeof *r->entries);
    }
    struct entry *entry = &r->entries[r->n++];
    *entry = (struct entry){.row = row};
    check(split(slice_of(row->path), entry->segments, &entry->segments_n));
    size_t params = 0;
    for (size_t i = 0; i < entry->segments_n; i++)
        params += is_param(entry->segments[i]);
    check(params <= ROUTE_PARAMS_MAX);
}

/* What a person enters at a provider may end in a slash, or have two of them where it was put together: that is the same webhook. */
static size_t without_slashes(struct slice *path, size_t n)
{
    size_t first = 0, left = 0;
    while (first < n && path[first].n == 0)
        first++;
    if (first == n || !slice_is(path[first], "hooks")) return n;
    for (size_t i = first; i < n; i++)
        if (path[i].n) path[left++] = path[i];
    return left;
}

static bool entry_fits(const struct entry *entry, const struct slice *path, size_t path_n,
                       struct route_params *ret_params)
{
    if (entry->segments_n != path_n) return false;
    ret_params->n = 0;
    for (size_t i = 0; i < path_n; i++) {
        struct slice segment = entry->segments[i];
        if (is_param(segment)) {
            if (path[i].n == 0) return false;
            ret_params->name[ret_params->n] = slice_make(segment.p + 1, segment.n - 2);
            ret_params->value[ret_params->n++] = path[i];
        } else if (!slice_eq(segment, path[i])) {
            return false;
        }
    }
    return true;
}

static bool method_fits(const char *row, struct slice method)
{
    return slice_is(method, row) || (slice_is(method, "HEAD") && strcmp(row, "GET") == 0);
}

const struct route *router_find(const struct router *r, struct slice method, struct slice path,
                                struct route_params *ret_params, struct buf *allow)
{
    struct slice segments[ROUTE_SEGMENTS_MAX];
    size_t n = 0;
    if (!split(path, segments, &n)) return NULL;
    n = without_slashes(segments, n);
    for (size_t i = 0; i < r->n; i++) {
        const struct route *row = r->entries[i].row;
        if (!entry_fits(&r->entries[i], segments, n, ret_params)) continue;
        if (method_fits(row->method, method)) return row;
        if (allow) buf_addf(allow, "%s%s", allow->n > 0 ? ", " : "", row->method);
    }
    return NULL;
}

/* Nothing that could be anything else than an address of ours, once it is in a header or a page. */
static bool is_plain_path(struct slice path)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-.";
    for (size_t i = 0; i < path.n; i++)
        if (!memchr(plain, path.p[i], sizeof plain - 1)) return false;
    return path.n > 0 && path.n < ROUTE_PAGE_BYTES;
}

bool router_page_above(const struct router *r, struct slice path, bool itself,
                       char out[ROUTE_PAGE_BYTES])
{
    struct route_params params;
    out[0] = '\0';
    for (bool looks = itself; is_plain_path(path) && path.n > 1; looks = true) {
        const struct route *row =
            looks ? router_find(r, SLICE_LIT("GET"), path, &params, NULL) : NULL;
        if (row && row->flags & PAGE) {
            (void)snprintf(out, ROUTE_PAGE_BYTES, "%.*s", SLICE_ARG(path));
            return true;
        }
        while (path.n > 1 && path.p[--path.n] != '/')
            ;
    }
    return false;
}

struct slice route_param(const struct route_params *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (slice_is(p->name[i], name)) return p->value[i];
    return SLICE_NONE;
}
