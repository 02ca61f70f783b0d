/* /groups and /groups/{name}: what is said of a group, and its end. */
#include <stdio.h>

#include "base/buf.h"
#include "core/json.h"
#include "flow/account.h"
#include "web/page.h"
#include "web/staff/staff.h"

enum {
    LIST_MAX = 200,
    MANY = 20,
    PATH_BYTES = 96,
    BOX_BYTES = 96,
    SENDERS_SHOWN = 512,
    LINES_BYTES_MAX = 16384
};

struct said {
    const char *id, *label, *hint, *rows; /* rows: a text of several lines */
};
static const char stop_words[] = "stop_words", within[] = "answer_within_minutes";
static const struct said name_said = {
    "name", "Short name", "Such as leeds. Letters, digits, - _ and . It stays as it is.", NULL};
static const struct said said[] = {
    {"title", "What people call it", "Such as Leeds North.", NULL},
    {"country", "Country", "Two letters, such as GB: where numbers without + are from.", NULL},
    {"zone", "Time zone", "Such as Europe/London: where its people are.", NULL},
    {"language", "Language", "en, cy, de, es, fr, it or pl: of texts that go by themselves.", NULL},
    {"hours", "When people may be texted", "Such as 09:00-20:30. Empty: as the organisation says.",
     NULL},
    {"stop_confirmation", "What it says to STOP", "Empty: as the organisation says.", "2"},
    {"help_answer", "What it says to HELP", "Empty: as the organisation says.", "2"},
    {"pledge_gateway", "Account for texts to people who are coming",
     "An SMS account that the group may use. Empty: as the organisation says.", NULL},
    {within, "Minutes in which people are to be answered",
     "Who waits longer is overdue. Empty: as the organisation says.", NULL},
    {stop_words, "More words that mean STOP",
     "One a line. STOP and its like are known in 20 languages already.", "3"},
    {"month_budget", "What its campaigns may cost in a month",
     "Such as 500 GBP. Nobody is texted beyond it. Empty: any amount.", NULL},
};
enum { ALL_SAY = COUNT_OF(said) - 1 }; /* the last is for who is everywhere to say */

/* Who is everywhere makes groups, says by what they send, and ends them. */
static bool may_all(const struct web_call *c)
{
    return access_may_everywhere(c->member, MAY_RUN_GROUPS);
}

static size_t said_by(const struct web_call *c)
{
    return may_all(c) ? COUNT_OF(said) : ALL_SAY;
}

/* ---- what a refusal says ---- */

/* What the API said of a key: "" when nothing. */
static const char *error_of(const json_t *refusal, const char *key)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(refusal, "errors"), i, one)
    {
        const char *pointer = json_string_value(json_object_get(one, "pointer"));
        if (pointer && strcmp(pointer + strlen("#/"), key) == 0)
            return json_string_value(json_object_get(one, "detail"));
    }
    return "";
}

static json_t *field(const struct said *s, struct slice value, const json_t *refusal)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:o,s:s,s:n,s:s?,s:b,s:n,s:n}", "id", s->id, "label",
                     s->label, "hint", s->hint, "type", "text", "value", json_text(value), "error",
                     error_of(refusal, s->id), "options", "rows", s->rows, "required",
                     s == &name_said, "autocomplete", "inputmode");
}

/* The page begins; what was refused, if anything, is kept in c->asked: {"status", "detail", …}. */
static json_t *begin(const struct web_call *c, const char *title)
{
    const char *problem = json_string_value(json_object_get(c->asked, "detail"));
    return page_data(c, title, problem ? problem : "");
}

static void refuse(struct web_call *c, int status, const char *detail)
{
    json_decref(c->asked);
    c->asked = json_pack("{s:i,s:s}", "status", status, "detail", detail);
}

static void refuse_as(struct web_call *c, int status, const json_t *refusal)
{
    json_decref(c->asked);
    c->asked = json_deep_copy(refusal);
    json_put(c->asked, "status", json_integer(status));
}

static int status_of(const struct web_call *c)
{
    const json_t *status = json_object_get(c->asked, "status");
    return status ? (int)json_integer_value(status) : 200;
}

static void put_one(json_t *data, const json_t *group)
{
    json_put(data, "one", json_boolean(json_integer_value(json_object_get(group, "people")) == 1));
}

/* ---- all of them ---- */

static void on_groups(struct web_call *c, int status, const json_t *body)
{
    json_t *data = begin(c, "Groups"), *list = json_array(), *fields = json_array();
    const json_t *all = json_object_get(body, "groups");
    size_t n = json_array_size(all);
    for (size_t i = 0; i < n && i < LIST_MAX; i++) {
        json_t *one = json_deep_copy(json_array_get(all, i));
        put_one(one, one);
        json_list_add(list, one);
    }
    json_list_add(fields, field(&name_said, web_field(c, "name"), c->asked));
    json_list_add(fields, field(&said[0], web_field(c, "title"), c->asked));
    json_put(data, "groups", list);
    json_put(data, "cut", json_boolean(n > LIST_MAX));
    json_put(data, "many", json_boolean(n > MANY || web_query(c, "q").n > 0));
    json_put(data, "q", json_text(web_query(c, "q")));
    json_put(data, "may_make", json_boolean(may_all(c)));
    json_put(data, "fields", fields);
    page_answer(c, PAGE_GROUPS, status == 200 ? status_of(c) : status, data);
}

static void get_groups(struct web_call *c)
{
    web_ask(c, on_groups, NULL, "GET", "/api/v1/groups");
}

static void to_group(struct web_call *c, struct slice name, const char *and)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/groups/%.*s%s", SLICE_ARG(name), and);
    web_answer_redirect(c, path);
}

static void on_made(struct web_call *c, int status, const json_t *body)
{
    if (status == 201) {
        to_group(c, json_slice(json_object_get(body, "name")), "");
        return;
    }
    refuse_as(c, status, body);
    get_groups(c);
}

static void post_groups(struct web_call *c)
{
    web_ask(c, on_made,
            json_pack("{s:o,s:o}", "name", json_text(web_typed(c, "name")), "title",
                      json_text(web_typed(c, "title"))),
            "POST", "/api/v1/groups");
}

/* ---- one ---- */

/* A list, one a line; owned. */
static json_t *lines_of(const json_t *list)
{
    size_t i;
    const json_t *one;
    struct buf lines = BUF_INIT(LINES_BYTES_MAX);
    json_array_foreach(list, i, one)
        buf_addf(&lines, "%s%s", i ? "\n" : "", json_string_value(one));
    json_t *text = json_text(buf_slice(&lines));
    buf_done(&lines);
    return text;
}

/* What stands in a field; owned. */
static json_t *shown_text(const json_t *value)
{
    char number[24];
    if (json_is_array(value)) return lines_of(value);
    if (!json_is_integer(value)) return json_text(json_slice(value));
    (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    return json_string(number);
}

static json_t *list_of(struct slice lines)
{
    json_t *list = json_array();
    struct slice one;
    while (lines.n > 0 && slice_cut(&lines, '\n', &one))
        if (slice_trim(one).n) json_list_add(list, json_text(slice_trim(one)));
    return list;
}

static void box_name(const char *account, char out[BOX_BYTES])
{
    (void)snprintf(out, BOX_BYTES, "by-%s", account);
}

static bool has_text(const json_t *list, const char *text)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one) if (slice_is(json_slice(one), text)) return true;
    return false;
}

static json_t *accounts_json(const struct web_call *c, const json_t *group)
{
    char box[BOX_BYTES];
    json_t *list = json_array();
    const json_t *now = json_object_get(group, "gateways");
    bool typed = web_field(c, "title").p;
    for (size_t i = 0; i < c->config->accounts->count; i++) {
        const char *name = c->config->accounts->list[i].name;
        box_name(name, box);
        bool chosen = typed ? web_field(c, box).n > 0 : has_text(now, name);
        json_list_add(list, json_pack("{s:s,s:b}", "name", name, "chosen", chosen));
    }
    return list;
}

/* Each sender of the accounts once, by its number among them. */
static size_t senders_of(const struct web_call *c, const char *out[SENDERS_SHOWN])
{
    size_t n = 0;
    const struct accounts *all = c->config->accounts;
    for (size_t i = 0; i < all->count; i++)
        for (size_t k = 0; k < all->list[i].sender_count && n < SENDERS_SHOWN; k++)
            if (slice_index(slice_of(all->list[i].senders[k]), out, n) < 0)
                out[n++] = all->list[i].senders[k];
    return n;
}

static json_t *senders_json(const struct web_call *c, const json_t *group)
{
    const char *all[SENDERS_SHOWN];
    char box[BOX_BYTES];
    json_t *list = json_array();
    size_t n = senders_of(c, all);
    bool typed = web_field(c, "title").p;
    for (size_t i = 0; i < n && n > 1; i++) {
        (void)snprintf(box, sizeof box, "from-%zu", i);
        bool chosen =
            typed ? web_field(c, box).n > 0 : has_text(json_object_get(group, "senders"), all[i]);
        json_list_add(list,
                      json_pack("{s:s,s:s,s:b}", "box", box, "name", all[i], "chosen", chosen));
    }
    return list;
}

static json_t *chosen_senders(const struct web_call *c)
{
    const char *all[SENDERS_SHOWN];
    char box[BOX_BYTES];
    json_t *list = json_array();
    size_t n = senders_of(c, all);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(box, sizeof box, "from-%zu", i);
        if (web_field(c, box).n) json_list_add(list, json_string(all[i]));
    }
    return list;
}

static void on_group(struct web_call *c, int status, const json_t *group)
{
    if (status != 200) {
        web_pass_on(c, status, group);
        return;
    }
    const char *title = json_string_value(json_object_get(group, "title"));
    const char *name = json_string_value(json_object_get(group, "name"));
    json_t *data = begin(c, *title ? title : name), *fields = json_array();
    for (size_t i = 0; i < said_by(c); i++) {
        struct slice typed = web_field(c, said[i].id);
        const json_t *is = json_object_get(group, said[i].id);
        json_t *now = shown_text(is);
        json_list_add(fields, field(&said[i], typed.p ? typed : json_slice(now), c->asked));
        json_decref(now);
    }
    put_one(data, group);
    json_put(data, "group", json_deep_copy(group));
    json_put(data, "fields", fields);
    json_put(data, "may_all", json_boolean(may_all(c)));
    json_put(data, "accounts", accounts_json(c, group));
    json_put(data, "senders", senders_json(c, group));
    json_put(data, "may_choose",
             json_boolean(json_array_size(json_object_get(data, "senders")) > 0));
    json_put(data, "any_sender",
             json_boolean(json_array_size(json_object_get(group, "senders")) == 0));
    json_put(data, "any_account",
             json_boolean(json_array_size(json_object_get(group, "gateways")) == 0));
    json_put(data, "typed", json_text(web_field(c, "typed")));
    json_put(data, "saved", json_boolean(web_query(c, "saved").n > 0 && !c->asked));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/groups", "label", "Groups"));
    page_answer(c, PAGE_GROUP, status_of(c), data);
}

static void ask_one(struct web_call *c, const char *method, json_t *body, web_then *then)
{
    struct slice name = web_param(c, "name");
    web_ask(c, then, body, method, "/api/v1/groups/%.*s", SLICE_ARG(name));
}

static void get_group(struct web_call *c)
{
    ask_one(c, "GET", NULL, on_group);
}

static json_t *chosen_accounts(const struct web_call *c)
{
    char box[BOX_BYTES];
    json_t *list = json_array();
    for (size_t i = 0; i < c->config->accounts->count; i++) {
        box_name(c->config->accounts->list[i].name, box);
        if (web_field(c, box).n)
            json_list_add(list, json_string(c->config->accounts->list[i].name));
    }
    return list;
}

static void on_saved(struct web_call *c, int status, const json_t *body)
{
    if (status == 200) {
        to_group(c, json_slice(json_object_get(body, "name")), "?saved=1");
        return;
    }
    refuse_as(c, status, body);
    get_group(c);
}

/* What was typed, as the API takes it; what is no number goes as it is, and the API says what it should be. Owned. */
static json_t *said_json(const char *id, struct slice typed)
{
    uint64_t minutes = 0;
    if (id == stop_words) return list_of(typed);
    typed = slice_trim(typed);
    if (id == within && (typed.n == 0 || slice_to_u64(typed, INT32_MAX, &minutes)))
        return json_integer((json_int_t)minutes);
    return json_text(typed);
}

static void post_group(struct web_call *c)
{
    json_t *body = json_object();
    for (size_t i = 0; i < said_by(c); i++) {
        struct slice typed = web_field(c, said[i].id);
        if (typed.p) json_put(body, said[i].id, said_json(said[i].id, typed));
    }
    if (may_all(c)) {
        json_put(body, "gateways", chosen_accounts(c));
        json_put(body, "senders", chosen_senders(c));
    }
    ask_one(c, "POST", body, on_saved);
}

static void on_deleted(struct web_call *c, int status, const json_t *body)
{
    if (status == 200) {
        web_answer_redirect(c, "/groups");
        return;
    }
    refuse_as(c, status, body);
    get_group(c);
}

static void post_delete(struct web_call *c)
{
    if (slice_eq(web_typed(c, "typed"), web_param(c, "name"))) {
        ask_one(c, "DELETE", NULL, on_deleted);
        return;
    }
    refuse(c, 422, "That is not the name of this group. Nothing was deleted.");
    get_group(c);
}

enum { SEES = IN_GROUP | PAGE, DOES = SEES | NEEDS_STORE | FORM | AUDITED };

static const struct route rows[] = {
    {"GET", "/groups", MAY_RUN_GROUPS, SEES, NULL, get_groups},
    {"POST", "/groups", MAY_RUN_GROUPS, DOES, NULL, post_groups},
    {"GET", "/groups/{name}", MAY_RUN_GROUPS, SEES, NULL, get_group},
    {"POST", "/groups/{name}", MAY_RUN_GROUPS, DOES, NULL, post_group},
    {"POST", "/groups/{name}/delete", MAY_RUN_GROUPS, DOES, NULL, post_delete},
};

const struct routes group_page_routes = {rows, COUNT_OF(rows)};
