#pragma once
/* Paces the campaigns that say `pace_by: answers` (core/answer_pace.h): every few seconds the process
 * that leads counts who waits for an answer in the campaign's group, who is there and how many they answer,
 * and says how many more may be texted; the gate holds it. Without a leader nobody more is texted. */
#include "io/loop.h"

struct answer_pacer;
struct events;
struct store;

struct answer_pacer_config { /* all borrowed for its life */
    struct loop *loop;
    struct store *store;
    struct events *events; /* who answers is heard there */
    bool (*leads)(void *arg);
    void *arg;
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct answer_pacer *answer_pacer_new(const struct answer_pacer_config *config);
void answer_pacer_start(struct answer_pacer *p); /* before: it looks at nothing */
/* Its calls to the store have ended before; NULL is fine. */
void answer_pacer_free(struct answer_pacer *p);
