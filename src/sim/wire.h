#pragma once
/* Small writers that all faces share. */
#include "base/buf.h"

/* Adds "name=value", percent-encoded, after a '&' unless the buffer is empty. */
void wire_field(struct buf *b, const char *name, struct slice value);
/* Adds a JSON string, quotes included; what is not ASCII stays UTF-8. */
void wire_string(struct buf *b, struct slice s);
