/* What was done: the audit trail as a page, for whoever may read it, in their groups. */
#include <stdio.h>

#include "core/template.h"
#include "web/audit_query.h"
#include "web/page.h"
#include "web/staff/staff.h"
#include "web/view/view.h"

enum { LIMIT = 50, HREF_BYTES_MAX = 2048, WHEN_BYTES = 17 };

/* What an entry begins with, and what people call it. */
static const struct {
    const char *begins, *label;
} kinds[] = {
    {"", "Everything"},          {"campaign", "Campaigns"},   {"audience", "Lists"},
    {"conversation", "Replies"}, {"suppression", "Opt-outs"}, {"signed in", "Log-ins"},
    {"download", "Downloads"},
};

static json_t *kinds_json(const struct web_call *c)
{
    json_t *list = json_array();
    struct slice what = web_query(c, "what");
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        json_list_add(list, json_pack("{s:s,s:s,s:b}", "value", kinds[i].begins, "label",
                                      kinds[i].label, "chosen",
                                      slice_is(what.p ? what : SLICE_LIT(""), kinds[i].begins)));
    return list;
}

static const char *const filters[] = {"who", "what", "campaign", "group", "day"};

/* "/audit?who=…&cursor=…": with what was asked for. */
static json_t *next_json(const struct web_call *c, struct slice next)
{
    if (next.n == 0) return json_null();
    struct buf href = BUF_INIT(HREF_BYTES_MAX);
    buf_add_cstr(&href, "/audit?cursor=");
    buf_add_slice(&href, next);
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        struct slice value = web_query(c, filters[i]);
        if (value.n == 0) continue;
        buf_addf(&href, "&%s=", filters[i]);
        template_escape_add(&href, value, TEMPLATE_ESCAPE_URL);
    }
    json_t *text = href.failed ? json_null() : json_text(buf_slice(&href));
    buf_done(&href);
    return text;
}

static json_t *page_of(struct web_call *c, const char *problem)
{
    json_t *data = page_data(c, "What was done", problem);
    json_t *asked = json_object();
    for (size_t i = 0; i < COUNT_OF(filters); i++)
        json_put(asked, filters[i], json_text(web_query(c, filters[i])));
    json_put(data, "asked", asked);
    json_put(data, "kinds", kinds_json(c));
    return data;
}

/* The minute is enough for people. */
static json_t *when_of(const json_t *entry)
{
    char when[WHEN_BYTES];
    const char *at = json_string_value(json_object_get(entry, "at"));
    if (!at || strlen(at) < WHEN_BYTES) return json_null();
    (void)snprintf(when, sizeof when, "%.10s %.5s", at, at + strlen("2026-11-26T"));
    return json_string(when);
}

static void on_entries(void *arg, int result, const struct audit_entry *entries, size_t n,
                       struct slice next, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *data = page_of(c, ""), *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *entry = view_audit(&entries[i]);
        json_put(entry, "when", when_of(entry));
        json_list_add(list, entry);
    }
    json_put(data, "entries", list);
    json_put(data, "next", next_json(c, next));
    page_answer(c, PAGE_AUDIT, 200, data);
}

static void get_audit(struct web_call *c)
{
    struct audit_query q = {0};
    const char *problem = audit_query_read(c, LIMIT, &q);
    if (problem)
        page_answer(c, PAGE_AUDIT, 400, page_of(c, problem));
    else
        audit_read(c->config->store, &q, on_entries, c);
}

static const struct route rows[] = {
    {"GET", "/audit", MAY_READ_AUDIT, NEEDS_STORE | IN_GROUP | PAGE, NULL, get_audit},
};

const struct routes audit_page_routes = {rows, COUNT_OF(rows)};
