#include "app_schedules.h"

#include <stdlib.h>

#include "base/log.h"
#include "core/keywords.h"
#include "flow/schedule.h"
#include "flow/zone_book.h"
#include "law_facts.h"
#include "store/group.h"
#include "store/law.h"

enum { MINUTE_MS = 60000 };

struct app_schedules {
    struct groups *groups;
    struct keywords *words;
    struct law_words *law_words;
    struct law_organisation law;
    struct law_book *law_book;
    struct zone_book *zones;
    struct schedules *schedules;
};

static void add_words(struct keywords *words, enum keyword as, const struct config_words *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *refused = keywords_add(words, as, slice_of(list->words[i]));
        if (refused) log_error("'%s' in organisation must be %s", list->words[i], refused);
    }
}

struct keywords *app_words(const struct config *c)
{
    struct keywords *words = keywords_new();
    add_words(words, KEYWORD_STOP, &c->organisation.stop_words);
    add_words(words, KEYWORD_START, &c->organisation.start_words);
    add_words(words, KEYWORD_HELP, &c->organisation.help_words);
    return words;
}

struct app_schedules *app_schedules_new(const struct app_schedules_parts *p)
{
    struct app_schedules *a = xcalloc(1, sizeof *a);
    a->groups = groups_new(p->loop, p->store);
    a->words = app_words(p->config);
    a->law_words = law_words_new();
    a->law = law_facts(p->config);
    a->law_book = law_book_new(p->loop, p->store);
    a->zones = zone_book_new();
    struct schedules_config config = {
        .means = {.store = p->store,
                  .approval = {p->config->approval.two_people, (uint64_t)p->config->approval.above},
                  .canary_above = (uint64_t)p->config->canary.above,
                  .canary_then = (enum canary_then)p->config->canary.then,
                  .accounts = p->accounts,
                  .groups = a->groups,
                  .keywords = a->words,
                  .law_words = a->law_words,
                  .law = &a->law,
                  .law_book = a->law_book,
                  .memory = p->memory,
                  .zones = a->zones,
                  .organisation = p->config->organisation.name,
                  .hours = p->config->organisation.hours,
                  .consent = p->config->organisation.needs_consent,
                  .budget = p->budget},
        .country = p->config->organisation.country,
        .late_ms = p->config->schedules.late_minutes * (int64_t)MINUTE_MS,
        .launched = p->nudge,
        .arg = p->nudge_arg,
    };
    check(canary_size_parse(slice_of(p->config->canary.size), &config.means.canary));
    a->schedules = schedules_new(&config);
    return a;
}

struct schedules *app_schedules_of(const struct app_schedules *a)
{
    return a ? a->schedules : NULL;
}

void app_schedules_free(struct app_schedules *a)
{
    if (!a) return;
    schedules_free(a->schedules);
    zone_book_free(a->zones);
    law_book_free(a->law_book);
    law_words_free(a->law_words);
    keywords_free(a->words);
    groups_free(a->groups);
    free(a);
}
