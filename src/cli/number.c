#include "commands.h"

#include "core/json.h"
#include "core/number.h"
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

static int print_or_refuse(struct verb_call *c, const char *country)
{
    struct phone p;
    struct err e;
    const char *text = c->args[0];
    if (phone_parse(text, strlen(text), country, &p)) {
        uint64_t one = person_number_canonical(p.e164);
        if (one != p.e164) check(phone_of(one, &p));
        return print(c, &p);
    }
    return verb_fail(c,
                     err_set(&e, ERR_INVALID,
                             "'%s' is no phone number (of another country: write it with + and "
                             "its code, or say --country)",
                             text),
                     &e);
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
