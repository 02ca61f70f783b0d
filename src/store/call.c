#include "call.h"

#include "base/buf.h"
#include "core/group.h"
#include "io/person_number.h"
#include "store/mark/mark.h"
#include "store/told_keeper.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    TEXT_BYTES = 128 * 1024, /* of the keys and numbers of one call */
    SCRIPT_BYTES_MAX = 96 * 1024,
    SCRIPTS_MAX = 256, /* a power of two, well above the number of scripts */
};

struct made {
    const struct script *of;
    struct redis_script *script;
};

struct store {
    struct redis *redis;
    struct slice prefix;
    char prefix_text[STORE_PREFIX_BYTES_MAX + 1], now[24];
    struct made made[SCRIPTS_MAX]; /* a hash table by address */
    struct call *spare, *open;     /* open: begun and not run */
    size_t waiting;                /* calls that Redis has not replied to */
    bool dead;                     /* the last of them frees us */
    struct mark mark;
    struct told_keeper told;
    /* of the open call */
    size_t keys, n, used;
    struct slice argv[REDIS_ARGS_MAX];
    char text[TEXT_BYTES];
};

struct store *store_new(struct redis *r, const char *prefix)
{
    struct store *s = xcalloc(1, sizeof *s);
    check(strlen(prefix) <= STORE_PREFIX_BYTES_MAX);
    s->redis = r;
    (void)snprintf(s->prefix_text, sizeof s->prefix_text, "%s", prefix);
    s->prefix = slice_of(s->prefix_text);
    return s;
}

void store_free(struct store *s)
{
    if (!s) return;
    s->dead = true;
    if (s->waiting) return;
    while (s->spare) {
        struct call *next = s->spare->next;
        free(s->spare);
        s->spare = next;
    }
    for (size_t i = 0; i < SCRIPTS_MAX; i++)
        redis_script_free(s->made[i].script);
    free(s);
}

void store_set_clock(struct store *s, int64_t now_us)
{
    s->now[0] = '\0';
    if (now_us) (void)snprintf(s->now, sizeof s->now, "%lld", (long long)now_us);
}

struct mark *store_mark(struct store *s)
{
    return &s->mark;
}

struct told_keeper *store_told(struct store *s)
{
    return &s->told;
}

/* ---- scripts ---- */

static struct redis_script *make(const struct script *script)
{
    struct buf whole = BUF_INIT(SCRIPT_BYTES_MAX);
    if (script->prelude) script->prelude(&whole);
    for (size_t i = 0; i < SCRIPT_PARTS_MAX && script->parts[i]; i++)
        buf_add_slice(&whole, *script->parts[i]);
    check(!whole.failed);
    struct redis_script *made = redis_script_new(script->name, buf_slice(&whole));
    buf_done(&whole);
    return made;
}

static const struct redis_script *made_of(struct store *s, const struct script *script)
{
    size_t i = (uintptr_t)script / sizeof *script % SCRIPTS_MAX, tries = 0;
    while (s->made[i].of && s->made[i].of != script) {
        check(tries++ < SCRIPTS_MAX);
        i = (i + 1) % SCRIPTS_MAX;
    }
    if (!s->made[i].of) s->made[i] = (struct made){script, make(script)};
    return s->made[i].script;
}

/* ---- beginning ---- */

static struct call *begin(struct store *s)
{
    check(!s->open);
    struct call *c = s->spare ? s->spare : xmalloc(sizeof *c);
    if (s->spare) s->spare = c->next;
    *c = (struct call){.store = s};
    s->open = c;
    s->keys = s->n = s->used = 0;
    return c;
}

struct call *call_begin(struct store *s, const struct script *script)
{
    struct call *c = begin(s);
    c->script = made_of(s, script);
    c->told = script->told;
    return c;
}

struct call *call_command(struct store *s, const char *name)
{
    struct call *c = begin(s);
    call_str(c, name);
    return c;
}

void call_lasts(struct call *c)
{
    check(c->script);
    c->lasts = true;
}

void call_keep_bytes(struct call *c, const void *what, size_t n)
{
    check(n <= sizeof c->kept);
    memcpy(&c->kept, what, n);
}

/* ---- arguments ---- */

struct call *call_next_key(struct call *c, size_t name)
{
    check(c->store->n + 1 == name);
    return c;
}

struct call *call_next(struct call *c, size_t name)
{
    check(c->store->n - c->store->keys + 1 == name);
    return c;
}

void call_text(struct call *c, struct slice text)
{
    struct store *s = c->store;
    check(s->open == c && s->n < REDIS_ARGS_MAX);
    s->argv[s->n++] = text;
}

void call_str(struct call *c, const char *text)
{
    call_text(c, slice_of(text));
}

static char *room(struct store *s, size_t n)
{
    check(s->used + n <= TEXT_BYTES);
    char *p = s->text + s->used;
    s->used += n;
    return p;
}

static void put(struct store *s, struct slice text)
{
    if (text.n) memcpy(room(s, text.n), text.p, text.n);
}

/* Decimal digits without printf: this runs for every recipient. */
static void put_u64(struct store *s, uint64_t v)
{
    char digits[20], *p = digits + sizeof digits;
    do {
        *--p = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    put(s, slice_make(p, (size_t)(digits + sizeof digits - p)));
}

static void put_i64(struct store *s, int64_t v)
{
    if (v < 0) put(s, SLICE_LIT("-"));
    put_u64(s, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

/* What was put since `from` is an argument. */
static void argument(struct call *c, size_t from)
{
    call_text(c, slice_make(c->store->text + from, c->store->used - from));
}

void call_u64(struct call *c, uint64_t v)
{
    size_t from = c->store->used;
    put_u64(c->store, v);
    argument(c, from);
}

void call_i64(struct call *c, int64_t v)
{
    size_t from = c->store->used;
    put_i64(c->store, v);
    argument(c, from);
}

/* One conversion of a key's format, behind its '%'; returns what follows it. */
static const char *put_one(struct store *s, const char *f, va_list *ap)
{
    if (*f == 'u') {
        put_u64(s, va_arg(*ap, unsigned));
    } else if (*f == 'c') {
        *room(s, 1) = (char)va_arg(*ap, int);
    } else if (*f == 's') {
        put(s, slice_of(va_arg(*ap, const char *)));
    } else if (f[0] == 'l' && f[1] == 'u') {
        put_u64(s, va_arg(*ap, unsigned long));
        return f + 2;
    } else {
        check(f[0] == '.' && f[1] == '*' && f[2] == 's');
        size_t n = (size_t)va_arg(*ap, int);
        put(s, slice_make(va_arg(*ap, const char *), n));
        return f + 3;
    }
    return f + 1;
}

static void add_name(struct call *c, const char *fmt, va_list *ap)
{
    struct store *s = c->store;
    size_t from = s->used;
    put(s, s->prefix);
    while (*fmt) {
        if (*fmt == '%')
            fmt = put_one(s, fmt + 1, ap);
        else
            *room(s, 1) = *fmt++;
    }
    argument(c, from);
}

void call_key(struct call *c, const char *fmt, ...)
{
    check(!c->script || c->store->keys == c->store->n); /* a script's keys come first */
    va_list ap;
    va_start(ap, fmt);
    add_name(c, fmt, &ap);
    va_end(ap);
    c->store->keys++;
}

void call_name(struct call *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add_name(c, fmt, &ap);
    va_end(ap);
}

void call_f(struct call *c, const char *fmt, ...)
{
    struct store *s = c->store;
    size_t left = TEXT_BYTES - s->used, from = s->used;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(s->text + from, left, fmt, ap);
    va_end(ap);
    check(n >= 0 && (size_t)n < left);
    s->used += (size_t)n;
    argument(c, from);
}

struct slice store_prefix(const struct store *s)
{
    return s->prefix;
}

void call_prefix(struct call *c)
{
    call_text(c, c->store->prefix);
}

void call_pattern(struct call *c, const char *pattern)
{
    struct store *s = c->store;
    size_t from = s->used;
    for (size_t i = 0; i < s->prefix.n; i++) {
        if (strchr("*?[]\\", s->prefix.p[i])) put(s, SLICE_LIT("\\"));
        put(s, slice_make(s->prefix.p + i, 1));
    }
    put(s, slice_of(pattern));
    argument(c, from);
}

void call_now(struct call *c)
{
    call_str(c, c->store->now);
}

void call_pair(struct call *c, const char *field, struct slice value)
{
    call_str(c, field);
    call_text(c, value);
}

void call_pair_u64(struct call *c, const char *field, uint64_t value)
{
    call_str(c, field);
    call_u64(c, value);
}

void call_list(struct call *c)
{
    argument(c, c->store->used);
}

void call_item(struct call *c, int64_t v)
{
    struct store *s = c->store;
    size_t from = s->used;
    struct slice *list = &s->argv[s->n - 1];
    check(s->n > 0 && list->p + list->n == s->text + from); /* call_list came last */
    put_i64(s, v);
    put(s, SLICE_LIT(" "));
    list->n += s->used - from;
}

static void put_group(struct store *s, struct slice group)
{
    put(s, group);
    put(s, SLICE_LIT(","));
}

void call_groups(struct call *c, const struct group_set *groups, struct slice only)
{
    size_t from = c->store->used;
    if (!groups->all || only.n) put(c->store, SLICE_LIT(","));
    if (groups->all && group_ok(only)) put_group(c->store, only);
    for (size_t i = 0; !groups->all && i < groups->count; i++)
        if (only.n == 0 || slice_is(only, groups->names[i]))
            put_group(c->store, slice_of(groups->names[i]));
    argument(c, from);
}

void call_older(struct call *c, uint64_t number)
{
    uint64_t olds[PERSON_OLDER_MAX];
    size_t n = person_number_older(number, olds);
    for (size_t i = 0; i < n; i++)
        call_u64(c, olds[i]);
}

/* ---- the way there and back ---- */

void call_within(struct call *c, int deadline_ms)
{
    check(!c->script && deadline_ms > 0);
    c->deadline_ms = deadline_ms;
}

static void give_back(struct call *c)
{
    c->next = c->store->spare;
    c->store->spare = c;
}

void call_answer(struct call *c, const struct redisReply *reply)
{
    struct store *s = c->store;
    s->mark.told = 0;
    s->mark.lasts = c->lasts || !redis_waits(s->redis);
    c->read(c, reply);
    give_back(c);
    if (--s->waiting == 0 && s->dead) store_free(s);
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    struct call *c = arg;
    if (!c->told || !told_is_kept(c, reply)) call_answer(c, reply);
}

void call_send(struct call *c, call_read *read, call_cb *cb, void *arg)
{
    struct store *s = c->store;
    check(s->open == c);
    s->open = NULL;
    c->read = read;
    c->cb = cb;
    c->arg = arg;
    redis_cb *back = read ? on_reply : NULL;
    const struct redis_words words = {.keys = s->keys, .n = s->n, .words = s->argv};
    if (c->lasts)
        redis_eval_lasting(s->redis, c->script, &words, back, c);
    else if (c->script)
        redis_eval(s->redis, c->script, &words, back, c);
    else if (c->deadline_ms)
        redis_command_within(s->redis, c->deadline_ms, back, c, s->n, s->argv);
    else
        redis_command(s->redis, back, c, s->n, s->argv);
    if (read)
        s->waiting++;
    else
        give_back(c);
}

int call_failed(const struct redisReply *reply, struct err *e)
{
    struct slice text;
    if (!reply)
        return err_set(e, ERR_UNREACHABLE,
                       "Redis did not answer, so it is not known whether it was done: look, and "
                       "try again in a moment");
    return redis_is_error(reply, &text) ? call_refused(text, e) : 0;
}

int call_refused(struct slice why, struct err *e)
{
    return err_set(e, ERR_UNREACHABLE, "Redis refuses for now: %.*s", SLICE_ARG(why));
}

void call_read_done(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (c->cb) call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

bool call_says(const struct redisReply *reply, const char *word)
{
    struct slice first = redis_is_array(reply) ? redis_str(redis_at(reply, 0)) : redis_str(reply);
    return slice_is(first, word);
}

struct slice call_cut(struct slice s, size_t n)
{
    if (s.n <= n) return s;
    while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return slice_make(s.p, n);
}
