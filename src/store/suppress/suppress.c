#include "store/suppress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "core/group.h"
#include "core/json.h"
#include "store/hash_page.h"
#include "io/person_number.h"
#include "store/lua_scripts.h"
#include "store/mark/mark.h"
#include "store/suppress/suppress.h"

enum { DIGITS_BYTES = 21 };

static const struct script add_script = {.name = "suppress_add",
                                         .parts = {&lua_events, &lua_optouts, &lua_mark,
                                                   &lua_conv_common, &lua_conv_queue,
                                                   &lua_suppress_set, &lua_suppress_add},
                                         .told = suppress_told_last};
static const struct script remove_script = {
    .name = "suppress_remove",
    .parts = {&lua_events, &lua_optouts, &lua_mark, &lua_audit, &lua_suppress_remove},
    .told = suppress_told_last};
static const struct script check_script = {.name = "suppress_check",
                                           .parts = {&lua_suppress_check}};
static const struct script find_script = {.name = "suppress_find", .parts = {&lua_suppress_find}};
static const struct script states_script = {.name = "suppress_states",
                                            .parts = {&lua_contacts, &lua_suppress_states}};

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
    int i = slice_index(s, reasons, COUNT_OF(reasons));
    if (i >= 0) *ret = (enum suppress_reason)i;
    return i >= 0;
}

static struct slice number_text(uint64_t number, char out[DIGITS_BYTES])
{
    return slice_make(
        out, (size_t)snprintf(out, DIGITS_BYTES, "%" PRIu64, person_number_canonical(number)));
}

/* ---- records ---- */

char *suppress_record(const struct suppress_entry *entry)
{
    json_t *record = json_pack("{s:s,s:I,s:o}", "reason", suppress_reason_to_string(entry->reason),
                               "at_ms", (json_int_t)entry->at_ms, "evidence",
                               json_text(call_cut(entry->evidence, SUPPRESS_EVIDENCE_BYTES_MAX)));
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

static void on_count(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    call_back(c, suppress_count_cb)(c->arg, r, r ? 0 : redis_int(reply, 0), r ? &e : NULL);
}

static void on_added(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    mark_saw(c->store, redis_at(reply, 1));
    call_back(c, suppress_count_cb)(c->arg, r, redis_int(redis_at(reply, 0), 0), r ? &e : NULL);
}

void suppress_add(struct store *s, struct slice scope, const struct suppress_entry *entries,
                  size_t n, suppress_count_cb *cb, void *arg)
{
    check(group_scope_ok(scope) && n <= SUPPRESS_ADD_MAX);
    char *records[SUPPRESS_ADD_MAX];
    struct call *c = call_begin(s, &add_script);
    call_lasts(c);
    call_prefix(c);
    call_text(c, scope);
    for (size_t i = 0; i < n; i++) {
        if (entries[i].key.n)
            call_text(c, entries[i].key);
        else
            call_u64(c, person_number_canonical(entries[i].number));
        call_str(c, records[i] = suppress_record(&entries[i]));
    }
    call_run(c, on_added, cb, arg);
    for (size_t i = 0; i < n; i++)
        free(records[i]);
}

void suppress_count(struct store *s, struct slice scope, suppress_count_cb *cb, void *arg)
{
    check(group_scope_ok(scope));
    struct call *c = call_command(s, "HLEN");
    call_key(c, "s:%.*s", SLICE_ARG(scope));
    call_run(c, on_count, cb, arg);
}

static void on_removed(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    mark_saw(c->store, redis_at(reply, 1));
    if (r == 0 && redis_int(redis_at(reply, 0), 0) == 0)
        r = err_set(&e, ERR_NOT_FOUND,
                    "that number is not suppressed in this scope: `muster suppress check` shows "
                    "where it is");
    call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

/* Redis is asked although nothing is to be done, so that the callback runs later like any other. */
static void on_refused(struct call *c, const struct redisReply *reply)
{
    (void)reply;
    struct err e;
    int r = err_set(&e, ERR_INVALID, "say who removes it and why: both are kept with the record");
    call_back(c, store_done_cb)(c->arg, r, &e);
}

void suppress_remove(struct store *s, struct slice scope, uint64_t number, struct deed deed,
                     store_done_cb *cb, void *arg)
{
    char digits[DIGITS_BYTES];
    suppress_remove_key(s, scope, number_text(number, digits), deed, cb, arg);
}

void suppress_remove_key(struct store *s, struct slice scope, struct slice person, struct deed deed,
                         store_done_cb *cb, void *arg)
{
    check(group_scope_ok(scope));
    deed.who = call_cut(slice_trim(deed.who), SUPPRESS_EVIDENCE_BYTES_MAX);
    deed.why = call_cut(slice_trim(deed.why), SUPPRESS_EVIDENCE_BYTES_MAX);
    if (deed.who.n == 0 || deed.why.n == 0) {
        call_run(call_command(s, "PING"), on_refused, cb, arg);
        return;
    }
    struct call *c = call_begin(s, &remove_script);
    call_lasts(c);
    call_key(c, "s:%.*s", SLICE_ARG(scope));
    call_key(c, "audit");
    mark_key(c);
    call_text(c, person);
    call_text(c, scope);
    call_i64(c, deed.at_ms);
    call_text(c, deed.who);
    call_text(c, deed.why);
    call_run(c, on_removed, cb, arg);
}

/* ---- looking ---- */

/* Whether it is suppressed there; a record that cannot be read suppresses, too. */
static bool read_hit(const struct redisReply *reply, struct suppress_entry *entry, char **owner)
{
    if (!reply || redis_is_nil(reply)) return false;
    if (!suppress_read_record(redis_str(reply), entry, owner)) entry->reason = SUPPRESS_MANUAL;
    return true;
}

static void on_check(struct call *c, const struct redisReply *reply)
{
    suppress_check_cb *cb = call_back(c, suppress_check_cb);
    struct err e;
    struct suppress_entry entry = {0};
    char *owner = NULL;
    int r = call_failed(reply, &e);
    if (r) {
        cb(c->arg, r, SLICE_NONE, NULL, &e);
    } else if (read_hit(redis_at(reply, 0), &entry, &owner)) {
        cb(c->arg, 0, SLICE_LIT("all"), &entry, NULL);
    } else if (read_hit(redis_at(reply, 1), &entry, &owner)) {
        cb(c->arg, 0, slice_of(call_kept(c)), &entry, NULL);
    } else {
        cb(c->arg, 0, SLICE_NONE, NULL, NULL);
    }
    free(owner);
}

void suppress_check(struct store *s, struct slice group, uint64_t number, suppress_check_cb *cb,
                    void *arg)
{
    char digits[DIGITS_BYTES];
    suppress_check_key(s, group, number_text(number, digits), cb, arg);
}

void suppress_check_key(struct store *s, struct slice group, struct slice person,
                        suppress_check_cb *cb, void *arg)
{
    check(group_scope_ok(group));
    struct call *c = call_begin(s, &check_script);
    call_keep_bytes(c, group.p, group.n); /* a zero follows it */
    call_key(c, "s:all");
    call_key(c, "s:%.*s", SLICE_ARG(group));
    call_text(c, person);
    call_run(c, on_check, cb, arg);
}

static void on_found(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    struct suppress_found found[SUPPRESS_FOUND_MAX] = {{.scope = {NULL, 0}}};
    char *owners[SUPPRESS_FOUND_MAX] = {NULL};
    size_t n = r ? 0 : redis_count(reply) / 2;
    if (n > SUPPRESS_FOUND_MAX) n = SUPPRESS_FOUND_MAX;
    for (size_t i = 0; i < n; i++) {
        found[i].scope = redis_str(redis_at(reply, 2 * i));
        (void)read_hit(redis_at(reply, 2 * i + 1), &found[i].entry, &owners[i]);
    }
    call_back(c, suppress_found_cb)(c->arg, r, found, n, r ? &e : NULL);
    for (size_t i = 0; i < n; i++)
        free(owners[i]);
}

void suppress_find(struct store *s, struct slice besides, struct slice person,
                   suppress_found_cb *cb, void *arg)
{
    char digits[DIGITS_BYTES];
    uint64_t number;
    if (slice_to_u64(person, UINT64_MAX, &number)) person = number_text(number, digits);
    struct call *c = call_begin(s, &find_script);
    call_prefix(c);
    call_text(c, person);
    call_text(c, besides.n ? besides : SLICE_LIT("all"));
    call_run(c, on_found, cb, arg);
}

static void on_states(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    call_back(c, suppress_states_cb)(c->arg, r, r ? NULL : redis_str(reply).p, r ? &e : NULL);
}

void suppress_states(struct store *s, const struct suppress_asked *asked, const uint64_t *numbers,
                     size_t n, suppress_states_cb *cb, void *arg)
{
    enum { MINUTE_MS = 60000 };
    unsigned char prints[SUPPRESS_STATES_MAX * CAP_PRINT_BYTES];
    check(group_scope_ok(asked->group) && n > 0 && n <= SUPPRESS_STATES_MAX);
    size_t print_n = cap_is_on(asked->cap) ? n : 0;
    for (size_t i = 0; i < print_n; i++)
        cap_print(person_number_canonical(numbers[i]), prints + CAP_PRINT_BYTES * i);
    struct call *c = call_begin(s, &states_script);
    call_key(c, "s:all");
    call_key(c, "s:%.*s", SLICE_ARG(asked->group));
    call_key(c, "s:" SUPPRESS_HOLD);
    call_key(c, "contacts");
    for (size_t i = 0; i < asked->word_n; i++)
        call_key(c, "withdrawn:%s", asked->words[i]);
    call_i64(c, asked->at_ms / MINUTE_MS);
    call_i64(c, asked->cap.day);
    call_i64(c, asked->cap.week);
    call_text(c, slice_make((char *)prints, CAP_PRINT_BYTES * print_n));
    for (size_t i = 0; i < n; i++)
        call_u64(c, person_number_canonical(numbers[i]));
    call_run(c, on_states, cb, arg);
}

static void on_page(struct call *c, const struct redisReply *reply)
{
    suppress_page_cb *cb = call_back(c, suppress_page_cb);
    struct hash_cursor next;
    const struct redisReply *flat;
    struct err e;
    int r = hash_page_read(reply, &next, &flat, &e);
    if (r) {
        cb(c->arg, r, NULL, 0, &next, &e);
        return;
    }
    size_t n = redis_count(flat) / 2;
    struct suppress_entry *entries = xcalloc(n + 1, sizeof *entries);
    char **owners = xcalloc(n + 1, sizeof *owners);
    for (size_t i = 0; i < n; i++) {
        entries[i].key = redis_str(redis_at(flat, 2 * i));
        if (slice_to_u64(entries[i].key, UINT64_MAX, &entries[i].number))
            entries[i].key = SLICE_NONE;
        (void)read_hit(redis_at(flat, 2 * i + 1), &entries[i], &owners[i]);
    }
    cb(c->arg, 0, entries, n, &next, NULL);
    for (size_t i = 0; i < n; i++)
        free(owners[i]);
    free(owners);
    free(entries);
}

void suppress_export(struct store *s, struct slice scope, const struct hash_cursor *from, int hint,
                     suppress_page_cb *cb, void *arg)
{
    check(group_scope_ok(scope));
    struct call *c = hash_page_begin(s);
    call_key(c, "s:%.*s", SLICE_ARG(scope));
    hash_page_from(c, from, hint > 0 ? hint : 100);
    call_run(c, on_page, cb, arg);
}
