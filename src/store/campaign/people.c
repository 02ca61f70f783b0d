/* Who stands where in a ledger, block by block. */
#include "private.h"

#include <stdlib.h>

enum { NIBBLES = 256 };

struct reading {
    campaign_people_cb *cb;
    void *arg;
    uint8_t states[NIBBLES];
    size_t n;
};

static void on_states(struct call *c, const struct redisReply *reply)
{
    struct reading *r = c->arg;
    struct slice bytes = redis_str(reply);
    r->n = 2 * bytes.n;
    for (size_t i = 0; i < r->n && i < NIBBLES; i++) {
        uint8_t b = (uint8_t)bytes.p[i / 2];
        r->states[i] = i % 2 ? b >> 4 : b & 15;
    }
}

static void on_details(struct call *c, const struct redisReply *reply)
{
    struct reading *r = c->arg;
    struct slice details[NIBBLES];
    for (size_t i = 0; i < NIBBLES; i++)
        details[i] = redis_str(redis_at(reply, i));
    int result = call_failed(reply, NULL);
    r->cb(r->arg, result, r->states, details, result ? 0 : r->n);
    free(r);
}

void campaign_people(struct store *s, uint32_t id, uint32_t block, campaign_people_cb *cb,
                     void *arg)
{
    struct reading *r = xcalloc(1, sizeof *r);
    r->cb = cb;
    r->arg = arg;
    struct call *c = call_command(s, "GETRANGE");
    call_key(c, "c:%u:l", id);
    call_u64(c, (uint64_t)block * NIBBLES / 2);
    call_u64(c, ((uint64_t)block + 1) * NIBBLES / 2 - 1);
    call_run(c, on_states, NULL, r);
    c = call_command(s, "HMGET");
    call_key(c, "c:%u:d", id);
    for (uint32_t i = 0; i < NIBBLES; i++)
        call_u64(c, block * NIBBLES + i);
    call_run(c, on_details, NULL, r);
}
