#pragma once
/* Reading and showing the status object of a campaign, as the API gives it. */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/campaign_status.h"
#include "core/state.h"

int64_t campaign_count(const json_t *status, enum state s); /* people in that state */
/* Sum of all states; the promise is that it is the total. */
int64_t campaign_sum(const json_t *status);
/* People who need nothing more from us: all but pending and in flight. */
int64_t campaign_settled(const json_t *status);
/* People who were handed to a provider, whatever became of it. */
int64_t campaign_sent(const json_t *status);
/* Whether it is any of these: bits, 1u << CAMPAIGN_DONE | … A word that we do not know is none. */
bool campaign_is(const json_t *status, unsigned any);
/* Nothing will move by itself any more: done, paused, blocked, cancelled, expired. */
bool campaign_rests(const json_t *status);

/* Launched for a time that is not there yet. */
bool campaign_waits_for_start(const json_t *status);

/* "campaign 7 'Thursday': paused by sam (wrong text)" and the line below it. */
void campaign_print_head(const json_t *status);
/* A line for each state that somebody is in, with its share. */
void campaign_print_counts(const json_t *status);
