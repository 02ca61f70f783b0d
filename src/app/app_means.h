#pragma once
/* What is said of groups, words, law, zones, money, memory and of where people are needed: one copy for the process, made before the parts that
 * ask it and borrowed by all of them. */
#include "config/config.h"
#include "flow/launch.h"
#include "flow/nearest.h"
#include "flow/session_words.h"
#include "io/loop.h"

struct app_means { /* to be read; what it leads to is owned by it */
    struct launch_means launch;
    struct groups *groups;
    struct law_book *law_book;
    struct loans *loans;
    struct keywords *keywords;
    struct law_words *law_words;
    struct law_organisation law;
    struct zone_book *zones;
    struct memory_watch *memory;
    struct budget *budget;
    struct gazetteer *gazetteer;
    struct nearest *nearest;
    struct session_words words;
    struct template *answer; /* of it */
};

/* All is borrowed for its life; link_key too (core/link.h). */
struct app_means *app_means_new(const struct config *c, struct loop *l, struct store *s,
                                const struct place_book *places, const struct accounts *accounts,
                                const uint8_t *link_key);
void app_means_free(struct app_means *m); /* after the redis; NULL is fine */
