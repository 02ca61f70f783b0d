#include "flow/session_words.h"

#include "core/link.h"
#include "flow/zone_book.h"
#include "store/group.h"

#include <stdio.h>
#include <time.h>

const struct zone *session_zone(struct zone_book *zones, const struct groups *groups,
                                const char *country, struct slice group)
{
    const struct group_info *info = groups_find(groups, group);
    struct slice zone = slice_of(info ? info->zone : "");
    const struct zone_set *set = zone_book_knows(zones, zone)
                                     ? zone_book_of(zones, 0, zone)
                                     : zone_book_named(zones, slice_of(country));
    return set->n ? set->zones[0] : NULL;
}

static int64_t local_s(const struct session_words *w, const struct place *p, int64_t at_ms)
{
    const struct zone *zone = session_zone(w->zones, w->groups, w->country, slice_of(p->group));
    int64_t until_s, at_s = at_ms / 1000;
    return at_s + (zone ? zone_offset_s(zone, at_s, &until_s) : 0);
}

/* No "tomorrow": a text may be read a day later. */
static void say_when(int64_t local, char out[SESSION_WHEN_BYTES])
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = (time_t)local;
    struct tm tm = {0};
    check(gmtime_r(&t, &tm));
    (void)snprintf(out, SESSION_WHEN_BYTES, "%.3s %u %.3s %02u:%02u", days + 3 * tm.tm_wday,
                   (unsigned)tm.tm_mday & 31, months + 3 * tm.tm_mon, (unsigned)tm.tm_hour & 31,
                   (unsigned)tm.tm_min & 63);
}

static void say_link(const struct session_words *w, uint32_t campaign, uint32_t index,
                     char out[SESSION_LINK_BYTES])
{
    char token[LINK_CHARS + 1];
    link_make(w->link_key, &(struct link){LINK_OFFER, campaign, index}, token);
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
    say_when(local_s(w, p, s->start_ms), out->when);
    say_link(w, campaign, index, out->link);
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
