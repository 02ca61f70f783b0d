#pragma once
#include "store/inbox.h"
#include "web/call.h"

/* What a line of the team says, in words: "Sam handed it to Kim: they know the hall". Returns owned. */
json_t *team_words(const struct inbox_message *m);
