/* /money: what the campaigns of a month have cost, by group. */
#include "web/organiser/organiser.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "flow/budget.h"
#include "web/organiser/campaign_words.h"
#include "web/page.h"

enum { MONTH_WORDS_BYTES = 32, HREF_BYTES = 32, YEAR_MAX = 9999 };

struct month {
    int year, number; /* 1…12 */
};

/* "2026-11", as the API has it. False: there is no such month. */
static bool read_month(struct slice text, struct month *ret)
{
    uint64_t year, number;
    if (text.n != 7 || !slice_to_u64(slice_make(text.p, 4), YEAR_MAX, &year) ||
        !slice_to_u64(slice_from(text, 5), 12, &number) || number == 0)
        return false;
    *ret = (struct month){(int)year, (int)number};
    return true;
}

static struct month month_plus(struct month m, int months)
{
    int all = m.year * 12 + m.number - 1 + months;
    return (struct month){all / 12, all % 12 + 1};
}

/* "November 2026" */
static json_t *month_words(struct month m)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    char text[MONTH_WORDS_BYTES];
    (void)snprintf(text, sizeof text, "%s %d", names[m.number - 1], m.year);
    return json_string(text);
}

static json_t *month_link(struct month m)
{
    char href[HREF_BYTES];
    (void)snprintf(href, sizeof href, "/money?month=%04d-%02d", m.year, m.number);
    return json_pack("{s:s,s:o}", "href", href, "label", month_words(m));
}

/* Before this one, and after it up to now. */
static void put_links(const struct web_call *c, json_t *data, struct month m)
{
    struct month now = m;
    json_t *links = json_array();
    (void)read_month(budget_purse(c->config->means->budget, c->now_ms)->month, &now);
    if (m.year > 0) json_list_add(links, month_link(month_plus(m, -1)));
    if (m.year * 12 + m.number < now.year * 12 + now.number)
        json_list_add(links, month_link(month_plus(m, 1)));
    json_put(data, "links", links);
}

static json_t *text_or_none(const json_t *row, const char *key)
{
    return json_text(json_slice(json_object_get(row, key)));
}

static void put_rows(json_t *data, const json_t *spent)
{
    size_t i;
    const json_t *one;
    json_t *rows = json_array();
    json_array_foreach(spent, i, one) json_list_add(
        rows, json_pack("{s:o,s:o,s:o,s:o}", "group", text_or_none(one, "group"), "spent",
                        text_or_none(one, "spent"), "budget", text_or_none(one, "budget"), "left",
                        text_or_none(one, "left")));
    words_put_list(data, "rows", rows);
    json_decref(rows);
}

static void on_money(struct web_call *c, int status, const json_t *body)
{
    struct month m;
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "What a month cost", "");
    put_rows(data, json_object_get(body, "spent"));
    if (read_month(json_slice(json_object_get(body, "month")), &m)) {
        json_put(data, "month", month_words(m));
        put_links(c, data, m);
    }
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/campaigns", "label", "Campaigns"));
    page_answer(c, PAGE_MONTH, 200, data);
}

/* The month of the page's query is the question's, too. */
static void get_month(struct web_call *c)
{
    web_ask(c, on_money, NULL, "GET", "/api/v1/money");
}

static const struct route rows[] = {
    {"GET", "/money", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP | PAGE, NULL, get_month},
};

const struct routes month_page_routes = {rows, COUNT_OF(rows)};
