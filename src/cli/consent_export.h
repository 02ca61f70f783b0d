#pragma once
#include "verb.h"

int consent_cli_export(struct verb_call *c);
