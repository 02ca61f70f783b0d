/* From figures to sentences: each finding has a level and a code for programs, the
 * number of people it concerns, the first of them, and the mend. */
#include "report.h"

#include "base/nearest.h"
#include "core/memo.h"
#include "flow/held.h"

#include "text.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { SENTENCE_BYTES_MAX = 4096, COLUMNS_SHOWN = 40 };

struct check_report *report_new(const struct check_input *input)
{
    struct check_report *r = xcalloc(1, sizeof *r);
    r->audience = audience_info_dup(input->audience);
    r->organisation = xstrdup(input->organisation);
    r->account = input->account;
    r->hours_text = slice_strdup(input->hours_text);
    r->hours_unsaid = input->hours_unsaid;
    r->need = input->consent;
    r->consent_columns = consent_columns_of(r->audience->columns, r->audience->column_count);
    r->zones = input->zones;
    r->late_why = slice_strdup(slice_trim(input->late_why));
    if (input->memory) r->memory = *input->memory;
    if (input->hours) r->hours = *input->hours;
    r->hours.any |= !input->hours;
    r->zone_column = zone_column(r->audience);
    r->senders = senders_named(r->account, input->senders);
    r->rate_per_s = senders_rate_per_s(r->account, &r->senders);
    r->start_ms = input->start_ms > input->now_ms ? input->start_ms : input->now_ms;
    r->asked_start_ms = input->start_ms;
    r->named = input->named;
    if (input->approval) r->approval = *input->approval;
    r->approval_again = slice_strdup(input->approval_again);
    r->canary = input->canary;
    r->loosens = input->loosens;
    r->nameless = input->nameless;
    r->written = input->nameless ? slice_strdup(input->message) : NULL;
    r->lane = input->lane;
    r->answer_ms = input->answer_ms;
    r->cap = input->cap;
    r->exempt = input->exempt;
    r->deadline_ms = input->deadline_ms;
    r->now_ms = input->now_ms;
    for (size_t i = 0; i < FINDING_LEVELS; i++)
        r->findings[i] = json_array();
    cost_init(&r->cost, input);
    r->month = slice_strdup(input->budgets.purse ? input->budgets.purse->month : SLICE_NONE);
    tally_init(&r->tally, strcmp(r->account->channel, "sms") == 0, r->audience->columns,
               r->audience->column_count, slice_of(r->organisation), input->keywords);
    r->looks = memo_new(sizeof(struct look));
    r->consents = memo_new(sizeof(uint64_t));
    r->law = law_tally_new(r, input);
    r->words = input->words;
    r->where = where_columns_of(r->audience->columns, r->audience->column_count);
    return r;
}

void report_free(struct check_report *r)
{
    if (!r) return;
    tally_done(&r->tally);
    memo_free(r->looks);
    memo_free(r->consents);
    law_tally_free(r->law);
    cost_done(&r->cost);
    free(r->month);
    audience_info_free(r->audience);
    free(r->organisation);
    free(r->hours_text);
    free(r->zone);
    free(r->late_why);
    free(r->approval_again);
    free(r->written);
    outlook_free(r->outlook);
    for (size_t i = 0; i < FINDING_LEVELS; i++)
        json_decref(r->findings[i]);
    free(r);
}

/* Nothing of it depends on whose text it is. */
static const struct look *look_at(struct check_report *r, const char *country, struct slice text)
{
    bool known;
    struct look *look = memo_of(r->looks, country, text, &known);
    if (known) return look;
    tally_look(&r->tally, text, look);
    law_tally_look(r->law, country, text, look);
    return look;
}

uint32_t report_add(struct check_report *r, const struct check_person *p,
                    const struct outgoing *out)
{
    bool text = out && out->template_name.n == 0;
    const struct look *look = text ? look_at(r, p->country, out->text) : NULL;
    tally_add(&r->tally, p, out, look);
    law_tally_add(r->law, r->consents, p, out, look);
    report_add_zone(r, p);
    return look ? look->parts : out != NULL;
}

const struct campaign_prices *check_report_prices(const struct check_report *r)
{
    return r->cost.known ? r->cost.prices : NULL;
}

uint64_t check_report_price(const struct check_report *r)
{
    return (uint64_t)r->cost.total;
}

/* ---- what blocks ---- */

static void list_columns(const struct check_report *r, struct buf *b)
{
    const struct audience_info *a = r->audience;
    if (a->column_count == 0) buf_add_cstr(b, "none");
    for (size_t i = 0; i < a->column_count && i < COLUMNS_SHOWN; i++)
        buf_addf(b, "%s%.*s", i ? ", " : "", SLICE_ARG(a->columns[i]));
    if (a->column_count > COLUMNS_SHOWN) buf_add_cstr(b, ", …");
}

static void judge_columns(struct check_report *r)
{
    const struct audience_info *a = r->audience;
    struct buf columns = BUF_INIT(SENTENCE_BYTES_MAX / 2);
    list_columns(r, &columns);
    for (size_t i = 0; i < r->tally.field_count; i++) {
        const struct tally_field *f = &r->tally.fields[i];
        if (f->column != MESSAGE_COLUMN_MISSING || judge_nearest_name(r, f->name)) continue;
        struct slice near = nearest_slice(slice_of(f->name), a->columns, a->column_count);
        report_say(r, FINDING_BLOCK, "no_column",
                   "{{%s}}: the audience '%.*s' has no such column%s%.*s%s; it has: %s", f->name,
                   SLICE_ARG(a->name), near.n ? " (did you mean {{" : "", SLICE_ARG(near),
                   near.n ? "}}?)" : "", columns.p);
    }
    buf_done(&columns);
}

static void judge_nobody(struct check_report *r)
{
    if (r->unagreed > 0)
        report_say(r, FINDING_BLOCK, "nobody",
                   "nobody of the audience '%.*s' who may be texted has agreed to it: there is "
                   "nobody to send to",
                   SLICE_ARG(r->audience->name));
    else if (r->suppressed + r->held + r->capped > 0)
        report_say(r, FINDING_BLOCK, "nobody",
                   "everybody of the audience '%.*s' has opted out, is held, or was texted enough: "
                   "there is nobody to send to",
                   SLICE_ARG(r->audience->name));
    else
        report_say(r, FINDING_BLOCK, "nobody",
                   "the audience '%.*s' is empty: there is nobody to send to",
                   SLICE_ARG(r->audience->name));
}

/* What some of them would get cannot be sent, or should not. */
static void judge_messages(struct check_report *r)
{
    const struct tally *t = &r->tally;
    char who[WHOM_BYTES];
    if (t->unrendered.count)
        report_say_of(r, &t->unrendered, FINDING_BLOCK, "not_rendered",
                      "the message of %s is longer than %d bytes: shorten the text or the field",
                      report_whom(r, &t->unrendered, who), MESSAGE_TEXT_BYTES_MAX);
    if (t->empty.count)
        report_say_of(
            r, &t->empty, FINDING_BLOCK, "empty_text",
            "the message of %s is empty: give the text something that does not depend on a field",
            report_whom(r, &t->empty, who));
    if (t->empty_param.count)
        report_say_of(
            r, &t->empty_param, FINDING_BLOCK, "empty_parameter",
            "a parameter is empty for %s, which the provider refuses: fill the column, or write "
            "{{^field}}something else{{/field}}",
            report_whom(r, &t->empty_param, who));
    if (t->too_long.count)
        report_say_of(r, &t->too_long, FINDING_BLOCK, "too_long",
                      "the text of %s is longer than %d parts: shorten it",
                      report_whom(r, &t->too_long, who), CHECK_PARTS_MAX);
    if (t->left_tag.count)
        report_say_of(r, &t->left_tag, FINDING_BLOCK, "left_tag",
                      "the text of %s still holds what looks like a tag, '%s': a field is written "
                      "{{name}}, with "
                      "two braces on each side, and as the list's column is called",
                      report_whom(r, &t->left_tag, who), t->tag);
    if (t->bad_param.count)
        report_say_of(r, &t->bad_param, FINDING_BLOCK, "bad_parameter",
                      "a parameter has a line break, a tab, more than four blanks in a row or more "
                      "than %d characters for "
                      "%s, which WhatsApp refuses: mend the field",
                      HELD_VALUE_CHARACTERS_MAX, report_whom(r, &t->bad_param, who));
}

static void judge_people(struct check_report *r)
{
    if (r->tally.recipients == 0) judge_nobody(r);
    judge_messages(r);
}

static void say_cap(const struct cap *c, char *out, size_t n)
{
    if (c->day && c->week)
        (void)snprintf(out, n, "at most %d in 24 hours and %d in 7 days", c->day, c->week);
    else if (c->day)
        (void)snprintf(out, n, "at most %d in 24 hours", c->day);
    else
        (void)snprintf(out, n, "at most %d in 7 days", c->week);
}

static void warn_exempt(struct check_report *r, const char *cap)
{
    if (r->exempted == 0)
        report_say(
            r, FINDING_NOTE, "cap_exempt",
            "it is exempt from the frequency cap (%s), which would leave nobody out: it needs "
            "no exemption",
            cap);
    else
        report_say(r, FINDING_WARN, "cap_exempt",
                   "%" PRIu64
                   " of the list, whom our campaigns have texted often enough (%s), would "
                   "get it all the same, since it is exempt",
                   r->exempted, cap);
}

static void warn_cap(struct check_report *r)
{
    char cap[64];
    say_cap(&r->cap, cap, sizeof cap);
    if (r->exempt && cap_is_on(r->cap)) warn_exempt(r, cap);
    if (r->capped == 0) return;
    report_say(r, FINDING_WARN, "texted_enough",
               "%" PRIu64 " of the list would be left out: our campaigns have texted them often "
               "enough (%s). Start later, or choose others",
               r->capped, cap);
}

/* The deadline travels with the request where the provider takes it, and holds for what waits
 * there, too. */
static void warn_validity(struct check_report *r)
{
    if (r->deadline_ms && !r->account->validity)
        report_say(r, FINDING_WARN, "no_validity",
                   "this provider cannot be told the deadline: nothing leaves here after it, but "
                   "what the provider has "
                   "by then it may deliver later%s",
                   strcmp(r->account->channel, "whatsapp") == 0
                       ? ", up to the template's own time to live (30 days unless it has one): set "
                         "one where the template "
                         "is kept"
                       : "");
}

/* What a list of prices without a default does not tell. */
static void warn_price(struct check_report *r)
{
    char names[SENTENCE_BYTES_MAX / 8] = "", space[3];
    uint64_t people = 0;
    size_t n = 0;
    if (r->account->price.default_said || r->account->price.country_count == 0) return;
    for (size_t i = 0; i < TALLY_COUNTRIES; i++) {
        const char *country = tally_country(i, space);
        if (r->tally.countries[i].recipients == 0 || price_is_known(&r->account->price, country))
            continue;
        people += r->tally.countries[i].recipients;
        if (n + 16 < sizeof names)
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "",
                                  country ? country : "no country");
    }
    if (people)
        report_say(
            r, FINDING_WARN, "price_unknown",
            "the price of %" PRIu64
            " people is not known and not in the sum (%s): give the gateway price.default, or "
            "those countries in price.by_country",
            people, names);
}

static void judge_start(struct check_report *r)
{
    char start[CLOCK_ISO_BYTES];
    clock_iso(r->asked_start_ms, start);
    if (r->asked_start_ms && r->asked_start_ms < r->now_ms - CHECK_LATE_START_MS)
        report_say(r, FINDING_BLOCK, "start_passed",
                   "the start %s has passed: move it, or leave it out to start at once", start);
    else if (r->asked_start_ms > r->now_ms + CHECK_START_DAYS_MAX * INT64_C(86400000))
        report_say(r, FINDING_WARN, "start_far",
                   "it starts at %s, more than a year from now: is it the right year? It goes to "
                   "the list as it is today; a schedule with that date goes to the list as it is "
                   "then",
                   start);
}

static void judge_name(struct check_report *r)
{
    if (r->named)
        report_say(r, FINDING_BLOCK, "name_used",
                   "campaign %" PRIu32
                   " has this name already, and a name is used once: give this one another",
                   r->named);
}

static void judge_times(struct check_report *r)
{
    char deadline[CLOCK_ISO_BYTES], start[CLOCK_ISO_BYTES];
    judge_start(r);
    if (r->deadline_ms == 0) return;
    clock_iso(r->deadline_ms, deadline);
    clock_iso(r->start_ms, start);
    if (r->deadline_ms <= r->now_ms)
        report_say(r, FINDING_BLOCK, "deadline_passed",
                   "the deadline %s has passed: nothing would be sent", deadline);
    else if (r->deadline_ms <= r->start_ms)
        report_say(r, FINDING_BLOCK, "deadline_before_start",
                   "the deadline %s is not after the start %s: move one of them", deadline, start);
    else
        judge_eta(r);
}

/* ---- what is shown ---- */

static void warn_fields(struct check_report *r)
{
    char who[WHOM_BYTES];
    for (size_t i = 0; i < r->tally.field_count; i++) {
        const struct tally_field *f = &r->tally.fields[i];
        if (f->empty.count == 0) continue;
        report_say_of(
            r, &f->empty, law_level(r, LAW_EMPTY_FIELD), "empty_field",
            "{{%s}} is empty for %s and leaves a hole: write {{#%s}}…{{/%s}} around what belongs "
            "to it",
            f->name, report_whom(r, &f->empty, who), f->name, f->name);
    }
}

/* One code point as UTF-8. */
static const char *utf8(uint32_t cp, char out[5])
{
    if (cp < 0x800)
        (void)snprintf(out, 5, "%c%c", (int)(0xC0 | cp >> 6), (int)(0x80 | (cp & 63)));
    else if (cp < 0x10000)
        (void)snprintf(out, 5, "%c%c%c", (int)(0xE0 | cp >> 12), (int)(0x80 | (cp >> 6 & 63)),
                       (int)(0x80 | (cp & 63)));
    else
        (void)snprintf(out, 5, "%c%c%c%c", (int)(0xF0 | cp >> 18), (int)(0x80 | (cp >> 12 & 63)),
                       (int)(0x80 | (cp >> 6 & 63)), (int)(0x80 | (cp & 63)));
    return out;
}

/* Characters below U+0080 that GSM-7 lacks are controls and the backquote. */
static const char *shown(uint32_t cp, char out[5])
{
    if (cp >= 0x80) return utf8(cp, out);
    (void)snprintf(out, 5, "%c", cp > ' ' && cp < 0x7F ? (int)cp : ' ');
    return out;
}

static void warn_encoding(struct check_report *r)
{
    const struct tally *t = &r->tally;
    char who[WHOM_BYTES], character[5], cost[WHOM_BYTES] = "; it takes no more parts";
    if (t->ucs2.count == 0) return;
    if (t->ucs2_parts > t->plain_parts)
        (void)snprintf(cost, sizeof cost,
                       ", %" PRIu64 " instead of %" PRIu64 ": replace it, or pay for more parts",
                       t->ucs2_parts, t->plain_parts);
    report_say_of(
        r, &t->ucs2, FINDING_WARN, "ucs2",
        "'%s' (U+%04" PRIX32 ") is not in the SMS alphabet, so the text of %s goes in parts of 70 "
        "characters instead of 160%s",
        shown(t->first_non_gsm, character), t->first_non_gsm, report_whom(r, &t->ucs2, who), cost);
}

static void warn_wording(struct check_report *r)
{
    const struct tally *t = &r->tally;
    char who[WHOM_BYTES];
    if (t->no_opt_out.count)
        report_say_of(r, &t->no_opt_out, law_level(r, LAW_NO_OPT_OUT), "no_opt_out",
                      "the text of %s does not say how to opt out: add \"Reply STOP to opt out\"",
                      report_whom(r, &t->no_opt_out, who));
    if (t->nameless.count)
        report_say_of(r, &t->nameless, law_level(r, LAW_NAMELESS), "nameless",
                      "the text of %s does not say who writes: name '%s' in it",
                      report_whom(r, &t->nameless, who), r->organisation);
    if (t->answer_keyword.count)
        report_say(
            r, law_level(r, LAW_ANSWER_KEYWORD), "answer_keyword",
            "'%s' in the text of %s is an opt-out word: whoever answers with it is unsubscribed; "
            "if it is meant as an answer, choose another word",
            t->keyword, report_whom(r, &t->answer_keyword, who));
}

/* Its list is there already. */
static void warn_memory(struct check_report *r)
{
    const struct memory_state *m = &r->memory;
    int64_t need = (int64_t)r->tally.recipients * MEMORY_CAMPAIGN_BYTES;
    int64_t room = m->limit / 100 * MEMORY_ALARM_PERCENT - m->used;
    if (!m->known || m->limit == 0 || need <= room) return;
    report_say(r, FINDING_WARN, "memory",
               "Redis has room for %lld MiB more, and a campaign to so many takes about %lld MiB: "
               "it may refuse "
               "what people write in the middle of it. Raise maxmemory, or delete audiences that "
               "no report needs",
               (long long)((room > 0 ? room : 0) >> 20), (long long)((need >> 20) + 1));
}

void report_judge(struct check_report *r)
{
    report_forecast(r);
    judge_name(r);
    if (r->message.code) {
        report_say(r, FINDING_BLOCK, "message", "%s", r->message.text);
        judge_times(r);
        return;
    }
    judge_columns(r);
    judge_consent(r);
    judge_nearest(r);
    judge_people(r);
    judge_times(r);
    judge_others(r);
    judge_hours(r);
    warn_cap(r);
    warn_memory(r);
    warn_validity(r);
    warn_price(r);
    judge_budgets(r);
    warn_fields(r);
    warn_encoding(r);
    warn_wording(r);
    judge_law(r);
    judge_waits(r);
}
