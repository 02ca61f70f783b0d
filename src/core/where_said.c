#include "core/where_said.h"

#include <stdio.h>

#include "core/point.h"
#include "core/postcode.h"

enum { ALONE_CHARS_MIN = 4 };

/* "Place: the library, 53.45, -2.22" is how a place that somebody sent from their map is written down (conf/providers): the
 * last two are its point. */
static bool point_in_note(struct slice note, char out[WHERE_SAID_BYTES])
{
    struct point at;
    const struct slice lead = SLICE_LIT("Place: ");
    if (!slice_starts(note, lead.p)) return false;
    for (size_t commas = 0, i = note.n; i >= lead.n; i--) {
        bool begins = i == lead.n || note.p[i - 1] == ',';
        if (!begins || (++commas < 2 && i > lead.n)) continue;
        if (!point_from_text(slice_trim(slice_from(note, i)), &at)) return false;
        (void)point_to_text(at, out);
        return true;
    }
    return false;
}

bool where_in_words(const char *country, struct slice text, struct slice note,
                    char out[WHERE_SAID_BYTES])
{
    char code[POSTCODE_CHARS_MAX + 1];
    if (point_in_note(note, out)) return true;
    if (!postcode_in_words(country, text, code)) return false;
    (void)snprintf(out, WHERE_SAID_BYTES, "%s", code);
    return true;
}

bool where_alone(const char *country, struct slice text, struct slice note,
                 char out[WHERE_SAID_BYTES])
{
    char alone[POSTCODE_CHARS_MAX + 1], in_words[POSTCODE_CHARS_MAX + 1];
    text = slice_trim(text);
    if (note.n) return text.n == 0 && point_in_note(note, out);
    if (!postcode_fold(text, alone) || strlen(alone) < ALONE_CHARS_MIN) return false;
    if (!postcode_in_words(country, text, in_words) || strcmp(alone, in_words) != 0) return false;
    (void)snprintf(out, WHERE_SAID_BYTES, "%s", alone);
    return true;
}
