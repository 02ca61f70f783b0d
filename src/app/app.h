#pragma once
/* Everything of one musterd process, wired together by its roles. Lower layers never see it. */
#include "config/config.h"
#include "base/err.h"

struct app;

/* Connects, checks, listens. On failure everything is undone and e says what to mend. config is
 * borrowed. */
int app_new(const struct config *config, struct app **ret, struct err *e) MUST_USE;
/* Runs until SIGTERM or SIGINT, then finishes what is in flight and gives the rest back; a second
 * signal ends it at once. */
void app_run(struct app *a);
void app_free(struct app *a); /* NULL is fine */

/* What can be known of the queue's settings without asking anybody. */
int app_check_queue(const struct config *config, struct err *e) MUST_USE;
