#pragma once
/* The one way to ask Redis: a script or a command, its arguments, and who is told.
 *
 *     struct call *c = call_begin(s, &retire);
 *     call_key(c, "c:%u", id);
 *     call_u64(c, id);
 *     call_run(c, on_retire, cb, arg);
 *
 * The arguments are written into room that the store keeps, and go to Redis with call_run: so one
 * call is run before the next one begins. The call itself waits for the reply with what its reader
 * needs, and is the store's again when the reader returns. Once warm, nothing here allocates.
 *
 * What a script gets (docs/adr/0018): first the keys that C knows, then the arguments. A script
 * that finds its keys on the way declares none and gets the prefix as its first argument. */
#include "base/err.h"
#include "base/slice.h"
#include "io/redis.h"
#include "store/store.h"

#include <stdarg.h>
#include <stddef.h>

struct buf;
struct group_set;
struct redisReply;
struct told;

/* A script is made of its parts, one behind the other, when it is first called. */
enum { SCRIPT_PARTS_MAX = 24 };
struct script {
    const char *name;                            /* in errors, and in the simulation */
    void (*prelude)(struct buf *b);              /* Lua that C writes, in front; may be NULL */
    const struct slice *parts[SCRIPT_PARTS_MAX]; /* store/lua_scripts.h */
    /* Finds what it told that must be kept (store/told.h); NULL: it tells nothing. Its calls are
     * answered when that is kept elsewhere, too. */
    void (*told)(struct told *t, const struct redisReply *reply);
};

typedef void call_cb(void); /* any callback; its reader knows which */
struct call;
/* Reads the reply (NULL: there was none, see call_failed) and calls back. Nested calls are fine. */
typedef void call_read(struct call *c, const struct redisReply *reply);

enum { CALL_KEPT_BYTES = 128 };
struct call {
    struct store *store;
    call_cb *cb;
    void *arg;
    uint32_t id; /* for the reader: of what is asked about; 0 before */
    union {
        max_align_t align;
        char bytes[CALL_KEPT_BYTES];
    } kept;
    /* call.c's own */
    call_read *read;
    const struct redis_script *script;
    int deadline_ms;
    bool lasts;
    void (*told)(struct told *t, const struct redisReply *reply);
    struct redisReply *held; /* while what was told is being kept */
    struct call *next;
};

struct call *call_begin(struct store *s, const struct script *script);
struct call *call_command(struct store *s, const char *name);

/* The prefix and the rest; of printf's conversions fmt may have %u %lu %s %c %.*s only, which cost
 * little. */
void call_key(struct call *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same as an argument: the beginning of keys that the script finds on its way. */
void call_name(struct call *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Text is borrowed until call_run. Its bytes may be any. */
void call_text(struct call *c, struct slice text);
void call_str(struct call *c, const char *text); /* NULL: "" */
void call_u64(struct call *c, uint64_t v);
void call_i64(struct call *c, int64_t v);
void call_f(struct call *c, const char *fmt, ...) PRINTF_LIKE(2, 3); /* all that printf knows */
void call_prefix(struct call *c);
/* Our keys as SCAN matches them: the prefix, which stands for itself, and a pattern behind it. */
void call_pattern(struct call *c, const char *pattern);
struct slice store_prefix(const struct store *s);
void call_now(struct call *c); /* "": Redis' own clock; see store_set_clock */
/* Field and value. */
void call_pair(struct call *c, const char *field, struct slice value);
void call_pair_u64(struct call *c, const char *field, uint64_t value);
/* An argument of many numbers, each with a space behind it: call_list, and then a call_item each.
 */
void call_list(struct call *c);
void call_item(struct call *c, int64_t v);
/* The groups that somebody reaches, as scripts take them: "" = every one, ",a,b," = these, "," =
 * none. `only`, unless it is none: that one at most. */
void call_groups(struct call *c, const struct group_set *groups, struct slice only);
/* The older spellings of a number, if it has any (io/person_number.h): an argument each. */
void call_older(struct call *c, uint64_t number);

/* How long the reply may take; otherwise as long as the connection's configuration says. For
 * commands that wait on purpose; not for scripts. */
void call_within(struct call *c, int deadline_ms);

/* The next key or argument is that one, from 1 on as Lua counts (store/script_names.h): a bug
 * otherwise. Returns c. */
struct call *call_next_key(struct call *c, size_t name);
struct call *call_next(struct call *c, size_t name);

/* Somebody outside relies on its reply (a message leaves, a webhook gets its 200, a person is
 * told so): it counts only when replicas have it, else it fails (redis_eval_lasting). */
void call_lasts(struct call *c);

/* Copies what the reader wants to know (at most CALL_KEPT_BYTES); it is zero before. */
#define call_keep(c, ...) call_keep_bytes((c), &(__VA_ARGS__), sizeof(__VA_ARGS__))
void call_keep_bytes(struct call *c, const void *what, size_t n);
static inline const void *call_kept(const struct call *c)
{
    return &c->kept;
}

/* Sends it. cb is handed to the reader as c->cb. read NULL: nobody wants the reply. */
#define call_run(c, read, cb, arg) call_send((c), (read), (call_cb *)(cb), (arg))
void call_send(struct call *c, call_read *read, call_cb *cb, void *arg);
/* The reader reads it, and the call is over. */
void call_answer(struct call *c, const struct redisReply *reply);
/* The callback that the reader knows the type of: call_back(c, lease_cb)(c->arg, &answer). */
#define call_back(c, type) ((type *)(c)->cb)

/* 0, or ERR_UNREACHABLE and the one text for a reply that never came or is an error. e may be NULL.
 */
int call_failed(const struct redisReply *reply, struct err *e);
/* The same of an error that a script caught and names: `why` as Redis says it. ERR_UNREACHABLE. */
int call_refused(struct slice why, struct err *e);
/* Reads whether it was done, for a store_done_cb; which may be NULL. */
void call_read_done(struct call *c, const struct redisReply *reply);
/* The first word of a reply that is an array, or the word that it is. */
bool call_says(const struct redisReply *reply, const char *word);

/* At most n bytes of s, not cut inside a character. */
struct slice call_cut(struct slice s, size_t n);
