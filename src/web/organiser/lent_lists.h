#pragma once
/* Lists that are lent, on pages: those that one lends, and those that one borrows (store/loan.h). */
#include "web/call.h"

/* Adds what is borrowed to data's `audiences` as options, by their loans ("@5"). When that is `chosen`: data has `lent`, and the
 * list's `columns`. body: of GET /api/v1/loans. */
void lent_put_options(json_t *data, struct slice chosen, const json_t *body);
/* "members of leeds" of a loan that is written so ("@5"); null of all else. Returns owned. */
json_t *lent_name(const struct web_call *c, struct slice audience);
/* data's `borrowed`, as cards: what others lend. */
void lent_put_borrowed(const struct web_call *c, json_t *data, const json_t *body);
/* data's `loans` of that list of a group, and `borrowers`: the groups to which it can be lent. */
void lent_put_loans(const struct web_call *c, json_t *data, const json_t *body);
