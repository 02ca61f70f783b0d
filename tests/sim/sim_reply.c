#include "sim_store.h"

#include "base/check.h"

#include <stdlib.h>

#include <hiredis/hiredis.h>

static struct redisReply *reply_new(int type)
{
    struct redisReply *r = xcalloc(1, sizeof *r);
    r->type = type;
    return r;
}

struct redisReply *sim_reply_nil(void)
{
    return reply_new(REDIS_REPLY_NIL);
}

struct redisReply *sim_reply_int(long long v)
{
    struct redisReply *r = reply_new(REDIS_REPLY_INTEGER);
    r->integer = v;
    return r;
}

static struct redisReply *reply_of_type(int type, struct slice text)
{
    struct redisReply *r = reply_new(type);
    r->str = slice_strdup(text);
    r->len = text.n;
    return r;
}

struct redisReply *sim_reply_text(struct slice text)
{
    return reply_of_type(REDIS_REPLY_STRING, text);
}

struct redisReply *sim_reply_status(const char *text)
{
    return reply_of_type(REDIS_REPLY_STATUS, slice_of(text));
}

struct redisReply *sim_reply_error(const char *text)
{
    return reply_of_type(REDIS_REPLY_ERROR, slice_of(text));
}

struct redisReply *sim_reply_array(size_t n)
{
    struct redisReply *r = reply_new(REDIS_REPLY_ARRAY);
    r->elements = n;
    r->element = xcalloc(n + 1, sizeof(struct redisReply *));
    return r;
}

void sim_reply_free(struct redisReply *r)
{
    if (!r) return;
    for (size_t i = 0; i < r->elements; i++)
        sim_reply_free(r->element[i]);
    free(r->element);
    free(r->str);
    free(r);
}
