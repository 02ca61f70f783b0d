#pragma once
/* muster audience lend, lent, take-back. */
#include "cli/verb.h"

int audience_lend(struct verb_call *c);
int audience_lent(struct verb_call *c);
int audience_take_back(struct verb_call *c);
