#include "web/typed_number.h"

#include <stdio.h>

#include "flow/list_number.h"
#include "io/person_number.h"

bool typed_number(const struct web_call *c, struct slice typed, char out[NUMBER_TEXT_BYTES],
                  char problem[ERR_TEXT_BYTES])
{
    struct list_number how = {.country = c->config->country, .landlines = true};
    enum import_reason reason = IMPORT_FINE;
    uint64_t number;
    if (number_parse(slice_trim(typed), &number))
        number = person_number_canonical(number);
    else
        reason = list_number_read(&how, typed, &number);
    if (reason == IMPORT_FINE)
        number_format(number, out);
    else
        (void)snprintf(problem, ERR_TEXT_BYTES,
                       "The phone number: %s. Write it as you dial it, or with + and the "
                       "country's code.",
                       import_reason_text(reason));
    return reason == IMPORT_FINE;
}
