#pragma once
/* What stands in the way of a campaign on its account: the other campaigns there, now and announced.
 * From that and from how fast the account was lately comes when it will be done, and how sure that is. */
#include "core/forecast.h"
#include "flow/zone_book.h"

struct account;
struct campaign;
struct outlook;

enum {
    OUTLOOK_ZONES_MAX = 32 /* clocks that are told apart; the rest are as people without one */
};

/* What of a campaign a forecast tells the time of (forecast_campaign.marks). */
enum outlook_mark {
    OUTLOOK_FEW,  /* its canary is full: it waits for a look, or for its rule */
    OUTLOOK_MONEY /* a budget does not suffice for more */
};

struct outlook_means {
    struct zone_book *zones; /* for hours; borrowed; NULL = any hour */
    int64_t now_ms;
    int64_t canary_wait_ms; /* that a canary's rule gives the first few (struct canary_rule) */
};

/* list: campaigns that are not over; those of other accounts, and the one with the id `but` (0: none), do not
 * count. Everything is copied, but for the book. */
struct outlook *outlook_new(const struct campaign *list, size_t n, const struct account *account,
                            uint32_t but, const struct outlook_means *means);
void outlook_free(struct outlook *o); /* NULL is fine */
/* How many of them there are. o NULL, here and below: nobody else. */
size_t outlook_count(const struct outlook *o);

struct outlook_eta {
    struct forecast early, likely, late;
    struct forecast alone; /* as likely, if there were no others */
    double rate_per_s;     /* of the account, as it is reckoned with */
};
/* Of a campaign beside them. Others that are paused, or will wait for a look, go on at once in `late`, and never in the
 * rest. Its own look, and more money, are taken to come at once: the marks tell when they are needed. */
struct outlook_eta outlook_run(const struct outlook *o, const struct forecast_campaign *me,
                               const struct forecast_pace *pace, double nominal_per_s,
                               int64_t now_us);

/* One as it is stored, for outlook_run: who waits, by clocks. *groups is owned by the caller. */
struct forecast_campaign outlook_of(const struct campaign *c, const struct outlook_means *means,
                                    struct hours *ret_hours, struct forecast_group **groups);

/* How many more may be texted before the budget that is nearest its end does not suffice, as it was seen last; UINT64_MAX:
 * it suffices for all. *of_list: as many of those who wait, also of those who will be left out. */
uint64_t outlook_money(const struct campaign *c, uint64_t *of_list);
