/* GET /api/v1/audit: who did what, from where, when and why. */
#include "web/api/api.h"

#include "web/audit_query.h"
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

static void get_audit(struct web_call *c)
{
    struct audit_query q = {0};
    const char *problem = audit_query_read(c, LIMIT, &q);
    if (problem)
        web_error(c, 400, "invalid", "%s", problem);
    else
        audit_read(c->config->store, &q, on_entries, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/audit", MAY_READ_AUDIT, NEEDS_STORE | IN_GROUP, NULL, get_audit},
};

const struct routes audit_routes = {rows, COUNT_OF(rows)};
