#pragma once
/* What the process that leads does about events: other programs are told of them, and campaigns are
 * paced by who answers, and foretold. */
#include "base/err.h"
#include "config/config.h"

struct accounts;
struct app_events;
struct app_means;
struct events;
struct inbox;
struct loop;
struct store;

struct app_events_parts { /* all borrowed for its life */
    const struct config *config;
    struct loop *loop;
    struct store *store;
    struct events *events;
    struct inbox *inbox;
    const struct accounts *accounts;
    const struct app_means *means;
    bool (*leads)(void *arg);
    void *arg;
};
/* *ret is owned; parts is copied, and what it points to borrowed for its life. */
int app_events_new(const struct app_events_parts *parts, struct app_events **ret,
                   struct err *e) MUST_USE;
void app_events_start(struct app_events *a); /* before: it looks at nothing */
void app_events_free(struct app_events *a);  /* NULL is fine */
