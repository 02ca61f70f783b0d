#pragma once
/* The rows of an upload that were left out, for {{>organiser/left_out}}. */
#include "core/json.h"

/* note: as flow/list_job.h writes it; borrowed. */
void left_out_put(json_t *data, const json_t *note);
/* How much of the file is read, for {{>bar}}. Owned. */
json_t *left_out_progress(const json_t *note);
