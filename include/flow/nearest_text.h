#pragma once
/* What a person is told who said where they are: the best session near them, in a text that is short. */
#include "core/near.h"
#include "store/group.h"

struct zone_book;

enum { NEAREST_TEXT_BYTES = 480 };

struct nearest_teller { /* all borrowed for the call */
    struct zone_book *zones;
    const struct groups *groups; /* NULL: nothing is said of any */
    const char *country;         /* of the organisation: the clock of groups that say none; "" */
    const char *public_url;
    const unsigned char *link_key; /* core/link.h */
    bool miles;
};

/* "Near M14 5TA: Bolton, Sat 5 Dec 10:00 (20 km). Meet: the library. Coming? https://…". where "": "Near you". */
struct slice nearest_text(const struct nearest_teller *t, const struct near_found *f,
                          const char *where, char out[NEAREST_TEXT_BYTES]);
