#pragma once
/* What the API tells of the day, in words for the page of the day. */
#include "web/call.h"

/* Adds alarms ([{text, href, bad}]) and any_alarms. */
void day_put_alarms(json_t *data, const json_t *day);
/* Of an alarm of a moment that is over, by its name in the API. */
const char *day_alarm_words(const char *what);
/* Adds polls: when they close, where that is near. */
void day_put_polls(const struct web_call *c, json_t *data, const json_t *day);
/* Adds figures: who waits and for how long, who is here, how fast it goes. */
void day_put_figures(const struct web_call *c, json_t *data, const json_t *day);
/* Adds sum (a bar of all campaigns, of two and more), cards (of those that are not over), more (how many more there
 * are), over ([{id, name, words, total}]). */
void day_put_campaigns(const struct web_call *c, json_t *data, const json_t *day);
/* Adds comes ([{name, at, coming, waiting}]) and any_comes; late: how many more rows there are. */
void day_put_pledges(const struct web_call *c, json_t *data, const json_t *day);
/* Adds accounts ([{name, words, bad}]). */
void day_put_accounts(json_t *data, const json_t *day);
