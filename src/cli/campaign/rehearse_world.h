#pragma once
/* The world of a rehearsal: a private redis-server, muster-sim and musterd in a folder that only we can
 * read and that is gone afterwards, all on the loopback, in time that runs `speed` times faster. */
#include "cli/api.h"

#include <stdint.h>
#include <stdio.h>

struct world;

struct world_plan {
    const json_t *gateway;           /* as GET /api/v1/gateways tells of it */
    const char *organisation;        /* its name; "" = not known */
    const char *country;             /* of numbers without +; "" = none */
    double replies, stops, failures; /* chances, of each person */
    int64_t think_ms;                /* how long people think before they write back */
    int64_t begin_ms;                /* [wall ms] where its time begins */
    int speed;                       /* 1 = as time goes */
};

/* ERR_REFUSED: an account would not go to the simulator, or a program did not start; the text says why.
 * Everything in plan is borrowed for the call. */
int world_start(const struct world_plan *plan, struct world **ret, struct err *e) MUST_USE;
/* Ends its processes and takes its folder away; NULL is fine. */
void world_end(struct world *w);

struct api *world_api(struct world *w);
/* A file in its folder, open for writing; *ret_path is borrowed. NULL: it cannot be written. */
FILE *world_file(struct world *w, const char *name, const char **ret_path);
/* `muster audience import` of a file into it; idle is called again and again meanwhile. */
int world_import(struct world *w, const char *list, const char *name, void (*idle)(void *arg),
                 void *arg, struct err *e) MUST_USE;
/* Receipts and replies that the simulator has not told yet; < 0: it does not answer. */
int64_t world_pending(struct world *w);
/* Waits [ms] of the machine's own time. False: somebody pressed Ctrl-C, or a process has ended. */
bool world_wait(struct world *w, int ms);
/* From now on (world_start does it, too) Ctrl-C and SIGTERM are noted, and end no program by themselves. */
void world_catch(void);
bool world_is_interrupted(void);
void world_pause(int ms); /* shorter where that happens */
