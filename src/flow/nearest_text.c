#include "flow/nearest_text.h"

#include <stdio.h>

#include "core/link.h"
#include "core/pledge_time.h"
#include "flow/session_words.h"

enum { PLACE_BYTES_MAX = 60, MEET_BYTES_MAX = 100, WHERE_BYTES_MAX = 60 };

struct slice nearest_text(const struct nearest_teller *t, const struct near_found *f,
                          const char *where, char out[NEAREST_TEXT_BYTES])
{
    char when[PLEDGE_WHEN_BYTES], distance[NEAR_DISTANCE_BYTES], token[LINK_CHARS + 1];
    struct slice place = slice_fitting(f->place->name, PLACE_BYTES_MAX);
    struct slice meet = slice_fitting(f->session->meeting_point, MEET_BYTES_MAX);
    struct slice from = slice_fitting(*where ? where : "you", WHERE_BYTES_MAX);
    pledge_when(session_zone(t->zones, t->groups, t->country, slice_of(f->place->group)),
                f->session->start_ms, when);
    near_distance(f->metres, t->miles, distance);
    link_make(t->link_key, &(struct link){LINK_PAGE, f->session->id, 0}, token);
    int n =
        snprintf(out, NEAREST_TEXT_BYTES, "Near %.*s: %.*s, %s (%s). %s%.*s%sComing? %s/near/%s",
                 SLICE_ARG(from), SLICE_ARG(place), when, distance, meet.n ? "Meet: " : "",
                 SLICE_ARG(meet), meet.n ? ". " : "", t->public_url, token);
    return slice_make(out, n < NEAREST_TEXT_BYTES ? (size_t)n : NEAREST_TEXT_BYTES - 1);
}
