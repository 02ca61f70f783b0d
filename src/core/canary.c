#include "core/canary.h"

#include "base/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PERCENT_LEAST 0.01
#define PERCENT_MOST  50.0

static const char *const thens[] = {
#define X(name, text) text,
    CANARY_THEN_TABLE(X)
#undef X
};

const char *canary_then_to_string(enum canary_then then)
{
    return thens[then];
}

bool canary_then_from_string(struct slice text, enum canary_then *ret)
{
    int i = slice_index(text, thens, COUNT_OF(thens));
    if (i >= 0) *ret = (enum canary_then)i;
    return i >= 0;
}

/* Digits, and at most one point among them. */
static bool read_percent(struct slice text, double *ret)
{
    char copy[16], *end;
    if (text.n == 0 || text.n >= sizeof copy) return false;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '.' && (text.p[i] < '0' || text.p[i] > '9')) return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    *ret = strtod(copy, &end);
    return *end == '\0' && *ret >= PERCENT_LEAST && *ret <= PERCENT_MOST;
}

bool canary_size_parse(struct slice text, struct canary_size *ret)
{
    *ret = (struct canary_size){0};
    text = slice_trim(text);
    if (slice_is(text, "none")) return true;
    if (slice_ends(text, "%"))
        return read_percent(slice_trim(slice_make(text.p, text.n - 1)), &ret->percent);
    return slice_to_u64(text, CANARY_PEOPLE_MAX, &ret->people) && ret->people > 0;
}

uint64_t canary_people(const struct canary_size *size, uint64_t list)
{
    uint64_t n = size->people;
    if (size->percent > 0) n = (uint64_t)ceil((double)list * size->percent / 100);
    return n < list ? n : 0;
}

static double percent(uint64_t n, uint64_t of)
{
    return of ? 100.0 * (double)n / (double)of : 0;
}

uint64_t canary_planned(const struct canary_plan *p, uint64_t people, enum canary_then *then)
{
    bool usual = !p->said && p->above && people > p->above;
    *then = p->then_said ? p->then : usual ? p->usual_then : CANARY_LOOK;
    return canary_people(usual ? &p->usual : &p->own, people);
}

enum canary_verdict canary_judge(const struct canary_rule *rule, const struct canary_seen *seen,
                                 char why[CANARY_WHY_BYTES])
{
    double receipts = percent(seen->receipts, seen->texted),
           failed = percent(seen->failed, seen->texted), stops = percent(seen->stops, seen->texted);
    bool bad = failed > rule->failed_most || stops > rule->stops_most;
    *why = '\0';
    if (!bad && seen->since_ms < rule->wait_ms) return CANARY_WAITS;
    if (failed > rule->failed_most)
        (void)snprintf(why, CANARY_WHY_BYTES,
                       "%" PRIu64 " of the first %" PRIu64 " people did not get it: look why, then "
                       "go on",
                       seen->failed, seen->texted);
    else if (stops > rule->stops_most)
        (void)snprintf(why, CANARY_WHY_BYTES,
                       "%" PRIu64 " of the first %" PRIu64
                       " people opted out: read the text again, "
                       "then go on",
                       seen->stops, seen->texted);
    else if (receipts < rule->receipts_least)
        (void)snprintf(why, CANARY_WHY_BYTES,
                       "only %" PRIu64 " of the first %" PRIu64 " texts are known to have arrived: "
                       "look, then go on",
                       seen->receipts, seen->texted);
    else
        return CANARY_GOES_ON;
    return CANARY_STANDS;
}
