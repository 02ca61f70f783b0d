#pragma once
/* Mails that become texts, and phones that answer like mail programs, carry our own words below or above the answer. */
#include "keywords_table.h"

/* The part of a text that its sender wrote, where it is certain which that is; else the whole text. Certain are: lines that begin
 * with ">"; what stands below "On … wrote:" with a date and figures of any script, below a line that ends with "<hello@example.org>:" and has a
 * date, below "-----Original Message-----", and below two lines such as "From:" and "Sent:". The first and the third also where a
 * whole mail came as one line, if an address stands in it. */
struct slice quoted_leave_out(const struct table *t, struct slice text);
/* What stands before and behind the text that `text` has in quotation marks, as phones word reactions; false when nothing
 * is quoted. A quote that is not closed was cut off by the length of an SMS and goes to the end. */
bool quoted_around(struct slice text, struct slice *before, struct slice *behind);
