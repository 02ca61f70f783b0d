#pragma once
/* Lists of conversations that are looked for: by name or number, in as many steps as it takes. */
#include "store/inbox.h"
#include "web/call.h"

enum { SEARCH_BYTES_MAX = 64, SEARCH_DIGITS_MIN = 4 };

/* What somebody typed, as part of a query: digits are the last ones of a number, anything else is a
 * part of a name. Whoever sees no whole numbers looks by the last four digits only, which they see,
 * and by no digits in names: else they could find out the others one by one. */
struct search {
    char text[SEARCH_BYTES_MAX + 1];
};
/* False: c has its response. q borrows from out. */
bool search_read(struct web_call *c, struct slice typed, struct search *out, struct inbox_query *q);

/* inbox_list, and again from where it ended while a page is empty and there is more, 30 times at
 * most. q is borrowed until cb, which gets c. */
void search_list(struct web_call *c, const struct inbox_query *q, inbox_list_cb *cb);
