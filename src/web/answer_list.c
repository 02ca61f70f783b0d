/* A list in pages: which one is asked for, and the answer with where the next begins. */
#include "store/hash_cursor.h"
#include "web/call.h"

#include <stdio.h>

bool web_query_number(struct web_call *c, const char *name, uint64_t max, uint64_t otherwise,
                      uint64_t *ret)
{
    struct slice text = web_query(c, name);
    *ret = otherwise;
    if (text.n == 0 || slice_to_u64(text, max, ret)) return true;
    web_error(c, 400, "invalid", "'%s' is a number from 0 to %llu", name, (unsigned long long)max);
    return false;
}

json_t *web_cursor(uint32_t id)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", id);
    return id ? json_string(text) : json_null();
}

json_t *web_hash_cursor(const struct hash_cursor *next)
{
    char text[HASH_CURSOR_BYTES];
    hash_cursor_write(next, text);
    return next->at ? json_string(text) : json_null();
}

void web_answer_list(struct web_call *c, const char *key, const void *list, size_t n,
                     web_item_fn *item, json_t *next)
{
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(items, item(c, list, i));
    web_answer(c, 200, json_pack("{s:o,s:o*}", key, items, "next", next));
}
