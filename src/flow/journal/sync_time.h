#pragma once
/* How long it takes until what is added stands, and how far ahead grants must be asked for because of it. */
#include <stdbool.h>

#include "core/lead.h"

struct sync_time {
    struct lead lead;
    int64_t said_ms; /* when it was last said that it is too slow [wall ms] */
};

/* path, with_copy: the journal's, for the log: says once a minute that it is too slow to send by. */
void sync_time_saw(struct sync_time *t, int64_t took_us, const char *path, bool with_copy);
int64_t sync_time_usual_us(const struct sync_time *t);
int64_t sync_time_lead_us(const struct sync_time *t);
