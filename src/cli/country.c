#include "country.h"

#include <stdio.h>

#include "io/phone.h"

int country_given(const char *given, char ret[COUNTRY_BYTES], struct err *e)
{
    if (!phone_country_is_known(given))
        return err_set(e, ERR_INVALID, "no country '%s': two capital letters such as GB", given);
    (void)snprintf(ret, COUNTRY_BYTES, "%s", given);
    return 0;
}

int country_of_reply(int result, const json_t *reply, char ret[COUNTRY_BYTES], struct err *e)
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
    return country_given(country, ret, e);
}

int country_find(struct api *api, const char *given, char ret[COUNTRY_BYTES], struct err *e)
{
    if (given) return country_given(given, ret, e);
    json_t *reply = NULL;
    int result = api_call(api, "GET", COUNTRY_PATH, NULL, NULL, &reply, e);
    result = country_of_reply(result, reply, ret, e);
    json_decref(reply);
    return result;
}
