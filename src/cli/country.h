#pragma once
/* The country of numbers that a person writes without +: what --country says, else the server's
 * organisation.country. There is no other default: a wrong guess is somebody else's number. */
#include "cli/api.h"

enum { COUNTRY_BYTES = 4 };
#define COUNTRY_PATH "/api/v1/organisation"

/* given: the value of --country, or NULL. Asks the server only without it. ERR_INVALID when given
 * is no country; ERR_UNREACHABLE and ERR_REFUSED say that --country helps. */
int country_find(struct api *api, const char *given, char ret[COUNTRY_BYTES],
                 struct err *e) MUST_USE;
/* The same of an answer to GET COUNTRY_PATH: what was called (result), and its reply. */
int country_of_reply(int result, const json_t *reply, char ret[COUNTRY_BYTES],
                     struct err *e) MUST_USE;
/* given must not be NULL. */
int country_given(const char *given, char ret[COUNTRY_BYTES], struct err *e) MUST_USE;
