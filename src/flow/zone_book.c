#include "flow/zone_book.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/map.h"
#include "io/phone.h"
#include "io/zones.h"
#include "store/audience.h"
#include "store/group.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    /* names that are no zones, remembered so that each is looked for once */
    UNKNOWN_MAX = 1000,
};

struct set {
    struct zone_set shown;
    const struct zone **zones; /* owned; shown.zones */
    char *name, *first;        /* owned; shown.name, shown.first, NULL: UTC */
};

struct zone_book {
    struct map *zones;     /* name → struct zone */
    struct map *sets;      /* name of a zone → struct set */
    struct map *countries; /* country, "" = none → struct set */
    struct map *unknown;   /* names that are no zones → the book */
};

struct zone_book *zone_book_new(void)
{
    struct zone_book *b = xcalloc(1, sizeof *b);
    b->zones = map_new();
    b->sets = map_new();
    b->countries = map_new();
    b->unknown = map_new();
    return b;
}

static void free_sets(struct map *sets)
{
    struct slice key;
    void *value;
    for (size_t pos = 0; map_next(sets, &pos, &key, &value);) {
        struct set *s = value;
        free(s->zones);
        free(s->name);
        free(s->first);
        free(s);
    }
    map_free(sets);
}

void zone_book_free(struct zone_book *b)
{
    if (!b) return;
    struct slice key;
    void *value;
    for (size_t pos = 0; map_next(b->zones, &pos, &key, &value);)
        zone_free(value);
    free_sets(b->sets);
    free_sets(b->countries);
    map_free(b->zones);
    map_free(b->unknown);
    free(b);
}

bool zone_is_place(struct slice name)
{
    /* tzdata's files etcetera and backward, 2025b: all that is no country's or town's */
    static const char *const none[] = {
        "CET",   "CST6CDT", "EET",       "EST", "EST5EDT", "Factory",   "GMT",        "GMT+0",
        "GMT-0", "GMT0",    "Greenwich", "HST", "MET",     "MST",       "MST7MDT",    "PST8PDT",
        "UCT",   "UTC",     "Universal", "WET", "Zulu",    "localtime", "posixrules",
    };
    if (slice_starts(name, "Etc/") || slice_starts(name, "SystemV/")) return false;
    for (size_t i = 0; i < COUNT_OF(none); i++)
        if (slice_is_nocase(name, none[i])) return false;
    return true;
}

/* NULL when there is none of that name. */
static const struct zone *find_zone(struct zone_book *b, struct slice name)
{
    struct zone *z = map_get(b->zones, name);
    if (z || map_get(b->unknown, name)) return z;
    struct buf bytes = BUF_INIT(2 * ZONE_FILE_BYTES_MAX);
    struct err ignored; /* no such zone: the country counts */
    if (zone_file_read(name, &bytes, &ignored) == 0 &&
        zone_parse(buf_slice(&bytes), &z, &ignored) == 0)
        (void)map_put(b->zones, name, z);
    else if (map_count(b->unknown) < UNKNOWN_MAX)
        (void)map_put(b->unknown, name, b);
    buf_done(&bytes);
    return z;
}

static void note(void *arg, struct slice zone)
{
    (void)zone;
    *(bool *)arg = true;
}

int zone_book_check(struct zone_book *b, struct err *e)
{
    bool any = false;
    int rc = zones_of_country(NULL, "GB", note, &any, e);
    if (rc < 0) return rc;
    if (!any || !find_zone(b, SLICE_LIT("Europe/London")))
        return err_set(e, ERR_NOT_FOUND,
                       "the time zones in %s are not complete: install the package tzdata",
                       zones_folder());
    return 0;
}

/* ---- sets ---- */

struct collecting {
    struct zone_book *book;
    struct set *set;
};

static void add_zone(void *arg, struct slice name)
{
    struct collecting *c = arg;
    struct set *s = c->set;
    const struct zone *z = find_zone(c->book, name);
    if (!z) return;
    if (!s->first) s->shown.first = s->first = slice_strdup(name);
    s->zones = xrealloc(s->zones, (s->shown.n + 1) * sizeof *s->zones);
    s->zones[s->shown.n++] = z;
    s->shown.zones = s->zones;
}

static struct set *new_set(struct slice name)
{
    struct set *s = xcalloc(1, sizeof *s);
    s->name = slice_strdup(name);
    s->shown.name = s->name;
    s->shown.first = "UTC";
    return s;
}

static const struct zone_set *set_of_zone(struct zone_book *b, struct slice name)
{
    struct set *s = map_get(b->sets, name);
    if (s) return &s->shown;
    if (name.n == 0 || !zone_is_place(name) || !find_zone(b, name)) return NULL;
    s = new_set(name);
    add_zone(&(struct collecting){b, s}, name);
    (void)map_put(b->sets, name, s);
    return &s->shown;
}

static const struct zone_set *set_of_country(struct zone_book *b, const char *country)
{
    struct err ignored; /* zone_book_check has said it */
    struct slice name = slice_of(country ? country : "");
    struct set *s = map_get(b->countries, name);
    if (s) return &s->shown;
    s = new_set(name);
    s->shown.by_country = true;
    (void)snprintf(s->shown.country, sizeof s->shown.country, "%s", country ? country : "");
    if (country &&
        zones_of_country(NULL, country, add_zone, &(struct collecting){b, s}, &ignored) < 0)
        s->shown.n = 0;
    (void)map_put(b->countries, name, s);
    return &s->shown;
}

const struct zone_set *zone_book_of(struct zone_book *b, uint64_t number, struct slice zone)
{
    const struct zone_set *set = set_of_zone(b, slice_trim(zone));
    return set ? set : set_of_country(b, phone_country_of(number));
}

const struct zone_set *zone_book_named(struct zone_book *b, struct slice name)
{
    char country[3];
    bool is_country = name.n == 2 && ascii_is_upper(name.p[0]);
    const struct zone_set *set = is_country ? NULL : set_of_zone(b, name);
    (void)snprintf(country, sizeof country, "%.*s", SLICE_ARG(name));
    return set ? set : set_of_country(b, is_country ? country : NULL);
}

struct zone_clock zone_book_clock(struct zone_book *b, const struct groups *groups,
                                  const char *country, struct slice group)
{
    const struct group_info *info = groups_find(groups, group);
    const struct zone_set *set = info ? set_of_zone(b, slice_of(info->zone)) : NULL;
    if (!set) set = set_of_country(b, country);
    return (struct zone_clock){set->n ? set->zones[0] : NULL, set->first};
}

bool zone_book_knows(struct zone_book *b, struct slice zone)
{
    return set_of_zone(b, slice_trim(zone)) != NULL;
}

int zone_column(const struct audience_info *info)
{
    int at = audience_info_column(info, SLICE_LIT("time_zone"));
    return at >= 0 ? at : audience_info_column(info, SLICE_LIT("timezone"));
}
