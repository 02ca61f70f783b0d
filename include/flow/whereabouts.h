#pragma once
/* Where the people of a list are: what its column `postcode` (or `zip`, `plz`, …) says, which may also be a
 * point ("53.45,-2.22"), else `town` (or `city`, …), looked up in the gazetteer, a block at a time. */
#include "core/block.h"
#include "flow/gazetteer.h"

struct audience_info;

struct where_columns {
    int code, town; /* index of a column, -1 = the list has none */
};
/* Which of a list's columns say where its people are. */
struct where_columns where_columns_of(const struct slice *columns, size_t n);
/* Whether any of them does. */
static inline bool where_is_said(struct where_columns c)
{
    return c.code >= 0 || c.town >= 0;
}

enum where {
    WHERE_UNSAID,  /* nothing stands there */
    WHERE_UNKNOWN, /* what stands there is not in the gazetteer, or could be several */
    WHERE_KNOWN,
};
struct whereabouts {
    struct point at[BLOCK_ROWS];
    uint8_t where[BLOCK_ROWS]; /* enum where */
};

/* w is the callee's (free) when result is 0, else NULL. ERR_UNREACHABLE. */
typedef void whereabouts_cb(void *arg, int result, struct whereabouts *w, const struct err *e);
/* Of n rows from `first` on; borrows b until cb, which may run before it returns. */
void whereabouts_find(struct gazetteer *g, struct where_columns columns, const struct block *b,
                      size_t first, size_t n, whereabouts_cb *cb, void *arg);
