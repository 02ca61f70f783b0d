#pragma once
/* What a text says of a session to one person (flow/message.h: struct message_nearest). */
#include "core/near_text.h"
#include "core/when.h"
#include "flow/message.h"
#include "flow/nearest.h"

struct groups;
struct zone_book;

struct session_words { /* all borrowed */
    const struct place_book *places;
    struct nearest *nearest;
    struct gazetteer *gazetteer;
    struct zone_book *zones;
    const struct groups *groups;   /* whose clock counts; NULL: nothing is said of any */
    const char *country;           /* of places whose group says no zone; "GB" */
    const char *public_url;        /* of the pages for anybody */
    const uint8_t *link_key;       /* LINK_KEY_BYTES */
    const struct template *answer; /* core/near_text.h; NULL: session_answer says nothing */
    bool miles;
};

enum { SESSION_LINK_BYTES = 256 };
struct session_said { /* points into itself: not to be copied */
    struct message_nearest says;
    char when[WHEN_SHORT_BYTES];   /* "Sat 28 Nov 10:00", by the clock there */
    char link[SESSION_LINK_BYTES]; /* of this one person, to the page of the session */
    char distance[NEAR_DISTANCE_BYTES];
};

/* at: where the person is; NULL: nobody knows. campaign, index: whose text it is; 0, 0 before there is
 * one. False: there is no such session any more, or it is cancelled; then says is empty. Borrows from the
 * book. w NULL: there are no sessions. */
bool session_say(const struct session_words *w, uint32_t session, const struct point *at,
                 uint32_t campaign, uint32_t index, struct session_said *out);
/* The same of the session that somebody of that group would be told of now. False: there is none. */
bool session_say_nearest(const struct session_words *w, struct slice group, const struct point *at,
                         struct session_said *out);
/* What somebody is told who said that they are at `where` ("": from a map), of the session that was found near there; is_automatic:
 * nobody of us has read it. None: it does not fit, or w says nothing. */
struct slice session_answer(const struct session_words *w, const struct near_found *f,
                            const char *where, bool is_automatic, char out[NEAR_TEXT_BYTES]);
