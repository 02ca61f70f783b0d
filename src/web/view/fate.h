#pragma once
/* What became of an answer, in the words of somebody who wants to know whether a person has it. */
#include "store/inbox.h"

enum { FATE_BYTES = 256 };
/* "arrived", "did not arrive: their phone was off or out of reach", … "" for an inbound message. */
void view_fate(const struct inbox_message *m, char out[FATE_BYTES]);
