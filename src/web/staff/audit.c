/* What was done: the audit trail as a page, for whoever may read it, in their groups. */
#include <stdio.h>

#include "core/actor.h"
#include "core/campaign_status.h"
#include "core/template.h"
#include "web/audit_query.h"
#include "web/local_time.h"
#include "web/organiser/organiser.h"
#include "web/page.h"
#include "web/page_words.h"
#include "web/staff/staff.h"
#include "web/view/view.h"

enum { LIMIT = 50, HREF_BYTES_MAX = 2048, WORDS_BYTES = 128 };

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
    json_put(data, "zone", json_string(local_zone_name(c)));
    return data;
}

/* The minute is enough for people. */
static json_t *when_of(const struct web_call *c, const json_t *entry)
{
    char when[LOCAL_TIME_BYTES];
    local_time_show_iso(c, json_object_get(entry, "at"), when);
    return json_string(when);
}

/* ---- the trail's words, as people say them ---- */

/* What an entry is about by its number: its word there, its page, and what people call it. */
static const struct subject {
    const char *word, *room, *label;
} subjects[] = {
    {"campaign ", "/campaigns/", "campaign"},
    {"audience ", "/lists/", "list"},
    {"conversation ", "/inbox/", "conversation"},
    {"schedule ", "/schedules/", "schedule"},
};

/* "scheduled to paused" is “Planned”, now “Paused”; "frozen" is a list's "is complete". */
static json_t *did_words(struct slice did)
{
    char words[WORDS_BYTES];
    enum campaign_status from, to;
    const char *at = memmem(did.p, did.n, " to ", strlen(" to "));
    if (slice_is(did, "frozen")) return json_string("is complete");
    if (!at || !campaign_status_from_string(slice_make(did.p, (size_t)(at - did.p)), &from) ||
        !campaign_status_from_string(slice_from(did, (size_t)(at - did.p) + strlen(" to ")), &to))
        return json_text(did);
    (void)snprintf(words, sizeof words, "was “%s”, now “%s”", campaign_status_words(from),
                   campaign_status_words(to));
    return json_string(words);
}

/* What it is about opens; what was deleted has no page. */
static void put_subject(json_t *entry)
{
    uint64_t id;
    struct slice what = json_slice(json_object_get(entry, "what")), number;
    for (size_t i = 0; i < COUNT_OF(subjects); i++) {
        const struct subject *is = &subjects[i];
        if (!slice_starts(what, is->word)) continue;
        struct slice rest = slice_from(what, strlen(is->word));
        const char *end = memchr(rest.p, ' ', rest.n);
        number = slice_make(rest.p, end ? (size_t)(end - rest.p) : rest.n);
        if (!slice_to_u64(number, UINT32_MAX, &id)) return;
        rest = slice_trim(slice_from(rest, number.n));
        if (!slice_starts(rest, "deleted"))
            json_put(entry, "href", json_sprintf("%s%llu", is->room, (unsigned long long)id));
        json_put(entry, "subject", json_sprintf("%s %llu", is->label, (unsigned long long)id));
        json_put(entry, "what", did_words(rest));
        return;
    }
}

static json_t *way_words(const json_t *entry)
{
    static const char *const ways[][2] = {{"socket", "at the server"},
                                          {"page", "in a browser"},
                                          {"client", "by muster"},
                                          {"api", "by a program"}};
    struct slice way = json_slice(json_object_get(entry, "way"));
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (slice_is(way, ways[i][0])) return json_string(ways[i][1]);
    return json_null();
}

static json_t *who_words(const json_t *entry)
{
    const json_t *who = json_object_get(entry, "who");
    struct slice name = json_slice(who);
    bool itself = slice_is(name, "release") || actor_is_part(name);
    json_t *words = itself ? json_string("Muster itself") : page_who(who);
    if (!json_is_null(words)) return words;
    json_decref(words);
    return json_string("Somebody at the server");
}

static void on_entries(void *arg, int result, const struct audit_entry *entries, size_t n,
                       struct slice next, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *data = page_of(c, ""), *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *entry = view_audit(&entries[i]);
        json_put(entry, "when", when_of(c, entry));
        json_put(entry, "way", way_words(entry));
        json_put(entry, "who", who_words(entry));
        put_subject(entry);
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
