#pragma once
/* What the rules of law and carriers (core/law.h) find in a campaign, counted over its people. */
#include "tally_finding.h"

#include "flow/message.h"

struct check_report;
struct law_tally;

/* NULL when the input says nothing of law. Owned. */
struct law_tally *law_tally_new(struct check_report *r, const struct check_input *input);
void law_tally_free(struct law_tally *t); /* NULL is fine */
/* One person and what they get; NULL: it could not be rendered. t NULL: nothing happens. */
void law_tally_add(struct law_tally *t, uint32_t index, const struct block *b, size_t row,
                   const struct outgoing *out);
/* Times and countries, once all are counted; then everything is said. */
void judge_law(struct check_report *r);
/* The level of a finding of the table that is counted elsewhere; WARN where nothing is said of law. */
enum finding_level law_level(const struct check_report *r, enum law_finding f);
/* Why the rule is switched off, NULL: it is not. Borrowed from r. */
const char *law_off_why(const struct check_report *r, int rule);
