/* Keys and commands. Every value is a map of texts, but for strings, which are one text; that is
 * slow for nothing that is used here. A sorted set keeps its scores as texts and is sorted when it
 * is asked for. */
#include "sim_store_impl.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

struct text {
    size_t n;
    char bytes[];
};

struct value {
    struct text *string;
    struct map *fields; /* hash: value; set: ""; sorted set: score */
    uint64_t appended;  /* list or stream: how many entries it had; what they say is not kept */
    int64_t expires_us; /* 0 = never */
};

static struct text *text_new(size_t n)
{
    struct text *t = xcalloc(1, sizeof *t + n + 1);
    t->n = n;
    return t;
}

static struct text *text_of(struct slice s)
{
    struct text *t = text_new(s.n);
    if (s.n) memcpy(t->bytes, s.p, s.n);
    return t;
}

static struct slice text_slice(const struct text *t)
{
    return t ? slice_make(t->bytes, t->n) : SLICE_NONE;
}

static void value_free(struct value *v)
{
    size_t pos = 0;
    struct slice key;
    void *t;
    while (v->fields && map_next(v->fields, &pos, &key, &t))
        free(t);
    map_free(v->fields);
    free(v->string);
    free(v);
}

struct sim_store *sim_store_new(void)
{
    struct sim_store *s = xcalloc(1, sizeof *s);
    s->keys = map_new();
    sim_script_init(s);
    return s;
}

void sim_store_free(struct sim_store *s)
{
    size_t pos = 0;
    struct slice key;
    void *v;
    while (map_next(s->keys, &pos, &key, &v))
        value_free(v);
    map_free(s->keys);
    sim_script_done(s);
    free(s);
}

void sim_store_set_clock(struct sim_store *s, int64_t now_us)
{
    s->now_us = now_us;
}

uint64_t sim_store_writes(const struct sim_store *s)
{
    return s->writes;
}

/* ---- keys ---- */

static struct value *find(const struct sim_store *s, struct slice key)
{
    struct value *v = map_get(s->keys, key);
    return v && v->expires_us && v->expires_us <= s->now_us ? NULL : v;
}

static bool del(struct sim_store *s, struct slice key)
{
    bool there = find(s, key) != NULL;
    struct value *v = map_del(s->keys, key);
    if (v) value_free(v);
    s->writes++;
    return there;
}

static struct value *make(struct sim_store *s, struct slice key)
{
    struct value *v = find(s, key);
    s->writes++;
    if (v) return v;
    (void)del(s, key);
    v = xcalloc(1, sizeof *v);
    (void)map_put(s->keys, key, v);
    return v;
}

static struct map *make_fields(struct sim_store *s, struct slice key)
{
    struct value *v = make(s, key);
    check(!v->string);
    if (!v->fields) v->fields = map_new();
    return v->fields;
}

static struct map *fields_of(const struct sim_store *s, struct slice key)
{
    const struct value *v = find(s, key);
    return v ? v->fields : NULL;
}

static struct slice string_of(const struct sim_store *s, struct slice key)
{
    const struct value *v = find(s, key);
    return v ? text_slice(v->string) : SLICE_NONE;
}

static struct text *field_text(const struct sim_store *s, struct slice key, struct slice field)
{
    struct map *m = fields_of(s, key);
    return m ? map_get(m, field) : NULL;
}

static bool put_field(struct map *m, struct slice field, struct slice value)
{
    struct text *old = map_put(m, field, text_of(value));
    free(old);
    return old == NULL;
}

static bool drop_field(struct sim_store *s, struct slice key, struct slice field)
{
    struct map *m = fields_of(s, key);
    struct text *old = m ? map_del(m, field) : NULL;
    free(old);
    if (m && map_count(m) == 0) (void)del(s, key);
    s->writes++;
    return old != NULL;
}

struct slice sim_store_string(const struct sim_store *s, const char *key)
{
    return string_of(s, slice_of(key));
}

struct slice sim_store_field(const struct sim_store *s, const char *key, struct slice field)
{
    return text_slice(field_text(s, slice_of(key), field));
}

/* ---- numbers ---- */

static int64_t int_of(struct slice s)
{
    char copy[32];
    check(s.n < sizeof copy);
    (void)snprintf(copy, sizeof copy, "%.*s", SLICE_ARG(s));
    return strtoll(copy, NULL, 10);
}

static double double_of(struct slice s)
{
    char copy[64];
    check(s.n < sizeof copy);
    (void)snprintf(copy, sizeof copy, "%.*s", SLICE_ARG(s));
    return slice_is(s, "-inf") ? -1e300 : slice_is(s, "+inf") ? 1e300 : strtod(copy, NULL);
}

static struct text *text_of_int(int64_t v)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%" PRId64, v);
    return text_of(slice_make(digits, (size_t)n));
}

/* ---- commands ---- */

struct call {
    struct sim_store *s;
    size_t n;
    const struct slice *v; /* v[0] is the command, v[1] the key */
};

static struct redisReply *text_or_nil(const struct text *t)
{
    return t ? sim_reply_text(text_slice(t)) : sim_reply_nil();
}

static struct redisReply *cmd_time(const struct call *c)
{
    char s[24], us[24];
    struct redisReply *r = sim_reply_array(2);
    (void)snprintf(s, sizeof s, "%" PRId64, c->s->now_us / 1000000);
    (void)snprintf(us, sizeof us, "%" PRId64, c->s->now_us % 1000000);
    r->element[0] = sim_reply_text(slice_of(s));
    r->element[1] = sim_reply_text(slice_of(us));
    return r;
}

static struct redisReply *cmd_get(const struct call *c)
{
    const struct value *v = find(c->s, c->v[1]);
    return text_or_nil(v ? v->string : NULL);
}

static struct redisReply *cmd_set(const struct call *c)
{
    (void)del(c->s, c->v[1]);
    struct value *v = make(c->s, c->v[1]);
    v->string = text_of(c->v[2]);
    check(c->n == 3 || (c->n == 5 && slice_is(c->v[3], "PX")));
    if (c->n == 5) v->expires_us = c->s->now_us + int_of(c->v[4]) * 1000;
    return sim_reply_status("OK");
}

static struct redisReply *cmd_pttl(const struct call *c)
{
    const struct value *v = find(c->s, c->v[1]);
    if (!v || !v->expires_us) return sim_reply_int(v ? -1 : -2);
    return sim_reply_int((v->expires_us - c->s->now_us) / 1000);
}

static struct redisReply *cmd_incr(const struct call *c)
{
    struct value *v = make(c->s, c->v[1]);
    int64_t to = (v->string ? int_of(text_slice(v->string)) : 0) + 1;
    free(v->string);
    v->string = text_of_int(to);
    return sim_reply_int(to);
}

static struct redisReply *cmd_del(const struct call *c)
{
    int64_t n = 0;
    for (size_t i = 1; i < c->n; i++)
        n += del(c->s, c->v[i]);
    return sim_reply_int(n);
}

static struct redisReply *cmd_getrange(const struct call *c)
{
    struct slice s = string_of(c->s, c->v[1]);
    int64_t from = int_of(c->v[2]), to = int_of(c->v[3]), n = (int64_t)s.n;
    check(from >= 0 && to >= 0);
    if (to >= n) to = n - 1;
    if (from > to) return sim_reply_text(SLICE_LIT(""));
    return sim_reply_text(slice_make(s.p + from, (size_t)(to - from + 1)));
}

static struct redisReply *cmd_setrange(const struct call *c)
{
    struct value *v = make(c->s, c->v[1]);
    size_t from = (size_t)int_of(c->v[2]), end = from + c->v[3].n,
           had = v->string ? v->string->n : 0;
    if (end > had) {
        struct text *longer = text_new(end);
        if (had) memcpy(longer->bytes, v->string->bytes, had);
        free(v->string);
        v->string = longer;
    }
    if (c->v[3].n) memcpy(v->string->bytes + from, c->v[3].p, c->v[3].n);
    return sim_reply_int((long long)v->string->n);
}

static struct redisReply *cmd_hget(const struct call *c)
{
    return text_or_nil(field_text(c->s, c->v[1], c->v[2]));
}

static struct redisReply *cmd_hexists(const struct call *c)
{
    return sim_reply_int(field_text(c->s, c->v[1], c->v[2]) != NULL);
}

static struct redisReply *cmd_hmget(const struct call *c)
{
    struct redisReply *r = sim_reply_array(c->n - 2);
    for (size_t i = 2; i < c->n; i++)
        r->element[i - 2] = text_or_nil(field_text(c->s, c->v[1], c->v[i]));
    return r;
}

static struct redisReply *cmd_hgetall(const struct call *c)
{
    struct map *m = fields_of(c->s, c->v[1]);
    struct redisReply *r = sim_reply_array(m ? 2 * map_count(m) : 0);
    size_t pos = 0, n = 0;
    struct slice field;
    void *value;
    while (m && map_next(m, &pos, &field, &value)) {
        r->element[n++] = sim_reply_text(field);
        r->element[n++] = sim_reply_text(text_slice(value));
    }
    return r;
}

static struct redisReply *cmd_hset(const struct call *c)
{
    check(c->n >= 4 && c->n % 2 == 0);
    struct map *m = make_fields(c->s, c->v[1]);
    int64_t n = 0;
    for (size_t i = 2; i < c->n; i += 2)
        n += put_field(m, c->v[i], c->v[i + 1]);
    return sim_reply_int(n);
}

static struct redisReply *cmd_hsetnx(const struct call *c)
{
    if (field_text(c->s, c->v[1], c->v[2])) return sim_reply_int(0);
    return cmd_hset(c);
}

static struct redisReply *cmd_hincrby(const struct call *c)
{
    const struct text *t = field_text(c->s, c->v[1], c->v[2]);
    int64_t to = (t ? int_of(text_slice(t)) : 0) + int_of(c->v[3]);
    struct map *m = make_fields(c->s, c->v[1]);
    free(map_put(m, c->v[2], text_of_int(to)));
    return sim_reply_int(to);
}

/* HDEL, SREM, ZREM */
static struct redisReply *cmd_drop(const struct call *c)
{
    int64_t n = 0;
    for (size_t i = 2; i < c->n; i++)
        n += drop_field(c->s, c->v[1], c->v[i]);
    return sim_reply_int(n);
}

static struct redisReply *cmd_sadd(const struct call *c)
{
    struct map *m = make_fields(c->s, c->v[1]);
    int64_t n = 0;
    for (size_t i = 2; i < c->n; i++)
        n += put_field(m, c->v[i], SLICE_LIT(""));
    return sim_reply_int(n);
}

/* SCARD, ZCARD */
static struct redisReply *cmd_card(const struct call *c)
{
    struct map *m = fields_of(c->s, c->v[1]);
    return sim_reply_int(m ? (long long)map_count(m) : 0);
}

static struct redisReply *cmd_smembers(const struct call *c)
{
    struct map *m = fields_of(c->s, c->v[1]);
    struct redisReply *r = sim_reply_array(m ? map_count(m) : 0);
    size_t pos = 0, n = 0;
    struct slice member;
    void *value;
    while (m && map_next(m, &pos, &member, &value))
        r->element[n++] = sim_reply_text(member);
    return r;
}

/* Any member: the map's order is as good as chance. */
static struct redisReply *cmd_spop(const struct call *c)
{
    struct map *m = fields_of(c->s, c->v[1]);
    size_t pos = 0;
    struct slice member;
    void *value;
    if (!m || !map_next(m, &pos, &member, &value)) return sim_reply_nil();
    struct redisReply *r = sim_reply_text(member);
    (void)drop_field(c->s, c->v[1], slice_of(r->str));
    return r;
}

static struct redisReply *cmd_zadd(const struct call *c)
{
    check(c->n == 4);
    return sim_reply_int(put_field(make_fields(c->s, c->v[1]), c->v[3], c->v[2]));
}

/* ZRANGEBYSCORE key min max LIMIT 0 n: by score. */
static struct redisReply *cmd_zrangebyscore(const struct call *c)
{
    check(c->n == 7 && int_of(c->v[5]) == 0);
    double low = double_of(c->v[2]), high = double_of(c->v[3]);
    struct map *m = fields_of(c->s, c->v[1]);
    struct redisReply *r = sim_reply_array(m ? map_count(m) : 0);
    double *scores = xcalloc(r->elements + 1, sizeof *scores);
    size_t pos = 0, n = 0, limit = (size_t)int_of(c->v[6]);
    struct slice member;
    void *value;
    while (m && map_next(m, &pos, &member, &value)) {
        double score = double_of(text_slice(value));
        if (score < low || score > high) continue;
        size_t at = n++;
        for (; at > 0 && scores[at - 1] > score; at--) {
            scores[at] = scores[at - 1];
            r->element[at] = r->element[at - 1];
        }
        scores[at] = score;
        r->element[at] = sim_reply_text(member);
    }
    for (; n > limit; n--)
        sim_reply_free(r->element[n - 1]);
    r->elements = n;
    free(scores);
    return r;
}

/* XADD, RPUSH */
static struct redisReply *cmd_append(const struct call *c)
{
    return sim_reply_int((long long)++make(c->s, c->v[1])->appended);
}

static const struct {
    const char *name;
    struct redisReply *(*run)(const struct call *c);
} commands[] = {
    {"HMGET", cmd_hmget},       {"HSET", cmd_hset},
    {"GETRANGE", cmd_getrange}, {"SETRANGE", cmd_setrange},
    {"HGET", cmd_hget},         {"TIME", cmd_time},
    {"HINCRBY", cmd_hincrby},   {"HGETALL", cmd_hgetall},
    {"HSETNX", cmd_hsetnx},     {"HEXISTS", cmd_hexists},
    {"HDEL", cmd_drop},         {"GET", cmd_get},
    {"SET", cmd_set},           {"INCR", cmd_incr},
    {"DEL", cmd_del},           {"SADD", cmd_sadd},
    {"SREM", cmd_drop},         {"SMEMBERS", cmd_smembers},
    {"SPOP", cmd_spop},         {"ZADD", cmd_zadd},
    {"ZREM", cmd_drop},         {"ZCARD", cmd_card},
    {"XADD", cmd_append},       {"RPUSH", cmd_append},
    {"PTTL", cmd_pttl},         {"ZRANGEBYSCORE", cmd_zrangebyscore},
    {"ZSCORE", cmd_hget},
};

struct redisReply *sim_store_run(struct sim_store *s, size_t argc, const struct slice *argv)
{
    const struct call c = {s, argc, argv};
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (slice_is(argv[0], commands[i].name)) return commands[i].run(&c);
    (void)fprintf(stderr, "sim_store.c does not know the command %.*s\n", SLICE_ARG(argv[0]));
    abort();
}
