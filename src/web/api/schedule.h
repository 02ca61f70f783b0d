#pragma once
/* What the rows about schedules share. */
#include "store/schedule.h"
#include "web/call.h"

/* As own_campaign (web/own.h). */
bool own_schedule(struct web_call *c, int result, const struct schedule *s, const struct err *e);
