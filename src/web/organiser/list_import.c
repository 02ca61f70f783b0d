/* How far an upload is, and what came of it. */
#include <stdio.h>

#include "core/json.h"
#include "flow/import.h"
#include "web/imports.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/left_out.h"
#include "web/organiser/organiser.h"
#include "web/page.h"

enum { LOOK_AGAIN_S = 2, SHARES = 1000 };

static bool is_state(const json_t *note, const char *state)
{
    return slice_is(json_slice(json_object_get(note, "state")), state);
}

static json_int_t number(const json_t *note, const char *key)
{
    return json_integer_value(json_object_get(note, key));
}

static const char *text_of(const char *key)
{
    for (size_t i = 1; i < IMPORT_REASON_COUNT; i++)
        if (strcmp(import_reason_key((enum import_reason)i), key) == 0)
            return import_reason_text((enum import_reason)i);
    return key;
}

static json_t *reasons_json(const json_t *note, json_int_t *ret_sum)
{
    json_t *list = json_array(), *rejected = json_object_get(note, "rejected"), *n;
    const char *key;
    *ret_sum = 0;
    json_object_foreach(rejected, key, n)
    {
        *ret_sum += json_integer_value(n);
        json_list_add(list, json_pack("{s:s,s:O}", "text", text_of(key), "n", n));
    }
    return list;
}

void left_out_put(json_t *data, const json_t *note)
{
    json_int_t out;
    struct slice kept = json_slice(json_object_get(note, "rejects_kept"));
    json_put(data, "reasons", reasons_json(note, &out));
    json_put(data, "out", json_integer(out));
    json_put(data, "out_one", json_boolean(out == 1));
    json_put(data, "rows", words_counted(json_object_get(note, "rows"), "row", "rows"));
    json_put(data, "any_left_out", json_boolean(out > 0));
    json_put(data, "more_left_out",
             json_boolean((size_t)out > json_array_size(json_object_get(note, "left_out"))));
    json_put(data, "has_rejects",
             json_boolean(!is_state(note, "running") && !slice_is(kept, "none")));
    json_put(data, "some_rejects", json_boolean(slice_is(kept, "some")));
}

json_t *left_out_progress(const json_t *note)
{
    json_int_t bytes = number(note, "bytes"), read = number(note, "read");
    uint64_t share = bytes > 0 ? (uint64_t)(read * 100 / bytes) : 0;
    const struct page_bar_part parts[] = {{"% read", "good", share},
                                          {"% to come", "waiting", 100 - share}};
    return page_bar("How much of the file is read", parts, COUNT_OF(parts));
}

static bool is_new(const json_t *note)
{
    return slice_is(json_slice(json_object_get(note, "change")), "new");
}

/* Where the same may be tried again. */
static json_t *again_json(const json_t *note)
{
    if (slice_is(json_slice(json_object_get(note, "kind")), "outcome"))
        return json_string("/lists/from");
    return json_string(is_new(note) ? "/lists/new" : "/lists");
}

/* "3 added, 2 changed": what came of it, in words. */
static void put_change(json_t *data, const json_t *note)
{
    static const char *const words[][2] = {
        {"stored", "added"}, {"updated", "changed"}, {"removed", "taken off"}};
    char text[96] = "";
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (number(note, words[i][0]) > 0)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%lld %s", n ? ", " : "",
                                  (long long)number(note, words[i][0]), words[i][1]);
    json_put(data, "changed", json_string(n ? text : "nothing changed"));
    json_put(data, "is_new", json_boolean(is_new(note)));
    json_put(data, "replaced",
             json_boolean(slice_is(json_slice(json_object_get(note, "change")), "replace")));
}

static void show(struct web_call *c, json_t *note)
{
    if (slice_is(json_slice(json_object_get(note, "kind")), "optouts")) {
        json_decref(note);
        web_failed(c, ERR_NOT_FOUND, NULL);
        return;
    }
    bool running = is_state(note, "running");
    json_t *data = page_data(c, "A list is read", ""),
           *audience = json_object_get(note, "audience");
    json_put(data, "running", json_boolean(running));
    json_put(data, "failed", json_boolean(is_state(note, "failed")));
    json_put(data, "done", json_boolean(is_state(note, "done")));
    json_put(data, "why", json_text(json_slice(json_object_get(note, "problem"))));
    (void)json_object_del(note, "problem");
    left_out_put(data, note);
    json_put(data, "bar", left_out_progress(note));
    json_put(data, "again", again_json(note));
    json_put(data, "list", json_integer(number(audience, "id")));
    json_put(data, "total", words_people(json_object_get(audience, "total")));
    json_put(data, "stored", words_people(json_object_get(note, "stored")));
    json_put(data, "stored_one", json_boolean(number(note, "stored") == 1));
    put_change(data, note);
    if (running) json_put(data, "refresh", json_integer(LOOK_AGAIN_S));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/lists", "label", "Lists"));
    check(json_object_update_missing(data, note) == 0);
    json_decref(note);
    page_answer(c, PAGE_LIST_IMPORT, 200, data);
}

static void get_import(struct web_call *c)
{
    imports_load(c, show);
}

static void get_rejects(struct web_call *c)
{
    imports_send_rejects(c);
}

enum { SHOWS = NEEDS_STORE | IN_GROUP | PAGE };

static const struct route rows[] = {
    {"GET", "/lists/imports/{import}", MAY_MAKE_AUDIENCES, SHOWS, NULL, get_import},
    {"GET", "/lists/imports/{import}/rejects", MAY_MAKE_AUDIENCES, SHOWS, NULL, get_rejects},
};

const struct routes list_import_page_routes = {rows, COUNT_OF(rows)};
