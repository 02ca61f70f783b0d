#pragma once
/* What the API tells of a campaign, in words for a page. */
#include "web/call.h"

/* Adds to data, from a Status: id, name, words ("Running"), kind, when, who, why, bar, total, left, and which
 * buttons there are (can_pause, can_resume, can_change, can_cancel). */
void campaign_put_words(const struct web_call *c, json_t *data, const json_t *status);
/* data[key] = list, and any_KEY whether there is one in it. Borrows list; NULL is an empty one. */
void words_put_list(json_t *data, const char *key, const json_t *list);
/* The people of a preview, for a template: what one lacks is not looked for around them. */
void words_put_people(json_t *data, const json_t *people);
/* The findings of a check, as {{>findings}} shows them. */
void words_put_findings(json_t *data, const json_t *findings);
/* "1,234,567"; "?" of what is no number. Returns owned. */
json_t *words_count(const json_t *n);
/* "12.34 GBP" of {"amount", "currency"}. Returns owned. */
json_t *words_price(const json_t *price);
/* "about 12 minutes". Returns owned. */
json_t *words_duration(int64_t seconds);
