#include "flow/session_words.h"

#include "core/link.h"
#include "flow/zone_book.h"

#include <stdio.h>

static void say_when(const struct session_words *w, const struct place *p, const struct session *s,
                     char out[WHEN_SHORT_BYTES])
{
    struct zone_clock clock = zone_book_clock(w->zones, w->groups, w->country, slice_of(p->group));
    when_short(zone_local_s(clock.zone, s->start_ms / 1000), SLICE_NONE, out);
}

static void say_link(const struct session_words *w, const struct link *link,
                     char out[SESSION_LINK_BYTES])
{
    char token[LINK_CHARS + 1];
    link_make(w->link_key, link, token);
    struct slice base = slice_of(w->public_url);
    if (slice_ends(base, "/")) base.n--;
    (void)snprintf(out, SESSION_LINK_BYTES, "%.*s/near/%s", SLICE_ARG(base), token);
}

bool session_say(const struct session_words *w, uint32_t session, const struct point *at,
                 uint32_t campaign, uint32_t index, struct session_said *out)
{
    const struct session *s = w && session ? place_book_session(w->places, session) : NULL;
    const struct place *p = s ? place_book_place(w->places, s->place) : NULL;
    out->says = (struct message_nearest){.place = SLICE_NONE};
    if (!p || s->is_cancelled) return false;
    out->distance[0] = '\0';
    if (at) (void)near_distance(point_metres(*at, p->at), w->miles, out->distance);
    say_when(w, p, s, out->when);
    say_link(w, &(struct link){LINK_OFFER, campaign, index}, out->link);
    out->says = (struct message_nearest){
        .place = slice_of(p->name),
        .when = slice_of(out->when),
        .link = slice_of(out->link),
        .distance = slice_of(out->distance),
        .meeting_point = slice_of(s->meeting_point),
    };
    return true;
}

bool session_say_nearest(const struct session_words *w, struct slice group, const struct point *at,
                         struct session_said *out)
{
    struct near_found best;
    const struct nearest_ask ask = {.at = at, .group = group, .is_text = true, .max = 1};
    bool found = w && nearest_at(w->nearest, &ask, &best) > 0;
    return session_say(w, found ? best.session->id : 0, at, 0, 0, out);
}

struct slice session_answer(const struct session_words *w, const struct near_found *f,
                            const char *where, bool is_automatic, char out[NEAR_TEXT_BYTES])
{
    enum { PLACE_BYTES_MAX = 60, MEET_BYTES_MAX = 100, WHERE_BYTES_MAX = 60 };
    char when[WHEN_SHORT_BYTES], link[SESSION_LINK_BYTES], distance[NEAR_DISTANCE_BYTES],
        reasons[NEAR_WORDS_BYTES];
    if (!w || !w->answer) return SLICE_NONE;
    say_when(w, f->place, f->session, when);
    say_link(w, &(struct link){LINK_PAGE, f->session->id, 0}, link);
    const struct near_said said = {
        .where = slice_fitting(*where ? where : "you", WHERE_BYTES_MAX),
        .place = slice_fitting(f->place->name, PLACE_BYTES_MAX),
        .when = slice_of(when),
        .distance = slice_of(near_distance(f->metres, w->miles, distance)),
        .reasons = slice_of(near_words(f, w->miles, reasons)),
        .meeting_point = slice_fitting(f->session->meeting_point, MEET_BYTES_MAX),
        .link = slice_of(link),
        .automatic = is_automatic,
    };
    return near_text_write(w->answer, &said, out);
}
