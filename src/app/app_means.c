#include "app_means.h"

#include <stdlib.h>

#include "app_budget.h"
#include "app_web.h"
#include "base/log.h"
#include "core/keywords.h"
#include "flow/zone_book.h"
#include "law_facts.h"
#include "store/group.h"
#include "store/law.h"
#include "store/loan.h"
#include "store/memory.h"

static void add_words(struct keywords *words, enum keyword as, const struct config_words *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *refused = keywords_add(words, as, slice_of(list->words[i]));
        if (refused) log_error("'%s' in organisation must be %s", list->words[i], refused);
    }
}

/* The words that mean STOP, START and HELP here. */
static struct keywords *words_of(const struct config *c)
{
    struct keywords *words = keywords_new();
    add_words(words, KEYWORD_STOP, &c->organisation.stop_words);
    add_words(words, KEYWORD_START, &c->organisation.start_words);
    add_words(words, KEYWORD_HELP, &c->organisation.help_words);
    return words;
}

static struct launch_means launch_by(const struct app_means *m, const struct config *c)
{
    struct launch_means launch = {
        .groups = m->groups,
        .keywords = m->keywords,
        .memory = m->memory,
        .zones = m->zones,
        .organisation = c->organisation.name,
        .hours = c->organisation.hours,
        .budget = m->budget,
        .consent = c->organisation.needs_consent,
        .law_words = m->law_words,
        .law = &m->law,
        .law_book = m->law_book,
        .loans = m->loans,
        .canary_above = (uint64_t)c->canary.above,
        .canary_then = (enum canary_then)c->canary.then,
        .canary_wait_ms = c->canary.minutes * 60000LL,
        .approval = {c->approval.two_people, (uint64_t)c->approval.above},
        .pause = config_receipt_limits(c),
        .cap = config_cap(c),
    };
    check(canary_size_parse(slice_of(c->canary.size), &launch.canary));
    return launch;
}

static struct nearest *nearest_of(const struct app_means *m, const struct config *c,
                                  const struct place_book *places)
{
    const struct nearest_config config = {
        .book = places, .gazetteer = m->gazetteer, .groups = m->groups, .rules = config_near(c)};
    return nearest_new(&config);
}

static struct session_words words_by(const struct app_means *m, const struct config *c,
                                     const struct place_book *places, const uint8_t *link_key)
{
    return (struct session_words){
        .places = places,
        .nearest = m->nearest,
        .gazetteer = m->gazetteer,
        .zones = m->zones,
        .groups = m->groups,
        .country = c->organisation.country,
        .public_url = c->public_url,
        .link_key = link_key,
        .answer = m->answer,
        .miles = c->near.miles,
    };
}

struct app_means *app_means_new(const struct config *c, struct loop *l, struct store *s,
                                const struct place_book *places, const struct accounts *accounts,
                                const uint8_t *link_key)
{
    struct app_means *m = xcalloc(1, sizeof *m);
    m->groups = groups_new(l, s);
    m->law_book = law_book_new(l, s);
    m->loans = loans_new(l, s);
    m->keywords = words_of(c);
    m->law_words = law_words_new();
    m->law = law_facts(c);
    m->zones = zone_book_new();
    m->memory = memory_watch_new(l, s);
    m->budget = app_budget_new(c);
    m->gazetteer = gazetteer_new(s, c->organisation.country, NULL);
    m->nearest = nearest_of(m, c, places);
    m->answer = near_text_compile(c->near.answer_text);
    m->words = words_by(m, c, places, link_key);
    m->launch = launch_by(m, c);
    m->launch.store = s;
    m->launch.places = places;
    m->launch.gazetteer = m->gazetteer;
    m->launch.nearest = m->nearest;
    m->launch.words = &m->words;
    m->launch.accounts = accounts;
    return m;
}

void app_means_free(struct app_means *m)
{
    if (!m) return;
    template_free(m->answer);
    nearest_free(m->nearest);
    gazetteer_free(m->gazetteer);
    budget_free(m->budget);
    memory_watch_free(m->memory);
    zone_book_free(m->zones);
    law_words_free(m->law_words);
    keywords_free(m->keywords);
    loans_free(m->loans);
    law_book_free(m->law_book);
    groups_free(m->groups);
    free(m);
}
