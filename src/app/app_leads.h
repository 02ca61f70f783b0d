#pragma once
/* What only the process that leads does, step by step (flow/release.h). */
#include "app_means.h"

struct inbox;
struct keeper;
struct outbox;
struct pledge_teller;
struct schedules;

struct app_leads { /* to be read */
    struct keeper *keeper;
    struct schedules *schedules;
    struct pledge_teller *pledges;
};

struct app_leads_parts { /* all borrowed for its life */
    const struct config *config;
    const struct app_means *means;
    struct inbox *inbox;
    struct outbox *outbox;
    const unsigned char *link_key;
    void (*nudge)(void *arg); /* something was launched */
    void *arg;
};

/* Returns owned; parts is copied. */
struct app_leads *app_leads_new(const struct app_leads_parts *parts);
void app_leads_free(struct app_leads *l); /* after the redis; NULL is fine */
