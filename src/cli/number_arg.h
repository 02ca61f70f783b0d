#pragma once
/* A number on the command line, as people write it, becomes one person's. */
#include "verb.h"

enum { COUNTRY_BYTES = 4 };

/* The country of numbers that are written without +: what --country says, else the server's
 * organisation.country. There is no other default: a wrong guess is somebody else's number.
 * ERR_INVALID when --country is none; ERR_UNREACHABLE and ERR_REFUSED say that --country helps. */
int number_arg_country(struct verb_call *c, char ret[COUNTRY_BYTES], struct err *e) MUST_USE;
/* With + in E.164 it is taken as it is, whether the plan has it or not: what was stored can be
 * looked up. Else it is read like a cell of a list (flow/list_number.h), without + in the country
 * of --country or the server's. landlines: those will do. EXIT_DONE, or the exit code after a
 * message. */
int number_arg_read(struct verb_call *c, const char *text, bool landlines, uint64_t *ret);
