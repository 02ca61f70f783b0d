#include "store/suppress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "store/old_call.h"
#include "io/person_number.h"
#include "io/redis.h"
#include "store/lua_scripts.h"

enum { SCOPE_BYTES_MAX = 64, KEY_BYTES = 256, NUMBER_MAX_DIGITS = 15 };

struct suppress {
    struct redis *redis;
    char *prefix;
    struct redis_script *add, *remove, *find, *states;
};

/* A call that waits for its answer; one of the callbacks is set. */
struct waiting {
    suppress_count_cb *count;
    suppress_done_cb *done;
    suppress_check_cb *found;
    suppress_page_cb *page;
    suppress_found_cb *all_found;
    suppress_states_cb *states;
    void *arg;
    char group[SCOPE_BYTES_MAX + 1];
};

static const char *const reasons[] = {
#define X(name, text) text,
    SUPPRESS_REASON_TABLE(X)
#undef X
};

const char *suppress_reason_to_string(enum suppress_reason reason)
{
    check((size_t)reason < COUNT_OF(reasons));
    return reasons[reason];
}

bool suppress_reason_from_string(struct slice s, enum suppress_reason *ret)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (!slice_is(s, reasons[i])) continue;
        *ret = (enum suppress_reason)i;
        return true;
    }
    return false;
}

bool suppress_scope_ok(struct slice scope)
{
    if (scope.n == 0 || scope.n > SCOPE_BYTES_MAX) return false;
    for (size_t i = 0; i < scope.n; i++) {
        char c = scope.p[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
        if (!ok) return false;
    }
    return true;
}

struct suppress *suppress_new(struct redis *r, const char *prefix)
{
    struct suppress *s = xcalloc(1, sizeof *s);
    s->redis = r;
    s->prefix = xstrdup(prefix);
    struct slice parts[] = {lua_conv_common, lua_suppress_add};
    s->add = call_script_of("suppress_add", parts, COUNT_OF(parts));
    s->find = redis_script_new("suppress_find", lua_suppress_find);
    s->states = redis_script_new("suppress_states", lua_suppress_states);
    s->remove = redis_script_new("suppress_remove", lua_suppress_remove);
    return s;
}

void suppress_free(struct suppress *s)
{
    if (!s) return;
    redis_script_free(s->find);
    redis_script_free(s->states);
    redis_script_free(s->add);
    redis_script_free(s->remove);
    free(s->prefix);
    free(s);
}

/* "muster:" + what + scope */
static struct slice key_of(const struct suppress *s, const char *what, struct slice scope,
                           char out[KEY_BYTES])
{
    int n = snprintf(out, KEY_BYTES, "%s%s%.*s", s->prefix, what, SLICE_ARG(scope));
    check(n > 0 && n < KEY_BYTES);
    return slice_make(out, (size_t)n);
}

static struct slice number_text(uint64_t number, char out[NUMBER_MAX_DIGITS + 6])
{
    return slice_make(out, (size_t)snprintf(out, NUMBER_MAX_DIGITS + 6, "%" PRIu64,
                                            person_number_canonical(number)));
}

/* ---- records ---- */

static json_t *text_json(struct slice s)
{
    json_t *text = json_stringn(s.p ? s.p : "", s.n);
    return text ? text : json_string(""); /* not UTF-8: what cannot be written down is left out */
}

char *suppress_record(const struct suppress_entry *entry)
{
    json_t *record = json_pack("{s:s,s:I,s:o}", "reason", suppress_reason_to_string(entry->reason),
                               "at_ms", (json_int_t)entry->at_ms, "evidence",
                               text_json(call_cut(entry->evidence, SUPPRESS_EVIDENCE_BYTES_MAX)));
    check(record);
    char *text = json_dumps(record, JSON_COMPACT);
    check(text);
    json_decref(record);
    return text;
}

bool suppress_read_record(struct slice record, struct suppress_entry *ret, char **ret_owner)
{
    json_t *root = json_loadb(record.p ? record.p : "", record.n, 0, NULL);
    const char *reason = NULL, *evidence = "";
    json_int_t at_ms = 0;
    bool ok = root && json_unpack(root, "{s:s,s:I,s?s}", "reason", &reason, "at_ms", &at_ms,
                                  "evidence", &evidence) == 0;
    enum suppress_reason known = SUPPRESS_MANUAL;
    ok = ok && suppress_reason_from_string(slice_of(reason), &known);
    if (ok) {
        *ret = (struct suppress_entry){
            .number = ret->number, .key = ret->key, .reason = known, .at_ms = at_ms};
        if (ret_owner) {
            *ret_owner = xstrdup(evidence);
            ret->evidence = slice_of(*ret_owner);
        }
    }
    json_decref(root);
    return ok;
}

/* ---- adding, counting, removing ---- */

static struct waiting *waiting_new(void *arg)
{
    struct waiting *w = xcalloc(1, sizeof *w);
    w->arg = arg;
    return w;
}

static void on_count(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    w->count(w->arg, r, r ? 0 : redis_int(reply, 0), r ? &e : NULL);
    free(w);
}

void suppress_add(struct suppress *s, struct slice scope, const struct suppress_entry *entries,
                  size_t n, suppress_count_cb *cb, void *arg)
{
    check(suppress_scope_ok(scope) && n <= SUPPRESS_ADD_MAX);
    char(*numbers)[NUMBER_MAX_DIGITS + 6] = xcalloc(n + 1, sizeof *numbers);
    struct slice *argv = xcalloc(2 + 2 * n, sizeof *argv);
    argv[0] = slice_of(s->prefix);
    argv[1] = scope;
    for (size_t i = 0; i < n; i++) {
        argv[2 + 2 * i] =
            entries[i].key.n ? entries[i].key : number_text(entries[i].number, numbers[i]);
        argv[3 + 2 * i] = slice_of(suppress_record(&entries[i]));
    }
    struct waiting *w = waiting_new(arg);
    w->count = cb;
    redis_eval(s->redis, s->add, on_count, w, 0, 2 + 2 * n, argv);
    for (size_t i = 0; i < n; i++)
        free((char *)argv[3 + 2 * i].p);
    free(argv);
    free(numbers);
}

void suppress_count(struct suppress *s, struct slice scope, suppress_count_cb *cb, void *arg)
{
    check(suppress_scope_ok(scope));
    char key[KEY_BYTES];
    struct waiting *w = waiting_new(arg);
    w->count = cb;
    redis_command(s->redis, on_count, w, 2,
                  (struct slice[]){SLICE_LIT("HLEN"), key_of(s, "s:", scope, key)});
}

static void on_removed(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    if (r == 0 && redis_int(reply, 0) == 0)
        r = err_set(&e, ERR_NOT_FOUND,
                    "that number is not suppressed in this scope: `muster suppress check` shows "
                    "where it is");
    w->done(w->arg, r, r ? &e : NULL);
    free(w);
}

/* Redis is asked although nothing is to be done, so that the callback runs later like any other. */
static void on_refused(void *arg, const struct redisReply *reply)
{
    (void)reply;
    struct waiting *w = arg;
    struct err e;
    w->done(w->arg,
            err_set(&e, ERR_INVALID, "say who removes it and why: both are kept with the record"),
            &e);
    free(w);
}

/* '{"action":…,"why":…,"was":' to which the script adds the record and '}'. Returns owned. */
static char *audit_entry(struct slice scope, struct slice number, struct slice by, struct slice why,
                         int64_t now_ms)
{
    json_t *entry = json_pack("{s:s,s:o,s:o,s:o,s:o,s:I}", "action", "suppress.remove", "scope",
                              text_json(scope), "number", text_json(number), "by", text_json(by),
                              "why", text_json(why), "at_ms", (json_int_t)now_ms);
    check(entry);
    char *text = json_dumps(entry, JSON_COMPACT);
    check(text);
    json_decref(entry);
    struct buf b = BUF_INIT(64 * 1024);
    buf_add(&b, text, strlen(text) - 1);
    buf_add_cstr(&b, ",\"was\":");
    check(!b.failed);
    free(text);
    return b.p;
}

void suppress_remove(struct suppress *s, struct slice scope, uint64_t number, struct slice by,
                     struct slice why, int64_t now_ms, suppress_done_cb *cb, void *arg)
{
    char digits[NUMBER_MAX_DIGITS + 6];
    suppress_remove_key(s, scope, number_text(number, digits), by, why, now_ms, cb, arg);
}

void suppress_remove_key(struct suppress *s, struct slice scope, struct slice person,
                         struct slice by, struct slice why, int64_t now_ms, suppress_done_cb *cb,
                         void *arg)
{
    check(suppress_scope_ok(scope));
    struct waiting *w = waiting_new(arg);
    w->done = cb;
    by = call_cut(slice_trim(by), SUPPRESS_EVIDENCE_BYTES_MAX);
    why = call_cut(slice_trim(why), SUPPRESS_EVIDENCE_BYTES_MAX);
    if (by.n == 0 || why.n == 0) {
        redis_commandf(s->redis, on_refused, w, "PING");
        return;
    }
    char key[KEY_BYTES], audit[KEY_BYTES];
    char *entry = audit_entry(scope, person, by, why, now_ms);
    redis_eval(s->redis, s->remove, on_removed, w, 2, 4,
               (struct slice[]){key_of(s, "s:", scope, key),
                                key_of(s, "suppress:audit", SLICE_LIT(""), audit), person,
                                slice_of(entry)});
    free(entry);
}

/* ---- looking ---- */

/* Whether it is suppressed there; a record that nobody can read suppresses as well. */
static bool read_hit(const struct redisReply *reply, struct suppress_entry *entry, char **owner)
{
    if (!reply || redis_is_nil(reply)) return false;
    if (!suppress_read_record(redis_str(reply), entry, owner)) entry->reason = SUPPRESS_MANUAL;
    return true;
}

static void on_check(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    struct suppress_entry entry = {0};
    char *owner = NULL;
    int r = call_failed(reply, &e);
    if (r) {
        w->found(w->arg, r, SLICE_NONE, NULL, &e);
    } else if (read_hit(redis_at(reply, 0), &entry, &owner)) {
        w->found(w->arg, 0, SLICE_LIT("all"), &entry, NULL);
    } else if (read_hit(redis_at(reply, 1), &entry, &owner)) {
        w->found(w->arg, 0, slice_of(w->group), &entry, NULL);
    } else {
        w->found(w->arg, 0, SLICE_NONE, NULL, NULL);
    }
    free(owner);
    free(w);
}

/* One command for both scopes, so that there is one answer. */
static const char check_script[] = "return {redis.call('HGET', KEYS[1], ARGV[1]), "
                                   "redis.call('HGET', KEYS[2], ARGV[1])}";

void suppress_check(struct suppress *s, struct slice group, uint64_t number, suppress_check_cb *cb,
                    void *arg)
{
    char digits[NUMBER_MAX_DIGITS + 6];
    suppress_check_key(s, group, number_text(number, digits), cb, arg);
}

void suppress_check_key(struct suppress *s, struct slice group, struct slice person,
                        suppress_check_cb *cb, void *arg)
{
    check(suppress_scope_ok(group));
    struct waiting *w = waiting_new(arg);
    w->found = cb;
    memcpy(w->group, group.p, group.n);
    char all[KEY_BYTES], mine[KEY_BYTES];
    redis_command(s->redis, on_check, w, 6,
                  (struct slice[]){SLICE_LIT("EVAL"), slice_of(check_script), SLICE_LIT("2"),
                                   key_of(s, "s:", SLICE_LIT("all"), all),
                                   key_of(s, "s:", group, mine), person});
}

static void on_found(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    struct suppress_found found[SUPPRESS_FOUND_MAX] = {{.scope = {NULL, 0}}};
    char *owners[SUPPRESS_FOUND_MAX] = {NULL};
    size_t n = r ? 0 : redis_count(reply) / 2;
    if (n > SUPPRESS_FOUND_MAX) n = SUPPRESS_FOUND_MAX;
    for (size_t i = 0; i < n; i++) {
        found[i].scope = redis_str(redis_at(reply, 2 * i));
        (void)read_hit(redis_at(reply, 2 * i + 1), &found[i].entry, &owners[i]);
    }
    w->all_found(w->arg, r, found, n, r ? &e : NULL);
    for (size_t i = 0; i < n; i++)
        free(owners[i]);
    free(w);
}

void suppress_find(struct suppress *s, struct slice besides, struct slice person,
                   suppress_found_cb *cb, void *arg)
{
    char digits[NUMBER_MAX_DIGITS + 6];
    uint64_t number;
    if (slice_to_u64(person, UINT64_MAX, &number)) person = number_text(number, digits);
    struct old_call c = {0};
    call_add_cstr(&c, s->prefix);
    call_add(&c, person);
    call_add(&c, besides.n ? besides : SLICE_LIT("all"));
    struct waiting *w = waiting_new(arg);
    w->all_found = cb;
    call_eval(s->redis, s->find, on_found, w, &c);
}

static void on_states(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    w->states(w->arg, r, r ? NULL : redis_str(reply).p, r ? &e : NULL);
    free(w);
}

void suppress_states(struct suppress *s, struct slice group, const uint64_t *numbers, size_t n,
                     suppress_states_cb *cb, void *arg)
{
    check(suppress_scope_ok(group) && n > 0 && n <= SUPPRESS_STATES_MAX);
    char keys[3][KEY_BYTES], digits[SUPPRESS_STATES_MAX][NUMBER_MAX_DIGITS + 6];
    struct slice argv[3 + SUPPRESS_STATES_MAX] = {
        key_of(s, "s:", SLICE_LIT("all"), keys[0]), key_of(s, "s:", group, keys[1]),
        key_of(s, "s:", SLICE_LIT(SUPPRESS_HOLD), keys[2])};
    for (size_t i = 0; i < n; i++)
        argv[3 + i] = number_text(numbers[i], digits[i]);
    struct waiting *w = waiting_new(arg);
    w->states = cb;
    redis_eval(s->redis, s->states, on_states, w, 3, 3 + n, argv);
}

static void on_page(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    if (r) {
        w->page(w->arg, r, NULL, 0, 0, &e);
        free(w);
        return;
    }
    const struct redisReply *flat = redis_at(reply, 1);
    size_t n = redis_count(flat) / 2;
    struct suppress_entry *entries = xcalloc(n + 1, sizeof *entries);
    char **owners = xcalloc(n + 1, sizeof *owners);
    for (size_t i = 0; i < n; i++) {
        entries[i].key = redis_str(redis_at(flat, 2 * i));
        if (slice_to_u64(entries[i].key, UINT64_MAX, &entries[i].number))
            entries[i].key = SLICE_NONE;
        (void)read_hit(redis_at(flat, 2 * i + 1), &entries[i], &owners[i]);
    }
    uint64_t next = 0;
    check(slice_to_u64(redis_str(redis_at(reply, 0)), UINT64_MAX, &next));
    w->page(w->arg, 0, entries, n, next, NULL);
    for (size_t i = 0; i < n; i++)
        free(owners[i]);
    free(owners);
    free(entries);
    free(w);
}

void suppress_export(struct suppress *s, struct slice scope, uint64_t cursor, int hint,
                     suppress_page_cb *cb, void *arg)
{
    check(suppress_scope_ok(scope));
    char key[KEY_BYTES];
    struct old_call c = {0};
    call_add_cstr(&c, "HSCAN");
    call_add(&c, key_of(s, "s:", scope, key));
    call_add_uint(&c, cursor);
    call_add_cstr(&c, "COUNT");
    call_add_int(&c, hint > 0 ? hint : 100);
    struct waiting *w = waiting_new(arg);
    w->page = cb;
    redis_command(s->redis, on_page, w, c.n, c.v);
}
