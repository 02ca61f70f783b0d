#pragma once
/* Which time zones a person may be in: the one that stands in the list, else those of the country
 * of the number. Files of tzdata are read when they are first needed and kept; a daemon is
 * restarted for new rules. */
#include "base/err.h"
#include "base/slice.h"
#include "core/zone.h"

struct zone_book;

/* The candidates; the same people have the same pointer, for the life of the book. */
struct zone_set {
    const struct zone *const *zones; /* none: nobody knows, UTC counts */
    size_t n;
    bool by_country;   /* not known from the list */
    char country[3];   /* "" when it is not known, or not asked for */
    const char *first; /* "Europe/London": what the first of them is called; "UTC" */
    const char *name;  /* by which zone_book_named finds it again: "GB", "Europe/London", "" */
};

struct zone_book *zone_book_new(void);    /* returns owned */
void zone_book_free(struct zone_book *b); /* NULL is fine */
/* Whether tzdata is there at all; the text says what to install. */
int zone_book_check(struct zone_book *b, struct err *e) MUST_USE;
/* zone: the field of the list, may be empty or no zone at all (then the country counts). Borrowed
 * from the book. */
const struct zone_set *zone_book_of(struct zone_book *b, uint64_t number, struct slice zone);
/* As zone_set.name says it; nobody's zones (UTC) when there is none of that name. */
const struct zone_set *zone_book_named(struct zone_book *b, struct slice name);
/* By which clock a group's people are told the time: their group's, else that of most people of the country ("GB"; "", NULL:
 * none), else UTC. */
struct zone_clock {
    const struct zone *zone; /* NULL: UTC */
    const char *name;        /* "Europe/London"; borrowed from the book */
};
struct groups;
struct zone_clock zone_book_clock(struct zone_book *b, const struct groups *groups,
                                  const char *country, struct slice group);
/* Whether a list's field is a zone that is known, and a place's: see zone_is_place. */
bool zone_book_knows(struct zone_book *b, struct slice zone);
/* Whether the name, if it is one of tzdata's, stands for a place: EST, GMT and Etc/GMT+5 do not,
 * have no summer time, and are what spreadsheets make of zones. A person with such a zone counts as
 * one without a zone. */
bool zone_is_place(struct slice name);

struct audience_info;
/* Index of the column time_zone (or timezone), -1 when there is none. */
int zone_column(const struct audience_info *info);
