#pragma once
/* From what people write of where they are to a point: a postcode in any spelling ("m145ta", "M14 5TA"), the
 * beginning of one ("M14 5", "M14"), or a town ("Leeds"). What is asked for again is remembered, in
 * GAZETTEER_REMEMBERED_BYTES at most, for up to GAZETTEER_OLD_MS; so an import shows everywhere within that. */
#include "core/point.h"
#include "store/store.h"

struct gazetteer;

enum {
    GAZETTEER_REMEMBERED_BYTES = 8 << 20,
    GAZETTEER_OLD_MS = 5 * 60 * 1000,
    GAZETTEER_WHERE_BYTES = 96,
};

struct gazetteer_spot {
    struct point at;
    const char *where; /* as it is said back: "M14 5TA", "M14 5", "Leeds (West Yorkshire)" */
    bool is_exact;     /* a whole postcode; else the middle of several */
};

/* country: whose postcodes those are that say nothing else ("GB"). now_ms NULL: the wall clock. */
struct gazetteer *gazetteer_new(struct store *s, const char *country, int64_t (*now_ms)(void));
void gazetteer_free(struct gazetteer *g); /* after the redis; NULL is fine */

/* spot is borrowed for the call. ERR_INVALID: nothing that a place could be called. ERR_NOT_FOUND: none that
 * is known. ERR_CONFLICT: several are called that; e lists them, as they can be asked for. ERR_UNREACHABLE. */
typedef void gazetteer_cb(void *arg, int result, const struct gazetteer_spot *spot,
                          const struct err *e);
/* cb may run before it returns: when what it takes is remembered. */
void gazetteer_find(struct gazetteer *g, struct slice text, gazetteer_cb *cb, void *arg);
