/* "New campaign". What was typed comes back with every problem; without JavaScript a button shows the
 * preview, with it compose.js asks for the same page while one types. */
#include "web/organiser/campaign_form.h"

#include "core/consent.h"
#include "flow/message.h"
#include "flow/campaign_body.h"
#include "web/organiser/campaign_message.h"
#include "web/organiser/campaign_refill.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/local_time.h"
#include "web/organiser/organiser.h"
#include "web/own.h"
#include "web/page.h"

#include <sodium.h>
#include <stdio.h>

enum { SEED_BYTES = 16, NAME_KEPT_BYTES_MAX = 100, SENDER_LABEL_BYTES = 160 };

/* The fields, as they are carried from page to page. */
static const char *const names[] = {"name",          "audience",
                                    "gateway",       "text",
                                    "smart",         "template",
                                    "language",      "params",
                                    "start",         "deadline",
                                    "hours",         "lane",
                                    "seed",          "force_late",
                                    "needs_consent", "consent_months",
                                    "min_age",       "kind",
                                    "confirm_27",    "confirm_31",
                                    "confirm_33",    "budget",
                                    "base",          "of",
                                    "pace_by",       "answer_within_minutes",
                                    "cap_why",       "canary",
                                    "canary_then",   "brake_off",
                                    "sender"};

/* Rules that no program can know of: who ticked them says that they are seen to. */
static const struct {
    const char *field;
    int rule;
} confirmable[] = {{"confirm_27", 27}, {"confirm_31", 31}, {"confirm_33", 33}};

static struct slice field(const struct web_call *c, const char *name)
{
    return slice_trim(web_field(c, name));
}

json_t *campaign_form_hidden(const struct web_call *c)
{
    json_t *list = campaign_message_more(c);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        json_list_add(list, json_pack("{s:s,s:o}", "name", names[i], "value",
                                      json_text(web_field(c, names[i]))));
    return list;
}

/* ---- the campaign ---- */

static void is_wrong(json_t **wrong, const char *name, const char *text)
{
    if (!*wrong) *wrong = json_object();
    if (!json_object_get(*wrong, name)) json_put(*wrong, name, json_string(text));
}

static void read_needed(const struct web_call *c, json_t *o, const char *name, const char *missing,
                        json_t **wrong)
{
    struct slice text = field(c, name);
    if (text.n == 0) is_wrong(wrong, name, missing);
    json_put(o, name, json_text(text));
}

static void read_time(const struct web_call *c, json_t *o, const char *name, json_t **wrong)
{
    struct err e;
    int64_t at_ms;
    if (field(c, name).n == 0) return;
    if (local_time_read(c, field(c, name), &at_ms, &e) < 0)
        is_wrong(wrong, name, e.text);
    else
        json_put(o, name, json_time(at_ms));
}

static const struct account *account_of(const struct web_call *c)
{
    return accounts_find(c->config->accounts, field(c, "gateway"));
}

static bool wants_template(const struct web_call *c)
{
    const struct account *a = account_of(c);
    return a && strcmp(a->channel, "whatsapp") == 0;
}

static void read_whole(const struct web_call *c, json_t *o, const char *name, uint64_t max,
                       json_t **wrong)
{
    uint64_t n;
    if (field(c, name).n == 0) return;
    if (slice_to_u64(field(c, name), max, &n))
        json_put(o, name, json_integer((json_int_t)n));
    else
        is_wrong(wrong, name, "A whole number, please.");
}

static void read_confirmed(const struct web_call *c, json_t *o)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(confirmable); i++)
        if (field(c, confirmable[i].field).n)
            json_list_add(list, json_integer(confirmable[i].rule));
    if (json_array_size(list))
        json_put(o, "confirmed", list);
    else
        json_decref(list);
}

static void read_pace(const struct web_call *c, json_t *o, json_t **wrong)
{
    if (field(c, "pace_by").n == 0) return;
    json_put(o, "pace_by", json_text(field(c, "pace_by")));
    read_whole(c, o, "answer_within_minutes", CAMPAIGN_ANSWER_MINUTES_MAX, wrong);
}

/* What stands in the campaign as it was typed; empty: as usual. */
static void read_said(const struct web_call *c, json_t *o)
{
    static const char *const said[] = {"hours",       "needs_consent", "kind",
                                       "force_late",  "budget",        "canary",
                                       "canary_then", "brake_off",     "sender"};
    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (field(c, said[i]).n) json_put(o, said[i], json_text(field(c, said[i])));
}

/* Once more to those who did not get that campaign. */
static void read_of(const struct web_call *c, json_t *o)
{
    uint64_t of;
    if (!slice_to_u64(field(c, "of"), UINT32_MAX, &of) || of == 0) return;
    json_put(o, "of", json_integer((json_int_t)of));
    json_put(o, "only", json_pack("[s,s,s,s]", "undelivered", "refused", "expired", "cancelled"));
}

json_t *campaign_form_read(const struct web_call *c, json_t **ret_wrong)
{
    json_t *o = json_object();
    *ret_wrong = NULL;
    read_needed(c, o, "name", "Give it a name. Only you and the others here see it.", ret_wrong);
    read_needed(c, o, "audience", "Choose who gets it.", ret_wrong);
    read_needed(c, o, "gateway", "Choose the provider account.", ret_wrong);
    json_put(o, "message", campaign_message_read(c, wants_template(c), ret_wrong));
    read_time(c, o, "start", ret_wrong);
    read_time(c, o, "deadline", ret_wrong);
    read_whole(c, o, "consent_months", CONSENT_MONTHS_MAX, ret_wrong);
    read_whole(c, o, "min_age", CONSENT_AGE_MAX, ret_wrong);
    read_confirmed(c, o);
    read_said(c, o);
    if (field(c, "cap_why").n) {
        json_put(o, "cap", json_string("exempt"));
        json_put(o, "cap_why", json_text(field(c, "cap_why")));
    }
    read_pace(c, o, ret_wrong);
    read_of(c, o);
    json_put(o, "lane", json_text(field(c, "lane").n ? field(c, "lane") : SLICE_LIT("blast")));
    return o;
}

json_t *campaign_form_preview(const struct web_call *c, const json_t *campaign)
{
    static const char *const taken[] = {"audience", "gateway", "message", "of", "only"};
    uint64_t seed = 1;
    json_t *o = json_object();
    for (size_t i = 0; i < COUNT_OF(taken); i++)
        if (json_object_get(campaign, taken[i]))
            json_put(o, taken[i], json_incref(json_object_get(campaign, taken[i])));
    (void)slice_to_u64(field(c, "seed"), INT32_MAX, &seed);
    json_put(o, "seed", json_integer((json_int_t)seed));
    return o;
}

/* ---- the page ---- */

static json_t *option_json(const char *value, struct slice label, bool chosen)
{
    return json_pack("{s:s,s:o,s:b}", "value", value, "label", json_text(label), "chosen", chosen);
}

static void put_accounts(const struct web_call *c, json_t *data)
{
    const struct accounts *all = c->config->accounts;
    json_t *list = json_array();
    for (size_t i = 0; i < all->count; i++) {
        const char *name = all->list[i].name;
        bool chosen = slice_is(field(c, "gateway"), name);
        if (!own_account(c, &all->list[i])) continue;
        json_list_add(list, option_json(name, slice_of(name), chosen));
    }
    json_put(data, "one_account", json_boolean(json_array_size(list) == 1));
    json_put(data, "accounts", list);
}

static void put_senders_of(const struct web_call *c, const struct account *a, json_t *list)
{
    char label[SENDER_LABEL_BYTES];
    for (size_t i = 0; i < a->sender_count && a->sender_count > 1; i++) {
        (void)snprintf(label, sizeof label, "%s (%s)", a->senders[i], a->name);
        json_list_add(list, option_json(a->senders[i], slice_of(label),
                                        slice_is(field(c, "sender"), a->senders[i])));
    }
}

/* Of the accounts that have more than one. */
static void put_senders(const struct web_call *c, json_t *data)
{
    const struct accounts *all = c->config->accounts;
    json_t *list = json_array();
    for (size_t i = 0; i < all->count; i++)
        if (own_account(c, &all->list[i])) put_senders_of(c, &all->list[i], list);
    json_put(data, "choose_sender", json_boolean(json_array_size(list) > 0));
    json_put(data, "senders", list);
}

/* What the text is; rules of law differ by it. */
static json_t *kinds(struct slice chosen)
{
    static const char *const all[][2] = {{"reminder", "A reminder"},
                                         {"election", "About an election"},
                                         {"fundraising", "Asks for money"},
                                         {"survey", "A survey"},
                                         {"service", "About something they asked for"}};
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(all); i++)
        json_list_add(list,
                      option_json(all[i][0], slice_of(all[i][1]), slice_is(chosen, all[i][0])));
    return list;
}

static void put_typed(const struct web_call *c, json_t *data, const json_t *wrong)
{
    char seed[SEED_BYTES];
    json_t *typed = json_object();
    for (size_t i = 0; i < COUNT_OF(names); i++)
        json_put(typed, names[i], json_text(web_field(c, names[i])));
    if (field(c, "seed").n == 0 || field(c, "other").n) {
        (void)snprintf(seed, sizeof seed, "%u", 1 + randombytes_uniform(INT32_MAX - 1));
        json_put(typed, "seed", json_string(seed));
    }
    if (field(c, "insert").n) { /* a field's button, without JavaScript */
        struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
        buf_add_slice(&text, web_field(c, "text"));
        buf_addf(&text, "{{%.*s}}", SLICE_ARG(field(c, "insert")));
        json_put(typed, "text", json_text(buf_slice(&text)));
        buf_done(&text);
    }
    json_put(data, "kinds", kinds(field(c, "kind")));
    json_put(typed, "reminder", json_boolean(slice_is(field(c, "lane"), "reminder")));
    json_put(data, "typed", typed);
    json_t *more = campaign_message_more(c);
    words_put_list(data, "more", more);
    json_decref(more);
    json_put(data, "wrong", wrong ? json_deep_copy(wrong) : json_object());
    json_put(data, "by_template", json_boolean(wants_template(c)));
    json_put(data, "zone", json_string(local_zone_name(c)));
}

static void answer(struct web_call *c)
{
    json_t *data = c->asked;
    c->asked = NULL;
    int status = (int)json_integer_value(json_object_get(data, "status"));
    page_answer(c, PAGE_CAMPAIGN_NEW, status, data);
}

static void on_preview(struct web_call *c, int status, const json_t *body)
{
    json_t *data = c->asked;
    if (status == 200) {
        words_put_people(data, json_object_get(body, "people"));
        json_put(data, "price", words_price(json_object_get(body, "price")));
        json_put(data, "recipients", words_count(json_object_get(body, "recipients")));
        json_put(data, "costly", json_incref(json_object_get(body, "costly")));
        words_put_list(data, "columns", json_object_get(body, "columns"));
        json_put(data, "missing", json_incref(json_object_get(body, "missing")));
        json_put(data, "preview", json_true());
    } else if (field(c, "text").n || field(c, "template").n) {
        json_put(data, "preview_problem", json_incref(json_object_get(body, "detail")));
    }
    answer(c);
}

static void on_audiences(struct web_call *c, int status, const json_t *body)
{
    size_t i;
    const json_t *one;
    json_t *wrong, *list = json_array(), *data = c->asked;
    json_array_foreach(json_object_get(body, "audiences"), i, one)
    {
        char label[256];
        struct slice name = json_slice(json_object_get(one, "name"));
        (void)snprintf(label, sizeof label, "%.*s (%lld people)", SLICE_ARG(name),
                       (long long)json_integer_value(json_object_get(one, "total")));
        json_list_add(list, option_json(json_string_value(json_object_get(one, "name")),
                                        slice_of(label), slice_eq(field(c, "audience"), name)));
    }
    json_put(data, "no_lists", json_boolean(status == 200 && json_array_size(list) == 0));
    json_put(data, "audiences", list);
    json_t *campaign = campaign_form_read(c, &wrong);
    json_decref(wrong);
    json_t *ask = campaign_form_preview(c, campaign);
    json_decref(campaign);
    if (field(c, "audience").n && account_of(c)) {
        web_ask(c, on_preview, ask, "POST", "/api/v1/campaigns/preview");
    } else {
        json_decref(ask);
        answer(c);
    }
}

void campaign_form_put(const struct web_call *c, json_t *data, const json_t *wrong)
{
    put_accounts(c, data);
    put_senders(c, data);
    put_typed(c, data, wrong);
}

void campaign_form_show(struct web_call *c, int status, const char *problem, const json_t *wrong)
{
    json_decref(c->asked);
    c->asked = page_data(c, "New campaign", problem);
    json_put(c->asked, "status", json_integer(status));
    campaign_form_put(c, c->asked, wrong);
    web_ask(c, on_audiences, NULL, "GET", "/api/v1/audiences");
}

/* ---- again ---- */

/* "Thursday" that was used is "Thursday 2". */
static json_t *free_name(struct slice was, const json_t *campaigns)
{
    char name[CAMPAIGN_NAME_BYTES_MAX + 1];
    for (unsigned n = 2;; n++) {
        size_t i;
        const json_t *one;
        bool used = false;
        int room = was.n < NAME_KEPT_BYTES_MAX ? (int)was.n : NAME_KEPT_BYTES_MAX;
        (void)snprintf(name, sizeof name, "%.*s %u", room, was.p, n);
        json_array_foreach(campaigns, i, one) used |=
            slice_is(json_slice(json_object_get(one, "name")), name);
        if (!used) return json_text(slice_of(name));
    }
}

static void on_names(struct web_call *c, int status, const json_t *body)
{
    json_t *was = c->asked;
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_put(
        was, "name",
        free_name(json_slice(json_object_get(was, "name")), json_object_get(body, "campaigns")));
    if (campaign_refill(c, was)) campaign_form_show(c, 200, "", NULL);
}

static void on_body(struct web_call *c, int status, const json_t *body)
{
    const json_t *campaign = c->asked;
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *was = json_deep_copy(body);
    (void)json_object_del(was, "start");
    (void)json_object_del(was, "deadline");
    (void)json_object_del(was, "of");
    json_put(was, "audience", json_incref(json_object_get(campaign, "audience")));
    if (slice_is(web_query(c, "who"), "missed"))
        json_put(was, "of", json_incref(json_object_get(campaign, "id")));
    json_decref(c->asked);
    c->asked = was;
    web_ask(c, on_names, NULL, "GET", "/api/v1/campaigns");
}

static void on_from(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    c->asked = json_deep_copy(body);
    web_ask(c, on_body, NULL, "GET", "/api/v1/campaigns/%lld/body",
            (long long)json_integer_value(json_object_get(body, "id")));
}

/* ?from=7: what campaign 7 says; with who=missed, to those who did not get it. */
static void get_new(struct web_call *c)
{
    uint64_t from;
    if (slice_to_u64(web_query(c, "from"), UINT32_MAX, &from))
        web_ask(c, on_from, NULL, "GET", "/api/v1/campaigns/%llu", (unsigned long long)from);
    else
        campaign_form_show(c, 200, "", NULL);
}

static void post_new(struct web_call *c)
{
    campaign_form_show(c, 200, "", NULL);
}

enum { WRITES = NEEDS_STORE | IN_GROUP | PAGE };

static const struct route rows[] = {
    {"GET", "/campaigns/new", MAY_LAUNCH_CAMPAIGNS, WRITES, NULL, get_new},
    {"POST", "/campaigns/new", MAY_LAUNCH_CAMPAIGNS, WRITES | FORM, NULL, post_new},
};

const struct routes campaign_form_routes = {rows, COUNT_OF(rows)};
