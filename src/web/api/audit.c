/* GET /api/v1/audit: who did what, from where, when and why. */
#include "web/api/api.h"

#include "core/iso8601.h"
#include "store/audit.h"
#include "web/call.h"
#include "web/view/view.h"

enum { LIMIT = 50 };

static json_t *entry_json(const struct web_call *c, const void *list, size_t i)
{
    (void)c;
    return view_audit(&((const struct audit_entry *)list)[i]);
}

static void on_entries(void *arg, int result, const struct audit_entry *entries, size_t n,
                       struct slice next, const struct err *e)
{
    if (web_ok(arg, result, e))
        web_answer_list(arg, "entries", entries, n, entry_json,
                        next.n ? json_text(next) : json_null());
}

static bool read_number(struct web_call *c, const char *name, uint64_t max, uint64_t *ret)
{
    struct slice text = web_query(c, name);
    return !text.p || (slice_to_u64(text, max, ret) && *ret > 0);
}

static bool read_time(struct web_call *c, const char *name, int64_t *ret)
{
    struct slice text = web_query(c, name);
    return !text.p || iso8601_parse(text, ret);
}

/* What is wrong, or NULL. */
static const char *read_query(struct web_call *c, struct audit_query *q)
{
    uint64_t campaign = 0, limit = LIMIT;
    q->groups = access_groups(c->member, MAY_READ_AUDIT);
    q->who = web_query(c, "who");
    q->what = web_query(c, "what");
    q->group = web_query(c, "group");
    q->cursor = web_query(c, "cursor");
    if (!read_number(c, "campaign", UINT32_MAX, &campaign)) return "'campaign' is a campaign's id";
    if (!read_number(c, "limit", AUDIT_MAX, &limit)) return "'limit' is a number from 1 to 1000";
    if (!read_time(c, "from", &q->from_ms) || !read_time(c, "until", &q->until_ms))
        return "'from' and 'until' are times with their zone, such as 2026-11-26T18:00:00Z";
    if (q->cursor.p && !audit_cursor_ok(q->cursor))
        return "'cursor' is the 'next' of the page before";
    if (q->who.n > AUDIT_WORDS_BYTES_MAX || q->what.n > AUDIT_WORDS_BYTES_MAX)
        return "'who' and 'what' are at most 128 bytes";
    if (q->group.p && !group_ok(q->group)) return "'group' is the name of a group";
    q->campaign = (uint32_t)campaign;
    q->limit = (size_t)limit;
    return NULL;
}

static void get_audit(struct web_call *c)
{
    struct audit_query q = {0};
    const char *problem = read_query(c, &q);
    if (problem)
        web_error(c, 400, "invalid", "%s", problem);
    else
        audit_read(c->config->store, &q, on_entries, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/audit", MAY_READ_AUDIT, NEEDS_STORE | IN_GROUP, NULL, get_audit},
};

const struct routes audit_routes = {rows, COUNT_OF(rows)};
