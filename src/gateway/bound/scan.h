#pragma once
/* Looks a few values up in a JSON text without building a tree. A tree of one accepted answer costs
 * as much as the rest of a message (8 µs against 1), and all that is wanted of it is an id.
 * Whatever is not plain (escapes of characters, fractions, deep nesting) is not understood here:
 * the caller then takes jansson. */
#include "gateway/description/description.h"

/* Whether the whole text is one JSON object, and a plain one. */
bool scan_is_plain_object(struct slice text);
/* The value at a plain path (no each, up, or [k=v]) of such a text: the inside of a string, or the
 * text of anything else that is not null. False when it is not there; *ret_string says which of
 * both it is. */
bool scan_find(struct slice text, const struct selector *path, struct slice *ret, bool *ret_string);
