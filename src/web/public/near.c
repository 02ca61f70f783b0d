/* Postcode in, sessions out: for anybody. */
#include "web/public/public.h"

enum { ASKED_BYTES_MAX = 80 };

static void get_near(struct web_call *c)
{
    struct slice q = slice_trim(web_query(c, "q"));
    json_t *data = public_data(c, "Where can you help?");
    json_put(data, "about", json_string("Your postcode in, the places that need you out."));
    if (q.n > ASKED_BYTES_MAX || !slice_is_utf8(q, NULL)) q = SLICE_NONE;
    json_put(data, "q", json_text(q));
    if (q.n > 0) json_put(data, "problem", json_string("There is nothing near you at the moment."));
    public_answer(c, PAGE_NEAR, 200, data);
}

static const struct route rows[] = {
    {"GET", "/near", MAY_ANYBODY, PUBLIC | PAGE, NULL, get_near},
};

const struct routes near_page_routes = {rows, COUNT_OF(rows)};
