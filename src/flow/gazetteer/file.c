#include "flow/gazetteer_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/map.h"
#include "core/osgrid.h"

enum format { UNKNOWN, ONSPD, CODE_POINT, GEONAMES };
static const char *const format_names[] = {"", "ONS Postcode Directory", "Code-Point Open",
                                           "GeoNames postal codes"};

struct town {
    struct middle middle;
    size_t name_n; /* [bytes] of its key: the county is behind it */
};

struct gazetteer_file {
    const char *country; /* borrowed */
    gazetteer_row_cb *cb;
    void *arg;
    enum format format;
    struct onspd {
        size_t code, lat, lon, ended; /* columns */
    } onspd;
    struct map *towns; /* "name\tcounty" → struct town, owned */
    uint64_t left_out;
};

struct gazetteer_file *gazetteer_file_new(const char *country, gazetteer_row_cb *cb, void *arg)
{
    struct gazetteer_file *f = xcalloc(1, sizeof *f);
    f->country = country;
    f->cb = cb;
    f->arg = arg;
    f->towns = map_new();
    return f;
}

void gazetteer_file_free(struct gazetteer_file *f)
{
    size_t pos = 0;
    struct slice key;
    void *town;
    if (!f) return;
    while (map_next(f->towns, &pos, &key, &town))
        free(town);
    map_free(f->towns);
    free(f);
}

uint64_t gazetteer_file_left_out(const struct gazetteer_file *f)
{
    return f->left_out;
}

const char *gazetteer_file_format(const struct gazetteer_file *f)
{
    return format_names[f->format];
}

static struct slice field(const struct csv_record *r, size_t i)
{
    return i < r->count ? slice_trim(r->fields[i]) : SLICE_NONE;
}

static bool degrees(struct slice lat, struct slice lon, struct point *ret)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%.*s,%.*s", SLICE_ARG(lat), SLICE_ARG(lon));
    return n > 0 && (size_t)n < sizeof text && point_from_text(slice_make(text, (size_t)n), ret);
}

static int leave_out(struct gazetteer_file *f)
{
    f->left_out++;
    return 0;
}

static int give(struct gazetteer_file *f, struct slice code, struct point at)
{
    char folded[POSTCODE_CHARS_MAX + 1];
    if (!postcode_fold(code, folded) || strlen(folded) < POSTCODE_CHARS_MIN) return leave_out(f);
    return f->cb(f->arg, &(struct gazetteer_row){.code = folded, .at = at});
}

/* ---- the three formats ---- */

/* 99.999999 stands for no place. */
static int take_onspd(struct gazetteer_file *f, const struct csv_record *r)
{
    struct point at;
    if (field(r, f->onspd.ended).n || !degrees(field(r, f->onspd.lat), field(r, f->onspd.lon), &at))
        return leave_out(f);
    return give(f, field(r, f->onspd.code), at);
}

static bool number(struct slice text, double *ret)
{
    uint64_t n;
    if (!slice_to_u64(text, 10000000, &n)) return false;
    *ret = (double)n;
    return true;
}

/* Quality 90 stands for no place; so do eastings and northings of 0. */
static int take_code_point(struct gazetteer_file *f, const struct csv_record *r)
{
    double east, north;
    struct point at;
    if (!number(field(r, 2), &east) || !number(field(r, 3), &north) || (east == 0 && north == 0) ||
        !osgrid_point(east, north, &at))
        return leave_out(f);
    return give(f, field(r, 0), at);
}

static void note_town(struct gazetteer_file *f, struct slice name, struct slice county,
                      struct point at)
{
    char text[2 * TOWN_BYTES_MAX + 2], folded[TOWN_BYTES_MAX + 1];
    if (name.n > TOWN_BYTES_MAX || county.n > TOWN_BYTES_MAX || !town_fold(name, folded)) return;
    int n = snprintf(text, sizeof text, "%.*s\t%.*s", SLICE_ARG(name), SLICE_ARG(county));
    struct slice key = slice_make(text, (size_t)n);
    struct town *t = map_get(f->towns, key);
    if (!t && map_count(f->towns) < GAZETTEER_TOWNS_MAX) {
        t = xcalloc(1, sizeof *t);
        t->name_n = name.n;
        map_put(f->towns, key, t);
    }
    if (t) middle_add(&t->middle, at);
}

/* The county, or what is above it where there is none. */
static int take_geonames(struct gazetteer_file *f, const struct csv_record *r)
{
    enum { COUNTRY, CODE, PLACE, STATE, STATE_CODE, COUNTY, LAT = 9, LON = 10 };
    struct point at;
    if (!slice_is_nocase(field(r, COUNTRY), f->country) ||
        !degrees(field(r, LAT), field(r, LON), &at))
        return leave_out(f);
    note_town(f, field(r, PLACE), field(r, COUNTY).n ? field(r, COUNTY) : field(r, STATE), at);
    return give(f, field(r, CODE), at);
}

/* ---- which it is ---- */

static bool column(const struct csv_record *r, const char *const *names, size_t *ret)
{
    for (; *names; names++)
        for (size_t i = 0; i < r->count; i++)
            if (slice_is_nocase(field(r, i), *names)) {
                *ret = i;
                return true;
            }
    return false;
}

static bool is_onspd(struct onspd *o, const struct csv_record *r)
{
    static const char *const codes[] = {"pcds", "pcd", "pcd7", "pcd8", "pcd2", NULL};
    static const char *const lats[] = {"lat", NULL}, *const lons[] = {"long", NULL};
    static const char *const ends[] = {"doterm", NULL};
    return column(r, codes, &o->code) && column(r, lats, &o->lat) && column(r, lons, &o->lon) &&
           column(r, ends, &o->ended);
}

static bool is_code_point(const struct csv_record *r)
{
    char folded[POSTCODE_CHARS_MAX + 1];
    double n;
    return r->count >= 5 && postcode_fold(field(r, 0), folded) && number(field(r, 1), &n) &&
           number(field(r, 2), &n) && number(field(r, 3), &n);
}

static bool is_geonames(const struct csv_record *r)
{
    struct point at;
    return (r->count == 12 || r->count == 11) && field(r, 0).n == 2 &&
           degrees(field(r, 9), field(r, 10), &at);
}

int gazetteer_file_take(struct gazetteer_file *f, const struct csv_record *r, struct err *e)
{
    if (f->format == UNKNOWN) {
        if (is_onspd(&f->onspd, r)) {
            f->format = ONSPD;
            return 0;
        }
        f->format = is_code_point(r) ? CODE_POINT : is_geonames(r) ? GEONAMES : UNKNOWN;
    }
    if (r->fault) return leave_out(f);
    switch (f->format) {
    case ONSPD:
        return take_onspd(f, r);
    case CODE_POINT:
        return take_code_point(f, r);
    case GEONAMES:
        return take_geonames(f, r);
    case UNKNOWN:
        break;
    }
    return err_set(e, ERR_SYNTAX,
                   "line %llu: neither ONS Postcode Directory (a header with pcds, lat, long and "
                   "doterm), Code-Point Open nor GeoNames postal codes",
                   (unsigned long long)r->line);
}

int gazetteer_file_end(struct gazetteer_file *f)
{
    size_t pos = 0;
    struct slice key;
    void *value;
    int r = 0;
    while (r == 0 && map_next(f->towns, &pos, &key, &value)) {
        const struct town *t = value;
        struct gazetteer_row row = {.town = slice_make(key.p, t->name_n),
                                    .county = slice_from(key, t->name_n + 1)};
        check(middle_of(&t->middle, &row.at));
        r = f->cb(f->arg, &row);
    }
    return r;
}
