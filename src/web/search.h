#pragma once
/* Lists of conversations that are looked for: by name or number, in as many steps as it takes. */
#include "store/inbox.h"
#include "web/call.h"

enum { SEARCH_BYTES_MAX = 64, SEARCH_DIGITS_MIN = 4 };

/* What somebody typed, as part of a query: a whole number as a list may have it, or the last digits of one; anything else is a
 * part of a name. In groups whose numbers one sees all digits are compared; elsewhere, as in what is lent, the last four, which one
 * sees, and no digits in names: else one could find out the others one by one. */
struct search {
    char text[SEARCH_BYTES_MAX + 1];
};
/* ERR_INVALID: it is too long, or too few digits. q borrows from out. */
int search_read(const struct web_call *c, struct slice typed, struct search *out,
                struct inbox_query *q, struct err *e);

/* inbox_list, and again from where it ended while a page is empty and there is more, ROUNDS_MAX
 * times at most. q is borrowed until cb, which gets c. */
void search_list(struct web_call *c, const struct inbox_query *q, inbox_list_cb *cb);
