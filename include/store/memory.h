#pragma once
/* Redis' memory, so that somebody hears of it long before Redis refuses (`OOM`). What a recipient takes of it was measured
 * (docs/adr/0031); it is about, and for warnings only. */
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct memory_watch;

enum {
    MEMORY_WARN_PERCENT = 80,   /* of what there is */
    MEMORY_ALARM_PERCENT = 95,  /* webhooks will be refused, and spooled, soon */
    MEMORY_LIST_BYTES = 60,     /* of a row of an audience, with a name and a town */
    MEMORY_CAMPAIGN_BYTES = 85, /* of a recipient of a campaign, with failures and some answers */
};

struct memory_state {
    bool known;      /* false: not asked yet, or this account may not INFO */
    int64_t used;    /* [bytes] */
    int64_t limit;   /* [bytes] maxmemory, or the machine's when that is not set; 0 = not known */
    bool of_machine; /* the limit is the machine's, which others use too */
};

/* What INFO memory says. */
struct memory_state memory_read(struct slice info);
/* [%] of the limit; 0 when that is not known. */
int memory_percent(const struct memory_state *m);
/* How many recipients more there is room for, in a list and in one campaign, until the alarm; -1 = not known. */
int64_t memory_recipients_left(const struct memory_state *m);
enum { MEMORY_TEXT_BYTES = 320 };
/* True, and why and the mend, when it is time to warn. */
bool memory_warns(const struct memory_state *m, char out[MEMORY_TEXT_BYTES]);

/* Asks every ten seconds, and says in the log when it begins to warn, to alarm, and when it is well again. All
 * borrowed for its life. */
struct memory_watch *memory_watch_new(struct loop *l, struct store *s);
void memory_watch_free(struct memory_watch *w); /* NULL is fine; after the redis */
const struct memory_state *memory_watched(const struct memory_watch *w);
