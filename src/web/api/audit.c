/* GET /api/v1/audit: who did what, when and why. */
#include "web/api/api.h"

#include "store/audit.h"
#include "web/call.h"

enum { LIMIT = 50 };

static json_t *entry_json(const struct web_call *c, const void *list, size_t i)
{
    (void)c;
    const struct audit_entry *entry = &((const struct audit_entry *)list)[i];
    json_t *o = json_object();
    json_put_time(o, "at", entry->at_ms);
    json_put(o, "who", json_text(entry->who));
    json_put(o, "what", json_text(entry->what));
    json_put_text(o, "whom", entry->whom);
    json_put(o, "why", entry->why.n ? json_text(entry->why) : json_null());
    return o;
}

static void on_entries(void *arg, int result, const struct audit_entry *entries, size_t n,
                       const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer_list(arg, "entries", entries, n, entry_json, NULL);
}

static void get_audit(struct web_call *c)
{
    struct slice campaign = web_query(c, "campaign"), limit = web_query(c, "limit");
    uint64_t id = 0, n = LIMIT;
    if ((campaign.n && (!slice_to_u64(campaign, UINT32_MAX, &id) || id == 0)) ||
        (limit.n && (!slice_to_u64(limit, AUDIT_MAX, &n) || n == 0)))
        web_error(c, 400, "invalid", "'campaign' is a campaign's id, 'limit' 1 to %d", AUDIT_MAX);
    else
        audit_read(c->config->store, (uint32_t)id, (size_t)n, on_entries, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/audit", MAY_READ_AUDIT, NEEDS_STORE, NULL, get_audit},
};

const struct routes audit_routes = {rows, COUNT_OF(rows)};
