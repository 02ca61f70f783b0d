#pragma once
/* What the process that leads does about events: other programs are told of them, and campaigns are
 * paced by who answers, and foretold. */
#include "base/err.h"
#include "config/config.h"

struct accounts;
struct app_events;
struct events;
struct loop;
struct store;

struct app_events_parts { /* all borrowed for its life */
    const struct config *config;
    struct loop *loop;
    struct store *store;
    struct events *events;
    const struct accounts *accounts;
    bool (*leads)(void *arg);
    void *arg;
};
int app_events_new(const struct app_events_parts *parts, struct app_events **ret,
                   struct err *e) MUST_USE;
void app_events_start(struct app_events *a);
void app_events_free(struct app_events *a); /* NULL is fine */
