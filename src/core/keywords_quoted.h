#pragma once
/* Mails that become texts, and phones that answer like mail programs, carry our own words below or above the answer. */
#include "keywords_table.h"

/* The part of a text that its sender wrote, where it is certain which that is; else the whole text. Certain are: lines that begin
 * with ">"; what stands below "On … wrote:" with a date, below "-----Original Message-----", and below two lines such as "From:" and "Sent:". */
struct slice quoted_leave_out(const struct table *t, struct slice text);
