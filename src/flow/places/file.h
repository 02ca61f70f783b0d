#pragma once
/* What the readers of a file share. */
#include "flow/place_file.h"

/* A calendar's events, onto the end of ret. */
int places_read_calendar(struct slice text, const struct place_file_how *how,
                         struct place_file *ret, struct err *e) MUST_USE;
