#include "web/audit_query.h"

#include <stdio.h>

#include "core/iso8601.h"
#include "web/local_time.h"

enum { DAY_MS = 24 * 3600 * 1000, DAY_BYTES = 10 };

static bool read_number(const struct web_call *c, const char *name, uint64_t max, uint64_t *ret)
{
    struct slice text = web_query(c, name);
    return text.n == 0 || (slice_to_u64(text, max, ret) && *ret > 0);
}

static bool read_time(const struct web_call *c, const char *name, int64_t *ret)
{
    struct slice text = web_query(c, name);
    return text.n == 0 || iso8601_parse(text, ret);
}

/* "2026-11-26": that day by the reader's clock on a page, in UTC for a program. */
static bool read_day(const struct web_call *c, struct audit_query *q)
{
    char start[DAY_BYTES + 16];
    struct slice text = web_query(c, "day");
    if (text.n == 0) return true;
    if (c->route->flags & PAGE) return local_time_read_day(c, text, &q->from_ms, &q->until_ms);
    (void)snprintf(start, sizeof start, "%.*sT00:00:00Z", DAY_BYTES, text.p);
    if (text.n != DAY_BYTES || !iso8601_parse(slice_of(start), &q->from_ms)) return false;
    q->until_ms = q->from_ms + DAY_MS;
    return true;
}

static const char *problem_of(const struct audit_query *q)
{
    if (q->cursor.n && !audit_cursor_ok(q->cursor))
        return "'cursor' is the 'next' of the page before";
    if (q->who.n > AUDIT_WORDS_BYTES_MAX || q->what.n > AUDIT_WORDS_BYTES_MAX)
        return "'who' and 'what' are at most 128 bytes";
    return q->group.n && !group_ok(q->group) ? "'group' is the name of a group" : NULL;
}

const char *audit_query_read(struct web_call *c, size_t limit_default, struct audit_query *ret)
{
    uint64_t campaign = 0, limit = limit_default;
    struct audit_query q = {.groups = access_groups(c->member, MAY_READ_AUDIT),
                            .who = web_query(c, "who"),
                            .what = web_query(c, "what"),
                            .group = web_query(c, "group"),
                            .cursor = web_query(c, "cursor")};
    if (!read_number(c, "campaign", UINT32_MAX, &campaign))
        return "'campaign' is the number of a campaign, such as 12";
    if (!read_number(c, "limit", AUDIT_MAX, &limit)) return "'limit' is a number from 1 to 1000";
    if (!read_time(c, "from", &q.from_ms) || !read_time(c, "until", &q.until_ms))
        return "'from' and 'until' are times with their zone, such as 2026-11-26T18:00:00Z";
    if (!read_day(c, &q)) return "'day' is a day, such as 2026-11-26";
    q.campaign = (uint32_t)campaign;
    q.limit = (size_t)limit;
    *ret = q;
    return problem_of(&q);
}
