#pragma once
/* The web role: what the configuration says to web/web.h and to the intake of webhooks. */
#include "store/ledger.h"
#include "config/config.h"
#include "base/err.h"

struct accounts;
struct app_means;
struct app_web;
struct events;
struct place_book;

struct check_in;

struct app_web_parts { /* all borrowed for its life */
    const struct config *config;
    struct loop *loop;
    struct redis *redis;
    const struct accounts *accounts;
    struct store *store;
    const struct place_book *places;
    struct events *events;
    struct ledger *ledger;
    struct inbox *inbox;
    struct queue *queue;
    struct outbox *outbox;
    struct dispatch *dispatch; /* NULL without that role */
    const struct check_in *check_in;
    struct journal *journal;
    const struct app_means *means;
    const unsigned char *ref_key, *link_key;
    void (*nudge)(void *arg); /* something was launched or resumed */
    void *nudge_arg;
};

/* When receipts pause a campaign. */
static inline struct receipt_limits config_receipt_limits(const struct config *c)
{
    return (struct receipt_limits){.account_refusals = c->organisation.pause_account_refusals,
                                   .failed_percent = c->organisation.pause_failed_percent,
                                   .filtered_percent = c->organisation.pause_filtered_percent,
                                   .of = c->organisation.pause_of_receipts};
}

int app_web_new(const struct app_web_parts *parts, struct app_web **ret, struct err *e) MUST_USE;
/* Nothing waits in the spool for being stored. */
bool app_web_is_caught_up(const struct app_web *w);
void app_web_stop(struct app_web *w); /* listens no more; what is open gets its response */
void app_web_free(struct app_web *w); /* NULL is fine */
