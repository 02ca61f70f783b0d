#pragma once
/* The one way to a launch, for the API and for schedules: the check, and if nothing stands against it,
 * the campaign. */
#include "core/approval.h"
#include "flow/campaign_body.h"
#include "flow/check.h"
#include "store/ledger.h"

struct budget;
struct keywords;
struct law_book;
struct loans;
struct memory_watch;
struct gazetteer;
struct nearest;
struct place_book;
struct session_words;
struct zone_book;

/* app/app_means.c fills it: the same for people and for schedules. */
struct launch_means { /* all borrowed, for as long as something is checked or launched by them */
    struct store *store;
    const struct place_book *places; /* where people may be sent; NULL: nowhere */
    struct gazetteer *gazetteer;     /* these two: NULL in tests without places */
    struct nearest *nearest;
    const struct session_words *words; /* what texts say of sessions; with nearest */
    const struct accounts *accounts;
    const struct groups *groups; /* NULL: nothing is said of any */
    const struct keywords *keywords;
    const struct memory_watch *memory; /* NULL: nobody watches */
    struct zone_book *zones;
    const char *organisation; /* its name; NULL or "" = not known */
    const char *hours;        /* of campaigns that say none; NULL = any */
    struct budget *budget;    /* of months; NULL = a month may cost anything */
    const char *consent;      /* that those need which say none (core/consent.h); NULL = none */
    const struct law_words *law_words;  /* NULL: the rules of law are not asked */
    const struct law_organisation *law; /* what the organisation says of itself */
    const struct law_book *law_book;    /* the rules that are off; NULL: none */
    const struct loans *loans;          /* lists that groups lend; NULL: none */
    /* Lists of more people than canary_above begin with a few where the campaign says nothing of it; 0 = they
     * do not. */
    uint64_t canary_above;
    struct canary_size canary;
    enum canary_then canary_then;
    int64_t canary_wait_ms;        /* that the rule gives them */
    struct approval_rule approval; /* when a second person has to agree (store/approval.h) */
    struct receipt_limits pause;   /* when receipts pause one that says nothing of it */
    struct cap cap;                /* of campaigns that are not exempt */
};

/* What the check of a body is asked, once campaign_body_take is done. named: as in struct check_input.
 * Borrows from both. */
struct check_input launch_check_input(const struct launch_means *m, const struct campaign_body *b,
                                      uint32_t named, int64_t now_ms);

/* Whether it is to go on where others stop by themselves: then a second person has to agree. */
bool launch_loosens(const struct launch_means *m, const struct campaign *c);

/* campaign: as it is stored, when result is 0. ERR_REFUSED: the check found what stands against it,
 * and report says what (NULL otherwise). ERR_EXISTS: the group launched one of that name before. All
 * are borrowed for the call. */
typedef void launch_cb(void *arg, int result, const struct campaign *campaign,
                       const struct check_report *report, const struct err *e);
/* b, as campaign_body_take and the caller (launched_by, author) made it, lives until cb. */
void launch_run(const struct launch_means *m, struct campaign_body *b, int64_t now_ms,
                launch_cb *cb, void *arg);
