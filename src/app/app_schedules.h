#pragma once
/* Schedules of the process that leads (flow/schedule.h), with what a launch needs besides the store. */
#include "config/config.h"
#include "io/loop.h"

struct accounts;
struct app_schedules;
struct budget;
struct keywords;
struct memory_watch;
struct schedules;
struct store;

struct app_schedules_parts { /* all borrowed for its life */
    const struct config *config;
    struct loop *loop;
    struct store *store;
    const struct accounts *accounts;
    const struct memory_watch *memory;
    struct budget *budget;    /* NULL = a month may cost anything */
    void (*nudge)(void *arg); /* something was launched */
    void *nudge_arg;
};

struct app_schedules *app_schedules_new(const struct app_schedules_parts *parts);
struct schedules *app_schedules_of(const struct app_schedules *a); /* NULL of NULL */
void app_schedules_free(struct app_schedules *a); /* after the redis; NULL is fine */

/* The words that mean STOP, START and HELP here. Returns owned. */
struct keywords *app_words(const struct config *c);
