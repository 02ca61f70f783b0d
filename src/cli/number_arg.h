#pragma once
/* A number on the command line, as people write it, becomes one person's. */
#include "country.h"
#include "verb.h"

/* The country of numbers without +, by --country or the server. */
int number_arg_country(struct verb_call *c, char ret[COUNTRY_BYTES], struct err *e) MUST_USE;
/* With + in E.164 it is taken as it is, whether the plan has it or not: what was stored can be
 * looked up. Else it is read like a cell of a list (flow/list_number.h), without + in the country
 * of
 * --country or the server's. landlines: those will do. EXIT_DONE, or the exit code after a message.
 */
int number_arg_read(struct verb_call *c, const char *text, bool landlines, uint64_t *ret);
