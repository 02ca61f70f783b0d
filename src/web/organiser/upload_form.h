#pragma once
/* The forms that upload a file. */
#include "core/json.h"

struct web_call;

/* A field for {{>field}}, with what was typed, else `otherwise`. Owned. */
json_t *upload_field(const struct web_call *c, const char *id, const char *label, const char *hint,
                     const char *otherwise);
/* Puts into data what a form for a file of people's numbers holds: the fields that are its own, and behind them how the file
 * is read. Takes own. */
void upload_form(const struct web_call *c, json_t *data, json_t *own);
