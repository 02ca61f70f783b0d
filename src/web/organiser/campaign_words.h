#pragma once
/* What the API tells of a campaign, in words for a page. */
#include "web/call.h"

/* Adds to data, from a Status: id, name, words ("Running"), kind, when, who, why, bar, total, left, and which
 * buttons there are (can_pause, can_resume, can_change, can_cancel). */
void campaign_put_words(const struct web_call *c, json_t *data, const json_t *status);
/* Whether it can be paused now, whoever asks. */
bool campaign_can_pause(const json_t *status);
/* The member who asks has paused it, and has not said why. */
bool campaign_owes_a_reason(const struct web_call *c, const json_t *status);
/* For {{>bar}}: its people by what became of them; each part leads to them. Of a Status, or of its keys id, total
 * and counts alone. Returns owned. */
json_t *campaign_bar(const json_t *status);
/* rate ("20 a second", or of a slow one "12 a minute") and left; nothing while nobody knows. */
void campaign_put_speed(json_t *data, const json_t *status);
/* done_about ("about 18:40 (18:30 to 19:05)") and in_danger; waits_at, when its first few have it; money_ends, a sentence about
 * the budget that ends it. Nothing while nobody knows. */
void campaign_put_forecast(const struct web_call *c, json_t *data, const json_t *status);
/* data[key] = list, and any_KEY whether there is one in it. Borrows list; NULL is an empty one. */
void words_put_list(json_t *data, const char *key, const json_t *list);
/* The people of a preview, for a template: what one lacks is not looked for around them. */
void words_put_people(json_t *data, const json_t *people);
/* The findings of a check, as {{>findings}} shows them. */
void words_put_findings(const struct web_call *c, json_t *data, const json_t *findings);
/* "1,234,567"; "?" of what is no number. Returns owned. */
json_t *words_count(const json_t *n);
/* "1 person", "1,478 people"; "? people" of what is no number. Returns owned. */
json_t *words_people(const json_t *n);
/* "1 row", "400,000 rows": `one` and `many` say what is counted, in at most 24 bytes. Returns owned. */
json_t *words_counted(const json_t *n, const char *one, const char *many);
/* "12.34 GBP" of {"amount", "currency"}; null of nothing: there are no prices. Returns owned. */
json_t *words_price(const json_t *price);
/* "about 12 minutes". Returns owned. */
json_t *words_duration(int64_t seconds);
