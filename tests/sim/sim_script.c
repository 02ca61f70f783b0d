/* Redis' scripting: the scripts of src/store as they are, in the same Lua 5.1, with Redis' own
 * conversions between its replies and Lua's values. */
#include "sim_store_impl.h"

#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>
#include <lauxlib.h>
#include <lualib.h>

enum {
    CALL_WORDS_MAX = 1024,
    NUMBER_BYTES = 32,
    UNPACK_ROOM = 2048,
    GC_PAUSE = 400, /* [%] of what was in use: collecting is much of the work otherwise */
    GRAIN = 16,     /* [bytes] */
    CHUNK_BYTES = 64 * 1024,
};
#define EXACT_MAX 1e15 /* integers below it have all their digits */

/* ---- Lua's memory: small pieces by size, since malloc is most of the time of a run ---- */

static void *piece_new(struct sim_lua_heap *h, size_t grains)
{
    void *p = h->spare[grains];
    if (p) {
        memcpy(&h->spare[grains], p, sizeof(void *));
        return p;
    }
    if (h->chunk_left < grains * GRAIN) {
        char *chunk = xmalloc(CHUNK_BYTES);
        memcpy(chunk, &h->chunks, sizeof(void *));
        h->chunks = chunk;
        h->chunk_at = chunk + GRAIN;
        h->chunk_left = CHUNK_BYTES - GRAIN;
    }
    p = h->chunk_at;
    h->chunk_at += grains * GRAIN;
    h->chunk_left -= grains * GRAIN;
    return p;
}

static void piece_free(struct sim_lua_heap *h, void *p, size_t grains)
{
    memcpy(p, &h->spare[grains], sizeof(void *));
    h->spare[grains] = p;
}

/* A lua_Alloc. */
static void *resize(void *arg, void *p, size_t had, size_t n)
{
    struct sim_lua_heap *h = arg;
    size_t grains = (n + GRAIN - 1) / GRAIN, had_grains = p ? (had + GRAIN - 1) / GRAIN : 0;
    bool small = grains < SIM_LUA_PIECES, had_small = had_grains < SIM_LUA_PIECES;
    if (!small && !had_small) return realloc(p, n);
    if (p && small && grains == had_grains) return p;
    void *to = n == 0 ? NULL : small ? piece_new(h, grains) : malloc(n);
    if (p && to) memcpy(to, p, had < n ? had : n);
    if (p && had_small)
        piece_free(h, p, had_grains);
    else
        free(p);
    return to;
}

static void heap_end(struct sim_lua_heap *h)
{
    while (h->chunks) {
        void *chunk = h->chunks;
        memcpy(&h->chunks, chunk, sizeof(void *));
        free(chunk);
    }
}

/* ---- Redis to Lua ---- */

static void push_reply(lua_State *l, const struct redisReply *r)
{
    switch (r->type) {
    case REDIS_REPLY_INTEGER:
        lua_pushnumber(l, (lua_Number)r->integer);
        break;
    case REDIS_REPLY_NIL:
        lua_pushboolean(l, 0);
        break;
    case REDIS_REPLY_STATUS:
        lua_newtable(l);
        lua_pushlstring(l, r->str, r->len);
        lua_setfield(l, -2, "ok");
        break;
    case REDIS_REPLY_ARRAY:
        lua_createtable(l, (int)r->elements, 0);
        for (size_t i = 0; i < r->elements; i++) {
            push_reply(l, r->element[i]);
            lua_rawseti(l, -2, (int)i + 1);
        }
        break;
    default:
        lua_pushlstring(l, r->str, r->len);
    }
}

/* As Redis does it: Lua's own way would lose digits. */
static struct slice number_text(lua_Number v, char room[NUMBER_BYTES])
{
    if (v < 0 || v >= EXACT_MAX || v != (lua_Number)(int64_t)v) {
        int n = snprintf(room, NUMBER_BYTES, "%.17g", v);
        return slice_make(room, (size_t)n);
    }
    char *at = room + NUMBER_BYTES;
    uint64_t left = (uint64_t)v;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    return slice_make(at, (size_t)(room + NUMBER_BYTES - at));
}

static int redis_call(lua_State *l)
{
    struct sim_store *s = lua_touserdata(l, lua_upvalueindex(1));
    int n = lua_gettop(l);
    struct slice argv[CALL_WORDS_MAX];
    static char numbers[CALL_WORDS_MAX][NUMBER_BYTES];
    check(n > 0 && n <= CALL_WORDS_MAX);
    for (int i = 0; i < n; i++) {
        if (lua_type(l, i + 1) == LUA_TNUMBER) {
            argv[i] = number_text(lua_tonumber(l, i + 1), numbers[i]);
            continue;
        }
        if (lua_type(l, i + 1) != LUA_TSTRING)
            return luaL_error(l, "Lua redis lib command arguments must be strings or integers");
        argv[i].p = lua_tolstring(l, i + 1, &argv[i].n);
    }
    struct redisReply *r = sim_store_run(s, (size_t)n, argv);
    luaL_checkstack(l, UNPACK_ROOM, "a reply");
    push_reply(l, r);
    sim_reply_free(r);
    return 1;
}

/* struct.pack("<I4I4…", n, …): the one form that is used. */
static int struct_pack(lua_State *l)
{
    const char *format = luaL_checkstring(l, 1);
    int n = (int)(strlen(format) - 1) / 2;
    check(format[0] == '<' && n == lua_gettop(l) - 1);
    luaL_Buffer bytes;
    luaL_buffinit(l, &bytes);
    for (int i = 0; i < n; i++) {
        check(strncmp(format + 1 + 2 * i, "I4", 2) == 0);
        uint32_t v = (uint32_t)luaL_checknumber(l, 2 + i);
        for (int shift = 0; shift < 32; shift += 8)
            luaL_addchar(&bytes, (char)(v >> shift & 255));
    }
    luaL_pushresult(&bytes);
    return 1;
}

/* struct.unpack("<I4B…", bytes): I4 a number of 4 bytes, B one of a byte, c4 4 bytes as they are, x a byte that
 * is left out: what is used. Behind what was read stands where it ended, as in Redis. */
static int struct_unpack(lua_State *l)
{
    size_t n, at = 0;
    const char *format = luaL_checkstring(l, 1), *bytes = luaL_checklstring(l, 2, &n);
    lua_settop(l, 2);
    for (format += *format == '<'; *format;) {
        const unsigned char *v = (const unsigned char *)bytes + at;
        bool four = format[1] == '4';
        luaL_checkstack(l, 2, "struct.unpack");
        check(at + (four ? 4 : 1) <= n && strchr(four ? "Ic" : "Bx", *format));
        if (*format == 'I')
            lua_pushnumber(l, v[0] + 256.0 * (v[1] + 256.0 * (v[2] + 256.0 * v[3])));
        if (*format == 'B') lua_pushnumber(l, v[0]);
        if (*format == 'c') lua_pushlstring(l, bytes + at, 4);
        at += four ? 4 : 1;
        format += four ? 2 : 1;
    }
    lua_pushinteger(l, (lua_Integer)at + 1);
    return lua_gettop(l) - 2;
}

/* ---- Lua to Redis ---- */

static struct redisReply *table_reply(lua_State *l);

/* Of the value on top, which is popped. */
static struct redisReply *pop_reply(lua_State *l)
{
    struct redisReply *r = NULL;
    struct slice text;
    switch (lua_type(l, -1)) {
    case LUA_TNUMBER:
        r = sim_reply_int((long long)lua_tonumber(l, -1));
        break;
    case LUA_TBOOLEAN:
        r = lua_toboolean(l, -1) ? sim_reply_int(1) : sim_reply_nil();
        break;
    case LUA_TSTRING:
        text.p = lua_tolstring(l, -1, &text.n);
        r = sim_reply_text(text);
        break;
    case LUA_TTABLE:
        r = table_reply(l);
        break;
    default:
        r = sim_reply_nil();
    }
    lua_pop(l, 1);
    return r;
}

static struct redisReply *table_reply(lua_State *l)
{
    lua_getfield(l, -1, "ok");
    bool is_status = lua_isstring(l, -1);
    struct redisReply *r = is_status ? sim_reply_status(lua_tostring(l, -1)) : NULL;
    lua_pop(l, 1);
    if (is_status) return r;
    /* up to the first nil, as Redis does */
    size_t n = lua_objlen(l, -1);
    r = sim_reply_array(n);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(l, -1, (int)i + 1);
        if (lua_isnil(l, -1)) {
            lua_pop(l, 1);
            r->elements = i;
            break;
        }
        r->element[i] = pop_reply(l);
    }
    return r;
}

/* cjson.encode, of the texts that it is used for here: without anything to be escaped. */
static int cjson_encode(lua_State *l)
{
    const char *text = luaL_checkstring(l, 1);
    check(!strpbrk(text, "\"\\"));
    lua_pushfstring(l, "\"%s\"", text);
    return 1;
}

/* ---- scripts ---- */

void sim_script_init(struct sim_store *s)
{
    lua_State *l = s->lua = lua_newstate(resize, &s->heap);
    check(l != NULL);
    luaL_openlibs(l);
    (void)lua_gc(l, LUA_GCSETPAUSE, GC_PAUSE);
    lua_newtable(l);
    lua_pushlightuserdata(l, s);
    lua_pushcclosure(l, redis_call, 1);
    lua_setfield(l, -2, "call");
    lua_setglobal(l, "redis");
    lua_newtable(l);
    lua_pushcfunction(l, struct_pack);
    lua_setfield(l, -2, "pack");
    lua_pushcfunction(l, struct_unpack);
    lua_setfield(l, -2, "unpack");
    lua_setglobal(l, "struct");
    lua_newtable(l);
    lua_pushcfunction(l, cjson_encode);
    lua_setfield(l, -2, "encode");
    lua_setglobal(l, "cjson");
    s->scripts = map_new();
}

void sim_script_done(struct sim_store *s)
{
    map_free(s->scripts);
    lua_close(s->lua);
    heap_end(&s->heap);
}

_Noreturn static void fail(lua_State *l)
{
    (void)fprintf(stderr, "script %s\n", lua_tostring(l, -1));
    abort();
}

/* Lua allows a script 200 locals at once. Nobody who adds a name may be the first to meet that: so each leaves
 * room for ten more. */
static void check_room(lua_State *l, const char *name, struct slice source)
{
    static const char ten[] = "local a,b,c,d,e,f,g,h,i,j\n";
    char *longer = xmalloc(sizeof ten + source.n);
    memcpy(longer, ten, sizeof ten - 1);
    memcpy(longer + sizeof ten - 1, source.p, source.n);
    if (luaL_loadbuffer(l, longer, sizeof ten - 1 + source.n, name) != 0) {
        (void)fprintf(stderr, "script %s: ten more locals are too many; put some into a table\n",
                      name);
        fail(l);
    }
    lua_pop(l, 1);
    free(longer);
}

int sim_store_script(struct sim_store *s, const char *name, struct slice source)
{
    lua_State *l = s->lua;
    int known = (int)(intptr_t)map_get(s->scripts, source);
    if (known) return known;
    check_room(l, name, source);
    if (luaL_loadbuffer(l, source.p, source.n, name) != 0) fail(l);
    known = luaL_ref(l, LUA_REGISTRYINDEX);
    (void)map_put(s->scripts, source, (void *)(intptr_t)known);
    return known;
}

static void set_words(lua_State *l, const char *name, size_t n, const struct slice *words)
{
    lua_createtable(l, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushlstring(l, words[i].n ? words[i].p : "", words[i].n);
        lua_rawseti(l, -2, (int)i + 1);
    }
    lua_setglobal(l, name);
}

struct redisReply *sim_store_eval(struct sim_store *s, int script, size_t nkeys, size_t argc,
                                  const struct slice *argv)
{
    lua_State *l = s->lua;
    lua_rawgeti(l, LUA_REGISTRYINDEX, script);
    set_words(l, "KEYS", nkeys, argv);
    set_words(l, "ARGV", argc - nkeys, argv + nkeys);
    if (lua_pcall(l, 0, 1, 0) != 0) fail(l);
    struct redisReply *r = pop_reply(l);
    check(lua_gettop(l) == 0);
    return r;
}
