#include "nearest.h"

#include <stdlib.h>

#include "coming.h"
#include "core/json.h"
#include "flow/launch.h"
#include "flow/nearest.h"
#include "flow/session_words.h"

bool nearest_said(const struct web_call *c, const struct inbox_thread *t,
                  char out[WHERE_SAID_BYTES])
{
    const char *country = c->config->country ? c->config->country : "";
    for (size_t i = t->count; i-- > 0;) {
        const struct inbox_message *m = &t->messages[i];
        if (!m->out && !m->team && where_in_words(country, m->text, m->note, out)) return true;
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
    uint32_t session = a->found[0].session->id;
    if (said.n == 0 || coming_has(data, session)) return;
    json_put(data, "nearest",
             json_pack("{s:s,s:s,s:o}", "where", *a->where ? a->where : "them", "words",
                       near_words(&a->found[0], w->miles, words), "text", json_text(said)));
    if (coming_names(data, session)) return;
    json_put_count(json_object_get(data, "nearest"), "session", session);
    json_put(json_object_get(data, "nearest"), "to", json_string(a->found[0].place->name));
    json_put(data, "both", json_boolean(json_object_get(data, "named") != NULL));
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
