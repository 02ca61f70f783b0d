#include "hash_page.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/lua_scripts.h"

static const struct script page_script = {.name = "hash_page", .parts = {&lua_hash_page}};

void hash_cursor_write(const struct hash_cursor *c, char out[HASH_CURSOR_BYTES])
{
    (void)snprintf(out, HASH_CURSOR_BYTES, "%" PRIu64 "-%" PRIu64, c->at, c->redis);
}

bool hash_cursor_read(struct slice text, struct hash_cursor *ret)
{
    struct slice at;
    *ret = (struct hash_cursor){0};
    if (text.n == 0 || slice_is(text, "0")) return true;
    return slice_cut(&text, '-', &at) && slice_to_u64(at, UINT64_MAX, &ret->at) &&
           slice_to_u64(text, UINT64_MAX, &ret->redis) && ret->redis > 0;
}

struct call *hash_page_begin(struct store *s)
{
    return call_begin(s, &page_script);
}

void hash_page_from(struct call *c, const struct hash_cursor *from, int hint)
{
    call_u64(c, from->at);
    call_u64(c, from->redis);
    call_i64(c, hint);
}

int hash_page_read(const struct redisReply *reply, struct hash_cursor *ret_next,
                   const struct redisReply **ret_pairs, struct err *e)
{
    int r = call_failed(reply, e);
    *ret_next = (struct hash_cursor){0};
    *ret_pairs = NULL;
    if (r == 0 && call_says(reply, "other"))
        r = err_set(
            e, ERR_CONFLICT,
            "Redis was started again since the page before, or another one took its place, and "
            "has everything in another order: begin anew with the first page");
    if (r) return r;
    *ret_pairs = redis_at(reply, 1);
    check(slice_to_u64(redis_str(redis_at(reply, 0)), UINT64_MAX, &ret_next->at) &&
          slice_to_u64(redis_str(redis_at(reply, 2)), UINT64_MAX, &ret_next->redis));
    return 0;
}
