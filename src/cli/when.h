#pragma once
/* Times as people write them in a campaign file. */
#include "base/err.h"
#include "base/slice.h"

struct when {
    int64_t ms;    /* [wall ms] */
    bool local;    /* no zone was written: it is this machine's */
    char zone[32]; /* then, what that zone is called at that time: "GMT (+00:00)" */
};

/* "2026-11-27T18:00:00Z", "2026-11-27 18:00+01:00", or without a zone "2026-11-27 18:00" in this
 * machine's own; seconds may be left out. ERR_SYNTAX or ERR_INVALID (no such day; an hour that the
 * change of clocks skips or repeats), with what to write instead. */
int when_parse(struct slice text, struct when *ret, struct err *e) MUST_USE;

/* "Fri 27 Nov 2026 18:00 GMT", on this machine's clock; with seconds when there are any. */
void when_show(int64_t ms, char *out, size_t out_bytes);
