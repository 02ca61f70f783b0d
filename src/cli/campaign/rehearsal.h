#pragma once
/* Rehearsals that the server keeps, as the client asks for them, shows them and plays them. */
#include "cli/verb.h"

/* Writes the page where --html says, and prints the report, or all of it with --json. */
int rehearsal_tell_of(const struct verb_call *c, const json_t *report, struct err *e,
                      bool *ret_go) MUST_USE;
/* Asks for one and waits for it, at most `minutes`. ERR_REFUSED: it failed, or is not over by then. */
int rehearsal_on_server(struct verb_call *c, const json_t *body, int64_t minutes, struct err *e,
                        bool *ret_go) MUST_USE;
/* muster rehearsal serve */
int rehearsal_serve(struct verb_call *c);
