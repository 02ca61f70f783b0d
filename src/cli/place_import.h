#pragma once
/* A file of places and sessions, sent to the server a page at a time. */
#include "verb.h"

/* FILE, --group, --zone: the verb. */
int place_import(struct verb_call *c);
