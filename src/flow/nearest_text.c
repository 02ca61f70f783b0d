#include "flow/nearest_text.h"

#include <stdio.h>

#include "core/link.h"
#include "core/pledge_time.h"
#include "flow/zone_book.h"

enum { PLACE_BYTES_MAX = 60, MEET_BYTES_MAX = 100, WHERE_BYTES_MAX = 60 };

/* Not cut inside a character. */
static struct slice fitting(const char *text, size_t n)
{
    struct slice s = slice_of(text);
    while (s.n > n || !slice_is_utf8(s, NULL))
        s.n--;
    return s;
}

static const struct zone *zone_of(const struct nearest_teller *t, struct slice group)
{
    const struct group_info *info = t->groups && group.n ? groups_find(t->groups, group) : NULL;
    bool says = info && zone_book_knows(t->zones, slice_of(info->zone));
    const struct zone_set *set = says ? zone_book_of(t->zones, 0, slice_of(info->zone))
                                      : zone_book_named(t->zones, slice_of(t->country));
    return set->n ? set->zones[0] : NULL;
}

struct slice nearest_text(const struct nearest_teller *t, const struct near_found *f,
                          const char *where, char out[NEAREST_TEXT_BYTES])
{
    char when[PLEDGE_WHEN_BYTES], distance[NEAR_DISTANCE_BYTES], token[LINK_CHARS + 1];
    struct slice place = fitting(f->place->name, PLACE_BYTES_MAX);
    struct slice meet = fitting(f->session->meeting_point, MEET_BYTES_MAX);
    struct slice from = fitting(*where ? where : "you", WHERE_BYTES_MAX);
    pledge_when(zone_of(t, slice_of(f->place->group)), f->session->start_ms, when);
    near_distance(f->metres, t->miles, distance);
    link_make(t->link_key, &(struct link){LINK_PAGE, f->session->id, 0}, token);
    int n =
        snprintf(out, NEAREST_TEXT_BYTES, "Near %.*s: %.*s, %s (%s). %s%.*s%sComing? %s/near/%s",
                 SLICE_ARG(from), SLICE_ARG(place), when, distance, meet.n ? "Meet: " : "",
                 SLICE_ARG(meet), meet.n ? ". " : "", t->public_url, token);
    return slice_make(out, n < NEAREST_TEXT_BYTES ? (size_t)n : NEAREST_TEXT_BYTES - 1);
}
