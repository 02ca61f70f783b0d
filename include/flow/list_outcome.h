#pragma once
/* A list of those of a campaign with whom it came to this or that: "said yes", "did not answer",
 * "undelivered". Block after block of the campaign's own list, one at a time; whoever must not be
 * texted is left out as in any list, and the gate asks again. What becomes of it stands in a note, like
 * that of an upload (flow/list_job.h), with its "stored" and "rejected". */
#include "core/state.h"
#include "store/audience.h"
#include "store/campaign.h"

#include <jansson.h>

enum list_outcome_replied { REPLIED_EITHER, REPLIED_YES, REPLIED_NO };

struct list_outcome_config { /* texts are copied */
    struct store *store;
    const struct campaign *campaign;
    const char *name;
    const struct audience_info *base; /* change this list; NULL: a new one. Copied, too */
    enum audience_change change;
    uint32_t states; /* 1 << enum state, or-ed; 0 = any */
    enum list_outcome_replied replied;
    const char *tags; /* "yes,maybe": one of them at least; "" = whatever */
    const char *id;   /* of the note */
    json_t *about;    /* taken */
    int64_t (*now_ms)(void *arg);
    void (*ended)(void *arg); /* it is over, whatever came of it */
    void *arg;
};

/* Begins. `noted` is called when the note stands, or could not be written, which ends it. At the end of
 * the process it ends when the store's calls do. */
void list_outcome_begin(const struct list_outcome_config *config, store_done_cb *noted,
                        void *noted_arg);
