#pragma once
/* What is said of each finding of the table. "$what" is what of the text it is about, "$whom" the people,
 * "$where" their countries. */
#include "core/law.h"

/* NULL: it is said elsewhere. */
const char *law_sentence(enum law_finding f);
