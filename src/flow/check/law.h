#pragma once
/* What the rules of law and carriers (core/law.h) find in a campaign, counted over its people. */
#include "look.h"
#include "tally_finding.h"

#include "flow/message.h"

struct check_report;
struct law_tally;
struct memo;

/* NULL when the input says nothing of law. Owned. */
struct law_tally *law_tally_new(struct check_report *r, const struct check_input *input);
void law_tally_free(struct law_tally *t); /* NULL is fine */
/* What the rules say of a text to people of a country (NULL: of none), as tally_look does, which comes first; t NULL: nothing happens. */
void law_tally_look(struct law_tally *t, const char *country, struct slice text, struct look *look);
/* As tally_add; t NULL: nothing happens. consents: what is known of sources and wordings, bits of enum law_finding (uint64_t). */
void law_tally_add(struct law_tally *t, struct memo *consents, const struct check_person *p,
                   const struct outgoing *out, const struct look *look);
/* Times and countries, once all are counted; then everything is said. */
void judge_law(struct check_report *r);
/* The level of a finding of the table that is counted elsewhere; WARN where nothing is said of law. */
enum finding_level law_level(const struct check_report *r, enum law_finding f);
/* Why the rule is switched off, NULL: it is not. Borrowed from r. */
const char *law_off_why(const struct check_report *r, int rule);
