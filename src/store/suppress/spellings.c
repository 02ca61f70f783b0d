#include "store/spellings.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "store/call.h"
#include "io/person_number.h"
#include "store/lua_scripts.h"

enum {
    STEP = 1000,     /* entries of a HSCAN, keys of a SCAN: about so many */
    PAIRS_MAX = 100, /* of one script: Redis does nothing else meanwhile */
    DIGITS_BYTES = 24,
    VERSION_BYTES = 20,
};

/* Before the suppressions: who said START since is suppressed by nothing older. */
static const char *const first[] = {"started", "groupof"};
static const char *const patterns[] = {"s:*", "convof:*"};

static const struct script join_script = {.name = "spellings_join",
                                          .parts = {&lua_conv_common, &lua_conv_queue,
                                                    &lua_conv_tags, &lua_optouts,
                                                    &lua_person_common, &lua_spellings_join}};

struct walk {
    struct store *s;
    char version[VERSION_BYTES];
    struct spellings_joined joined;
    char **names; /* of hashes, without prefix: what the last SCAN found; owned */
    size_t name_n, name_at;
    size_t pattern;            /* that is scanned for */
    char scan[DIGITS_BYTES];   /* its cursor */
    char cursor[DIGITS_BYTES]; /* of the hash */
    size_t waiting;            /* scripts without a reply */
    int64_t *count, others;    /* what they joined goes there */
    struct err why;            /* of the first that failed */
    int result;
    spellings_cb *cb;
    void *arg;
};

static void forget_names(struct walk *w)
{
    for (size_t i = 0; i < w->name_n; i++)
        free(w->names[i]);
    free(w->names);
    w->names = NULL;
    w->name_n = w->name_at = 0;
}

static void add_name(struct walk *w, struct slice name)
{
    w->names = xrealloc(w->names, (w->name_n + 1) * sizeof *w->names);
    w->names[w->name_n++] = slice_strdup(name);
}

static void ended(struct walk *w)
{
    w->cb(w->arg, w->result, w->result ? NULL : &w->joined, w->result ? &w->why : NULL);
    forget_names(w);
    free(w);
}

/* True: that was the end of it. */
static bool failed(struct walk *w, const struct redisReply *reply)
{
    if (!w->result) w->result = call_failed(reply, &w->why);
    return w->result != 0;
}

static void copy_cursor(char out[DIGITS_BYTES], const struct redisReply *reply)
{
    (void)snprintf(out, DIGITS_BYTES, "%.*s", SLICE_ARG(redis_str(redis_at(reply, 0))));
}

/* ---- a hash ---- */

static void next_page(struct walk *w);

static void on_pairs(struct call *c, const struct redisReply *reply)
{
    struct walk *w = c->arg;
    bool bad = failed(w, reply);
    if (!bad) *w->count += redis_int(reply, 0);
    if (--w->waiting > 0) return;
    if (w->result)
        ended(w);
    else
        next_page(w);
}

/* Whether the field is a number in digits that has another spelling today. */
static bool is_old(struct slice field, uint64_t *ret_today)
{
    uint64_t number;
    if (field.n == 0 || !isdigit((unsigned char)field.p[0])) return false; /* "~GB.1349…" */
    if (!slice_to_u64(field, UINT64_MAX, &number)) return false;
    *ret_today = person_number_canonical(number);
    return *ret_today != number;
}

static void join(struct walk *w, struct call *pairs)
{
    w->waiting++;
    call_run(pairs, on_pairs, NULL, w);
}

/* The entries of a page that are old, at most PAIRS_MAX to a script. */
static void join_page(struct walk *w, const struct redisReply *flat)
{
    struct call *pairs = NULL;
    size_t n = 0;
    for (size_t i = 0; i + 1 < redis_count(flat); i += 2) {
        struct slice field = redis_str(redis_at(flat, i));
        uint64_t today;
        w->joined.looked_at++;
        if (!is_old(field, &today)) continue;
        if (!pairs) {
            pairs = call_begin(w->s, &join_script);
            call_prefix(pairs);
            call_str(pairs, w->names[w->name_at]);
        }
        call_text(pairs, field);
        call_u64(pairs, today);
        if (++n % PAIRS_MAX) continue;
        join(w, pairs);
        pairs = NULL;
    }
    if (pairs) join(w, pairs);
}

static void on_page(struct call *c, const struct redisReply *reply)
{
    struct walk *w = c->arg;
    if (failed(w, reply)) {
        (void)err_prefix(&w->why, "key %.*s%s", SLICE_ARG(store_prefix(w->s)),
                         w->names[w->name_at]);
        ended(w);
        return;
    }
    copy_cursor(w->cursor, reply);
    join_page(w, redis_at(reply, 1));
    if (strcmp(w->cursor, "0") == 0) w->name_at++; /* the next one begins at 0, too */
    if (w->waiting == 0) next_page(w);
}

static void open_page(struct walk *w)
{
    const char *name = w->names[w->name_at];
    bool is_threads = strncmp(name, "convof:", 7) == 0, is_scope = strncmp(name, "s:", 2) == 0;
    w->count = is_threads ? &w->joined.conversations
               : is_scope ? &w->joined.suppressions
                          : &w->others;
    struct call *c = call_command(w->s, "HSCAN");
    call_key(c, "%s", name);
    call_str(c, w->cursor);
    call_str(c, "COUNT");
    call_u64(c, STEP);
    call_run(c, on_page, NULL, w);
}

/* ---- which hashes there are ---- */

/* The version before kept no list of its scopes and groups, so the keys themselves are asked. */
static void on_keys(struct call *c, const struct redisReply *reply)
{
    struct walk *w = c->arg;
    if (failed(w, reply)) {
        ended(w);
        return;
    }
    const struct redisReply *keys = redis_at(reply, 1);
    copy_cursor(w->scan, reply);
    forget_names(w);
    for (size_t i = 0; i < redis_count(keys); i++)
        add_name(w, slice_from(redis_str(redis_at(keys, i)), store_prefix(w->s).n));
    if (strcmp(w->scan, "0") == 0) w->pattern++;
    next_page(w);
}

static void scan_keys(struct walk *w)
{
    struct call *c = call_command(w->s, "SCAN");
    call_str(c, w->scan);
    call_str(c, "MATCH");
    call_pattern(c, patterns[w->pattern]);
    call_str(c, "COUNT");
    call_u64(c, STEP);
    call_run(c, on_keys, NULL, w);
}

static void on_noted(struct call *c, const struct redisReply *reply)
{
    (void)failed(c->arg, reply);
    ended(c->arg);
}

static void note_version(struct walk *w)
{
    struct call *c = call_command(w->s, "SET");
    call_key(c, "spellings");
    call_str(c, w->version);
    call_run(c, on_noted, NULL, w);
}

static void next_page(struct walk *w)
{
    if (w->name_at < w->name_n)
        open_page(w);
    else if (w->pattern < COUNT_OF(patterns))
        scan_keys(w);
    else
        note_version(w);
}

static void on_version(struct call *c, const struct redisReply *reply)
{
    struct walk *w = c->arg;
    if (failed(w, reply) || slice_is(redis_str(reply), w->version)) {
        ended(w);
        return;
    }
    w->joined.walked = true;
    next_page(w);
}

void spellings_join(struct store *s, spellings_cb *cb, void *arg)
{
    struct walk *w = xcalloc(1, sizeof *w);
    *w = (struct walk){.s = s, .scan = "0", .cursor = "0", .cb = cb, .arg = arg};
    (void)snprintf(w->version, sizeof w->version, "%016" PRIx64, person_number_version());
    for (size_t i = 0; i < COUNT_OF(first); i++)
        add_name(w, slice_of(first[i]));
    struct call *c = call_command(s, "GET");
    call_key(c, "spellings");
    call_run(c, on_version, NULL, w);
}
