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

/* list: campaigns that are not over; those of other accounts, and the one with the id `but` (0: none), do not
 * count. zones: for their hours; NULL = any hour. Everything is copied, but for the book. */
struct outlook *outlook_new(const struct campaign *list, size_t n, const struct account *account,
                            uint32_t but, struct zone_book *zones, int64_t now_ms);
void outlook_free(struct outlook *o); /* NULL is fine */
/* How many of them there are. o NULL, here and below: nobody else. */
size_t outlook_count(const struct outlook *o);

struct outlook_eta {
    struct forecast early, likely, late;
    struct forecast alone; /* as likely, if there were no others */
    double rate_per_s;     /* of the account, as it is reckoned with */
};
/* Of a campaign beside them. Others that are paused go on at once in `late`, and never in the rest. */
struct outlook_eta outlook_run(const struct outlook *o, const struct forecast_campaign *me,
                               const struct forecast_pace *pace, double nominal_per_s,
                               int64_t now_us);

/* One as it is stored, for outlook_run: who waits, by clocks. *groups is owned by the caller. */
struct forecast_campaign outlook_of(const struct campaign *c, struct zone_book *zones,
                                    struct hours *ret_hours, struct forecast_group **groups,
                                    int64_t now_ms);
