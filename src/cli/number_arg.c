#include "number_arg.h"

#include "core/number.h"
#include "flow/list_number.h"
#include "io/person_number.h"

int number_arg_country(struct verb_call *c, char ret[COUNTRY_BYTES], struct err *e)
{
    const char *given = verb_option(c, "country");
    if (given) return country_given(given, ret, e);
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", COUNTRY_PATH, NULL, &reply, e);
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
