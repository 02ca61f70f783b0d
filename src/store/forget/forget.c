/* One walk behind the other: what else they are called; answers and tests; threads; the audiences; the trail. */
#include "store/forget.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "io/person_number.h"
#include "store/call.h"
#include "store/contacts.h"
#include "store/ledger_parts.h"
#include "store/mark/mark.h"
#include "store/script_names.h"
#include "store/told_keeper.h"

enum {
    NAMES_MAX = 64, /* of one person: numbers, spellings, ids */
    CURSOR_BYTES = 24,
    WHAT_BYTES = 160,
};

#define AFTER_LEDGER(text, lua)                                                                    \
    {                                                                                              \
        .name = (text), .prelude = script_law, .parts = { LUA_LEDGER, &(lua) }                     \
    }
static const struct script names_script = {.name = "forget_names", .parts = {&lua_forget_names}};
static const struct script threads_script = {
    .name = "forget_threads",
    .parts = {&lua_direct_common, &lua_conv_common, &lua_conv_queue, &lua_conv_tags, &lua_optouts,
              &lua_person_common, &lua_follow_changed, &lua_forget_threads}};
static const struct script messages_script = AFTER_LEDGER("forget_messages", lua_forget_messages);
static const struct script lists_script = {.name = "forget_lists", .parts = {&lua_forget_lists}};
static const struct script pledges_script = {.name = "forget_pledges",
                                             .parts = {&lua_events, &lua_follow_changed,
                                                       &lua_place_rooms, &lua_pledge_common,
                                                       &lua_pledge_forget}};
static const struct script row_script = AFTER_LEDGER("forget_row", lua_forget_row);
static const struct script trail_script = {
    .name = "forget_trail",
    .parts = {&lua_audit, &lua_mark, &lua_taken, &lua_forget_trail},
    .told = told_taken_last};

static const char *const name_hashes[] = {"spelled", "link"}, *const walks[] = {"dm:[0-9]*",
                                                                                "seen:*"};

struct forgetting {
    struct store *s;
    char *names[NAMES_MAX]; /* owned */
    size_t n;
    char cursor[CURSOR_BYTES];
    size_t hash, walk;  /* of name_hashes, of walks */
    bool more;          /* this round of the names found one: another round */
    uint32_t at, count; /* audiences */
    int64_t now_ms;
    char *who, *why; /* owned */
    struct forgotten done;
    forget_cb *cb;
    void *arg;
};

static void ended(struct forgetting *f, int result, const struct err *e)
{
    f->done.names = (const char *const *)f->names;
    f->done.name_count = f->n;
    f->cb(f->arg, result, result ? NULL : &f->done, e);
    for (size_t i = 0; i < f->n; i++)
        free(f->names[i]);
    free(f->who);
    free(f->why);
    free(f);
}

/* True when it failed, and has ended. */
static bool failed(struct forgetting *f, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r < 0) ended(f, r, &e);
    return r < 0;
}

static void set_cursor(struct forgetting *f, struct slice cursor)
{
    (void)snprintf(f->cursor, sizeof f->cursor, "%.*s", SLICE_ARG(cursor));
}

static bool at_end(const struct forgetting *f)
{
    return strcmp(f->cursor, "0") == 0;
}

/* ---- what they are called ---- */

static bool add_name(struct forgetting *f, struct slice name)
{
    for (size_t i = 0; i < f->n; i++)
        if (slice_is(name, f->names[i])) return false;
    if (name.n == 0 || f->n == NAMES_MAX) return false;
    f->names[f->n++] = slice_strdup(name);
    return true;
}

static void add_numbers(struct forgetting *f, uint64_t number)
{
    char digits[CURSOR_BYTES];
    uint64_t older[PERSON_OLDER_MAX];
    size_t n = person_number_older(number, older);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)older[i]);
        (void)add_name(f, slice_of(digits));
    }
}

static void call_names(struct call *c, const struct forgetting *f)
{
    for (size_t i = 0; i < f->n; i++)
        call_str(c, f->names[i]);
}

static void look_for_messages(struct forgetting *f);
static void look_for_names(struct forgetting *f);

static void on_names(struct call *c, const struct redisReply *reply)
{
    struct forgetting *f = c->arg;
    if (failed(f, reply)) return;
    set_cursor(f, redis_str(redis_at(reply, 0)));
    for (size_t i = 1; i < redis_count(reply); i++)
        f->more |= add_name(f, redis_str(redis_at(reply, i)));
    if (at_end(f)) f->hash++;
    if (f->hash == COUNT_OF(name_hashes) && f->more) { /* ids lead to ids */
        f->hash = 0;
        f->more = false;
    }
    if (f->hash < COUNT_OF(name_hashes))
        look_for_names(f);
    else
        look_for_messages(f);
}

static void look_for_names(struct forgetting *f)
{
    struct call *c = call_begin(f->s, &names_script);
    call_prefix(c);
    call_str(c, name_hashes[f->hash]);
    call_str(c, f->cursor);
    call_names(c, f);
    call_run(c, on_names, NULL, f);
}

/* ---- who forgot them ---- */

static void on_trail(struct call *c, const struct redisReply *reply)
{
    struct forgetting *f = c->arg;
    if (failed(f, reply)) return;
    /* What was overwritten still stands in the append-only file. */
    call_run(call_command(f->s, "BGREWRITEAOF"), NULL, NULL, NULL);
    ended(f, 0, NULL);
}

static void write_trail(struct forgetting *f)
{
    char what[WHAT_BYTES];
    (void)snprintf(what, sizeof what,
                   "forgot a person: %lld rows of audiences, %lld conversations, %lld messages",
                   (long long)f->done.rows, (long long)f->done.conversations,
                   (long long)f->done.messages);
    struct call *c = call_begin(f->s, &trail_script);
    call_key(c, "audit");
    mark_key(c);
    call_i64(c, f->now_ms);
    call_str(c, f->who);
    call_str(c, what);
    call_str(c, f->why);
    call_names(c, f);
    call_run(c, on_trail, NULL, f);
}

/* ---- the book of contacts ---- */

static void on_contacts(void *arg, int result)
{
    struct forgetting *f = arg;
    struct err e;
    if (result < 0)
        ended(f, err_set(&e, result, "Redis gave no reply"), &e);
    else
        write_trail(f);
}

static void forget_contacts(struct forgetting *f)
{
    uint64_t numbers[NAMES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (slice_to_u64(slice_of(f->names[i]), UINT64_MAX, &numbers[n])) n++;
    if (n)
        contacts_forget(f->s, numbers, n, f->now_ms, on_contacts, f);
    else
        write_trail(f);
}

/* ---- lists of the day ---- */

static void on_lists(struct call *c, const struct redisReply *reply)
{
    struct forgetting *f = c->arg;
    if (!failed(f, reply)) forget_contacts(f);
}

static void forget_lists(struct forgetting *f)
{
    struct call *c = call_begin(f->s, &lists_script);
    call_prefix(c);
    call_names(c, f);
    call_run(c, on_lists, NULL, f);
}

/* ---- audiences, one after the other ---- */

static void next_audience(struct forgetting *f);
static void count_audiences(struct forgetting *f);

static void on_row(struct call *c, const struct redisReply *reply)
{
    struct forgetting *f = c->arg;
    if (failed(f, reply)) return;
    f->done.rows += redis_int(reply, 0);
    next_audience(f);
}

static void next_audience(struct forgetting *f)
{
    if (f->at == f->count) {
        count_audiences(f);
        return;
    }
    struct call *c = call_begin(f->s, &row_script);
    call_now(c);
    call_prefix(c);
    call_u64(c, ++f->at);
    for (size_t i = 0; i < f->n; i++)
        if (f->names[i][0] != '~') call_str(c, f->names[i]);
    call_run(c, on_row, NULL, f);
}

static void on_count(struct call *c, const struct redisReply *reply)
{
    struct forgetting *f = c->arg;
    if (failed(f, reply)) return;
    f->count = (uint32_t)redis_int(reply, 0);
    if (f->at >= f->count)
        forget_lists(f);
    else
        next_audience(f);
}

/* Until none has come meanwhile: a list that changes is carried over into a new one. */
static void count_audiences(struct forgetting *f)
{
    struct call *c = call_command(f->s, "GET");
    call_key(c, "id:audience");
    call_run(c, on_count, NULL, f);
}

/* ---- threads ---- */

static void on_pledges(struct call *c, const struct redisReply *reply)
{
    struct forgetting *f = c->arg;
    if (!failed(f, reply)) count_audiences(f);
}

static void forget_pledges(struct forgetting *f)
{
    struct call *c = call_begin(f->s, &pledges_script);
    call_prefix(c);
    call_i64(c, f->now_ms);
    call_names(c, f);
    call_run(c, on_pledges, NULL, f);
}

static void on_threads(struct call *c, const struct redisReply *reply)
{
    struct forgetting *f = c->arg;
    if (failed(f, reply)) return;
    f->done.conversations = redis_int(redis_at(reply, 0), 0);
    f->done.suppressed = redis_int(redis_at(reply, 1), 0) != 0;
    forget_pledges(f);
}

static void forget_threads(struct forgetting *f)
{
    struct call *c = call_begin(f->s, &threads_script);
    call_prefix(c);
    call_names(c, f);
    call_run(c, on_threads, NULL, f);
}

/* ---- answers and tests ---- */

static void on_messages(struct call *c, const struct redisReply *reply)
{
    struct forgetting *f = c->arg;
    if (failed(f, reply)) return;
    set_cursor(f, redis_str(redis_at(reply, 0)));
    f->done.messages += redis_int(redis_at(reply, 1), 0);
    if (at_end(f)) f->walk++;
    if (f->walk == COUNT_OF(walks))
        forget_threads(f);
    else
        look_for_messages(f);
}

static void look_for_messages(struct forgetting *f)
{
    struct call *c = call_begin(f->s, &messages_script);
    call_now(c);
    call_prefix(c);
    call_str(c, f->cursor);
    call_pattern(c, walks[f->walk]);
    call_names(c, f);
    call_run(c, on_messages, NULL, f);
}

void forget_person(struct store *s, struct slice key, uint64_t number, struct deed deed,
                   forget_cb *cb, void *arg)
{
    struct forgetting *f = xcalloc(1, sizeof *f);
    *f = (struct forgetting){.s = s, .cursor = "0", .now_ms = deed.at_ms, .cb = cb, .arg = arg};
    f->who = slice_strdup(deed.who);
    f->why = slice_strdup(deed.why);
    (void)add_name(f, key);
    if (number) add_numbers(f, number);
    look_for_names(f);
}
