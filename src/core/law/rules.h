#pragma once
/* The rows of the table, in two files: what laws and regulators ask, and what channels, carriers and good
 * practice ask. */
#include "core/law.h"

extern const struct law_rule law_rules_of_law[];   /* 1 to 31 */
extern const struct law_rule law_rules_of_craft[]; /* 32 to 74 */
enum { LAW_RULES_OF_LAW = 31 };

/* A row names its level and its times in a letter. */
#define B      FINDING_BLOCK
#define A      FINDING_APPROVE
#define W      FINDING_WARN
#define I      FINDING_NOTE
#define D      LAW_DRAFT
#define L      LAW_LAUNCH
#define S      LAW_SEND
#define R      LAW_REPLY
#define SET_UP LAW_SET_UP
#define CLOSE  LAW_CLOSE
