#pragma once
/* What happens, as it happens: the stream `events`, which scripts write through one part
 * (events.lua: tell), in the step that does the thing. No words and no numbers of people are in it.
 *
 * A process reads it over a connection of its own, which stands while somebody listens. What comes
 * within a moment comes together. When Redis is away nothing comes, and what was missed comes when
 * it is back. */
#include "core/event_kind.h"
#include "io/loop.h"
#include "store/store.h"

struct events;
struct events_listener;
struct redis_config;

enum {
    EVENTS_CATCH_UP_MAX = 5000, /* who missed more is told of a reset */
    EVENTS_GATHER_MS = 40,      /* [ms] what comes in this time comes together */
    EVENTS_ID_BYTES = 48,
};

/* Its place in the stream; grows. {0, 0}: before all. */
struct event_id {
    uint64_t ms, seq;
};
bool event_id_read(struct slice text, struct event_id *ret); /* "1732730000000-0" */
void event_id_write(struct event_id id, char out[EVENTS_ID_BYTES]);

struct event {
    struct event_id id;
    char id_text[EVENTS_ID_BYTES];
    enum event_kind kind;
    struct slice thing, group, what,
        by;        /* of what id; of which group, or ""; one word; who, or "" */
    uint32_t loan; /* by which its list is lent (store/loan.h); 0 = by none */
    /* {"kind", "id", "group", "what", "by", "at"}: made once for all who are told */
    struct slice json;
};

struct events_news {
    const struct event *list;
    size_t n; /* none: the listener stands at `at` from now on */
    struct event_id at;
    bool reset; /* events may be missing before `at`: all that is known is to be read anew */
};
/* Everything is borrowed for the call. The listener itself may be ended in it, no other one. */
typedef void events_cb(void *arg, const struct events_news *news);

/* store: where listeners catch up. Both are borrowed for the life; redis: for its connection. */
struct events *events_new(struct loop *l, struct store *store, const struct redis_config *redis);
/* Its calls to the store have ended before, and so have the listeners; NULL is fine. */
void events_free(struct events *e);
/* Gives up the connection, whose last callbacks run; nothing is told any more. Before events_free. */
void events_stop(struct events *e);

/* From the event behind `since` on; NULL: from now on. The first call says where it stands. */
struct events_listener *events_listen(struct events *e, const struct event_id *since, events_cb *cb,
                                      void *arg);
void events_unlisten(struct events_listener *l);
/* [how many] listen now. */
size_t events_listeners(const struct events *e);
