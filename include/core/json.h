#pragma once
/* JSON trees (jansson), the one way in which all of us make and read them. jansson fails without
 * memory, and on arguments that are a bug: every failure of it here is the end of the process. */
#include "base/slice.h"

#include <jansson.h>

struct tvalue;

/* A string, owned. A byte that is not UTF-8 becomes U+FFFD: what peers send and people type is
 * shown, whatever it is. O(bytes); without an allocation of its own when the text is UTF-8. */
json_t *json_text(struct slice s);
/* The bytes of a JSON string, borrowed from it; none for anything else, NULL too. */
struct slice json_slice(const json_t *string);
/* The same of what stands under that key, as a slice and as a C string, which is "" where there is none. */
struct slice json_slice_at(const json_t *object, const char *key);
const char *json_cstr_at(const json_t *object, const char *key);

/* These take `value`. */
void json_put(json_t *object, const char *key, json_t *value);
void json_list_add(json_t *list, json_t *value);

/* A list of n numbers, owned; empty for none. */
json_t *json_ids(const uint32_t *ids, size_t n);

/* A text; null when it is empty. */
void json_put_text(json_t *object, const char *key, struct slice text);
void json_put_count(json_t *object, const char *key, uint64_t n);
/* [wall ms] as ISO 8601 in UTC; null for 0. */
json_t *json_time(int64_t wall_ms);
void json_put_time(json_t *object, const char *key, int64_t wall_ms);

/* The tree as data for a template (core/template.h), without copying it. Borrows it; NULL is a value
 * that is not there. Numbers print in the shortest form that reads back as the same: 85, 1.21. */
struct tvalue json_value(const json_t *json);
