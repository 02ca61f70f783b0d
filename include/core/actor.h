#pragma once
/* Who did something, as the audit trail keeps it: one text, so that it goes through all layers as one argument to the script
 * that does it (store/audit/audit.lua takes it apart). Pure. */
#include <stdbool.h>

#include "base/slice.h"

struct actor {
    struct slice name;    /* what people call them; of the unix socket "local:alice" */
    struct slice id;      /* of a member */
    struct slice way;     /* "page", "api", "client", "socket" */
    struct slice address; /* "192.0.2.1"; none on a socket */
};
enum { ACTOR_BYTES = 320 };

/* Writes it to out and returns it: name, id, way and address with an ASCII unit separator between. What is too long is cut,
 * control characters become spaces. A text without separators is a name alone: a process, a gateway. */
struct slice actor_write(const struct actor *a, char out[ACTOR_BYTES]);
/* Whether what did it is a part of Muster that stops campaigns by itself ("system:canary"): people know none by its name, and
 * why it did so is a whole sentence. */
bool actor_is_part(struct slice name);
