#include "law_facts.h"

/* "07:00": the configuration has seen to its shape. */
static int minutes_of(const char *clock)
{
    return 600 * (clock[0] - '0') + 60 * (clock[1] - '0') + 10 * (clock[3] - '0') + clock[4] - '0';
}

static struct law_election election_of(const struct config *c)
{
    struct law_election e = {
        .country = c->election.country,
        .zone = c->election.zone,
        .opens_min = minutes_of(c->election.opens),
        .closes_min = minutes_of(c->election.closes),
    };
    if (*c->election.date) check(law_date_from_string(slice_of(c->election.date), &e.date));
    return e;
}

struct law_organisation law_facts(const struct config *c)
{
    return (struct law_organisation){
        .kind = law_kind_from_string(slice_of(c->organisation.kind)),
        .name = c->organisation.name,
        .domains = c->organisation.domains.words,
        .domain_count = c->organisation.domains.count,
        .countries = c->organisation.countries.words,
        .country_count = c->organisation.countries.count,
        .imprint = c->organisation.imprint,
        .us_campaign = c->organisation.us_campaign,
        .us_verify = c->organisation.us_verify,
        .india_entity = c->organisation.india_entity,
        .election = election_of(c),
    };
}
