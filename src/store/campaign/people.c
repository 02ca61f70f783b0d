/* Who stands where in a ledger, block by block. */
#include "private.h"

#include "core/index.h"

#include <stdlib.h>

struct reading {
    campaign_people_cb *cb;
    void *arg;
    uint8_t states[BLOCK_ROWS];
    size_t n;
};

static void on_states(struct call *c, const struct redisReply *reply)
{
    struct reading *r = c->arg;
    struct slice bytes = redis_str(reply);
    r->n = 2 * bytes.n;
    for (size_t i = 0; i < r->n && i < BLOCK_ROWS; i++) {
        uint8_t b = (uint8_t)bytes.p[i / 2];
        r->states[i] = i % 2 ? b >> 4 : b & 15;
    }
}

static void on_details(struct call *c, const struct redisReply *reply)
{
    struct reading *r = c->arg;
    struct slice details[BLOCK_ROWS];
    for (size_t i = 0; i < BLOCK_ROWS; i++)
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
    call_u64(c, index_make(block, 0) / 2);
    call_u64(c, index_make(block, BLOCK_ROWS - 1) / 2);
    call_run(c, on_states, NULL, r);
    c = call_command(s, "HMGET");
    call_key(c, "c:%u:d", id);
    for (uint32_t i = 0; i < BLOCK_ROWS; i++)
        call_u64(c, index_make(block, i));
    call_run(c, on_details, NULL, r);
}
