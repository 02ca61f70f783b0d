/* Gazetteers: a country's postcodes and towns, imported in pages and seen when the last one has come. */
#include "web/api/api.h"

#include <stdlib.h>

#include "base/clock.h"
#include "core/json.h"
#include "store/gazetteer.h"
#include "web/call.h"

enum { CODES_MAX = 1000, TOWNS_MAX = 300, AT_BYTES_MAX = 64 };
_Static_assert(CODES_MAX + TOWNS_MAX <= GAZETTEER_PAGE_MAX, "a page is one call");

static json_t *list_item(const struct web_call *c, const void *list, size_t i)
{
    const struct gazetteer_info *g = &((const struct gazetteer_info *)list)[i];
    json_t *o = json_pack("{s:o,s:o,s:o,s:I,s:I}", "country", json_text(g->country), "from",
                          json_text(g->from), "by", json_text(g->by), "codes", (json_int_t)g->codes,
                          "towns", (json_int_t)g->towns);
    (void)c;
    json_put_time(o, "at", g->at_ms);
    return o;
}

static void on_list(void *arg, int result, const struct gazetteer_info *list, size_t n,
                    const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) web_answer_list(c, "gazetteers", list, n, list_item, NULL);
}

static void get_gazetteers(struct web_call *c)
{
    gazetteer_list(c->config->store, on_list, c);
}

/* ---- importing ---- */

struct importing {
    char country[3];
    uint32_t import;
    struct gazetteer_code codes[CODES_MAX];
    char folded[CODES_MAX][POSTCODE_CHARS_MAX + 1];
    struct gazetteer_town towns[TOWNS_MAX];
    size_t code_count, town_count;
};

/* NULL: c has its response. */
static struct importing *of_country(struct web_call *c)
{
    struct slice country = web_param(c, "country");
    if (!gazetteer_country_ok(country)) {
        web_error(c, 404, "not_found", "a country is two capitals, such as GB");
        return NULL;
    }
    struct importing *w = web_call_state(c, sizeof *w, NULL);
    memcpy(w->country, country.p, country.n);
    return w;
}

static void on_begun(void *arg, int result, uint32_t import, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) web_answer(c, 201, json_pack("{s:I}", "import", (json_int_t)import));
}

static void post_begin(struct web_call *c)
{
    const struct importing *w = of_country(c);
    if (w) gazetteer_begin(c->config->store, w->country, on_begun, c);
}

static bool read_at(const json_t *item, struct point *ret)
{
    struct slice text = json_slice(json_object_get(item, "at"));
    return text.n && text.n <= AT_BYTES_MAX && point_from_text(text, ret);
}

static void read_codes(struct web_call *c, struct importing *w)
{
    const json_t *list = body_list(&c->body, "codes", CODES_MAX, BODY_OPTIONAL), *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        struct gazetteer_code *code = &w->codes[i];
        code->code = w->folded[i];
        if (!postcode_fold(json_slice(json_object_get(item, "code")), w->folded[i]) ||
            strlen(w->folded[i]) < POSTCODE_CHARS_MIN || !read_at(item, &code->at)) {
            body_note(&c->body, "codes",
                      "number %zu must have a postcode as 'code' and degrees as 'at'", i + 1);
            return;
        }
    }
    w->code_count = json_array_size(list);
}

static bool is_town_name(struct slice name)
{
    char folded[TOWN_BYTES_MAX + 1];
    return name.n && name.n <= TOWN_BYTES_MAX && is_one_line(name) && town_fold(name, folded);
}

static void read_towns(struct web_call *c, struct importing *w)
{
    const json_t *list = body_list(&c->body, "towns", TOWNS_MAX, BODY_OPTIONAL), *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        struct gazetteer_town *town = &w->towns[i];
        town->name = json_slice(json_object_get(item, "name"));
        town->county = json_slice(json_object_get(item, "county"));
        if (!is_town_name(town->name) || town->county.n > TOWN_BYTES_MAX ||
            !is_one_line(town->county) || !read_at(item, &town->at)) {
            body_note(&c->body, "towns",
                      "number %zu must have a 'name', perhaps a 'county', and degrees as 'at'",
                      i + 1);
            return;
        }
    }
    w->town_count = json_array_size(list);
}

static void on_done(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e))
        web_answer(c, 200, json_pack("{s:o}", "country", json_text(web_param(c, "country"))));
}

static void post_rows(struct web_call *c)
{
    struct importing *w = of_country(c);
    if (!w) return;
    w->import = (uint32_t)body_uint(&c->body, "import", UINT32_MAX, BODY_NEEDED);
    read_codes(c, w);
    read_towns(c, w);
    if (!web_body_ok(c)) return;
    const struct gazetteer_page page = {.country = w->country,
                                        .import = w->import,
                                        .codes = w->codes,
                                        .code_count = w->code_count,
                                        .towns = w->towns,
                                        .town_count = w->town_count};
    gazetteer_put(c->config->store, &page, on_done, c);
}

static void post_end(struct web_call *c)
{
    struct importing *w = of_country(c);
    if (!w) return;
    uint32_t import = (uint32_t)body_uint(&c->body, "import", UINT32_MAX, BODY_NEEDED);
    struct slice from = body_text(&c->body, "from", GAZETTEER_FROM_BYTES_MAX, BODY_NEEDED);
    if (!web_body_ok(c)) return;
    gazetteer_end(c->config->store, w->country, import, from, web_deed(c), on_done, c);
}

static void delete_one(struct web_call *c)
{
    const struct importing *w = of_country(c);
    if (w) gazetteer_remove(c->config->store, w->country, web_deed(c), on_done, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/gazetteers", MAY_READ_PLACES, NEEDS_STORE | IN_GROUP, NULL, get_gazetteers},
    {"POST", "/api/v1/gazetteers/{country}", MAY_RUN_PLACES, NEEDS_STORE, NO_KEYS, post_begin},
    {"POST", "/api/v1/gazetteers/{country}/rows", MAY_RUN_PLACES, NEEDS_STORE | LARGE,
     KEYS("import", "codes", "towns"), post_rows},
    {"POST", "/api/v1/gazetteers/{country}/end", MAY_RUN_PLACES, NEEDS_STORE | AUDITED,
     KEYS("import", "from"), post_end},
    {"DELETE", "/api/v1/gazetteers/{country}", MAY_RUN_PLACES, NEEDS_STORE | AUDITED, NO_KEYS,
     delete_one},
};
const struct routes gazetteer_routes = {rows, COUNT_OF(rows)};
