#include "flow/gazetteer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/check.h"
#include "memory.h"
#include "reading.h"

struct gazetteer {
    struct store *store;
    char country[3];
    int64_t (*now_ms)(void);
    struct gazetteer_memory *memory;
};

/* One look-up: what is asked of the store goes through the memory first. */
struct asking {
    struct gazetteer *g;
    gazetteer_cb *cb;
    void *arg;
    struct gazetteer_question question;
    struct gazetteer_values values;             /* borrowed while they are judged */
    size_t asked[GAZETTEER_AREAS_MAX], asked_n; /* fields that are not remembered */
};

struct gazetteer *gazetteer_new(struct store *s, const char *country, int64_t (*now_ms)(void))
{
    struct gazetteer *g = xcalloc(1, sizeof *g);
    check(gazetteer_country_ok(slice_of(country)));
    g->store = s;
    memcpy(g->country, country, sizeof g->country);
    g->now_ms = now_ms ? now_ms : clock_wall_ms;
    g->memory = gazetteer_memory_new(GAZETTEER_REMEMBERED_BYTES, GAZETTEER_OLD_MS);
    return g;
}

void gazetteer_free(struct gazetteer *g)
{
    if (!g) return;
    gazetteer_memory_free(g->memory);
    free(g);
}

static void tell(struct asking *a, int result, const struct gazetteer_spot *spot,
                 const struct err *e)
{
    gazetteer_cb *cb = a->cb;
    void *arg = a->arg;
    free(a);
    cb(arg, result, spot, e);
}

/* Towns and areas are remembered side by side: a town's name has small letters, an area none. */
static bool is_remembered(struct asking *a, size_t i)
{
    return gazetteer_memory_get(a->g->memory, slice_of(a->question.fields[i]), a->g->now_ms(),
                                &a->values.list[i]);
}

static void step(struct asking *a);

static void on_read(void *arg, int result, const struct slice *values, size_t n,
                    const struct err *e)
{
    struct asking *a = arg;
    if (result < 0) {
        tell(a, result, NULL, e);
        return;
    }
    for (size_t i = 0; i < n && i < a->asked_n; i++)
        gazetteer_memory_put(a->g->memory, slice_of(a->question.fields[a->asked[i]]), values[i],
                             a->g->now_ms());
    step(a);
}

/* What of the question is not remembered is read, and then it is asked again. */
static bool read_missing(struct asking *a)
{
    struct slice fields[GAZETTEER_AREAS_MAX];
    a->asked_n = 0;
    for (size_t i = 0; i < a->question.n; i++) {
        if (is_remembered(a, i)) continue;
        fields[a->asked_n] = slice_of(a->question.fields[i]);
        a->asked[a->asked_n++] = i;
    }
    if (a->asked_n == 0) return false;
    gazetteer_read(a->g->store, a->g->country, a->question.is_town, fields, a->asked_n, on_read, a);
    return true;
}

static void step(struct asking *a)
{
    struct gazetteer_found found = {0};
    while (!read_missing(a)) {
        int r = gazetteer_judge(a->g->country, &a->question, &a->values, &found);
        if (r == GAZETTEER_ASK_MORE) continue;
        const struct gazetteer_spot spot = {found.at, found.where, found.is_exact};
        tell(a, r, r < 0 ? NULL : &spot, r < 0 ? &found.e : NULL);
        return;
    }
}

void gazetteer_find(struct gazetteer *g, struct slice text, gazetteer_cb *cb, void *arg)
{
    struct asking *a = xcalloc(1, sizeof *a);
    struct err e;
    a->g = g;
    a->cb = cb;
    a->arg = arg;
    int r = gazetteer_ask(g->country, text, &a->question, &e);
    if (r < 0)
        tell(a, r, NULL, &e);
    else
        step(a);
}
