#include "no_more.h"

#include <stdlib.h>

#include "core/json.h"
#include "core/law.h"
#include "store/consent.h"

enum { WORDS_MAX = 32 };

struct looking {
    struct web_call *c;
    json_t *data;
    void (*then)(struct web_call *c);
};

static struct slice group_of(const struct looking *l)
{
    return json_slice(json_object_get(json_object_get(l->data, "conversation"), "group"));
}

/* Why and by whom is for the group that noted it. */
static json_t *taken_json(const struct looking *l, const struct consent_taken *t)
{
    const struct member *m = l->c->member;
    bool own = t->group.n && slice_eq(t->group, group_of(l));
    bool may = own && (slice_is(t->by, m->name) || access_may(m, MAY_SUPPRESS, t->group));
    json_t *o = json_pack("{s:o,s:o,s:o,s:b}", "consent", json_text(t->what), "by",
                          json_text(own ? t->by : SLICE_NONE), "why",
                          json_text(own ? t->why : SLICE_NONE), "may_undo", may);
    json_put_time(o, "at", t->at_ms);
    return o;
}

static bool is_taken(const struct consent_found *found, struct slice word)
{
    for (size_t i = 0; i < found->taken_n; i++)
        if (slice_eq(found->taken[i].what, word)) return true;
    return false;
}

/* Each once, and none that was taken back. */
static void add_word(json_t *words, const struct consent_found *found, struct slice word)
{
    size_t i;
    const json_t *one;
    if (!consent_word_ok(word) || slice_is(word, "yes") || is_taken(found, word) ||
        json_array_size(words) >= WORDS_MAX)
        return;
    json_array_foreach(words, i, one) if (slice_eq(json_slice(one), word)) return;
    json_list_add(words, json_text(word));
}

static json_t *words_json(const struct looking *l, const struct consent_found *found)
{
    json_t *words = json_array();
    const json_t *about = json_object_get(json_object_get(l->data, "asked"), "about"), *one;
    size_t i;
    json_array_foreach(about, i, one) add_word(words, found, json_slice(one));
    for (i = 0; i < found->kept_n; i++) {
        struct slice rest = found->kept[i].what, word;
        while (rest.n && slice_cut(&rest, ',', &word))
            add_word(words, found, word);
    }
    for (int kind = LAW_UNSAID + 1; kind < LAW_PURPOSES; kind++)
        add_word(words, found, slice_of(law_purpose_to_string((enum law_purpose)kind)));
    return words;
}

static void on_found(void *arg, int result, const struct consent_found *found, const struct err *e)
{
    struct looking l = *(struct looking *)arg;
    json_t *taken = json_array();
    (void)e; /* without it the conversation is shown all the same */
    free(arg);
    for (size_t i = 0; i < found->taken_n; i++)
        json_list_add(taken, taken_json(&l, &found->taken[i]));
    json_put(l.data, "no_more", taken);
    json_put(l.data, "no_more_of", result == 0 ? words_json(&l, found) : json_array());
    l.then(l.c);
}

void no_more_put(struct web_call *c, json_t *data, uint64_t number,
                 void (*then)(struct web_call *c))
{
    json_put(data, "no_more", json_array());
    json_put(data, "no_more_of", json_array());
    if (number == 0) {
        then(c);
        return;
    }
    struct looking *l = xmalloc(sizeof *l);
    *l = (struct looking){c, data, then};
    const char *group =
        json_string_value(json_object_get(json_object_get(data, "conversation"), "group"));
    const struct group_set groups = {.names = &group, .count = 1};
    consent_find(c->config->store, number, &groups, on_found, l);
}
