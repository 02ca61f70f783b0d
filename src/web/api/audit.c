/* GET /api/v1/audit: who did what, when and why. */
#include "private.h"

#include "base/clock.h"
#include "web/view/view.h"
#include "store/audit.h"
#include "web/guard.h"
#include "web/respond.h"

enum { LIMIT = 50 };

static json_t *entry_json(const struct audit_entry *entry)
{
    char at[CLOCK_ISO_BYTES];
    clock_iso(entry->at_ms, at);
    json_t *o = json_pack("{s:s,s:o,s:o,s:o}", "at", at, "who", view_text(entry->who), "what",
                          view_text(entry->what), "why",
                          entry->why.n ? view_text(entry->why) : json_null());
    check(o);
    return o;
}

static void on_entries(void *arg, int result, const struct audit_entry *entries, size_t n,
                       const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0) {
        respond_failed(q, result, e);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        check(json_array_append_new(list, entry_json(&entries[i])) == 0);
    respond_json(q, 200, json_pack("{s:o}", "entries", list));
}

static void get_audit(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    struct campaign_api *a = ctx;
    struct slice campaign = http_request_param(q, "campaign"),
                 limit = http_request_param(q, "limit");
    uint64_t id = 0, n = LIMIT;
    if (!guard_organiser(a->config.auth, q, campaign_api_now(a))) return;
    if ((campaign.n && (!slice_to_u64(campaign, UINT32_MAX, &id) || id == 0)) ||
        (limit.n && (!slice_to_u64(limit, AUDIT_MAX, &n) || n == 0)))
        respond_error(q, 400, "invalid", "'campaign' is a campaign's id, 'limit' 1 to %d",
                      AUDIT_MAX);
    else
        audit_read(a->config.campaigns, (uint32_t)id, (size_t)n, on_entries, q);
}

void campaign_audit_routes(struct campaign_api *a, struct router *r)
{
    router_add(r, "GET", "/api/v1/audit", get_audit, a);
}
