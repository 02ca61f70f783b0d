#pragma once
/* Every subcommand: a table of verbs (verb.h). They print on stdout, errors on stderr, and return
 * the exit code: 0 done, 1 refused, 2 usage, 3 server unreachable. */
#include "verb.h"

extern const struct verb_group audience_group, audit_group, campaign_group, inbox_group,
    consent_group, suppress_group, gateway_group, group_group, place_group, gazetteer_group,
    near_group, session_group, pledge_group, kept_group, rehearsal_group, law_group, person_group,
    schedule_group, token_group, doctor_group, backup_group, forget_group, restore_group;
/* on texts and numbers alone: no server is asked, but for the country of numbers without + */
extern const struct verb_group render_group, parts_group, number_group;
