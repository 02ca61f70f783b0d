#pragma once
/* What came of one person, as the API tells it, and of all of them. */
#include "store/came_back.h"
#include "web/call.h"

struct price;

/* {"reply", "replied_at", "words", "tags", "by", "opted_out_at", "parts", "amount"}; o NULL: nothing came.
 * Returns owned. */
json_t *outcome_json(const struct came_back *o, uint32_t parts, int64_t millionths);

/* Of all people so far. */
struct outcome_tally {
    uint64_t kinds[OUTCOME_KIND_COUNT], opted_out, handed_over, no_reply, parts;
    int64_t millionths;
    json_t *countries; /* owned; {"GB": {"recipients", "parts", "amount"}} */
};
/* person: {"number", "state", "outcome"}; country NULL: not known which. */
void outcome_tally_add(struct outcome_tally *t, const json_t *person, const char *country);
/* The report, but for the campaign's status. Returns owned. */
json_t *outcome_tally_json(const struct outcome_tally *t, const char *currency);
