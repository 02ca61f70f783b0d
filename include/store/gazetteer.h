#pragma once
/* Gazetteers: of a country's postcodes and towns where each is (core/postcode.h says how they are packed). One is
 * imported whole: while it comes nobody sees it, and its end takes the place of the one before in one step. Codes and
 * towns for themselves: an import that brought no towns leaves those that are there.
 *
 * Keys: the hashes `gaz:{country}` (area → entries) and `gaz:{country}:towns` (folded name → a line for each that is called so:
 * latitude and longitude x 100,000, label); `…:new` of each while it comes, for a day; `gaz` (country → JSON). */
#include "core/postcode.h"
#include "store/deed.h"
#include "store/store.h"

enum {
    GAZETTEER_PAGE_MAX = 1300, /* codes and towns of one call together */
    GAZETTEER_CODES_MAX = 4 * 1000 * 1000,
    GAZETTEER_TOWN_NAMES_MAX = 200 * 1000,
    GAZETTEER_COUNTRIES_MAX = 50,
    /* Towns of one name, a county each: the United States have 50. More are left out. */
    GAZETTEER_NAMESAKES_MAX = 64,
    GAZETTEER_FROM_BYTES_MAX = 100,
    GAZETTEER_AREAS_MAX = 16, /* that are looked up at once */
};

/* Two capitals, as in ISO 3166. */
bool gazetteer_country_ok(struct slice country);

/* import: its number; another one of that country that is under way is given up. */
typedef void gazetteer_begin_cb(void *arg, int result, uint32_t import, const struct err *e);
void gazetteer_begin(struct store *s, const char *country, gazetteer_begin_cb *cb, void *arg);

struct gazetteer_code {
    const char *code; /* folded, POSTCODE_CHARS_MIN at least */
    struct point at;
};
struct gazetteer_town {
    struct slice name, county; /* as people write them; county may be none. One line each, no tab */
    struct point at;
};
struct gazetteer_page {
    const char *country;
    uint32_t import;
    const struct gazetteer_code *codes;
    size_t code_count;
    const struct gazetteer_town *towns;
    size_t town_count;
};
/* What comes twice is what it was last; so a page may be put again. ERR_CONFLICT: that import is not under way any
 * more. ERR_LIMIT: over GAZETTEER_CODES_MAX or …_TOWN_NAMES_MAX. */
void gazetteer_put(struct store *s, const struct gazetteer_page *page, store_done_cb *cb,
                   void *arg);

/* ERR_CONFLICT as above; ERR_INVALID: nothing came; ERR_LIMIT: there are GAZETTEER_COUNTRIES_MAX. */
void gazetteer_end(struct store *s, const char *country, uint32_t import, struct slice from,
                   struct deed deed, store_done_cb *cb, void *arg);
/* ERR_NOT_FOUND. */
void gazetteer_remove(struct store *s, const char *country, struct deed deed, store_done_cb *cb,
                      void *arg);

struct gazetteer_info {
    struct slice country, from, by; /* borrowed for the call */
    uint64_t codes, towns;
    int64_t at_ms;
};
/* One for each country that has one, in no order; borrowed for the call. */
typedef void gazetteer_list_cb(void *arg, int result, const struct gazetteer_info *list, size_t n,
                               const struct err *e);
void gazetteer_list(struct store *s, gazetteer_list_cb *cb, void *arg);

/* Of each area its entries, of each folded name its lines; none where there is none. Borrowed for the call. */
typedef void gazetteer_read_cb(void *arg, int result, const struct slice *values, size_t n,
                               const struct err *e);
void gazetteer_read(struct store *s, const char *country, bool towns, const struct slice *fields,
                    size_t n, gazetteer_read_cb *cb, void *arg);
