#pragma once
/* What this process knows of its store: the journal tells it at the start, and is told of it from
 * then on; it is held against the store (flow/check_in.h), and brought into one that went back
 * (flow/bring_back.h). */
#include "core/cap.h"
#include "flow/check_in.h"

struct journal;
struct store_known;

struct store_known_parts { /* all borrowed for its life */
    struct loop *loop;
    struct redis *redis;
    struct store *store;
    struct journal *journal;
    const char *instance;
    struct cap cap;
    int64_t grace_ms; /* as in struct check_in_config */
    void (*changed)(void *arg);
    void *arg;
};

/* Returns owned; parts is copied. */
struct store_known *store_known_new(const struct store_known_parts *parts);
const struct check_in *store_known_check_in(const struct store_known *k); /* borrowed */
void store_known_begin(struct store_known *k); /* the connection came or went */
/* Nothing begins any more, and the journal is not read any more; NULL is fine. */
void store_known_stop(struct store_known *k);
/* Stopped before, and behind redis and journal, which both tell it how they end; NULL is fine. */
void store_known_free(struct store_known *k);
