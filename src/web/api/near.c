/* Where people are needed, near a postcode, a town or a point. */
#include "web/api/api.h"

#include <stdlib.h>

#include "core/json.h"
#include "flow/nearest.h"
#include "web/call.h"
#include "web/near_only.h"

enum { FOUND_USUAL = 5, PER_PLACE = 3, QUESTION_BYTES_MAX = 120 };

static json_t *found_json(const struct near_found *f, bool miles)
{
    char distance[NEAR_DISTANCE_BYTES], words[NEAR_WORDS_BYTES];
    return json_pack("{s:I,s:s,s:s,s:o,s:o}", "metres", (json_int_t)f->metres, "distance",
                     near_distance(f->metres, miles, distance), "words",
                     near_words(f, miles, words), "place", place_json(f->place), "session",
                     session_json(f->session));
}

static json_t *answer_json(const struct nearest_answer *a, bool miles)
{
    char at[POINT_TEXT_BYTES];
    json_t *list = json_array();
    for (size_t i = 0; i < a->n; i++)
        json_list_add(list, found_json(&a->found[i], miles));
    return json_pack("{s:s,s:s,s:o}", "where", a->where, "at", point_to_text(a->at, at), "sessions",
                     list);
}

static void on_answer(void *arg, int result, const struct nearest_answer *a, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e))
        web_answer(c, 200, answer_json(a, nearest_rules(c->config->nearest)->miles));
}

static void get_near(struct web_call *c)
{
    struct slice q = slice_trim(web_query(c, "q")), limit = web_query(c, "limit");
    uint64_t max = FOUND_USUAL;
    struct err e;
    struct nearest_ask ask = {.text = q, .group = web_query(c, "group"), .per_place = PER_PLACE};
    if (q.n == 0 || q.n > QUESTION_BYTES_MAX)
        web_error(c, 400, "invalid", "q is a postcode, a town or a point such as 53.45,-2.22");
    else if (limit.n && (!slice_to_u64(limit, NEAR_MAX, &max) || max == 0))
        web_error(c, 400, "invalid", "limit is a number from 1 to %d", NEAR_MAX);
    else if (near_only_read(c, &ask.only, &e) < 0)
        web_error(c, 400, "invalid", "%s", e.text);
    else if (!c->config->nearest)
        web_error(c, 404, "not_found", "nobody is told of places here");
    else {
        ask.max = max;
        nearest_find(c->config->nearest, &ask, on_answer, c);
    }
}

static const struct route rows[] = {
    {"GET", "/api/v1/near", MAY_READ_PLACES, NEEDS_STORE | IN_GROUP, NULL, get_near},
};
const struct routes near_routes = {rows, COUNT_OF(rows)};
