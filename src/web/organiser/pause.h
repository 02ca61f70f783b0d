#pragma once
/* The one big button, on the pages that have it: {{>organiser/pause}}. Whoever has stopped some and has not said
 * why is asked, each time, until they say it. */
#include "web/call.h"

/* Adds can_pause, can_resume, owes and unsaid, from a list of Status; from: the page that they lead back to, "day"
 * or "" (/campaigns). */
void pause_put(const struct web_call *c, json_t *data, const json_t *campaigns, const char *from);
