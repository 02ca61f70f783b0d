/* Reading hiredis's replies; every function accepts NULL, the reply that never came. */
#include "io/redis.h"

#include <hiredis/hiredis.h>

bool redis_is_error(const struct redisReply *r, struct slice *ret_text)
{
    if (!r || r->type != REDIS_REPLY_ERROR) return false;
    if (ret_text) *ret_text = slice_make(r->str, (size_t)r->len);
    return true;
}

bool redis_is_nil(const struct redisReply *r)
{
    return r && r->type == REDIS_REPLY_NIL;
}

bool redis_is_array(const struct redisReply *r)
{
    return r && r->type == REDIS_REPLY_ARRAY;
}

size_t redis_count(const struct redisReply *r)
{
    return redis_is_array(r) ? r->elements : 0;
}

const struct redisReply *redis_at(const struct redisReply *r, size_t i)
{
    return i < redis_count(r) ? r->element[i] : NULL;
}

struct slice redis_str(const struct redisReply *r)
{
    if (!r || (r->type != REDIS_REPLY_STRING && r->type != REDIS_REPLY_STATUS)) return SLICE_NONE;
    return slice_make(r->str, (size_t)r->len);
}

int64_t redis_int(const struct redisReply *r, int64_t otherwise)
{
    if (r && r->type == REDIS_REPLY_INTEGER) return r->integer;
    struct slice s = redis_str(r);
    bool minus = s.n > 1 && s.p[0] == '-';
    uint64_t v;
    if (!slice_to_u64(minus ? slice_from(s, 1) : s, INT64_MAX, &v)) return otherwise;
    return minus ? -(int64_t)v : (int64_t)v;
}

struct slice redis_field(const struct redisReply *r, const char *field)
{
    for (size_t i = 0; i + 1 < redis_count(r); i += 2)
        if (slice_is(redis_str(redis_at(r, i)), field)) return redis_str(redis_at(r, i + 1));
    return SLICE_NONE;
}
