/* A reply that outlives its callback. */
#include "io/redis.h"

#include <hiredis/hiredis.h>

#include <stdlib.h>

struct redisReply *redis_reply_copy(const struct redisReply *r)
{
    struct redisReply *copy = xcalloc(1, sizeof *copy);
    copy->type = r->type;
    copy->integer = r->integer;
    if (r->str) {
        copy->str = xmalloc((size_t)r->len + 1);
        memcpy(copy->str, r->str, (size_t)r->len);
        copy->str[r->len] = '\0';
        copy->len = r->len;
    }
    copy->elements = redis_count(r);
    if (copy->elements) copy->element = xcalloc(copy->elements, sizeof *copy->element);
    for (size_t i = 0; i < copy->elements; i++)
        copy->element[i] = redis_reply_copy(r->element[i]);
    return copy;
}

void redis_reply_free(struct redisReply *r)
{
    if (!r) return;
    for (size_t i = 0; i < redis_count(r); i++)
        redis_reply_free(r->element[i]);
    free(r->element);
    free(r->str);
    free(r);
}
