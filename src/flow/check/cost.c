#include "cost.h"

#include "core/json.h"
#include "core/parts.h"

#include <string.h>

static void add_budget(struct check_cost *c, const char *which, const struct money *m)
{
    if (m->millionths > 0) c->budgets[c->budget_n++] = (struct cost_budget){which, *m, 0};
}

static void add_text(struct check_cost *c, const char *which, struct slice text)
{
    struct money m;
    if (text.n && money_parse(text, &m)) add_budget(c, which, &m);
}

void cost_init(struct check_cost *c, const struct check_input *input)
{
    const struct price *price = &input->account->price;
    *c = (struct check_cost){
        .price = price,
        .known = price->default_said || price->country_count > 0,
        .sms = strcmp(input->account->channel, "sms") == 0,
        .prices = campaign_prices_new(),
    };
    add_budget(c, "campaign", &input->budgets.campaign);
    c->budgets[0].spent = input->budgets.campaign_spent;
    add_text(c, "group", input->budgets.group);
    if (input->budgets.purse) add_text(c, "organisation", input->budgets.purse->organisation);
}

void cost_done(struct check_cost *c)
{
    campaign_prices_free(c->prices);
}

uint32_t cost_parts(const struct check_cost *c, const struct outgoing *out)
{
    struct parts p = {.parts = out != NULL};
    if (out && c->known && c->sms && !out->template_name.n) parts_count(out->text, &p);
    return p.parts;
}

void cost_row(struct check_cost *c, const char *country, uint32_t parts, bool left_out)
{
    int64_t price = c->known && parts ? (int64_t)parts * price_of(c->price, country) : 0;
    if (c->known && parts && !left_out && !price_is_known(c->price, country)) c->unpriced++;
    check(c->rows < COST_ROWS);
    c->row[c->rows++] = price;
    *(left_out ? &c->left_out : &c->total) += price;
}

void cost_block_end(struct check_cost *c)
{
    if (c->known) campaign_prices_add(c->prices, c->row, c->rows);
    if (c->left_out > c->slack) c->slack = c->left_out;
    c->rows = 0;
    c->left_out = 0;
}

int64_t cost_needed(const struct check_cost *c)
{
    return c->total + c->slack;
}

/* ---- budgets ---- */

bool cost_has_months(const struct check_cost *c)
{
    return c->known && c->budget_n > 0 &&
           strcmp(c->budgets[c->budget_n - 1].which, "campaign") != 0;
}

void cost_spent(struct check_cost *c, const struct month_spent *spent)
{
    for (size_t i = 0; i < c->budget_n; i++) {
        if (strcmp(c->budgets[i].which, "group") == 0) c->budgets[i].spent = spent->group;
        if (strcmp(c->budgets[i].which, "organisation") == 0)
            c->budgets[i].spent = spent->organisation;
    }
}

bool cost_suffices(const struct check_cost *c, const struct cost_budget *b)
{
    return c->known && c->unpriced == 0 && strcmp(b->budget.currency, c->price->currency) == 0 &&
           cost_needed(c) <= b->budget.millionths - b->spent;
}

static void put_money(json_t *o, const char *key, int64_t millionths, const char *currency)
{
    char text[MONEY_BYTES];
    json_put(o, key, json_string(money_text(millionths, slice_of(currency), text)));
}

json_t *cost_budgets_json(const struct check_cost *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->budget_n; i++) {
        const struct cost_budget *b = &c->budgets[i];
        json_t *one = json_object();
        json_put(one, "which", json_string(b->which));
        put_money(one, "budget", b->budget.millionths, b->budget.currency);
        put_money(one, "spent", b->spent, b->budget.currency);
        put_money(one, "left", b->budget.millionths - b->spent, b->budget.currency);
        json_put(one, "suffices", json_boolean(cost_suffices(c, b)));
        json_list_add(list, one);
    }
    return list;
}
