#include "store/spellings.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "store/old_call.h"
#include "io/person_number.h"
#include "store/lua_scripts.h"

enum {
    STEP = 1000,     /* entries of a HSCAN, keys of a SCAN: about so many */
    PAIRS_MAX = 100, /* of one script: Redis does nothing else meanwhile */
    DIGITS_BYTES = 24,
    KEY_BYTES = 256,
    VERSION_BYTES = 20,
};

/* Before the suppressions: who said START since is suppressed by nothing older. */
static const char *const first[] = {"started", "groupof"};
static const char *const patterns[] = {"s:*", "convof:*"};

struct spellings {
    struct redis *redis;
    char *prefix;
    char version[VERSION_BYTES];
    struct redis_script *script;
};

struct walk {
    struct spellings *s;
    struct spellings_joined joined;
    char **names; /* of hashes, without prefix: what the last SCAN found; owned */
    size_t name_n, name_at;
    size_t pattern;            /* that is scanned for */
    char scan[DIGITS_BYTES];   /* its cursor */
    char cursor[DIGITS_BYTES]; /* of the hash */
    size_t waiting;            /* scripts without an answer */
    int64_t *count, others;    /* what they joined goes there */
    struct err why;            /* of the first that failed */
    int result;
    spellings_cb *cb;
    void *arg;
};

struct spellings *spellings_new(struct redis *r, const char *prefix)
{
    struct spellings *s = xcalloc(1, sizeof *s);
    struct slice parts[] = {lua_conv_common, lua_person_common, lua_spellings_join};
    s->redis = r;
    s->prefix = xstrdup(prefix);
    (void)snprintf(s->version, sizeof s->version, "%016" PRIx64, person_number_version());
    s->script = call_script_of("spellings_join", parts, COUNT_OF(parts));
    return s;
}

void spellings_free(struct spellings *s)
{
    if (!s) return;
    redis_script_free(s->script);
    free(s->prefix);
    free(s);
}

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

static void on_pairs(void *arg, const struct redisReply *reply)
{
    struct walk *w = arg;
    bool bad = failed(w, reply);
    if (!bad) *w->count += redis_int(reply, 0);
    if (--w->waiting > 0) return;
    if (w->result)
        ended(w);
    else
        next_page(w);
}

static void flush(struct walk *w, struct slice *argv, size_t *n)
{
    if (*n > 2) {
        w->waiting++;
        redis_eval(w->s->redis, w->s->script, on_pairs, w, 0, *n, argv);
    }
    *n = 2;
}

/* Whether the field is a number in digits that has another spelling today. */
static bool is_old(struct slice field, char ret_today[DIGITS_BYTES])
{
    uint64_t number;
    if (field.n == 0 || !isdigit((unsigned char)field.p[0])) return false; /* "~GB.1349…" */
    if (!slice_to_u64(field, UINT64_MAX, &number)) return false;
    uint64_t today = person_number_canonical(number);
    (void)snprintf(ret_today, DIGITS_BYTES, "%" PRIu64, today);
    return today != number;
}

static void on_page(void *arg, const struct redisReply *reply)
{
    struct walk *w = arg;
    if (failed(w, reply)) {
        (void)err_prefix(&w->why, "key %s%s", w->s->prefix, w->names[w->name_at]);
        ended(w);
        return;
    }
    const struct redisReply *flat = redis_at(reply, 1);
    char today[PAIRS_MAX][DIGITS_BYTES];
    struct slice argv[2 + 2 * PAIRS_MAX] = {slice_of(w->s->prefix), slice_of(w->names[w->name_at])};
    size_t n = 2;
    copy_cursor(w->cursor, reply);
    for (size_t i = 0; i + 1 < redis_count(flat); i += 2) {
        struct slice field = redis_str(redis_at(flat, i));
        char *room = today[(n - 2) / 2];
        w->joined.looked_at++;
        if (!is_old(field, room)) continue;
        argv[n++] = field;
        argv[n++] = slice_of(room);
        if (n == COUNT_OF(argv)) flush(w, argv, &n);
    }
    flush(w, argv, &n);
    if (strcmp(w->cursor, "0") == 0) w->name_at++; /* the next one begins at 0, too */
    if (w->waiting == 0) next_page(w);
}

static void open_page(struct walk *w)
{
    char key[KEY_BYTES];
    const char *name = w->names[w->name_at];
    bool is_threads = strncmp(name, "convof:", 7) == 0, is_scope = strncmp(name, "s:", 2) == 0;
    w->count = is_threads ? &w->joined.conversations
               : is_scope ? &w->joined.suppressions
                          : &w->others;
    (void)snprintf(key, sizeof key, "%s%s", w->s->prefix, name);
    redis_commandf(w->s->redis, on_page, w, "HSCAN %s %s COUNT %lld", key, w->cursor,
                   (long long)STEP);
}

/* ---- which hashes there are ---- */

/* The version before kept no list of its scopes and groups, so the keys themselves are asked. */
static void on_keys(void *arg, const struct redisReply *reply)
{
    struct walk *w = arg;
    if (failed(w, reply)) {
        ended(w);
        return;
    }
    const struct redisReply *keys = redis_at(reply, 1);
    copy_cursor(w->scan, reply);
    forget_names(w);
    for (size_t i = 0; i < redis_count(keys); i++)
        add_name(w, slice_from(redis_str(redis_at(keys, i)), strlen(w->s->prefix)));
    if (strcmp(w->scan, "0") == 0) w->pattern++;
    next_page(w);
}

/* The prefix as a pattern of Redis that stands for itself. */
static void scan_keys(struct walk *w)
{
    char pattern[KEY_BYTES * 2];
    size_t n = 0;
    for (const char *p = w->s->prefix; *p && n < KEY_BYTES; p++) {
        if (strchr("*?[]\\", *p)) pattern[n++] = '\\';
        pattern[n++] = *p;
    }
    (void)snprintf(pattern + n, sizeof pattern - n, "%s", patterns[w->pattern]);
    redis_commandf(w->s->redis, on_keys, w, "SCAN %s MATCH %s COUNT %lld", w->scan, pattern,
                   (long long)STEP);
}

static void on_noted(void *arg, const struct redisReply *reply)
{
    (void)failed(arg, reply);
    ended(arg);
}

static void next_page(struct walk *w)
{
    if (w->name_at < w->name_n)
        open_page(w);
    else if (w->pattern < COUNT_OF(patterns))
        scan_keys(w);
    else
        redis_commandf(w->s->redis, on_noted, w, "SET %sspellings %s", w->s->prefix, w->s->version);
}

static void on_version(void *arg, const struct redisReply *reply)
{
    struct walk *w = arg;
    if (failed(w, reply) || slice_is(redis_str(reply), w->s->version)) {
        ended(w);
        return;
    }
    w->joined.walked = true;
    next_page(w);
}

void spellings_join(struct spellings *s, spellings_cb *cb, void *arg)
{
    struct walk *w = xcalloc(1, sizeof *w);
    *w = (struct walk){.s = s, .scan = "0", .cursor = "0", .cb = cb, .arg = arg};
    for (size_t i = 0; i < COUNT_OF(first); i++)
        add_name(w, slice_of(first[i]));
    redis_commandf(s->redis, on_version, w, "GET %sspellings", s->prefix);
}
