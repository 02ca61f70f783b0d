#pragma once
/* Countries that have changed the spelling of their numbers, while lists and WhatsApp keep the old
 * one. */
#include <stdbool.h>
#include <stdint.h>

struct renumbering {
    uint16_t code;     /* of the country */
    uint8_t digits;    /* of the old national number */
    const char *was;   /* how it begins: digits, "[5-9]" = one of them, "." = any */
    const char *is;    /* what stands there now; "." = the next of what was found, in order */
    bool still_listed; /* the numbering plan lists the old form, too, though nobody else has it */
};

extern const struct renumbering renumberings[];
extern const uint16_t renumbering_count;
