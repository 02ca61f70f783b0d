#include "place_import.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/form.h"
#include "core/json.h"
#include "flow/place_file.h"
#include "flow/zone_book.h"
#include "store/place.h"

#include "say.h"
#include "text_file.h"

enum { PATH_BYTES = 512, REFUSED_SHOWN = 20 };
#define PLACES "/api/v1/places"

static const char *const words[] = {"made", "changed", "same", "refused"};

struct import {
    struct verb_call *call;
    json_t *places; /* of the group, as the API tells; owned */
    struct place_file file;
    uint64_t counts[COUNT_OF(words)];
};

/* The zone of the group: its times are those of its people's clocks. "" = nobody said. */
static int ask_zone(struct verb_call *c, const char *group, json_t **ret_group, struct err *e)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    if (!group) return 0;
    buf_add_cstr(&path, "/api/v1/groups/");
    form_encode(&path, slice_of(group));
    int r = verb_ask_at(c, "GET", &path, NULL, ret_group, e);
    return r == ERR_NOT_FOUND ? 0 : r; /* it is there with its first place */
}

/* All of the group: an event of a calendar says its place by a name. */
static int ask_places(struct verb_call *c, json_t *list, struct err *e)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    buf_add_cstr(&path, PLACES "?limit=500");
    verb_add_query(&path, "group", verb_option(c, "group"));
    return verb_ask_all(c, &path, "places", list, NULL, e);
}

static bool knows_place(void *arg, struct slice name)
{
    size_t i;
    const json_t *one;
    json_array_foreach((json_t *)arg, i,
                       one) if (slice_is(name, say_string(one, "code")) ||
                                slice_is_nocase(name, say_string(one, "name"))) return true;
    return false;
}

static int read_file(struct import *w, struct err *e)
{
    struct verb_call *c = w->call;
    struct buf text = BUF_INIT(PLACE_FILE_BYTES_MAX);
    json_t *group = NULL;
    struct place_file_how how = {.zones = zone_book_new(),
                                 .zone = verb_option(c, "zone"),
                                 .now_ms = clock_wall_ms(),
                                 .place = verb_option(c, "place"),
                                 .knows = knows_place,
                                 .arg = w->places};
    int r = text_file_read(c->args[0], &text, e);
    if (r == 0 && !how.place) r = ask_places(c, w->places, e);
    if (r == 0 && !how.zone) r = ask_zone(c, verb_option(c, "group"), &group, e);
    if (group) how.zone = say_string(group, "zone");
    if (r == 0) r = place_file_read(buf_slice(&text), &how, &w->file, e);
    if (r == ERR_INVALID) (void)err_prefix(e, "%s", c->args[0]);
    zone_book_free(how.zones);
    json_decref(group);
    buf_done(&text);
    return r;
}

/* Moves up to `max` of list into a new one, from *at on. */
static json_t *page_of(const json_t *list, size_t *at, size_t max)
{
    json_t *page = json_array();
    while (*at < json_array_size(list) && json_array_size(page) < max)
        json_list_add(page, json_incref(json_array_get(list, (*at)++)));
    return page;
}

static void refuse(struct import *w, const char *where, const char *why)
{
    if (++w->counts[3] > REFUSED_SHOWN) return;
    char text[ERR_TEXT_BYTES];
    (void)snprintf(text, sizeof text, "%s: %s", where, why);
    verb_note(w->call, text);
}

static void take(struct import *w, const json_t *outcomes, const json_t *lines, size_t from)
{
    size_t i;
    const json_t *one;
    json_array_foreach(outcomes, i, one)
    {
        int word = slice_index(slice_of(say_string(one, "did")), words, COUNT_OF(words));
        if (word == 3)
            refuse(w, json_string_value(json_array_get(lines, from + i)), say_string(one, "why"));
        else if (word >= 0)
            w->counts[word]++;
    }
}

/* Places first: sessions find theirs. */
static int send_kind(struct import *w, const char *kind, const json_t *rows, const json_t *lines,
                     struct err *e)
{
    const char *group = verb_option(w->call, "group");
    size_t at = 0;
    while (at < json_array_size(rows)) {
        size_t from = at;
        json_t *reply = NULL, *body = json_object();
        json_put(body, kind, page_of(rows, &at, PLACE_PAGE_MAX));
        if (group) json_put(body, "group", json_string(group));
        int r = verb_ask(w->call, "POST", "/api/v1/places/import", body, &reply, e);
        if (r == 0) take(w, json_object_get(reply, kind), lines, from);
        json_decref(reply);
        json_decref(body);
        if (r < 0) return r;
    }
    return 0;
}

static void print_counts(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    (void)printf("%lld made, %lld corrected, %lld as they were, %lld refused.\n",
                 (long long)say_int(reply, "made"), (long long)say_int(reply, "changed"),
                 (long long)say_int(reply, "same"), (long long)say_int(reply, "refused"));
}

int place_import(struct verb_call *c)
{
    struct import w = {.call = c, .places = json_array()};
    struct err e;
    size_t i;
    const json_t *one;
    int r = read_file(&w, &e);
    json_array_foreach(w.file.refused, i, one)
        refuse(&w, say_string(one, "where"), say_string(one, "why"));
    if (r == 0) r = send_kind(&w, "places", w.file.places, w.file.place_lines, &e);
    if (r == 0) r = send_kind(&w, "sessions", w.file.sessions, w.file.session_lines, &e);
    place_file_done(&w.file);
    json_decref(w.places);
    json_t *counts = json_object();
    for (i = 0; i < COUNT_OF(words); i++)
        json_put_count(counts, words[i], w.counts[i]);
    int code = verb_print(c, r, counts, &e, print_counts);
    return code == EXIT_DONE && w.counts[3] ? EXIT_REFUSED : code;
}
