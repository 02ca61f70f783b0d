#pragma once
/* One rehearsal, from what is known of the campaign to the report: the part that `muster campaign rehearse` and the worker
 * of the server (`muster rehearsal serve`) share. In this order:
 *
 *   play_ask      the account and the organisation, from the server
 *   play_expect   what people will do, from experience; and how fast time can run. Both may be changed then
 *   play_run      the world, the list, the campaign, to its end
 *   play_report   what it has shown
 *   play_done     always; its world is gone */
#include "rehearse_report.h"
#include "rehearse_world.h"

enum { PLAY_MINUTES_USUAL = 30 /* by the machine's own time */, PLAY_ANSWERS_USUAL = 40 };

struct play {
    struct verb_call *c;  /* its server is asked; borrowed */
    json_t *body, *check; /* a campaign as it would be launched, and what the check says; taken */
    const char *group;    /* whose earlier campaigns count; NULL: all that may be seen */
    long long audience;   /* its list's id; 0: it is found by its name */
    const char *list;     /* its list's file; NULL: it is fetched */
    int64_t minutes;      /* it is ended after so many, by the machine's own time */
    /* At each look, and while the list comes in (status is NULL until the launch). False: it is ended. NULL: nobody looks. */
    bool (*look)(struct play *r);
    void *arg; /* look's */

    json_t *status; /* of the campaign in the rehearsal, as it was last */
    struct rehearsed shown;
    json_t *gateway, *organisation, *reply_minutes;
    struct world *world;
};

int play_ask(struct play *r, struct err *e) MUST_USE;
void play_expect(struct play *r);
/* ERR_REFUSED: a program did not start or ended, the check blocks it, or somebody pressed Ctrl-C. ERR_CONFLICT: look said no. */
int play_run(struct play *r, struct err *e) MUST_USE;
/* As rehearsal_json. Returns owned. */
json_t *play_report(struct play *r);
void play_done(struct play *r);
