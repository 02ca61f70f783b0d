/* /campaigns/{id}/report: what came of it, in words. */
#include "web/organiser/organiser.h"

#include "core/json.h"
#include "core/state.h"
#include "web/api/api.h"
#include "web/organiser/campaign_message.h"
#include "web/organiser/campaign_words.h"
#include "web/local_time.h"
#include "web/page.h"

static void put_figures(json_t *data, const json_t *report)
{
    static const struct {
        const char *label, *key;
    } kinds[] = {{"said yes", "yes"},
                 {"said no", "no"},
                 {"asked something", "question"},
                 {"wrote something else", "other"}},
      rest[] = {{"did not answer", "no_reply"}, {"opted out", "opted_out"}};
    json_t *list = json_array();
    const json_t *replies = json_object_get(report, "replies");
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        json_list_add(list, json_pack("{s:s,s:s,s:o}", "kind", "", "label", kinds[i].label, "n",
                                      words_count(json_object_get(replies, kinds[i].key))));
    for (size_t i = 0; i < COUNT_OF(rest); i++)
        json_list_add(list, json_pack("{s:s,s:s,s:o}", "kind", "", "label", rest[i].label, "n",
                                      words_count(json_object_get(report, rest[i].key))));
    json_put(data, "figures", list);
}

static void put_countries(json_t *data, const json_t *price)
{
    const char *country;
    json_t *one, *list = json_array();
    json_object_foreach(json_object_get(price, "by_country"), country, one)
    {
        json_t *row = json_deep_copy(one);
        json_put(row, "currency", json_incref(json_object_get(price, "currency")));
        json_t *cost = words_price(row);
        json_list_add(list, json_pack("{s:s,s:o,s:o,s:o}", "country", country, "people",
                                      words_count(json_object_get(one, "recipients")), "parts",
                                      words_count(json_object_get(one, "parts")), "price",
                                      json_is_null(cost) ? json_string("–") : cost));
        json_decref(row);
    }
    words_put_list(data, "countries", list);
    json_decref(list);
}

/* What receipts told of, as far as they did. */
static void put_told(json_t *data, const json_t *status)
{
    const json_t *told = json_object_get(json_object_get(status, "money"), "told");
    bool cost = json_integer_value(json_object_get(told, "cost_of")) > 0;
    bool parts = json_integer_value(json_object_get(told, "parts_of")) > 0;
    json_t *o = cost || parts ? json_object() : NULL;
    if (cost) {
        json_put(o, "told_cost", json_incref(json_object_get(told, "cost")));
        json_put(o, "cost_of", words_people(json_object_get(told, "cost_of")));
    }
    if (parts) {
        json_put(o, "told_parts", words_counted(json_object_get(told, "parts"), "part", "parts"));
        json_put(o, "parts_of", words_people(json_object_get(told, "parts_of")));
    }
    if (o) json_put(o, "both", json_boolean(cost && parts));
    if (o) json_put(data, "told", o);
}

/* ---- what it said: each text, and how many got it ---- */

static json_t *text_json(const json_t *message, uint64_t people, const char *until)
{
    json_t *n = json_integer((json_int_t)people);
    json_t *o = json_pack("{s:o,s:s,s:o}", "people", words_people(n), "until", until, "bubbles",
                          campaign_message_bubbles(message));
    json_decref(n);
    return o;
}

/* Whom any text was sent to: each of them got one. */
static uint64_t sent_to(const json_t *counts)
{
    static const enum state sent[] = {STATE_UNKNOWN,   STATE_ACCEPTED, STATE_SENT,
                                      STATE_DELIVERED, STATE_READ,     STATE_UNDELIVERED};
    uint64_t sum = 0;
    for (size_t i = 0; i < COUNT_OF(sent); i++)
        sum += (uint64_t)json_integer_value(json_object_get(counts, state_to_string(sent[i])));
    return sum;
}

static void answer(struct web_call *c)
{
    json_t *data = c->asked;
    c->asked = NULL;
    page_answer(c, PAGE_CAMPAIGN_REPORT, 200, data);
}

/* What it says now is the last. */
static void on_body(struct web_call *c, int status, const json_t *body)
{
    if (status == 200) {
        json_t *list = json_object_get(c->asked, "texts");
        uint64_t all = (uint64_t)json_integer_value(json_object_get(c->asked, "sent_to")),
                 before = (uint64_t)json_integer_value(json_object_get(c->asked, "sent_before"));
        json_list_add(
            list, text_json(json_object_get(body, "message"), all > before ? all - before : 0, ""));
        json_put(c->asked, "any_texts", json_true());
    }
    answer(c);
}

static void on_texts(struct web_call *c, int status, const json_t *body)
{
    size_t i;
    const json_t *one;
    uint64_t before = 0;
    json_t *list = json_array();
    json_array_foreach(json_object_get(body, "texts"), i, one)
    {
        char until[LOCAL_TIME_BYTES];
        json_int_t people = json_integer_value(json_object_get(one, "people"));
        before += (uint64_t)people;
        local_time_show_iso(c, json_object_get(one, "until"), until);
        json_list_add(list, text_json(json_object_get(one, "message"), (uint64_t)people, until));
    }
    words_put_list(c->asked, "texts", list);
    json_decref(list);
    json_put(c->asked, "sent_before", json_integer((json_int_t)before));
    if (status == 200)
        web_ask(c, on_body, NULL, "GET", "/api/v1/campaigns/%u/body", c->id);
    else
        answer(c);
}

static void on_report(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Report", "");
    campaign_put_words(c, data, json_object_get(body, "campaign"));
    put_figures(data, body);
    put_told(data, json_object_get(body, "campaign"));
    json_put(data, "price", words_price(json_object_get(body, "price")));
    json_put(
        data, "no_prices",
        json_boolean(json_is_null(json_object_get(json_object_get(body, "campaign"), "money"))));
    json_put(data, "handed_over", words_people(json_object_get(body, "handed_over")));
    json_put(data, "parts", words_counted(json_object_get(body, "parts"), "part", "parts"));
    put_countries(data, json_object_get(body, "price"));
    json_put(data, "sent_to",
             json_integer((json_int_t)sent_to(
                 json_object_get(json_object_get(body, "campaign"), "counts"))));
    c->asked = data;
    web_ask(c, on_texts, NULL, "GET", "/api/v1/campaigns/%u/texts", c->id);
}

static void get_report(struct web_call *c)
{
    web_ask(c, on_report, NULL, "GET", "/api/v1/campaigns/%u/report", c->id);
}

static const struct route rows[] = {
    {"GET", "/campaigns/{id}/report", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP | PAGE | WITH_ID,
     NULL, get_report},
    {"GET", "/campaigns/{id}/report.csv", MAY_SEE_NUMBERS,
     NEEDS_STORE | IN_GROUP | PAGE | WITH_ID | AUDITED, NULL, api_send_report_csv},
};

const struct routes campaign_report_routes = {rows, COUNT_OF(rows)};
