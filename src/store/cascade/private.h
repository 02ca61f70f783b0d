#pragma once
/* What the files of this room share. */
#include "cascade.h"
#include "store/call.h"
#include "store/cascade.h"
#include "store/lua_scripts.h"

struct follow;
struct map;
struct turn;

struct cascades {
    struct store *store;
    struct loop_timer *flush;
    struct follow *follow;
    struct map *by_campaign; /* "7" → struct one */
    uint64_t version;        /* of what was read last */
    struct turn *open;       /* what happened in this turn; NULL: nothing */
    size_t calls;            /* under way */
};

/* turn.c */
void cascades_on_flush(void *cascades);
void cascades_give_up(struct cascades *c);
