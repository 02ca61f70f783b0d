/* The commands, as Redis does them; only what Muster uses of each. */
#include "sim_store_impl.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

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
    return sim_text_of(slice_make(digits, (size_t)n));
}

/* ---- commands ---- */

struct call {
    struct sim_store *s;
    size_t n;
    const struct slice *v; /* v[0] is the command, v[1] the key */
};

static struct redisReply *text_or_nil(const struct text *t)
{
    return t ? sim_reply_text(sim_text_slice(t)) : sim_reply_nil();
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
    const struct value *v = sim_find(c->s, c->v[1]);
    return text_or_nil(v ? v->string : NULL);
}

static struct redisReply *cmd_set(const struct call *c)
{
    (void)sim_del(c->s, c->v[1]);
    struct value *v = sim_make(c->s, c->v[1]);
    v->string = sim_text_of(c->v[2]);
    check(c->n == 3 || (c->n == 5 && slice_is(c->v[3], "PX")));
    if (c->n == 5) v->expires_us = c->s->now_us + int_of(c->v[4]) * 1000;
    return sim_reply_status("OK");
}

static struct redisReply *cmd_pttl(const struct call *c)
{
    const struct value *v = sim_find(c->s, c->v[1]);
    if (!v || !v->expires_us) return sim_reply_int(v ? -1 : -2);
    return sim_reply_int((v->expires_us - c->s->now_us) / 1000);
}

static struct redisReply *cmd_pexpire(const struct call *c)
{
    struct value *v = sim_find(c->s, c->v[1]);
    if (!v) return sim_reply_int(0);
    v->expires_us = c->s->now_us + int_of(c->v[2]) * 1000;
    c->s->writes++;
    return sim_reply_int(1);
}

static struct redisReply *cmd_exists(const struct call *c)
{
    check(c->n == 2);
    return sim_reply_int(sim_find(c->s, c->v[1]) != NULL);
}

static struct redisReply *cmd_incr(const struct call *c) /* and INCRBY */
{
    struct value *v = sim_make(c->s, c->v[1]);
    int64_t by = c->n > 2 ? int_of(c->v[2]) : 1;
    int64_t to = (v->string ? int_of(sim_text_slice(v->string)) : 0) + by;
    free(v->string);
    v->string = text_of_int(to);
    return sim_reply_int(to);
}

static struct redisReply *cmd_del(const struct call *c)
{
    int64_t n = 0;
    for (size_t i = 1; i < c->n; i++)
        n += sim_del(c->s, c->v[i]);
    return sim_reply_int(n);
}

static struct redisReply *cmd_getrange(const struct call *c)
{
    struct slice s = sim_string(c->s, c->v[1]);
    int64_t from = int_of(c->v[2]), to = int_of(c->v[3]), n = (int64_t)s.n;
    check(from >= 0 && to >= 0);
    if (to >= n) to = n - 1;
    if (from > to) return sim_reply_text(SLICE_LIT(""));
    return sim_reply_text(slice_make(s.p + from, (size_t)(to - from + 1)));
}

static struct redisReply *cmd_setrange(const struct call *c)
{
    struct value *v = sim_make(c->s, c->v[1]);
    size_t from = (size_t)int_of(c->v[2]), end = from + c->v[3].n,
           had = v->string ? v->string->n : 0;
    if (end > had) {
        struct text *longer = sim_text_new(end);
        if (had) memcpy(longer->bytes, v->string->bytes, had);
        free(v->string);
        v->string = longer;
    }
    if (c->v[3].n) memcpy(v->string->bytes + from, c->v[3].p, c->v[3].n);
    return sim_reply_int((long long)v->string->n);
}

static struct redisReply *cmd_hget(const struct call *c)
{
    return text_or_nil(sim_field(c->s, c->v[1], c->v[2]));
}

static struct redisReply *cmd_hexists(const struct call *c)
{
    return sim_reply_int(sim_field(c->s, c->v[1], c->v[2]) != NULL);
}

static struct redisReply *cmd_info(const struct call *c)
{
    char text[32];
    int n = snprintf(text, sizeof text, "run_id:%u\r\n", c->s->run);
    return sim_reply_text(slice_make(text, (size_t)n));
}

static struct redisReply *cmd_hmget(const struct call *c)
{
    struct redisReply *r = sim_reply_array(c->n - 2);
    for (size_t i = 2; i < c->n; i++)
        r->element[i - 2] = text_or_nil(sim_field(c->s, c->v[1], c->v[i]));
    return r;
}

static struct redisReply *cmd_hgetall(const struct call *c)
{
    struct map *m = sim_fields(c->s, c->v[1]);
    struct redisReply *r = sim_reply_array(m ? 2 * map_count(m) : 0);
    size_t pos = 0, n = 0;
    struct slice field;
    void *value;
    while (m && map_next(m, &pos, &field, &value)) {
        r->element[n++] = sim_reply_text(field);
        r->element[n++] = sim_reply_text(sim_text_slice(value));
    }
    return r;
}

static struct redisReply *cmd_hset(const struct call *c)
{
    check(c->n >= 4 && c->n % 2 == 0);
    struct map *m = sim_make_fields(c->s, c->v[1]);
    int64_t n = 0;
    for (size_t i = 2; i < c->n; i += 2)
        n += sim_put_field(m, c->v[i], c->v[i + 1]);
    return sim_reply_int(n);
}

static struct redisReply *cmd_hsetnx(const struct call *c)
{
    if (sim_field(c->s, c->v[1], c->v[2])) return sim_reply_int(0);
    return cmd_hset(c);
}

static struct redisReply *cmd_hincrby(const struct call *c)
{
    const struct text *t = sim_field(c->s, c->v[1], c->v[2]);
    int64_t to = (t ? int_of(sim_text_slice(t)) : 0) + int_of(c->v[3]);
    struct map *m = sim_make_fields(c->s, c->v[1]);
    free(map_put(m, c->v[2], text_of_int(to)));
    return sim_reply_int(to);
}

/* HDEL, SREM, ZREM */
static struct redisReply *cmd_drop(const struct call *c)
{
    int64_t n = 0;
    for (size_t i = 2; i < c->n; i++)
        n += sim_drop_field(c->s, c->v[1], c->v[i]);
    return sim_reply_int(n);
}

static struct redisReply *cmd_sadd(const struct call *c)
{
    struct map *m = sim_make_fields(c->s, c->v[1]);
    int64_t n = 0;
    for (size_t i = 2; i < c->n; i++)
        n += sim_put_field(m, c->v[i], SLICE_LIT(""));
    return sim_reply_int(n);
}

/* SCARD, ZCARD */
static struct redisReply *cmd_card(const struct call *c)
{
    struct map *m = sim_fields(c->s, c->v[1]);
    return sim_reply_int(m ? (long long)map_count(m) : 0);
}

/* ZINTERCARD 2 key key */
static struct redisReply *cmd_zintercard(const struct call *c)
{
    struct map *a = sim_fields(c->s, c->v[2]), *b = sim_fields(c->s, c->v[3]);
    long long n = 0;
    size_t pos = 0;
    struct slice member;
    void *value;
    while (a && b && map_next(a, &pos, &member, &value))
        n += map_get(b, member) != NULL;
    return sim_reply_int(n);
}

static struct redisReply *cmd_smembers(const struct call *c)
{
    struct map *m = sim_fields(c->s, c->v[1]);
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
    struct map *m = sim_fields(c->s, c->v[1]);
    size_t pos = 0;
    struct slice member;
    void *value;
    if (!m || !map_next(m, &pos, &member, &value)) return sim_reply_nil();
    struct redisReply *r = sim_reply_text(member);
    (void)sim_drop_field(c->s, c->v[1], slice_of(r->str));
    return r;
}

/* ---- sorted sets: sorted when they are asked for ---- */

struct member {
    double score;
    const struct text *score_text;
    struct slice name; /* borrowed until the set changes */
};

static int by_score(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? -1 : 1;
    size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
    int by_name = memcmp(x->name.p, y->name.p, n);
    return by_name ? by_name : x->name.n < y->name.n ? -1 : 1;
}

/* Those with low <= score <= high in their order; owned. */
static struct member *members(const struct call *c, double low, double high, size_t *ret_n)
{
    struct map *m = sim_fields(c->s, c->v[1]);
    struct member *list = m ? xcalloc(map_count(m) + 1, sizeof *list) : NULL;
    size_t pos = 0, n = 0;
    void *value;
    while (m && map_next(m, &pos, &list[n].name, &value)) {
        list[n].score_text = value;
        list[n].score = double_of(sim_text_slice(value));
        n += list[n].score >= low && list[n].score <= high;
    }
    if (n > 1) qsort(list, n, sizeof *list, by_score);
    *ret_n = n;
    return list;
}

static struct redisReply *cmd_zadd(const struct call *c)
{
    check(c->n == 4);
    return sim_reply_int(sim_put_field(sim_make_fields(c->s, c->v[1]), c->v[3], c->v[2]));
}

static struct redisReply *cmd_zcount(const struct call *c)
{
    size_t n;
    free(members(c, double_of(c->v[2]), double_of(c->v[3]), &n));
    return sim_reply_int((long long)n);
}

static struct redisReply *reply_members(const struct member *list, size_t from, size_t n,
                                        bool scores)
{
    struct redisReply *r = sim_reply_array(scores ? 2 * n : n);
    for (size_t i = 0, at = 0; i < n; i++) {
        r->element[at++] = sim_reply_text(list[from + i].name);
        if (scores) r->element[at++] = sim_reply_text(sim_text_slice(list[from + i].score_text));
    }
    return r;
}

static void turn_round(struct member *list, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct member m = list[i];
        list[i] = list[n - 1 - i];
        list[n - 1 - i] = m;
    }
}

/* key min max [WITHSCORES] [LIMIT skip n]; reversed: key max min … */
static struct redisReply *by_range(const struct call *c, bool reversed)
{
    double first = double_of(c->v[2]), last = double_of(c->v[3]);
    bool limited = c->n >= 7 && slice_is(c->v[c->n - 3], "LIMIT");
    size_t words = limited ? c->n - 3 : c->n, n;
    bool scores = words == 5 && slice_is(c->v[4], "WITHSCORES");
    check(words == (scores ? 5 : 4));
    size_t skip = limited ? (size_t)int_of(c->v[c->n - 2]) : 0,
           limit = limited ? (size_t)int_of(c->v[c->n - 1]) : SIZE_MAX;
    struct member *list = members(c, reversed ? last : first, reversed ? first : last, &n);
    if (reversed) turn_round(list, n);
    if (skip > n) skip = n;
    struct redisReply *r = reply_members(list, skip, n - skip < limit ? n - skip : limit, scores);
    free(list);
    return r;
}

static struct redisReply *cmd_zrangebyscore(const struct call *c)
{
    return by_range(c, false);
}

static struct redisReply *cmd_zrevrangebyscore(const struct call *c)
{
    return by_range(c, true);
}

/* key first last [WITHSCORES]: by their places, negative ones from the end. */
static struct redisReply *by_place(const struct call *c, bool reversed)
{
    size_t n;
    struct member *list = members(c, -1e300, 1e300, &n);
    int64_t from = int_of(c->v[2]), to = int_of(c->v[3]), all = (int64_t)n;
    if (from < 0) from = from + all < 0 ? 0 : from + all;
    if (to < 0) to += all;
    if (to >= all) to = all - 1;
    if (reversed) turn_round(list, n);
    struct redisReply *r =
        reply_members(list, (size_t)from, to < from ? 0 : (size_t)(to - from + 1),
                      c->n == 5 && slice_is(c->v[4], "WITHSCORES"));
    free(list);
    return r;
}

static struct redisReply *cmd_zrange(const struct call *c)
{
    return by_place(c, false);
}

static struct redisReply *cmd_zrevrange(const struct call *c)
{
    return by_place(c, true);
}

/* key 0 -(kept + 1): the first ones go */
static struct redisReply *cmd_zremrangebyrank(const struct call *c)
{
    size_t n, gone = 0;
    struct member *list = members(c, -1e300, 1e300, &n);
    int64_t last = int_of(c->v[3]);
    check(int_of(c->v[2]) == 0 && last < 0);
    for (; (int64_t)gone <= (int64_t)n + last; gone++) {
        char *name = slice_strdup(list[gone].name);
        (void)sim_drop_field(c->s, c->v[1], slice_make(name, list[gone].name.n));
        free(name);
    }
    free(list);
    return sim_reply_int((long long)gone);
}

/* key min max */
static struct redisReply *cmd_zremrangebyscore(const struct call *c)
{
    size_t n;
    struct member *list = members(c, double_of(c->v[2]), double_of(c->v[3]), &n);
    for (size_t i = 0; i < n; i++) {
        char *name = slice_strdup(list[i].name);
        (void)sim_drop_field(c->s, c->v[1], slice_make(name, list[i].name.n));
        free(name);
    }
    free(list);
    return sim_reply_int((long long)n);
}

/* XADD, RPUSH */
static struct redisReply *cmd_append(const struct call *c)
{
    return sim_reply_int((long long)++sim_make(c->s, c->v[1])->appended);
}

#define WORD(text) text, sizeof(text) - 1
static const struct {
    const char *name;
    size_t n;
    struct redisReply *(*run)(const struct call *c);
} commands[] = {
    {WORD("HMGET"), cmd_hmget},
    {WORD("HSET"), cmd_hset},
    {WORD("GETRANGE"), cmd_getrange},
    {WORD("SETRANGE"), cmd_setrange},
    {WORD("HGET"), cmd_hget},
    {WORD("TIME"), cmd_time},
    {WORD("HINCRBY"), cmd_hincrby},
    {WORD("HGETALL"), cmd_hgetall},
    {WORD("HSETNX"), cmd_hsetnx},
    {WORD("HEXISTS"), cmd_hexists},
    {WORD("SISMEMBER"), cmd_hexists},
    {WORD("HDEL"), cmd_drop},
    {WORD("GET"), cmd_get},
    {WORD("SET"), cmd_set},
    {WORD("INCR"), cmd_incr},
    {WORD("INCRBY"), cmd_incr},
    {WORD("DEL"), cmd_del},
    {WORD("UNLINK"), cmd_del},
    {WORD("EXISTS"), cmd_exists},
    {WORD("SADD"), cmd_sadd},
    {WORD("SREM"), cmd_drop},
    {WORD("SMEMBERS"), cmd_smembers},
    {WORD("SPOP"), cmd_spop},
    {WORD("ZADD"), cmd_zadd},
    {WORD("ZREM"), cmd_drop},
    {WORD("SCARD"), cmd_card},
    {WORD("ZCARD"), cmd_card},
    {WORD("ZINTERCARD"), cmd_zintercard},
    {WORD("ZCOUNT"), cmd_zcount},
    {WORD("ZSCORE"), cmd_hget},
    {WORD("ZRANGEBYSCORE"), cmd_zrangebyscore},
    {WORD("ZRANGE"), cmd_zrange},
    {WORD("ZREVRANGEBYSCORE"), cmd_zrevrangebyscore},
    {WORD("ZREVRANGE"), cmd_zrevrange},
    {WORD("ZREMRANGEBYRANK"), cmd_zremrangebyrank},
    {WORD("ZREMRANGEBYSCORE"), cmd_zremrangebyscore},
    {WORD("XADD"), cmd_append},
    {WORD("RPUSH"), cmd_append},
    {WORD("INFO"), cmd_info},
    {WORD("PTTL"), cmd_pttl},
    {WORD("PEXPIRE"), cmd_pexpire},
};

struct redisReply *sim_store_run(struct sim_store *s, size_t argc, const struct slice *argv)
{
    const struct call c = {s, argc, argv};
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (slice_eq(argv[0], slice_make(commands[i].name, commands[i].n)))
            return commands[i].run(&c);
    (void)fprintf(stderr, "sim_commands.c does not know the command %.*s\n", SLICE_ARG(argv[0]));
    abort();
}
