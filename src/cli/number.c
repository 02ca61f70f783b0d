#include "commands.h"

#include "core/json.h"
#include "core/number.h"
#include "core/phone_cell.h"
#include "flow/list_number.h"
#include "io/person_number.h"
#include "io/phone.h"
#include "io/zones.h"

#include "number_arg.h"
#include "say.h"

static void add_zone(void *arg, struct slice zone)
{
    json_list_add(arg, json_text(zone));
}

static const char *note_of(const struct phone *p)
{
    if (p->drama)
        return "Ofcom keeps this range free for fiction: nobody has it. It counts as valid here, "
               "for "
               "rehearsals";
    if (p->ambiguous) return "it may be read in two ways: write it with + and the country's code";
    if (p->valid) return NULL;
    return p->possible ? phone_plan_unlisted() : "too short or too long for its country";
}

static json_t *describe(const struct phone *p, json_t *zones)
{
    char text[NUMBER_TEXT_BYTES] = "";
    const char *note = note_of(p);
    if (number_is_valid(p->e164)) number_format(p->e164, text);
    json_t *out =
        json_pack("{s:s*, s:s, s:s, s:b, s:O, s:s, s:s*}", "e164", *text ? text : NULL, "country",
                  p->country, "type", phone_type_to_string(p->type), "valid", p->valid && *text,
                  "time_zones", zones, "plan", phone_plan_date(), "note", note);
    check(out);
    if (!*text) json_put(out, "e164", json_null());
    return out;
}

static int print(struct verb_call *c, const struct phone *p)
{
    struct err e;
    json_t *zones = json_array();
    int r = zones_of_country(NULL, p->country, add_zone, zones, &e);
    json_t *out = r < 0 ? NULL : describe(p, zones);
    int exit_code = r < 0 ? verb_fail(c, r, &e) : say_json(out);
    json_decref(out);
    json_decref(zones);
    return exit_code;
}

/* What a list would make of it, so that both say the same of one cell. */
static enum import_reason read_cell(const char *text, const char *country, struct phone *ret)
{
    struct list_number reader = {.country = country, .landlines = true, .unlisted = true};
    uint64_t number;
    enum import_reason reason = list_number_read(&reader, slice_of(text), &number);
    if (reason == IMPORT_FINE) check(phone_of(number, ret));
    return reason;
}

/* Of what a list takes for no number at all, the plan knows more: that it is too short, say. */
static bool is_known(const char *text, const char *country, struct phone *ret)
{
    struct phone_text digits;
    return phone_cell_read(slice_of(text), &digits) == PHONE_CELL_NUMBER &&
           phone_parse(digits.digits, digits.n, country, ret);
}

static int print_or_refuse(struct verb_call *c, const char *country)
{
    struct phone p;
    struct err e;
    const char *text = c->args[0];
    enum import_reason reason = read_cell(text, country, &p);
    bool told = reason == IMPORT_FINE || (reason == IMPORT_INVALID && is_known(text, country, &p));
    if (told) return print(c, &p);
    const char *more = reason == IMPORT_NOT_A_NUMBER || reason == IMPORT_DOUBTFUL
                           ? " (write it with + and the country's code)"
                           : "";
    return verb_fail(
        c, err_set(&e, ERR_INVALID, "'%s': %s%s", text, import_reason_text(reason), more), &e);
}

/* Numbers with + need no country, and so no server. */
static int number(struct verb_call *c)
{
    char country[COUNTRY_BYTES] = "";
    struct err e;
    bool wanted = verb_option(c, "country") || !strchr(c->args[0], '+');
    int r = wanted ? number_arg_country(c, country, &e) : 0;
    if (r == ERR_INVALID) return verb_misuse(c, "%s", e.text);
    return r < 0 ? verb_fail(c, r, &e) : print_or_refuse(c, country);
}

static const struct verb_option options[] = {
    {"country", "GB",
     "country of a number written without + (default: the server's; with + no\nserver is asked)"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"", "NUMBER", 1, 1,
     "Says what a phone number is, as JSON:\n"
     "  {\"e164\",\"country\",\"type\",\"valid\",\"time_zones\",\"plan\"}\n"
     "and \"note\" where there is something to know; plan is the day on which the numbering plan "
     "that\nsays so was published. Exit code 1 when it is no phone number. Of an older spelling "
     "(Mexico's 521,\nBrazil without the ninth digit …) e164 is the newer one.",
     "+447400123456", options, number},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group number_group = {"number", "What a phone number is.", verbs};
