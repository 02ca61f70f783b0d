#pragma once
/* What a text says of a session to one person (flow/message.h: struct message_nearest). */
#include "flow/message.h"
#include "flow/nearest.h"

struct groups;
struct zone_book;

struct session_words { /* all borrowed */
    const struct place_book *places;
    struct nearest *nearest;
    struct gazetteer *gazetteer;
    struct zone_book *zones;
    const struct groups *groups; /* whose clock counts; NULL: nothing is said of any */
    const char *country;         /* of places whose group says no zone; "GB" */
    const char *public_url;      /* of the pages for anybody */
    const uint8_t *link_key;     /* LINK_KEY_BYTES */
    bool miles;
};

enum { SESSION_WHEN_BYTES = 24, SESSION_LINK_BYTES = 256 };
struct session_said { /* points into itself: not to be copied */
    struct message_nearest says;
    char when[SESSION_WHEN_BYTES]; /* "Sat 28 Nov 10:00", by the clock there */
    char link[SESSION_LINK_BYTES]; /* of this one person, to the page of the session */
    char distance[NEAR_DISTANCE_BYTES];
};

struct zone;
struct zone_book;
/* People are told the time as a clock at the place shows it: its group's zone, else the first of the country. NULL: UTC.
 * Nothing is read from the disk twice. */
const struct zone *session_zone(struct zone_book *zones, const struct groups *groups,
                                const char *country, struct slice group);
/* at: where the person is; NULL: nobody knows. campaign, index: whose text it is; 0, 0 before there is
 * one. False: there is no such session any more, or it is cancelled; then says is empty. Borrows from the
 * book. w NULL: there are no sessions. */
bool session_say(const struct session_words *w, uint32_t session, const struct point *at,
                 uint32_t campaign, uint32_t index, struct session_said *out);
/* The same of the session that somebody of that group would be told of now. False: there is none. */
bool session_say_nearest(const struct session_words *w, struct slice group, const struct point *at,
                         struct session_said *out);
