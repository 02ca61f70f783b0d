/* A report as the API shows it. */
#include "report.h"

#include "base/clock.h"
#include "core/number.h"

#include <stdio.h>

static void set(json_t *object, const char *key, json_t *value)
{
    check(value && json_object_set_new(object, key, value) == 0);
}

static json_t *count_json(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *examples_json(const struct tally_finding *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->shown; i++) {
        char mask[NUMBER_MASK_BYTES] = "?";
        if (number_is_valid(f->people[i].number)) number_mask(f->people[i].number, mask);
        json_t *one =
            json_pack("{s:I,s:s}", "index", (json_int_t)f->people[i].index, "number", mask);
        check(one && json_array_append_new(list, one) == 0);
    }
    return list;
}

static json_t *text_json(struct slice s)
{
    json_t *text = json_stringn(s.p ? s.p : "", s.n);
    return text ? text : json_string("?");
}

static json_t *missing_json(const struct tally *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->field_count; i++) {
        const struct tally_field *f = &t->fields[i];
        bool absent = f->column < 0;
        if (!absent && f->empty.count == 0) continue;
        json_t *one = json_object();
        set(one, "field", text_json(slice_of(f->name)));
        set(one, "count", count_json(absent ? t->recipients : f->empty.count));
        set(one, "examples", examples_json(&f->empty));
        check(json_array_append_new(list, one) == 0);
    }
    return list;
}

static json_t *parts_json(const struct tally *t)
{
    json_t *parts = json_object();
    for (size_t i = 1; t->sms && i < TALLY_PARTS_COUNTED; i++) {
        char key[8];
        (void)snprintf(key, sizeof key, "%zu", i);
        if (t->parts[i]) set(parts, key, count_json(t->parts[i]));
    }
    return parts;
}

static json_t *encodings_json(const struct tally *t)
{
    json_t *encodings = json_object();
    for (size_t i = 0; t->sms && i < COUNT_OF(t->encodings); i++)
        set(encodings, parts_encoding_to_string((enum parts_encoding)i),
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
        set(one, "recipients", count_json(t->countries[i].recipients));
        set(one, "parts", count_json(t->countries[i].parts));
        set(one, "amount", json_real((double)cost / 1e6));
        set(countries, country ? country : "unknown", one);
        millionths += cost;
    }
    json_t *price = json_object();
    set(price, "currency", text_json(slice_of(r->account->price.currency)));
    set(price, "amount", json_real((double)millionths / 1e6));
    set(price, "by_country", countries);
    return price;
}

static json_t *finish_json(const struct check_report *r)
{
    char at[CLOCK_ISO_BYTES];
    if (!r->forecast.ends) return json_null();
    clock_iso(report_finish_ms(r), at);
    return json_pack("{s:I,s:s}", "seconds", (json_int_t)(report_finish_ms(r) - r->start_ms) / 1000,
                     "at", at);
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
    set(out, "ok", json_boolean(check_report_ok(r)));
    set(out, "errors", json_deep_copy(r->errors));
    set(out, "warnings", json_deep_copy(r->warnings));
    set(out, "recipients", count_json(t->recipients));
    set(out, "suppressed", count_json(r->suppressed));
    set(out, "held", count_json(r->held));
    set(out, "missing", missing_json(t));
    set(out, "parts", parts_json(t));
    set(out, "encodings", encodings_json(t));
    set(out, "parts_total", count_json(t->parts_total));
    set(out, "price", price_json(r));
    set(out, "hours", text_json(slice_of(r->hours.any ? "any" : r->hours_text)));
    set(out, "start", start_json(r));
    set(out, "finish", finish_json(r));
    set(out, "sample", text_json(buf_slice(&t->sample)));
    return out;
}
