#include "page.h"

#include "store/lua_scripts.h"

#include <stdio.h>

static const struct script page_of = {.name = "page_of", .parts = {&lua_merged, &lua_page_of}};

void page_after(struct call *c, struct slice cursor)
{
    struct slice time;
    uint64_t v;
    bool ok = cursor.n > 0 && slice_cut(&cursor, '-', &time) && slice_to_u64(time, INT64_MAX, &v) &&
              slice_to_u64(cursor, UINT32_MAX, &v);
    call_text(c, ok ? time : SLICE_NONE);
    call_text(c, ok ? cursor : SLICE_NONE);
}

struct slice page_next(const struct redisReply *reply, char out[PAGE_CURSOR_BYTES])
{
    struct slice time = redis_str(redis_at(reply, 0)), id = redis_str(redis_at(reply, 1));
    int n = snprintf(out, PAGE_CURSOR_BYTES, "%.*s-%.*s", SLICE_ARG(time), SLICE_ARG(id));
    check(n > 0 && n < PAGE_CURSOR_BYTES);
    return id.n ? slice_make(out, (size_t)n) : SLICE_NONE;
}

struct call *page_ask(struct store *s, const char *all, const struct group_set *groups,
                      size_t limit, struct slice after)
{
    struct call *c = call_begin(s, &page_of);
    call_prefix(c);
    call_str(c, all);
    call_groups(c, groups, SLICE_NONE);
    call_u64(c, limit);
    page_after(c, after);
    return c;
}

size_t page_count(const struct redisReply *reply)
{
    size_t n = redis_count(reply);
    return n > 2 ? n - 2 : 0;
}

uint32_t page_id(const struct redisReply *reply, size_t i)
{
    return (uint32_t)redis_int(redis_at(reply, i + 2), 0);
}
