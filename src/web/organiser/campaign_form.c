/* "New campaign". What was typed comes back with every problem; without JavaScript a button shows the
 * preview, with it compose.js asks for the same page while one types. */
#include "web/organiser/campaign_form.h"

#include "flow/message.h"
#include "flow/campaign_body.h"
#include "flow/campaign_keys.h"
#include "web/organiser/campaign_message.h"
#include "web/organiser/campaign_lists.h"
#include "web/organiser/campaign_refill.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/lent_lists.h"
#include "web/local_time.h"
#include "web/organiser/organiser.h"
#include "web/organiser/texted.h"
#include "web/own.h"
#include "web/page.h"

#include <sodium.h>
#include <stdio.h>

enum { SEED_BYTES = 16, NAME_KEPT_BYTES_MAX = 100, SENDER_LABEL_BYTES = 160, RANGE_BYTES = 96 };

/* What is carried from page to page, besides the keys of a campaign (flow/campaign_keys.h). */
static const char *const others[] = {"text", "smart",      "template",   "language",   "params",
                                     "seed", "confirm_27", "confirm_31", "confirm_33", "base"};

/* Rules that no program can know of: who ticked them says that they are seen to. */
static const struct {
    const char *field;
    int rule;
} confirmable[] = {{"confirm_27", 27}, {"confirm_31", 31}, {"confirm_33", 33}};

static struct slice field(const struct web_call *c, const char *name)
{
    return slice_trim(web_field(c, name));
}

/* Each field of the form, and what was typed there. */
static void each_field(const struct web_call *c, campaign_field_cb *take, void *arg)
{
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++)
        if (campaign_keys[i].where & CAMPAIGN_ON_PAGE)
            take(arg, campaign_keys[i].name, web_field(c, campaign_keys[i].name));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        take(arg, others[i], web_field(c, others[i]));
}

static void hide(void *list, const char *name, struct slice value)
{
    json_list_add(list, json_pack("{s:s,s:o}", "name", name, "value", json_text(value)));
}

json_t *campaign_form_hidden(const struct web_call *c)
{
    json_t *list = campaign_message_more(c, false), *templates = campaign_message_more(c, true);
    (void)json_array_extend(list, templates);
    json_decref(templates);
    each_field(c, hide, list);
    return list;
}

/* ---- the campaign ---- */

static const struct account *account_of(const struct web_call *c)
{
    return accounts_find(c->config->accounts, field(c, "gateway"));
}

static bool wants_template(const struct web_call *c)
{
    const struct account *a = account_of(c);
    return a && strcmp(a->channel, "whatsapp") == 0;
}

/* A form that is read: the campaign that it says, and what is wrong with it. */
struct reading {
    const struct web_call *c;
    json_t *said, *wrong; /* wrong: {field: sentence}; NULL: nothing */
};

static void is_wrong(struct reading *r, const char *name, const char *text)
{
    if (!r->wrong) r->wrong = json_object();
    if (!json_object_get(r->wrong, name)) json_put(r->wrong, name, json_string(text));
}

static void read_text(struct reading *r, const char *name)
{
    if (field(r->c, name).n) json_put(r->said, name, json_text(field(r->c, name)));
}

static void read_needed(struct reading *r, const char *name, const char *missing)
{
    if (field(r->c, name).n == 0) is_wrong(r, name, missing);
    json_put(r->said, name, json_text(field(r->c, name)));
}

static void read_time(struct reading *r, const char *name)
{
    struct err e;
    int64_t at_ms;
    if (field(r->c, name).n == 0) return;
    if (local_time_read(r->c, field(r->c, name), &at_ms, &e) < 0)
        is_wrong(r, name, e.text);
    else
        json_put(r->said, name, json_time(at_ms));
}

static void read_number(struct reading *r, const struct campaign_key *k)
{
    uint64_t n;
    char range[RANGE_BYTES];
    if (field(r->c, k->name).n == 0) return;
    (void)snprintf(range, sizeof range, "A whole number from %llu to %llu, please.",
                   (unsigned long long)k->least, (unsigned long long)k->most);
    if (slice_to_u64(field(r->c, k->name), k->most, &n) && n >= k->least)
        json_put(r->said, k->name, json_integer((json_int_t)n));
    else
        is_wrong(r, k->name, range);
}

static void read_key(struct reading *r, const struct campaign_key *k)
{
    if (k->kind == CAMPAIGN_KEY_NUMBER)
        read_number(r, k);
    else if (k->kind == CAMPAIGN_KEY_TIME)
        read_time(r, k->name);
    else
        read_text(r, k->name);
}

/* ---- what the form says otherwise than the API ---- */

static void read_confirmed(struct reading *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(confirmable); i++)
        if (field(r->c, confirmable[i].field).n)
            json_list_add(list, json_integer(confirmable[i].rule));
    if (json_array_size(list))
        json_put(r->said, "confirmed", list);
    else
        json_decref(list);
}

static void read_cap(struct reading *r)
{
    if (field(r->c, "cap_why").n) json_put(r->said, "cap", json_string("exempt"));
}

/* Once more to those who did not get that campaign. */
static void read_of(struct reading *r)
{
    uint64_t of;
    if (!slice_to_u64(field(r->c, "of"), UINT32_MAX, &of) || of == 0) {
        (void)json_object_del(r->said, "of");
        return;
    }
    json_put(r->said, "only",
             json_pack("[s,s,s,s]", "undelivered", "refused", "expired", "cancelled"));
}

static void read_lane(struct reading *r)
{
    if (field(r->c, "lane").n == 0) json_put(r->said, "lane", json_string("blast"));
}

json_t *campaign_form_read(const struct web_call *c, json_t **ret_wrong)
{
    struct reading r = {.c = c, .said = json_object()};
    read_needed(&r, "name", "Give it a name. Only you and the others here see it.");
    read_needed(&r, "audience", "Choose who gets it.");
    read_needed(&r, "gateway", "Choose the provider account.");
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++)
        if (campaign_keys[i].where & CAMPAIGN_ON_PAGE) read_key(&r, &campaign_keys[i]);
    json_put(r.said, "message", campaign_message_read(c, wants_template(c), &r.wrong));
    read_confirmed(&r);
    read_cap(&r);
    read_of(&r);
    read_lane(&r);
    *ret_wrong = r.wrong;
    return r.said;
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
                                         {"service", "About something they asked for"},
                                         {"news", "News, a newsletter"},
                                         {"action", "Asks them to do something"}};
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(all); i++)
        json_list_add(list,
                      option_json(all[i][0], slice_of(all[i][1]), slice_is(chosen, all[i][0])));
    return list;
}

static void type(void *typed, const char *name, struct slice value)
{
    json_put(typed, name, json_text(value));
}

static void put_typed(const struct web_call *c, json_t *data, const json_t *wrong)
{
    char seed[SEED_BYTES];
    json_t *typed = json_object();
    each_field(c, type, typed);
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
    json_t *more = campaign_message_more(c, wants_template(c));
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

static void on_texted(struct web_call *c, int status, const json_t *body)
{
    texted_put(c->asked, status, body);
    answer(c);
}

/* Of the list that is chosen, and not of those of it who missed a campaign. */
static void count_texted(struct web_call *c)
{
    const json_t *chosen = json_object_get(c->asked, "chosen_list");
    bool cheap = texted_is_cheap((uint64_t)json_integer_value(json_object_get(chosen, "blocks")));
    bool counts = json_is_object(chosen) && field(c, "of").n == 0;
    json_put(c->asked, "may_count", json_boolean(counts && !cheap && field(c, "texted").n == 0));
    if (counts && (cheap || field(c, "texted").n > 0))
        web_ask(c, on_texted, NULL, "GET", "/api/v1/audiences/%lld/texted",
                (long long)json_integer_value(json_object_get(chosen, "id")));
    else
        answer(c);
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
    count_texted(c);
}

/* Nobody's text is shown of a list that is lent: it has counts and fields. */
static bool is_lent(const struct web_call *c)
{
    return json_is_true(json_object_get(c->asked, "lent"));
}

static void ask_preview(struct web_call *c)
{
    json_t *wrong;
    if (is_lent(c) || field(c, "audience").n == 0 || !account_of(c)) {
        count_texted(c);
        return;
    }
    json_t *campaign = campaign_form_read(c, &wrong);
    json_decref(wrong);
    json_t *ask = campaign_form_preview(c, campaign);
    json_decref(campaign);
    web_ask(c, on_preview, ask, "POST", "/api/v1/campaigns/preview");
}

static void on_loans(struct web_call *c, int status, const json_t *body)
{
    if (status == 200) lent_put_options(c->asked, field(c, "audience"), body);
    ask_preview(c);
}

static void on_audiences(struct web_call *c, int status, const json_t *body)
{
    campaign_lists_put(c->asked, field(c, "audience"), json_object_get(body, "audiences"));
    json_put(c->asked, "no_lists",
             json_boolean(status == 200 &&
                          json_array_size(json_object_get(c->asked, "audiences")) == 0));
    web_ask(c, on_loans, NULL, "GET", "/api/v1/loans?side=borrowed&limit=200");
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
    web_ask(c, on_audiences, NULL, "GET", "/api/v1/audiences?limit=200");
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

static void on_list(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    char id[16];
    (void)snprintf(id, sizeof id, "%lld",
                   (long long)json_integer_value(json_object_get(body, "id")));
    json_t *is = json_pack("{s:s,s:{}}", "audience", id, "message");
    if (campaign_refill(c, is)) campaign_form_show(c, 200, "", NULL);
    json_decref(is);
}

/* ?from=7: what campaign 7 says; with who=missed, to those who did not get it. ?list=4: to list 4. */
static void get_new(struct web_call *c)
{
    uint64_t id;
    if (slice_to_u64(web_query(c, "from"), UINT32_MAX, &id))
        web_ask(c, on_from, NULL, "GET", "/api/v1/campaigns/%llu", (unsigned long long)id);
    else if (slice_to_u64(web_query(c, "list"), UINT32_MAX, &id))
        web_ask(c, on_list, NULL, "GET", "/api/v1/audiences/%llu", (unsigned long long)id);
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
