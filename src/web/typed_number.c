#include "web/typed_number.h"

#include "flow/list_number.h"

bool typed_number(const struct web_call *c, struct slice typed, char out[NUMBER_TEXT_BYTES])
{
    struct list_number how = {.country = c->config->country, .landlines = true, .unlisted = true};
    uint64_t number;
    if (list_number_read(&how, typed, &number) != IMPORT_FINE) return false;
    number_format(number, out);
    return true;
}
