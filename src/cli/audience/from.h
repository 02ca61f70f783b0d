#pragma once
#include "cli/verb.h"

int audience_from(struct verb_call *c);
