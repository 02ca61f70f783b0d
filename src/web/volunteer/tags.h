#pragma once
/* Tags as buttons: {tag, label, on}. Both are returned owned. */
#include "core/json.h"
#include "store/inbox.h"

/* Those that everybody knows, then a group's own. on: that are there, with commas. */
json_t *tags_shown(struct slice on, const struct inbox_shelved *own, size_t n);
/* Those that everybody knows, to choose one of. */
json_t *tags_options(struct slice chosen);
