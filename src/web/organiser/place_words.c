#include "web/organiser/place_words.h"

#include <stdio.h>

const char *place_words_priority(enum place_priority priority)
{
    static const char *const words[] = {"Safe", "Likely", "Close", "Marginal"};
    check((unsigned)priority < COUNT_OF(words));
    return words[priority];
}

void place_words_when(const struct web_call *c, const struct session *s, char out[PLACE_WHEN_BYTES])
{
    char start[LOCAL_TIME_BYTES], end[LOCAL_TIME_BYTES];
    local_time_show(c, s->start_ms, start);
    local_time_show(c, s->end_ms, end);
    const char *clock = strstr(end, ", ");
    bool same_day = clock && strncmp(start, end, (size_t)(clock - end) + 2) == 0;
    (void)snprintf(out, PLACE_WHEN_BYTES, "%s to %s", start, same_day ? clock + 2 : end);
}

void place_words_room(const struct session *s, char out[PLACE_WORDS_BYTES])
{
    uint32_t left = session_left(s);
    if (left == UINT32_MAX)
        (void)snprintf(out, PLACE_WORDS_BYTES, "%u coming", s->pledged);
    else if (left == 0)
        (void)snprintf(out, PLACE_WORDS_BYTES, "Full: %u coming, %u waiting", s->pledged,
                       s->waiting);
    else
        (void)snprintf(out, PLACE_WORDS_BYTES, "%u coming, %u %s left", s->pledged, left,
                       left == 1 ? "place" : "places");
}
