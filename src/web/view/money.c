/* What a campaign costs, as JSON: what the check found, its budget, what is spent, and what receipts
 * told. */
#include "web/view/view.h"

#include "core/money.h"
#include "store/campaign.h"

static void put(json_t *o, const char *key, uint64_t millionths, struct slice currency)
{
    char text[MONEY_BYTES];
    json_put(o, key, json_string(money_text((int64_t)millionths, currency, text)));
}

static json_t *told_json(const struct campaign *c)
{
    json_t *o = json_object();
    put(o, "cost", c->told_cost, c->currency);
    json_put_count(o, "cost_of", c->told_cost_of);
    json_put_count(o, "parts", c->told_parts);
    json_put_count(o, "parts_of", c->told_parts_of);
    return o;
}

json_t *view_money(const struct campaign *c)
{
    if (c->currency.n == 0) return json_null();
    json_t *o = json_object();
    json_put_text(o, "currency", c->currency);
    put(o, "price", c->price, c->currency);
    put(o, "spent", c->spent, c->currency);
    put(o, "spent_twice", c->spent_twice, c->currency);
    if (c->budget)
        put(o, "budget", c->budget, c->currency);
    else
        json_put(o, "budget", json_null());
    json_put(o, "told", told_json(c));
    return o;
}

void view_set_aside(json_t *shown, const struct campaign *c, int64_t millionths)
{
    json_t *o = json_object_get(shown, "money");
    uint64_t aside = (uint64_t)millionths < c->spent ? (uint64_t)millionths : c->spent;
    put(o, "set_aside", aside, c->currency);
    put(o, "paid", c->spent - aside, c->currency);
}
