#pragma once
/* What one text is found to be, whoever of a country gets it. Of 300,000 people thousands are called alike: what they get is the same
 * letter for letter, and is looked at once (core/memo.h). */
#include "base/slice.h"
#include "core/parts.h"

struct look {
    /* tally.c */
    uint32_t parts;       /* 1 unless it is SMS */
    uint32_t plain_parts; /* of one in UCS-2: as if each character were in the SMS alphabet */
    enum parts_encoding encoding;
    bool extended;   /* it holds characters that count twice */
    bool blank, tag; /* nothing is in it; something that looks like a tag is left in it */
    bool opt_out, answer,
        named; /* of SMS; see struct check_wording; the organisation's name is in it */
    /* law.c */
    uint64_t law;    /* bits of enum law_finding */
    unsigned topics; /* bits of enum law_topic */
};
