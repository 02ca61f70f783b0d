#pragma once
/* When the polls of the organisation's election are open. */
#include "core/law.h"

struct zone_book;

/* Sets opens_ms and closes_ms by the election's own clock (zones NULL: UTC); 0 where no day is known. */
void polls_place(struct law_election *e, struct zone_book *zones);
