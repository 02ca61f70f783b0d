#pragma once
/* Which row answers which request. A path is literal segments and {named} ones, each standing for
 * exactly one non-empty segment ("/api/v1/conversations/{id}/claim"); the first row that fits wins.
 * HEAD is answered by the GET row. */
#include "base/buf.h"
#include "base/slice.h"
#include "web/route.h"

struct router;

enum {
    ROUTE_PARAMS_MAX = 4,
    ROUTE_SEGMENTS_MAX = 12,
    ROUTE_METHODS_BYTES_MAX = 256,
    ROUTE_PAGE_BYTES = 128
};

struct route_params {
    size_t n;
    struct slice name[ROUTE_PARAMS_MAX];
    struct slice value[ROUTE_PARAMS_MAX]; /* borrowed from the request's path */
};

struct router *router_new(void);    /* returns owned */
void router_free(struct router *r); /* NULL is fine */
/* The row is borrowed for ever. A malformed path is a bug. */
void router_add(struct router *r, const struct route *row);
/* NULL: there is none; then `allow` names the methods of those that fit but for theirs ("GET,
 * POST"), or stays empty. allow NULL: nobody wants to know. O(rows). */
const struct route *router_find(const struct router *r, struct slice method, struct slice path,
                                struct route_params *ret_params, struct buf *allow);
/* The nearest page above an address ("/lists/4" of "/lists/4/lend"); `itself`: the address' own, where it has one. False, and out is empty: there
 * is none but the start, or the address is a strange one. */
bool router_page_above(const struct router *r, struct slice path, bool itself,
                       char out[ROUTE_PAGE_BYTES]);
/* The i-th row in the order of adding; NULL behind the last. */
const struct route *router_row(const struct router *r, size_t i);

/* GET and HEAD. */
bool method_only_reads(struct slice method);

/* The value of a named segment; none when the path has no such name. */
struct slice route_param(const struct route_params *p, const char *name);
