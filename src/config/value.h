#pragma once
/* One text value of the configuration: as written, or from the environment ("${NAME}", anywhere in
 * the value), from the first line of a file ("file:/path"), or from a systemd credential
 * ("credential:name"). */
#include "base/arena.h"
#include "base/err.h"

struct config_value {
    const char *text; /* in the arena, NUL-terminated */
    bool secret;      /* came from outside the file: never print it */
};

/* e says what was not there and how to mend it, without a place (the caller knows the line). */
int config_value_read(struct slice raw, struct arena *a, struct config_value *ret,
                      struct err *e) MUST_USE;
