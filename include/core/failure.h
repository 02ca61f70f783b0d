#pragma once
/* Why a message failed, in one line for report and log: "131042 payment: Business eligibility
 * payment issue (…)". The provider's own words are a stranger's text: control characters become
 * blanks, and numbers as long as a phone's are left out, since the line is also logged. */
#include "base/slice.h"

enum { FAILURE_BYTES = 256 }; /* with the NUL; what is longer is cut, between characters */

struct failure {
    struct slice code, reason;   /* the provider's code; our slug; none */
    struct slice title, details; /* the provider's own words, UTF-8; none */
};

/* NUL-terminated; "" when nothing is known. */
void failure_text(const struct failure *f, char out[FAILURE_BYTES]);
