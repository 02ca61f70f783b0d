#pragma once
#include "verb.h"

/* muster suppress import FILE, with the options group, reason, evidence, country, phone. Returns
 * the exit code. */
int suppress_import(struct verb_call *c);
