#include "store/consent.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "io/person_number.h"
#include "store/hash_page.h"
#include "store/lua_scripts.h"
#include "store/mark/mark.h"
#include "store/suppress/suppress.h"

enum { DAY_MS = 24 * 3600 * 1000, WHEN_BYTES = 40, TAKEN_MAX = 64 };

static const struct script note_script = {.name = "consent_note", .parts = {&lua_consent_note}};
static const struct script find_script = {.name = "consent_find",
                                          .parts = {&lua_names, &lua_consent_find}};
static const struct script withdraw_script = {
    .name = "consent_withdraw",
    .parts = {&lua_optouts, &lua_mark, &lua_consent_take, &lua_consent_withdraw},
    .told = suppress_told_last};
static const struct script refuse_script = {
    .name = "consent_refuse",
    .parts = {&lua_optouts, &lua_mark, &lua_consent_take, &lua_consent_refuse},
    .told = suppress_told_last};
static const struct script expire_script = {.name = "consent_expire",
                                            .parts = {&lua_consent_expire}};

/* ---- taken back ---- */

/* What stands with each. Owned. */
static char *record_of(const struct consent_change *change, int64_t now_ms)
{
    json_t *record =
        json_pack("{s:o,s:o,s:o,s:I}", "by", json_text(change->by), "why", json_text(change->why),
                  "group", json_text(change->group), "at_ms", (json_int_t)now_ms);
    char *text = json_dumps(record, JSON_COMPACT);
    json_decref(record);
    check(text);
    return text;
}

int consent_no_room(struct err *e)
{
    return err_set(e, ERR_REFUSED,
                   "too many words are in use for what people want no more of: take one of those "
                   "(news, fundraising)");
}

static void on_withdrawn(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "many")) r = consent_no_room(&e);
    if (r == 0) mark_saw(c->store, redis_at(reply, 1));
    call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

void consent_withdraw(struct store *s, const struct consent_change *change, int64_t now_ms,
                      store_done_cb *cb, void *arg)
{
    char *text = record_of(change, now_ms);
    check(consent_word_ok(change->what));
    struct call *c = call_begin(s, &withdraw_script);
    call_lasts(c);
    call_prefix(c);
    call_u64(c, person_number_canonical(change->number));
    call_text(c, change->what);
    call_str(c, change->given ? "" : text);
    call_i64(c, now_ms);
    call_run(c, on_withdrawn, cb, arg);
    free(text);
}

static void on_refused(struct call *c, const struct redisReply *reply)
{
    if (call_failed(reply, NULL) == 0) mark_saw(c->store, redis_at(reply, 1));
}

void consent_refuse(struct store *s, const struct consent_change *change, const uint64_t *numbers,
                    size_t n, int64_t now_ms)
{
    char *text = record_of(change, now_ms);
    check(n > 0 && n <= CONSENT_NOTE_MAX);
    struct call *c = call_begin(s, &refuse_script);
    call_lasts(c);
    call_prefix(c);
    call_u64(c, CONSENT_BUCKETS);
    call_text(c, change->group);
    call_str(c, text);
    for (size_t i = 0; i < n; i++)
        call_u64(c, person_number_canonical(numbers[i]));
    call_run(c, on_refused, NULL, NULL);
    free(text);
}

/* ---- evidence ---- */

/* A day as its number, what was not read as it is, with a mark before it; "" = not known. */
static const char *when(struct slice at, char out[WHEN_BYTES])
{
    consent_day day;
    bool ignored;
    out[0] = '\0';
    if (consent_date(at, 0, &day, &ignored) == CONSENT_DATE_FINE) {
        (void)snprintf(out, WHEN_BYTES, "%d", (int)day);
        return out;
    }
    if (at.n == 0) return out;
    at = call_cut(at, WHEN_BYTES - 2);
    (void)snprintf(out, WHEN_BYTES, "~%.*s", SLICE_ARG(at));
    for (char *c = out; *c; c++)
        if (*c == ' ' || *c == '.') *c = '_';
    return out;
}

void consent_note(struct store *s, uint32_t campaign, int64_t now_ms,
                  const struct consent_evidence *list, size_t n)
{
    char days[CONSENT_NOTE_MAX][WHEN_BYTES]; /* borrowed until the call is run */
    check(n > 0 && n <= CONSENT_NOTE_MAX);
    struct call *c = call_begin(s, &note_script);
    call_prefix(c);
    call_u64(c, campaign);
    call_i64(c, now_ms / DAY_MS);
    call_u64(c, CONSENT_BUCKETS);
    call_u64(c, CONSENT_KEPT_MAX);
    for (size_t i = 0; i < n; i++) {
        call_u64(c, person_number_canonical(list[i].number));
        call_text(c, call_cut(list[i].what, CONSENT_TEXT_MAX));
        call_str(c, when(list[i].at, days[i]));
        call_text(c, call_cut(list[i].source, CONSENT_TEXT_MAX));
        call_text(c, call_cut(list[i].wording, CONSENT_TEXT_MAX));
    }
    call_run(c, NULL, NULL, NULL);
}

/* ---- what is kept ---- */

/* One line, with the texts that its numbers stand for; at is written into `room`. */
static void read_kept(const struct redisReply *r, struct consent_kept *k, char *room)
{
    struct slice line = redis_str(redis_at(r, 0)), part[8] = {SLICE_NONE};
    uint64_t n, first = 0, more = 0, campaign = 0;
    for (size_t i = 0; i < COUNT_OF(part) && slice_cut(&line, '.', &part[i]); i++)
        ;
    (void)slice_to_u64(part[5], UINT32_MAX, &first);
    (void)slice_to_u64(part[6], UINT32_MAX, &more);
    (void)slice_to_u64(part[7], UINT32_MAX, &campaign);
    *k = (struct consent_kept){.what = redis_str(redis_at(r, 1)),
                               .source = redis_str(redis_at(r, 2)),
                               .wording = redis_str(redis_at(r, 3)),
                               .group = redis_str(redis_at(r, 4)),
                               .at = slice_starts(part[1], "~") ? slice_from(part[1], 1) : part[1],
                               .first_ms = (int64_t)first * DAY_MS,
                               .last_ms = (int64_t)(first + more) * DAY_MS,
                               .campaign = (uint32_t)campaign};
    if (!slice_to_u64(part[1], INT32_MAX, &n)) return;
    consent_day_write((consent_day)n, room);
    k->at = slice_of(room);
}

static json_t *read_taken(const struct redisReply *r, struct consent_taken *t)
{
    struct slice text = redis_str(r);
    json_t *record = json_loadb(text.n ? text.p : "", text.n, 0, NULL);
    *t = (struct consent_taken){.by = json_slice(json_object_get(record, "by")),
                                .why = json_slice(json_object_get(record, "why")),
                                .group = json_slice(json_object_get(record, "group")),
                                .at_ms = json_integer_value(json_object_get(record, "at_ms"))};
    return record;
}

static size_t fewer(size_t n, size_t max)
{
    return n < max ? n : max;
}

static void on_found(struct call *c, const struct redisReply *reply)
{
    consent_find_cb *cb = call_back(c, consent_find_cb);
    struct consent_kept kept[2 * CONSENT_KEPT_MAX];
    struct consent_taken taken[TAKEN_MAX];
    char rooms[2 * CONSENT_KEPT_MAX][16];
    json_t *records = json_array();
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && redis_count(reply) == 0)
        r = err_set(&e, ERR_NOT_FOUND, "none of your groups knows that number");
    const struct redisReply *k = redis_at(reply, 1), *t = redis_at(reply, 2);
    struct consent_found found = {.group = r < 0 ? SLICE_NONE : redis_str(redis_at(reply, 0)),
                                  .kept = kept,
                                  .kept_n = r < 0 ? 0 : fewer(redis_count(k), COUNT_OF(kept)),
                                  .taken = taken,
                                  .taken_n = r < 0 ? 0 : fewer(redis_count(t), COUNT_OF(taken))};
    for (size_t i = 0; i < found.kept_n; i++)
        read_kept(redis_at(k, i), &kept[i], rooms[i]);
    for (size_t i = 0; i < found.taken_n; i++) {
        json_t *record = read_taken(redis_at(redis_at(t, i), 1), &taken[i]);
        taken[i].what = redis_str(redis_at(redis_at(t, i), 0));
        if (record) json_list_add(records, record);
    }
    cb(c->arg, r, &found, r < 0 ? &e : NULL);
    json_decref(records);
}

void consent_find(struct store *s, uint64_t number, const struct group_set *groups,
                  consent_find_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &find_script);
    call_prefix(c);
    call_u64(c, CONSENT_BUCKETS);
    call_groups(c, groups, SLICE_NONE);
    call_u64(c, CONSENT_LISTS_MAX);
    call_u64(c, person_number_canonical(number));
    call_older(c, number);
    call_run(c, on_found, cb, arg);
}

static void on_less(struct call *c, const struct redisReply *reply)
{
    consent_less_cb *cb = call_back(c, consent_less_cb);
    struct err e;
    struct hash_cursor next;
    const struct redisReply *flat;
    int r = hash_page_read(reply, &next, &flat, &e);
    size_t n = redis_count(flat) / 2;
    struct consent_less *list = xcalloc(n + 1, sizeof *list);
    json_t *records = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *record = read_taken(redis_at(flat, 2 * i + 1), &list[i].taken);
        if (record) json_list_add(records, record);
        list[i].taken.what = slice_of(call_kept(c));
        (void)slice_to_u64(redis_str(redis_at(flat, 2 * i)), INT64_MAX, &list[i].number);
    }
    cb(c->arg, r, list, n, &next, r ? &e : NULL);
    json_decref(records);
    free(list);
}

void consent_export(struct store *s, struct slice word, const struct hash_cursor *from, int hint,
                    consent_less_cb *cb, void *arg)
{
    check(consent_word_ok(word));
    struct call *c = hash_page_begin(s);
    call_keep_bytes(c, word.p, word.n); /* a zero follows it */
    call_key(c, "withdrawn:%.*s", SLICE_ARG(word));
    hash_page_from(c, from, hint);
    call_run(c, on_less, cb, arg);
}

static void on_expired(struct call *c, const struct redisReply *reply)
{
    int r = call_failed(reply, NULL);
    call_back(c, consent_expire_cb)(c->arg, r, r < 0 ? 0 : redis_int(reply, 0));
}

void consent_expire(struct store *s, uint32_t bucket, int64_t before_ms, consent_expire_cb *cb,
                    void *arg)
{
    struct call *c = call_begin(s, &expire_script);
    call_key(c, "consent:p:%u", bucket);
    call_i64(c, before_ms / DAY_MS);
    call_run(c, on_expired, cb, arg);
}
