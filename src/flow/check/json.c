/* A report as the API shows it. */
#include "report.h"

#include "base/clock.h"
#include "core/json.h"

#include <stdio.h>

static json_t *count_json(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *missing_json(const struct check_report *r)
{
    json_t *list = json_array();
    const struct tally *t = &r->tally;
    for (size_t i = 0; i < t->field_count; i++) {
        const struct tally_field *f = &t->fields[i];
        bool absent = f->column == MESSAGE_COLUMN_MISSING; /* of 'nearest' its own findings tell */
        if (!absent && f->empty.count == 0) continue;
        json_t *one = json_object();
        json_put(one, "field", json_text(slice_of(f->name)));
        json_put(one, "count", count_json(absent ? t->recipients : f->empty.count));
        json_put(one, "examples", report_people_json(r, &f->empty));
        json_list_add(list, one);
    }
    return list;
}

static json_t *parts_json(const struct tally *t)
{
    json_t *parts = json_object();
    for (size_t i = 1; t->sms && i < TALLY_PARTS_COUNTED; i++) {
        char key[8];
        (void)snprintf(key, sizeof key, "%zu", i);
        if (t->parts[i]) json_put(parts, key, count_json(t->parts[i]));
    }
    return parts;
}

static json_t *encodings_json(const struct tally *t)
{
    json_t *encodings = json_object();
    for (size_t i = 0; t->sms && i < COUNT_OF(t->encodings); i++)
        json_put(encodings, parts_encoding_to_string((enum parts_encoding)i),
                 count_json(t->encodings[i]));
    return encodings;
}

static json_t *price_json(const struct check_report *r)
{
    const struct tally *t = &r->tally;
    json_t *countries = json_object();
    int64_t millionths = 0;
    for (size_t i = 0; i < TALLY_COUNTRIES; i++) {
        if (t->countries[i].recipients == 0) continue;
        char space[3];
        const char *country = tally_country(i, space);
        int64_t cost = (int64_t)t->countries[i].parts * price_of(&r->account->price, country);
        json_t *one = json_object();
        json_put(one, "recipients", count_json(t->countries[i].recipients));
        json_put(one, "parts", count_json(t->countries[i].parts));
        json_put(one, "amount", json_real((double)cost / 1e6));
        json_put(countries, country ? country : "unknown", one);
        millionths += cost;
    }
    json_t *price = json_object();
    json_put(price, "currency", json_text(slice_of(r->account->price.currency)));
    json_put(price, "amount", json_real((double)millionths / 1e6));
    json_put(price, "by_country", countries);
    return price;
}

static json_t *start_json(const struct check_report *r)
{
    char at[CLOCK_ISO_BYTES];
    if (r->asked_start_ms == 0) return json_null();
    clock_iso(r->start_ms, at);
    return json_string(at);
}

json_t *check_report_json(const struct check_report *r)
{
    const struct tally *t = &r->tally;
    json_t *out = json_object();
    json_put(out, "ok", json_boolean(check_report_ok(r)));
    json_put(out, "findings", report_findings_json(r, FINDING_BLOCK, FINDING_NOTE));
    json_put(out, "errors", report_findings_json(r, FINDING_BLOCK, FINDING_BLOCK));
    json_put(out, "warnings", report_findings_json(r, FINDING_APPROVE, FINDING_NOTE));
    json_put(out, "recipients", count_json(t->recipients));
    json_put(out, "suppressed", count_json(r->suppressed));
    json_put(out, "held", count_json(r->held));
    json_put(out, "unagreed", count_json(r->unagreed));
    json_put(out, "texted_enough", count_json(r->capped));
    json_put(out, "exempted", count_json(r->exempted));
    json_put(out, "missing", missing_json(r));
    json_put(out, "parts", parts_json(t));
    json_put(out, "encodings", encodings_json(t));
    json_put(out, "parts_total", count_json(t->parts_total));
    json_put(out, "price", price_json(r));
    json_put(out, "budgets", cost_budgets_json(&r->cost));
    json_put(out, "hours", json_text(slice_of(r->hours.any ? "any" : r->hours_text)));
    json_put(out, "start", start_json(r));
    json_put(out, "finish", report_finish_json(r));
    json_put(out, "sample", json_text(r->nameless ? SLICE_LIT("") : buf_slice(&t->sample)));
    return out;
}
