#pragma once
/* Shared by campaign.c, campaign_release.c and unknown.c. */
#include "store/campaign.h"

#include "io/redis.h"
#include "store/lua_scripts.h"

#include "store/ledger_script.h"

struct campaign_store {
    struct redis *redis;
    char prefix[64];
    struct redis_script *create, *move, *grow, *reserve, *lead, *retire, *resolve, *unknown_due;
};

/* Small texts that live for one call. */
struct campaign_text {
    size_t n;
    char bytes[1024];
};
struct slice campaign_key(const struct campaign_store *s, struct campaign_text *t, const char *fmt,
                          ...) PRINTF_LIKE(3, 4);
struct slice campaign_number(struct campaign_text *t, int64_t v);
/* 0, or negative with the text set: no answer, or an error answer. */
int campaign_result(const struct redisReply *reply, struct err *e);
/* A command of which only success matters. cb may be NULL. */
void campaign_simple(struct campaign_store *s, campaign_done_cb *cb, void *arg, size_t argc,
                     const struct slice *argv);
