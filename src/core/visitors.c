#include "core/visitors.h"

#include <stdlib.h>

#include "base/check.h"

enum { WAYS = 4, US_PER_MS = 1000 };

/* An address owes nothing from clear_us on; one that owes nothing is as good as none. */
struct visitor {
    uint64_t address;
    int64_t clear_us;
};

struct visitors {
    int64_t unit_us, full_us;
    struct visitor rows[VISITORS_MAX / WAYS][WAYS];
};

struct visitors *visitors_new(uint32_t at_once, int64_t full_ms)
{
    check(at_once > 0 && full_ms * US_PER_MS >= at_once);
    struct visitors *v = xcalloc(1, sizeof *v);
    v->full_us = full_ms * US_PER_MS;
    v->unit_us = v->full_us / at_once;
    return v;
}

void visitors_free(struct visitors *v)
{
    free(v);
}

/* Theirs, or the one of whoever owes least, which becomes theirs. */
static struct visitor *visitor_of(struct visitors *v, uint64_t address)
{
    struct visitor *row = v->rows[address % (VISITORS_MAX / WAYS)], *least = row;
    for (int i = 0; i < WAYS; i++) {
        if (row[i].address == address) return &row[i];
        if (row[i].clear_us < least->clear_us) least = &row[i];
    }
    *least = (struct visitor){.address = address};
    return least;
}

int64_t visitors_ask(struct visitors *v, uint64_t address, uint32_t cost, int64_t now_ms)
{
    int64_t now_us = now_ms * US_PER_MS, bound_us = v->full_us;
    struct visitor *them = visitor_of(v, address);
    int64_t begin_us = them->clear_us > now_us ? them->clear_us : now_us;
    if (begin_us > now_us + bound_us) begin_us = now_us + bound_us; /* the clock went back */
    int64_t owed_us = begin_us - now_us + cost * v->unit_us;
    if (owed_us > bound_us) {
        them->clear_us = begin_us;
        return (owed_us - bound_us + US_PER_MS - 1) / US_PER_MS;
    }
    them->clear_us = now_us + owed_us;
    return 0;
}
