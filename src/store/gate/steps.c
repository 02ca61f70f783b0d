/* What is done to a ledger beside the way of a message: pending people swept away, people noted for
 * being sent to again. */
#include "private.h"

#include "io/redis.h"

#include <stdio.h>
#include <stdlib.h>

struct number {
    char text[24];
};

static struct slice number_of(struct number *n, uint64_t v)
{
    return slice_make(n->text,
                      (size_t)snprintf(n->text, sizeof n->text, "%llu", (unsigned long long)v));
}

struct key {
    char text[KEY_BYTES];
};

static struct slice key_of(const struct ledger *l, struct key *key, uint32_t campaign,
                           const char *part)
{
    int n = snprintf(key->text, sizeof key->text, "%sc:%u%s", l->prefix, campaign, part);
    check(n > 0 && n < (int)sizeof key->text);
    return slice_make(key->text, (size_t)n);
}

void ledger_again(struct ledger *l, uint32_t campaign, const uint32_t *indexes, size_t n)
{
    check(n <= LEDGER_AGAIN_MAX);
    struct key key;
    struct number numbers[LEDGER_AGAIN_MAX];
    struct slice argv[2 + LEDGER_AGAIN_MAX] = {key_of(l, &key, campaign, ""), slice_of(l->now)};
    for (size_t i = 0; i < n; i++)
        argv[2 + i] = number_of(&numbers[i], indexes[i]);
    redis_eval(l->redis, l->again, NULL, NULL, 1, 2 + n, argv);
}

struct count_call {
    count_cb *cb;
    void *arg;
};

static void on_count(void *arg, const struct redisReply *reply)
{
    struct count_call call = *(struct count_call *)arg;
    free(arg);
    call.cb(call.arg, !reply || redis_is_error(reply, NULL) ? ERR_UNREACHABLE : 0,
            redis_int(reply, 0));
}

void ledger_sweep(struct ledger *l, uint32_t campaign, uint32_t block, uint32_t blocks,
                  enum state to, count_cb *cb, void *arg)
{
    check(blocks > 0 && blocks <= LEDGER_SWEEP_BLOCKS);
    struct key keys[2];
    struct number numbers[3];
    struct slice argv[] = {
        key_of(l, &keys[0], campaign, ""),
        key_of(l, &keys[1], campaign, ":l"),
        slice_of(l->now),
        number_of(&numbers[0], to),
        number_of(&numbers[1], (uint64_t)block * LEDGER_BLOCK),
        number_of(&numbers[2], (uint64_t)blocks * LEDGER_BLOCK),
    };
    struct count_call *call = xmalloc(sizeof *call);
    *call = (struct count_call){cb, arg};
    redis_eval(l->redis, l->sweep, on_count, call, 2, COUNT_OF(argv), argv);
}
