#pragma once
/* The rules of one time zone, read from the bytes of a TZif file (RFC 9636): how far local time is
 * ahead of UTC at a moment, past the last listed change too (the file's footer, a POSIX TZ rule).
 * Leap seconds ("right/" files) are refused: Unix time has none. */
#include "base/err.h"
#include "base/slice.h"

struct zone;

/* Returns owned. ERR_SYNTAX: not a TZif file of version 2 or later, or a damaged one. */
int zone_parse(struct slice tzif, struct zone **ret, struct err *e) MUST_USE;
void zone_free(struct zone *z); /* NULL is fine */
/* [s] local time minus UTC at that moment [s since 1970], and until when it surely stays so
 * (exclusive; INT64_MAX = for ever). O(log transitions). */
int32_t zone_offset_s(const struct zone *z, int64_t at_s, int64_t *ret_until_s);
/* [s since 1970, as if it were UTC] What a clock there shows at that moment [s since 1970]. NULL: UTC. */
int64_t zone_local_s(const struct zone *z, int64_t at_s);
/* [s since 1970] The first moment at which a clock there shows local_s [s since 1970, as if it were
 * UTC] or more: of a time that clocks skip, the moment they are put forward; of one that comes twice,
 * the first. NULL: UTC. O(log transitions). */
int64_t zone_moment_s(const struct zone *z, int64_t local_s);
