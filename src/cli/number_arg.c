#include "number_arg.h"

#include <stdio.h>

#include "core/number.h"
#include "flow/list_number.h"
#include "io/person_number.h"
#include "io/phone.h"

static int keep_country(const char *given, char ret[COUNTRY_BYTES], struct err *e)
{
    if (!phone_country_is_known(given))
        return err_set(e, ERR_INVALID,
                       "there is no country '%s'; write two capital letters such as GB", given);
    (void)snprintf(ret, COUNTRY_BYTES, "%s", given);
    return 0;
}

/* Of the server's response: what the call gave (result), and its reply. */
static int country_of_reply(int result, const json_t *reply, char ret[COUNTRY_BYTES], struct err *e)
{
    struct err why = *e;
    const char *country = json_string_value(json_object_get(reply, "country"));
    if (result == ERR_NOT_FOUND || (result == 0 && (!country || !phone_country_is_known(country))))
        return err_set(e, ERR_REFUSED,
                       "the server does not say its country (is it another version?): say "
                       "--country, or write numbers with +");
    if (result < 0)
        return err_set(e, result,
                       "%s; it would say the country of numbers without +: say --country, or write "
                       "them with +",
                       why.text);
    return keep_country(country, ret, e);
}

int number_arg_country(struct verb_call *c, char ret[COUNTRY_BYTES], struct err *e)
{
    const char *given = verb_option(c, "country");
    if (given) return keep_country(given, ret, e);
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/organisation", NULL, &reply, e);
    r = country_of_reply(r, reply, ret, e);
    json_decref(reply);
    return r;
}

int number_arg_read(struct verb_call *c, const char *text, bool landlines, uint64_t *ret)
{
    struct err e;
    char country[COUNTRY_BYTES];
    uint64_t number;
    if (number_parse(slice_of(text), &number)) {
        *ret = person_number_canonical(number);
        return EXIT_DONE;
    }
    struct list_number reader = {.country = "", .landlines = landlines};
    enum import_reason reason = list_number_read(&reader, slice_of(text), ret);
    if (reason == IMPORT_NO_COUNTRY) { /* only then anybody is asked */
        int r = number_arg_country(c, country, &e);
        if (r == ERR_INVALID) return verb_misuse(c, "%s", e.text);
        if (r < 0) return verb_fail(c, r, &e);
        reader.country = country;
        reason = list_number_read(&reader, slice_of(text), ret);
    }
    if (reason == IMPORT_FINE) return EXIT_DONE;
    return verb_misuse(c, "'%s': %s", text, import_reason_text(reason));
}
