#include "store/offer.h"

#include "store/call.h"

static void read_offers(struct call *c, const struct redisReply *reply)
{
    uint32_t sessions[OFFERS_MAX] = {0};
    size_t n = *(const size_t *)call_kept(c);
    struct slice bytes = redis_str(reply);
    for (size_t i = 0; i < n && 4 * i + 4 <= bytes.n; i++) {
        const unsigned char *p = (const unsigned char *)bytes.p + 4 * i;
        sessions[i] = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                      (uint32_t)(p[3] & 0x7F) << 24; /* the highest bit: they pledged since */
    }
    call_back(c, offers_cb)(c->arg, call_failed(reply, NULL), sessions, n);
}

void offers_load(struct store *s, uint32_t campaign, uint32_t first, size_t n, offers_cb *cb,
                 void *arg)
{
    check(n > 0 && n <= OFFERS_MAX);
    struct call *c = call_command(s, "GETRANGE");
    call_key(c, "c:%u:near", campaign);
    call_u64(c, 4 * (uint64_t)first);
    call_u64(c, 4 * ((uint64_t)first + n) - 1);
    call_keep(c, n);
    call_run(c, read_offers, cb, arg);
}
