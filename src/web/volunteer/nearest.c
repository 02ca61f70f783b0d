#include "nearest.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/postcode.h"
#include "flow/launch.h"
#include "flow/nearest.h"
#include "flow/session_words.h"

/* "Place: the library, 53.45, -2.22" is how a place that somebody sent from their map is written down (conf/providers): the
 * last two are its point. */
static bool point_in_note(struct slice note, char out[PLACE_SAID_BYTES])
{
    struct point at;
    if (!slice_starts(note, "Place: ")) return false;
    for (size_t commas = 0, i = note.n; i-- > 0;) {
        if (note.p[i] != ',' && i > 6) continue;
        struct slice rest = slice_trim(slice_from(note, i + 1));
        if (++commas < 2 && i > 6) continue;
        if (!point_from_text(rest, &at)) return false;
        (void)point_to_text(at, out);
        return true;
    }
    return false;
}

bool nearest_said(const struct web_call *c, const struct inbox_thread *t,
                  char out[PLACE_SAID_BYTES])
{
    char code[POSTCODE_CHARS_MAX + 1];
    for (size_t i = t->count; i-- > 0;) {
        const struct inbox_message *m = &t->messages[i];
        if (m->out || m->team) continue;
        if (point_in_note(m->note, out)) return true;
        if (!postcode_in_words(c->config->country ? c->config->country : "", m->text, code))
            continue;
        (void)snprintf(out, PLACE_SAID_BYTES, "%s", code);
        return true;
    }
    return false;
}

struct looking {
    struct web_call *c;
    json_t *data;
    void (*then)(struct web_call *c);
};

static void put(const struct web_call *c, const struct nearest_answer *a, json_t *data)
{
    char text[NEAR_TEXT_BYTES], words[NEAR_WORDS_BYTES];
    const struct session_words *w = c->config->means->words;
    struct slice said = session_answer(w, &a->found[0], a->where, false, text);
    if (said.n == 0) return;
    json_put(data, "nearest",
             json_pack("{s:s,s:s,s:o}", "where", *a->where ? a->where : "them", "words",
                       near_words(&a->found[0], w->miles, words), "text", json_text(said)));
}

static void on_answer(void *arg, int result, const struct nearest_answer *a, const struct err *e)
{
    struct looking l = *(struct looking *)arg;
    (void)e;
    free(arg);
    if (result == 0 && a->n > 0) put(l.c, a, l.data);
    l.then(l.c);
}

void nearest_put(struct web_call *c, const char *said, struct slice group, json_t *data,
                 void (*then)(struct web_call *c))
{
    const struct nearest_ask ask = {.text = slice_of(said), .group = group, .max = 1};
    if (!*said || !c->config->nearest) {
        then(c);
        return;
    }
    struct looking *l = xmalloc(sizeof *l);
    *l = (struct looking){c, data, then};
    nearest_find(c->config->nearest, &ask, on_answer, l);
}
