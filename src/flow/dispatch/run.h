#pragma once
/* What is known of a campaign while batches of it are held (run.c). */
#include "core/consent.h"
#include "core/hours.h"
#include "flow/message.h"
#include "flow/senders.h"
#include "flow/whereabouts.h"
#include "share.h"
#include "store/audience.h"
#include "store/campaign.h"

struct dispatch;

enum {
    UNLISTED_MAX = 10, /* people in a row, refused for what no description lists: it is about more
                          than them */
};

struct run {
    struct dispatch *d;
    uint32_t id, edits; /* as it was after so many changes, or later */
    unsigned era;       /* of the connection (mark_era) */
    int refs;
    bool loading, loaded;
    char *problem; /* why it cannot run here; owned */
    struct campaign *campaign;
    struct audience_info *audience;
    struct message *message;
    struct outlet *outlet;
    struct senders senders; /* of the outlet's account */
    struct shares ready;    /* that could be asked for now, by age */
    double turns;           /* fairness: messages granted so far, divided by the weight */
    TAILQ_ENTRY(run) link;  /* outlet->turns.runs, while any are ready */
    bool blocked_said;
    uint32_t unlisted[UNLISTED_MAX]; /* who was refused last for what no description lists */
    size_t unlisted_n;
    bool tells_nearest; /* its text says something of a session (near.c) */
    struct where_columns where;
    struct consent_need need;
    struct consent_columns consent_columns;
    bool any_hour;
    struct hours hours;         /* when not any_hour */
    int zone_column;            /* of the audience, -1 = none */
    struct run_window *windows; /* owned; of each set of zones that was met */
    size_t window_n;
};

/* Of that campaign as a lease has it, perhaps not loaded; run_leave when it is not needed any more. */
struct run *run_join(struct dispatch *d, uint32_t campaign, uint32_t edits);
void run_leave(struct run *r);
/* Loads it, unless that is under way: then those who wait for it (batch_awaits) go on. */
void run_load(struct run *r);
