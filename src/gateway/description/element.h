#pragma once
/* The element of a JSON list that a member of it names: the contact with this wa_id. A webhook may have tens of thousands of
 * contacts and as many messages, each of which asks for its own, so a long list is gone through once and remembered. */
#include <jansson.h>

#include "base/buf.h"
#include "base/map.h"

/* Zeroed it remembers nothing. */
struct elements {
    struct map *found; /* list, key and value → the element; list and key alone: it is remembered */
    struct buf name;
};

void elements_done(struct elements *all);
/* The first element whose `key` is `wanted`, a text that is not empty, a number or a boolean; NULL when there is none. Borrowed
 * from the list, which must not change while `all` remembers it. `all` NULL: nothing is remembered. */
json_t *elements_find(struct elements *all, json_t *list, struct slice key, const json_t *wanted);
