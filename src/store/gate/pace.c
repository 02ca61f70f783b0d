/* What the limiters are told beside the gate's questions. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>

struct key {
    char text[KEY_BYTES];
};

/* The limiter of a gateway, or of one of its senders. */
static struct slice key_of(const struct ledger *l, struct key *key, const char *gateway,
                           const char *sender)
{
    int n = snprintf(key->text, sizeof key->text, "%srate:%s%s%s", l->prefix, gateway,
                     sender ? ":" : "", sender ? sender : "");
    check(n > 0 && n < (int)sizeof key->text);
    return slice_make(key->text, (size_t)n);
}

void ledger_slow(struct ledger *l, const char *gateway, const char *sender, int64_t hold_us)
{
    struct key key;
    char hold[24];
    (void)snprintf(hold, sizeof hold, "%lld", (long long)hold_us);
    struct slice argv[] = {key_of(l, &key, gateway, sender), slice_of(l->now), slice_of(hold)};
    redis_eval(l->redis, l->slow, NULL, NULL, 1, COUNT_OF(argv), argv);
}

struct told_call {
    told_cb *cb;
    void *arg;
};

static void on_told(void *arg, const struct redisReply *reply)
{
    struct told_call call = *(struct told_call *)arg;
    free(arg);
    call.cb(call.arg, !reply || redis_is_error(reply, NULL) ? ERR_UNREACHABLE : 0);
}

void ledger_clock_set(struct ledger *l, const char *gateway, const char *const *senders,
                      size_t sender_count, told_cb *cb, void *arg)
{
    check(sender_count <= LEDGER_SENDERS_MAX);
    struct key keys[1 + LEDGER_SENDERS_MAX];
    struct slice argv[1 + LEDGER_SENDERS_MAX + 1];
    size_t n = 0;
    argv[n] = key_of(l, &keys[n], gateway, NULL);
    n++;
    for (size_t i = 0; i < sender_count; i++, n++)
        argv[n] = key_of(l, &keys[n], gateway, senders[i]);
    argv[n] = slice_of(l->now);
    struct told_call *call = xmalloc(sizeof *call);
    *call = (struct told_call){cb, arg};
    redis_eval(l->redis, l->clock_set, on_told, call, n, n + 1, argv);
}
