/* The form of a campaign, filled with what was typed. Without JavaScript a button shows the
 * preview, with it compose.js asks for the same page while one types. */
#include "web/organiser/campaign_form.h"

#include "flow/message.h"
#include "web/organiser/campaign_message.h"
#include "web/organiser/campaign_typed.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/lent_lists.h"
#include "web/organiser/list_options.h"
#include "web/local_time.h"
#include "web/organiser/organiser.h"
#include "web/organiser/texted.h"
#include "web/own.h"
#include "web/page.h"

#include <sodium.h>
#include <stdio.h>

enum { SEED_BYTES = 16, SENDER_LABEL_BYTES = 160 };

static void put_accounts(const struct web_call *c, json_t *data)
{
    const struct accounts *all = c->config->accounts;
    json_t *list = json_array();
    for (size_t i = 0; i < all->count; i++) {
        const char *name = all->list[i].name;
        if (own_account(c, &all->list[i])) page_option(list, name, name, web_typed(c, "gateway"));
    }
    json_put(data, "one_account", json_boolean(json_array_size(list) == 1));
    json_put(data, "accounts", list);
}

static void put_senders_of(const struct web_call *c, const struct account *a, json_t *list)
{
    char label[SENDER_LABEL_BYTES];
    for (size_t i = 0; i < a->sender_count && a->sender_count > 1; i++) {
        (void)snprintf(label, sizeof label, "%s (%s)", a->senders[i], a->name);
        page_option(list, a->senders[i], label, web_typed(c, "sender"));
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
        page_option(list, all[i][0], all[i][1], chosen);
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
    campaign_typed_each(c, type, typed);
    if (web_typed(c, "seed").n == 0 || web_typed(c, "other").n) {
        (void)snprintf(seed, sizeof seed, "%u", 1 + randombytes_uniform(INT32_MAX - 1));
        json_put(typed, "seed", json_string(seed));
    }
    if (web_typed(c, "insert").n) { /* a field's button, without JavaScript */
        struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
        buf_add_slice(&text, web_field(c, "text"));
        buf_addf(&text, "{{%.*s}}", SLICE_ARG(web_typed(c, "insert")));
        json_put(typed, "text", json_text(buf_slice(&text)));
        buf_done(&text);
    }
    json_put(data, "kinds", kinds(web_typed(c, "kind")));
    json_put(typed, "reminder", json_boolean(slice_is(web_typed(c, "lane"), "reminder")));
    json_put(data, "typed", typed);
    json_t *more = campaign_message_more(c, campaign_typed_template(c));
    words_put_list(data, "more", more);
    json_decref(more);
    json_put(data, "wrong", wrong ? json_deep_copy(wrong) : json_object());
    json_put(data, "by_template", json_boolean(campaign_typed_template(c)));
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
    bool counts = json_is_object(chosen) && web_typed(c, "of").n == 0;
    json_put(c->asked, "may_count",
             json_boolean(counts && !cheap && web_typed(c, "texted").n == 0));
    if (counts && (cheap || web_typed(c, "texted").n > 0))
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
        json_put(data, "recipients", words_people(json_object_get(body, "recipients")));
        json_put(data, "costly", json_incref(json_object_get(body, "costly")));
        words_put_list(data, "columns", json_object_get(body, "columns"));
        json_put(data, "missing", json_incref(json_object_get(body, "missing")));
        json_put(data, "preview", json_true());
    } else if (web_typed(c, "text").n || web_typed(c, "template").n) {
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
    if (is_lent(c) || web_typed(c, "audience").n == 0 || !campaign_typed_account(c)) {
        count_texted(c);
        return;
    }
    json_t *campaign = campaign_typed_read(c, &wrong);
    json_decref(wrong);
    json_t *ask = campaign_typed_preview(c, campaign);
    json_decref(campaign);
    web_ask(c, on_preview, ask, "POST", "/api/v1/campaigns/preview");
}

static void on_loans(struct web_call *c, int status, const json_t *body)
{
    if (status == 200) lent_put_options(c->asked, web_typed(c, "audience"), body);
    ask_preview(c);
}

static void on_audiences(struct web_call *c, int status, const json_t *body)
{
    const json_t *chosen = list_options_put(c->asked, web_typed(c, "audience"), SLICE_NONE, body);
    if (chosen) json_put(c->asked, "chosen_list", json_deep_copy(chosen));
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
