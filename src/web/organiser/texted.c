#include "web/organiser/texted.h"

#include "web/organiser/campaign_words.h"

enum { CHEAP_BLOCKS = 12 };

bool texted_is_cheap(uint64_t blocks)
{
    return blocks <= CHEAP_BLOCKS;
}

void texted_put(json_t *data, int status, const json_t *body)
{
    const json_t *n = json_object_get(body, "texted_today");
    if (status != 200 || !json_is_integer(n)) return;
    json_put(data, "counted", json_true());
    json_put(data, "texted", json_integer_value(n) > 0 ? words_count(n) : json_null());
    json_put(data, "texted_one", json_boolean(json_integer_value(n) == 1));
}
