#include "core/place.h"

#include <stdlib.h>

#include "base/plain.h"
#include "core/group.h"

static const char *const priorities[PLACE_PRIORITY_COUNT] = {
#define X(name, text) text,
    PLACE_PRIORITY_TABLE(X)
#undef X
};

const char *place_priority_to_string(enum place_priority priority)
{
    check((unsigned)priority < PLACE_PRIORITY_COUNT);
    return priorities[priority];
}

bool place_priority_from_string(struct slice text, enum place_priority *ret)
{
    for (int i = 0; i < PLACE_PRIORITY_COUNT; i++) {
        if (!slice_is_nocase(text, priorities[i])) continue;
        *ret = (enum place_priority)i;
        return true;
    }
    return false;
}

/* ---- what people say ---- */

static void say_text(struct body *b, json_t *said, const char *key, size_t max, enum body_need need,
                     enum plain_kind kind)
{
    struct slice text = body_text(b, key, max, need);
    if (!text.p || text.n > max) return;
    text = slice_trim(text);
    if (!plain_is(text, kind))
        body_note(b, key, "'%s' has signs in it that cannot be shown%s", key,
                  kind == PLAIN_LINE ? ", or more than one line" : "");
    else if (need == BODY_NEEDED && text.n == 0)
        body_note(b, key, "'%s' is empty", key);
    else
        json_put(said, key, json_text(text));
}

static void say_line(struct body *b, json_t *said, const char *key, size_t max, enum body_need need)
{
    say_text(b, said, key, max, need, PLAIN_LINE);
}

static void say_count(struct body *b, json_t *said, const char *key, uint64_t max)
{
    if (!json_object_get(b->root, key)) return;
    json_put_count(said, key, body_uint(b, key, max, BODY_OPTIONAL));
}

static void say_whether(struct body *b, json_t *said, const char *key)
{
    const json_t *value = json_object_get(b->root, key);
    if (!value || json_is_null(value)) return;
    if (json_is_boolean(value))
        json_put(said, key, json_boolean(json_is_true(value)));
    else
        body_note(b, key, "'%s' must be true or false", key);
}

static void say_time(struct body *b, json_t *said, const char *key, enum body_need need)
{
    int64_t ms = body_time(b, key, need);
    if (ms > 0) json_put(said, key, json_integer(ms));
}

static void say_point(struct body *b, json_t *said, enum body_need need)
{
    enum { POINT_BYTES_MAX = 64 };
    struct point at;
    struct slice text = body_text(b, "at", POINT_BYTES_MAX, need);
    if (text.n == 0) return;
    if (!point_from_text(text, &at)) {
        body_note(b, "at",
                  "'at' must be latitude and longitude in degrees, such as \"51.50,-0.12\"");
        return;
    }
    json_put(said, "lat", json_integer(at.lat_e5));
    json_put(said, "lon", json_integer(at.lon_e5));
}

static void say_priority(struct body *b, json_t *said)
{
    enum { WORD_BYTES_MAX = 16 };
    enum place_priority priority;
    struct slice text = body_text(b, "priority", WORD_BYTES_MAX, BODY_OPTIONAL);
    if (!text.p) return;
    if (place_priority_from_string(slice_trim(text), &priority))
        json_put(said, "priority", json_string(place_priority_to_string(priority)));
    else
        body_note(b, "priority", "'priority' must be safe, likely, close or marginal");
}

static void say_group(struct body *b, json_t *said)
{
    struct slice group = body_text(b, "group", GROUP_BYTES_MAX, BODY_OPTIONAL);
    if (!group.p) return;
    if (group.n == 0 || group_ok(group))
        json_put(said, "group", json_text(group));
    else
        body_note(b, "group", "'group' is " GROUP_RULE);
}

json_t *place_said(struct body *b, bool is_new)
{
    enum body_need need = is_new ? BODY_NEEDED : BODY_OPTIONAL;
    json_t *said = json_object();
    bool renames = body_says(b, "name");
    say_line(b, said, "name", PLACE_NAME_BYTES_MAX, renames ? BODY_NEEDED : need);
    say_group(b, said);
    say_point(b, said, body_says(b, "at") ? BODY_NEEDED : need);
    say_priority(b, said);
    say_count(b, said, "needed", PLACE_NEEDED_MAX);
    say_line(b, said, "code", PLACE_CODE_BYTES_MAX, BODY_OPTIONAL);
    return said;
}

static void check_times(struct body *b, const json_t *said)
{
    int64_t start = json_integer_value(json_object_get(said, "start"));
    int64_t end = json_integer_value(json_object_get(said, "end"));
    if (!start || !end) return;
    if (end <= start)
        body_note(b, "end", "'end' must be later than the start");
    else if (end - start > SESSION_HOURS_MAX * 3600 * INT64_C(1000))
        body_note(b, "end", "'end' must be within %d days of the start", SESSION_HOURS_MAX / 24);
}

json_t *session_said(struct body *b, bool is_new)
{
    enum body_need need = is_new ? BODY_NEEDED : BODY_OPTIONAL;
    json_t *said = json_object();
    uint64_t place = body_uint(b, "place", UINT32_MAX, need);
    if (place) json_put_count(said, "place", place);
    say_time(b, said, "start", body_says(b, "start") ? BODY_NEEDED : need);
    say_time(b, said, "end", body_says(b, "end") ? BODY_NEEDED : need);
    check_times(b, said);
    say_line(b, said, "meeting_point", SESSION_MEETING_POINT_BYTES_MAX, BODY_OPTIONAL);
    say_line(b, said, "organiser", SESSION_ORGANISER_BYTES_MAX, BODY_OPTIONAL);
    say_text(b, said, "note", SESSION_NOTE_BYTES_MAX, BODY_OPTIONAL, PLAIN_TEXT);
    say_line(b, said, "code", PLACE_CODE_BYTES_MAX, BODY_OPTIONAL);
    say_count(b, said, "capacity", SESSION_CAPACITY_MAX);
    say_whether(b, said, "accessible");
    say_whether(b, said, "lifts");
    say_whether(b, said, "cancelled");
    return said;
}

json_t *place_json(const struct place *p)
{
    char at[POINT_TEXT_BYTES];
    point_to_text(p->at, at);
    return json_pack("{s:I,s:s,s:s,s:s,s:s,s:I,s:s}", "id", (json_int_t)p->id, "name", p->name,
                     "group", p->group, "at", at, "priority", priorities[p->priority], "needed",
                     (json_int_t)p->needed, "code", p->code);
}

json_t *session_json(const struct session *s)
{
    uint32_t left = session_left(s);
    json_t *o = json_pack("{s:I,s:I}", "id", (json_int_t)s->id, "place", (json_int_t)s->place);
    json_put_time(o, "start", s->start_ms);
    json_put_time(o, "end", s->end_ms);
    json_put(o, "meeting_point", json_string(s->meeting_point));
    json_put(o, "organiser", json_string(s->organiser));
    json_put(o, "note", json_string(s->note));
    json_put(o, "code", json_string(s->code));
    json_put_count(o, "capacity", s->capacity);
    json_put(o, "accessible", json_boolean(s->accessible));
    json_put(o, "lifts", json_boolean(s->lifts));
    json_put(o, "cancelled", json_boolean(s->is_cancelled));
    json_put_count(o, "pledged", s->pledged);
    json_put_count(o, "waiting", s->waiting);
    json_put_count(o, "offered", s->offered);
    json_put(o, "left", left == UINT32_MAX ? json_null() : json_integer(left));
    return o;
}

/* ---- as the store keeps it ---- */

static json_t *load(struct slice record)
{
    json_t *o = record.p ? json_loadb(record.p, record.n, 0, NULL) : NULL;
    if (json_is_object(o)) return o;
    json_decref(o);
    return NULL;
}

/* A number of the record within 0…max; else 0. Lua's JSON may have written it as a real. */
static int64_t number_of(const json_t *o, const char *key, int64_t max)
{
    double v = json_number_value(json_object_get(o, key));
    return v >= 0 && v <= (double)max ? (int64_t)v : 0;
}

static size_t room_of(const json_t *o, const char *const *keys)
{
    size_t n = 0;
    for (; *keys; keys++)
        n += json_slice(json_object_get(o, *keys)).n + 1;
    return n;
}

/* A copy at *at, behind which *at is then. */
static const char *keep(char **at, const json_t *o, const char *key)
{
    struct slice text = json_slice(json_object_get(o, key));
    char *here = *at;
    if (text.n) memcpy(here, text.p, text.n);
    here[text.n] = '\0';
    *at = here + text.n + 1;
    return here;
}

struct place *place_read(uint32_t id, struct slice record)
{
    static const char *const texts[] = {"name", "group", "code", NULL};
    json_t *o = load(record);
    if (!o) return NULL;
    struct place *p = xmalloc(sizeof *p + room_of(o, texts));
    char *at = (char *)(p + 1);
    *p = (struct place){
        .id = id,
        .name = keep(&at, o, "name"),
        .group = keep(&at, o, "group"),
        .code = keep(&at, o, "code"),
        .at = {(int32_t)json_number_value(json_object_get(o, "lat")),
               (int32_t)json_number_value(json_object_get(o, "lon"))},
        .needed = (uint32_t)number_of(o, "needed", PLACE_NEEDED_MAX),
    };
    (void)place_priority_from_string(json_slice(json_object_get(o, "priority")), &p->priority);
    json_decref(o);
    if (point_ok(p->at)) return p;
    free(p);
    return NULL;
}

struct session *session_read(uint32_t id, struct slice record)
{
    static const char *const texts[] = {"meeting_point", "organiser", "note", "code", NULL};
    json_t *o = load(record);
    if (!o) return NULL;
    struct session *s = xmalloc(sizeof *s + room_of(o, texts));
    char *at = (char *)(s + 1);
    *s = (struct session){
        .id = id,
        .place = (uint32_t)number_of(o, "place", UINT32_MAX),
        .start_ms = number_of(o, "start", INT64_C(1) << 52),
        .end_ms = number_of(o, "end", INT64_C(1) << 52),
        .meeting_point = keep(&at, o, "meeting_point"),
        .organiser = keep(&at, o, "organiser"),
        .note = keep(&at, o, "note"),
        .code = keep(&at, o, "code"),
        .capacity = (uint32_t)number_of(o, "capacity", SESSION_CAPACITY_MAX),
        .accessible = json_is_true(json_object_get(o, "accessible")),
        .lifts = json_is_true(json_object_get(o, "lifts")),
        .is_cancelled = json_is_true(json_object_get(o, "cancelled")),
    };
    json_decref(o);
    return s;
}

void session_rooms_read(struct session *s, struct slice rooms)
{
    uint32_t *const into[] = {&s->pledged, &s->waiting, &s->offered};
    for (size_t i = 0; i < COUNT_OF(into); i++) {
        struct slice word = SLICE_NONE;
        uint64_t n = 0;
        if (slice_cut(&rooms, ' ', &word)) (void)slice_to_u64(word, UINT32_MAX, &n);
        *into[i] = (uint32_t)n;
    }
}

uint32_t session_left(const struct session *s)
{
    if (s->capacity == 0) return UINT32_MAX;
    return s->pledged < s->capacity ? s->capacity - s->pledged : 0;
}
