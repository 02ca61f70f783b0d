#include "core/zone.h"

#include "zone_rule.h"

#include <stdlib.h>

enum { HEADER_BYTES = 44, TYPE_BYTES = 6, TRANSITIONS_MAX = 10000, TYPES_MAX = 256 };

struct zone {
    size_t n;
    int64_t *at_s;     /* owned; ascending */
    int32_t *offset_s; /* owned; from at_s[i] on */
    int32_t first_s;   /* before the first transition */
    bool has_rule;     /* what comes after the last one */
    struct zone_rule rule;
};

/* ---- bytes ---- */

static uint64_t big_endian(const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

struct counts {
    uint32_t isut, isstd, leap, time, type, chars;
};

static bool read_header(struct slice s, struct counts *c)
{
    if (s.n < HEADER_BYTES || memcmp(s.p, "TZif", 4) != 0 || s.p[4] < '2') return false;
    uint32_t *fields[] = {&c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        *fields[i] = (uint32_t)big_endian(s.p + 20 + 4 * i, 4);
    return c->time <= TRANSITIONS_MAX && c->type > 0 && c->type <= TYPES_MAX &&
           c->chars <= TRANSITIONS_MAX && c->leap <= TRANSITIONS_MAX && c->isut <= c->type &&
           c->isstd <= c->type;
}

/* Of the data behind a header whose times have that many bytes. */
static size_t data_bytes(const struct counts *c, size_t time_bytes)
{
    return c->time * time_bytes + c->time + (size_t)c->type * TYPE_BYTES + c->chars +
           c->leap * (time_bytes + 4) + c->isstd + c->isut;
}

static bool read_transitions(struct zone *z, const char *data, const struct counts *c)
{
    const char *index = data + 8 * (size_t)c->time, *types = index + c->time;
    z->n = c->time;
    z->at_s = xcalloc(z->n ? z->n : 1, sizeof *z->at_s);
    z->offset_s = xcalloc(z->n ? z->n : 1, sizeof *z->offset_s);
    z->first_s = (int32_t)big_endian(types, 4);
    for (size_t i = 0; i < z->n; i++) {
        size_t type = (unsigned char)index[i];
        z->at_s[i] = (int64_t)big_endian(data + 8 * i, 8);
        if (type >= c->type || (i && z->at_s[i] <= z->at_s[i - 1])) return false;
        z->offset_s[i] = (int32_t)big_endian(types + type * TYPE_BYTES, 4);
        if (abs(z->offset_s[i]) > ZONE_OFFSET_S_MAX) return false;
    }
    return abs(z->first_s) <= ZONE_OFFSET_S_MAX;
}

static bool read_footer(struct zone *z, struct slice s)
{
    struct slice rule;
    if (s.n < 2 || s.p[0] != '\n') return false;
    s = slice_from(s, 1);
    if (slice_find(s, '\n') < 0 || !slice_cut(&s, '\n', &rule)) return false;
    z->has_rule = rule.n > 0;
    return rule.n == 0 || zone_rule_parse(rule, &z->rule);
}

static bool read_all(struct zone *z, struct slice s)
{
    struct counts c;
    if (!read_header(s, &c)) return false;
    s = slice_from(s, HEADER_BYTES + data_bytes(&c, 4)); /* the 32-bit part is for others */
    if (!read_header(s, &c) || c.leap) return false;
    s = slice_from(s, HEADER_BYTES);
    size_t n = data_bytes(&c, 8);
    return s.n > n && read_transitions(z, s.p, &c) && read_footer(z, slice_from(s, n));
}

int zone_parse(struct slice tzif, struct zone **ret, struct err *e)
{
    struct zone *z = xcalloc(1, sizeof *z);
    if (!read_all(z, tzif)) {
        zone_free(z);
        return err_set(e, ERR_SYNTAX,
                       "not a time zone file (TZif, version 2 or later, without leap seconds)");
    }
    *ret = z;
    return 0;
}

void zone_free(struct zone *z)
{
    if (!z) return;
    free(z->at_s);
    free(z->offset_s);
    free(z);
}

int32_t zone_offset_s(const struct zone *z, int64_t at_s, int64_t *ret_until_s)
{
    size_t low = 0,
           high = z->n; /* transitions before low are not after `at`, those from high on are */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (z->at_s[middle] <= at_s)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == z->n && z->has_rule) return zone_rule_offset_s(&z->rule, at_s, ret_until_s);
    *ret_until_s = low < z->n ? z->at_s[low] : INT64_MAX;
    return low ? z->offset_s[low - 1] : z->first_s;
}

int64_t zone_local_s(const struct zone *z, int64_t at_s)
{
    int64_t until_s;
    return z ? at_s + zone_offset_s(z, at_s, &until_s) : at_s;
}

int64_t zone_moment_s(const struct zone *z, int64_t local_s)
{
    int64_t at_s = local_s - ZONE_OFFSET_S_MAX, until_s; /* no clock is further ahead */
    if (!z) return local_s;
    for (;;) {
        int64_t there = local_s - zone_offset_s(z, at_s, &until_s);
        if (there <= at_s) return at_s;
        if (there < until_s) return there;
        at_s = until_s;
    }
}
