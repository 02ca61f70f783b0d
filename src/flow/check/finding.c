/* The one list of what a check found: {"code", "level", "message", "people"?}, the gravest first. */
#include "report.h"

#include "core/json.h"
#include "core/number.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { SENTENCE_BYTES_MAX = 4096 };

/* The rule that a finding comes from, and what is to be said of it. */
static void put_rule(json_t *entry, const char *code)
{
    enum law_finding f;
    int number = law_number_of_code(slice_of(code));
    if (number == 0) return;
    json_put(entry, "rule", json_integer(number));
    json_put(entry, "source", json_string(law_rule(number)->source));
    if (law_finding_from_code(slice_of(code), &f) && law_may_be_confirmed(f))
        json_put(entry, "confirm", json_true());
}

/* A rule that is switched off is told all the same, and why. */
static enum finding_level level_of(const struct check_report *r, const char *code,
                                   enum finding_level level, struct buf *text)
{
    int number = law_number_of_code(slice_of(code));
    const char *why = number ? law_off_why(r, number) : NULL;
    if (!why) return level;
    buf_addf(text, " (rule %d is switched off: %s)", number, why);
    return FINDING_NOTE;
}

static json_t *finding_add(struct check_report *r, enum finding_level level, const char *code,
                           const char *fmt, va_list ap) PRINTF_LIKE(4, 0);

static json_t *finding_add(struct check_report *r, enum finding_level level, const char *code,
                           const char *fmt, va_list ap)
{
    struct buf b = BUF_INIT(SENTENCE_BYTES_MAX);
    buf_addv(&b, fmt, ap);
    level = level_of(r, code, level, &b);
    json_t *entry = json_pack("{s:s,s:s,s:o}", "code", code, "level",
                              finding_level_to_string(level), "message", json_text(buf_slice(&b)));
    put_rule(entry, code);
    json_list_add(r->findings[level], entry);
    buf_done(&b);
    return entry;
}

void report_say(struct check_report *r, enum finding_level level, const char *code, const char *fmt,
                ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)finding_add(r, level, code, fmt, ap);
    va_end(ap);
}

void report_say_of(struct check_report *r, const struct tally_finding *people,
                   enum finding_level level, const char *code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    json_t *entry = finding_add(r, level, code, fmt, ap);
    va_end(ap);
    json_put(entry, "people", report_people_json(r, people));
}

bool check_report_ok(const struct check_report *r)
{
    return json_array_size(r->findings[FINDING_BLOCK]) == 0;
}

bool check_report_needs_approval(const struct check_report *r)
{
    return json_array_size(r->findings[FINDING_APPROVE]) > 0;
}

uint64_t check_report_alone(const struct check_report *r)
{
    return r->tried.alone;
}

uint64_t check_report_recipients(const struct check_report *r)
{
    return r->tally.recipients;
}

json_t *report_findings_json(const struct check_report *r, enum finding_level from,
                             enum finding_level to)
{
    json_t *list = json_array();
    for (enum finding_level level = from; level <= to; level++) {
        json_t *some = json_deep_copy(r->findings[level]);
        json_array_extend(list, some);
        json_decref(some);
    }
    return list;
}

json_t *report_people_json(const struct check_report *r, const struct tally_finding *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->shown && !r->nameless; i++) {
        char mask[NUMBER_MASK_BYTES] = "?";
        if (number_is_valid(f->people[i].number)) number_mask(f->people[i].number, mask);
        json_t *one =
            json_pack("{s:I,s:s}", "index", (json_int_t)f->people[i].index, "number", mask);
        json_list_add(list, one);
    }
    return list;
}

const char *report_are(const struct tally_finding *f)
{
    return f->count == 1 ? "is" : "are";
}

const char *report_whom(const struct check_report *r, const struct tally_finding *f,
                        char out[WHOM_BYTES])
{
    struct buf b = BUF_INIT(WHOM_BYTES - 1);
    bool all = f->count > 1 && f->count == r->tally.recipients, some = !all && !r->nameless;
    buf_addf(&b, "%s%" PRIu64 " %s%s", all ? "all " : "", f->count,
             f->count == 1 ? "person" : "people", some ? " (" : "");
    for (size_t i = 0; i < f->shown && i < WHOM_SHOWN && some; i++) {
        char mask[NUMBER_MASK_BYTES] = "?";
        if (number_is_valid(f->people[i].number)) number_mask(f->people[i].number, mask);
        buf_addf(&b, "%s%s", i ? ", " : "", mask);
    }
    if (some) buf_addf(&b, "%s)", f->count > WHOM_SHOWN ? ", …" : "");
    (void)snprintf(out, WHOM_BYTES, "%s", b.p);
    buf_done(&b);
    return out;
}
