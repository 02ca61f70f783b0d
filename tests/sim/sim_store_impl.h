#pragma once
/* What sim_store.c (keys), sim_commands.c and sim_script.c (Lua) share. */
#include "sim_store.h"

#include "base/map.h"

#include <lua.h>

enum { SIM_LUA_PIECES = 128 }; /* sizes of small pieces, a grain apart */

struct sim_lua_heap {
    void *spare[SIM_LUA_PIECES]; /* the first bytes of each hold the next one */
    void *chunks;
    char *chunk_at;
    size_t chunk_left;
};

struct sim_store {
    struct map *keys; /* struct value */
    int64_t now_us;
    uint64_t writes;
    unsigned run;
    lua_State *lua;
    struct sim_lua_heap heap;
    struct map *scripts; /* by source: its number in Lua's registry, as a pointer */
};

void sim_script_init(struct sim_store *s);
void sim_script_done(struct sim_store *s);

/* ---- keys and values ---- */

struct text {
    size_t n;
    char bytes[];
};

struct value {
    struct text *string;
    struct map *fields; /* hash: value; set: ""; sorted set: score */
    uint64_t appended;  /* list or stream: how many entries it had; what they say is not kept */
    int64_t expires_us; /* 0 = never */
    uint64_t changed;   /* the store's count of writes then */
};

struct text *sim_text_new(size_t n);
struct text *sim_text_of(struct slice s);
struct slice sim_text_slice(const struct text *t); /* NULL: none */

void sim_keys_free(struct map *keys);                                /* with the values */
struct value *sim_find(const struct sim_store *s, struct slice key); /* NULL: not there, or over */
struct value *sim_make(struct sim_store *s, struct slice key); /* found or made, to be written */
bool sim_del(struct sim_store *s, struct slice key);
struct map *sim_make_fields(struct sim_store *s, struct slice key);
struct map *sim_fields(const struct sim_store *s, struct slice key); /* NULL: none */
struct slice sim_string(const struct sim_store *s, struct slice key);
struct text *sim_field(const struct sim_store *s, struct slice key, struct slice field);
bool sim_put_field(struct map *m, struct slice field, struct slice value); /* whether it is new */
bool sim_drop_field(struct sim_store *s, struct slice key, struct slice field);
