#pragma once
/* What muster.yaml says of the organisation and the poll, for the rules of law. */
#include "config/config.h"
#include "core/law.h"

/* Borrows from c. */
struct law_organisation law_facts(const struct config *c);
