#pragma once
/* What an older version stored under older spellings of numbers, joined with the spelling of today
 * (io/person_number.h): the gate asks for that one only, so a STOP under another would stop nobody.
 *
 * Suppressions get an entry under the number of today; the entry that was there stays, so that the
 * older version finds it after a downgrade, and remembers where it went ("joined"), so that what
 * was lifted since comes back by no second walk. Conversations move, and two of one person become
 * one. The key {prefix}spellings names the table and plan that this was done for; under another
 * one it is done again. */
#include "store/store.h"

struct spellings_joined {
    bool walked; /* false: it was done before */
    int64_t looked_at, suppressions, conversations;
};

/* Once for each connection, before anything is sent. Walks all suppressions and conversations in
 * steps of about a thousand, unless that was done. Several processes may do it at once, and one
 * that ends in the middle leaves nothing half. The callback runs once, from the loop: 0 and e NULL,
 * or ERR_UNREACHABLE (try again). */
typedef void spellings_cb(void *arg, int result, const struct spellings_joined *joined,
                          const struct err *e);
void spellings_join(struct store *s, spellings_cb *cb, void *arg);
