#include "web/api/came_back.h"

#include "core/price.h"
#include "core/state.h"

static json_t *tags_json(struct slice tags)
{
    json_t *list = json_array();
    struct slice tag;
    while (slice_cut(&tags, ',', &tag))
        if (tag.n) json_list_add(list, json_text(tag));
    return list;
}

json_t *outcome_json(const struct came_back *o, uint32_t parts, int64_t millionths)
{
    static const struct came_back none = {0};
    if (!o) o = &none;
    json_t *out = json_object();
    json_put(out, "reply",
             o->replied_ms ? json_string(outcome_kind_to_string(outcome_kind_of(o->tags)))
                           : json_null());
    json_put_time(out, "replied_at", o->replied_ms);
    json_put_text(out, "words", o->words);
    json_put(out, "tags", tags_json(o->tags));
    json_put_text(out, "by", o->by);
    json_put_time(out, "opted_out_at", o->opted_out_ms);
    json_put(out, "parts", json_integer(parts));
    json_put(out, "amount", json_real((double)millionths / 1e6));
    return out;
}

/* ---- all of them ---- */

static void add_to(json_t *o, const char *key, json_int_t n)
{
    json_put(o, key, json_integer(json_integer_value(json_object_get(o, key)) + n));
}

static void add_country(struct outcome_tally *t, const char *country, json_int_t parts,
                        double amount)
{
    if (!t->countries) t->countries = json_object();
    if (!country) country = "unknown";
    json_t *one = json_object_get(t->countries, country);
    if (!one) json_put(t->countries, country, one = json_object());
    add_to(one, "recipients", 1);
    add_to(one, "parts", parts);
    json_put(one, "amount", json_real(json_number_value(json_object_get(one, "amount")) + amount));
}

static bool reached(const json_t *person)
{
    enum state s = STATE_PENDING;
    (void)state_from_string(json_slice(json_object_get(person, "state")), &s);
    return s == STATE_ACCEPTED || s == STATE_SENT || s == STATE_DELIVERED || s == STATE_READ;
}

void outcome_tally_add(struct outcome_tally *t, const json_t *person, const char *country)
{
    const json_t *o = json_object_get(person, "outcome");
    struct slice reply = json_slice(json_object_get(o, "reply"));
    json_int_t parts = json_integer_value(json_object_get(o, "parts"));
    double amount = json_number_value(json_object_get(o, "amount"));
    for (int kind = 0; reply.n && kind < OUTCOME_KIND_COUNT; kind++)
        t->kinds[kind] += slice_is(reply, outcome_kind_to_string((enum outcome_kind)kind));
    t->opted_out += !json_is_null(json_object_get(o, "opted_out_at"));
    t->no_reply += reply.n == 0 && reached(person);
    if (parts == 0) return;
    t->handed_over++;
    t->parts += (uint64_t)parts;
    t->millionths += (int64_t)(amount * 1e6 + 0.5);
    add_country(t, country, parts, amount);
}

json_t *outcome_tally_json(const struct outcome_tally *t, const char *currency)
{
    json_t *replies = json_object();
    for (int kind = 0; kind < OUTCOME_KIND_COUNT; kind++)
        json_put_count(replies, outcome_kind_to_string((enum outcome_kind)kind), t->kinds[kind]);
    json_t *price = json_pack("{s:s,s:f,s:O*}", "currency", currency, "amount",
                              (double)t->millionths / 1e6, "by_country", t->countries);
    if (!t->countries) json_put(price, "by_country", json_object());
    json_t *out = json_pack("{s:o,s:o}", "replies", replies, "price", price);
    json_put_count(out, "opted_out", t->opted_out);
    json_put_count(out, "no_reply", t->no_reply);
    json_put_count(out, "handed_over", t->handed_over);
    json_put_count(out, "parts", t->parts);
    return out;
}
