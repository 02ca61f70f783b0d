#pragma once
/* When a schedule launches, as fields of a form: when (every, dates or event: which of the three), every, until and count; dates, one a
 * line; event, and remind, one a line; within_minutes, late_minutes. */
#include "web/call.h"

/* What the form shows: what was typed, or what the schedule (as the API tells it) says. data: the page. */
void schedule_when_put(const struct web_call *c, json_t *data, const json_t *schedule);
/* Those fields, as hidden ones carry them on: added to list. */
void schedule_when_hide(const struct web_call *c, json_t *list);
/* Adds to body what changes it: all of when, where it is another than `was`; the minutes. What is wrong goes to *wrong: {field:
 * sentence}. */
void schedule_when_read(const struct web_call *c, const json_t *was, json_t *body, json_t **wrong);
/* What was typed one a line, without what is empty: [text, …]. Returns owned. */
json_t *schedule_when_lines(struct slice rest);
