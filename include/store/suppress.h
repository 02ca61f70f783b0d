#pragma once
/* People who must not be texted: hash s:{scope}, key (store/inbox.h: the digits of the number, or
 * '~' and an address) → record. Numbers become canonical here, so that every spelling of one is the
 * same person to whoever asks (io/person_number.h). The scope is "all" or a group (core/group.h).
 * The gate and the import look at the same hashes, so an entry counts from the moment that it is
 * stored.
 *
 * Callbacks run once, from the loop, never from inside the call. result is 0 and e NULL, or a
 * negative code: ERR_UNREACHABLE when Redis gave no reply (whether it happened is unknown; all of
 * these may be repeated), ERR_NOT_FOUND, ERR_INVALID. */
#include "core/cap.h"
#include "store/deed.h"
#include "store/hash_cursor.h"
#include "store/store.h"

#define SUPPRESS_REASON_TABLE(X)                                                                   \
    X(SUPPRESS_STOP, "stop")           /* the person said so */                                    \
    X(SUPPRESS_IMPORT, "import")       /* a list of such numbers */                                \
    X(SUPPRESS_MANUAL, "manual")       /* one of us decided; START does not lift it */             \
    X(SUPPRESS_PROVIDER, "provider")   /* the provider refuses the number for this */              \
    X(SUPPRESS_NEAR_STOP, "near_stop") /* of a hold: what they wrote sounds like STOP */
enum suppress_reason {
#define X(name, text) name,
    SUPPRESS_REASON_TABLE(X)
#undef X
};
/* Static. From a text: false, and *ret untouched, when there is none of that name. */
const char *suppress_reason_to_string(enum suppress_reason reason);
bool suppress_reason_from_string(struct slice s, enum suppress_reason *ret);

enum {
    SUPPRESS_ADD_MAX = 1000,           /* entries of one call */
    SUPPRESS_EVIDENCE_BYTES_MAX = 512, /* the rest is cut */
};

struct suppress_entry {
    uint64_t number;  /* E.164 digits; 0 = somebody without one: */
    struct slice key; /* "~GB.1349…"; none */
    enum suppress_reason reason;
    int64_t at_ms;         /* [wall ms] */
    struct slice evidence; /* the words, the file and line, the provider's code; UTF-8 */
};

/* The scope of people whom no campaign texts until somebody has decided about what they wrote. It
 * is no opt-out: answers of people go to them. */
#define SUPPRESS_HOLD "hold"

/* The stored form of an entry, where another script stores it with something else. Returns owned.
 */
char *suppress_record(const struct suppress_entry *entry);
/* Reads a record; false when it is none. evidence is left empty unless *ret_owner (may be NULL) is
 * given: it gets what the evidence is borrowed from, freed by the caller. */
bool suppress_read_record(struct slice record, struct suppress_entry *ret, char **ret_owner);

/* `added` counts the numbers that were not there before; the first record of a number stays. Their
 * threads leave the inbox (not in scope "hold"): people who opted out wait for no answer. */
typedef void suppress_count_cb(void *arg, int result, int64_t count, const struct err *e);
void suppress_add(struct store *s, struct slice scope, const struct suppress_entry *entries,
                  size_t n, suppress_count_cb *cb, void *arg);
void suppress_count(struct store *s, struct slice scope, suppress_count_cb *cb, void *arg);

/* Lets a number be texted again. Who and why go into the audit trail (store/audit.h) with the record that
 * was removed; ERR_INVALID when one of them is empty, ERR_NOT_FOUND when the number is not
 * suppressed.
 */
void suppress_remove(struct store *s, struct slice scope, uint64_t number, struct deed deed,
                     store_done_cb *cb, void *arg);

/* The same for somebody without a number: person is their key, "~GB.1349…". */
void suppress_remove_key(struct store *s, struct slice scope, struct slice person, struct deed deed,
                         store_done_cb *cb, void *arg);

/* ---- what else has to know ---- */

/* Looks in "all" and in the group. entry and scope are borrowed for the call; entry is NULL when
 * the person may be texted. */
typedef void suppress_check_cb(void *arg, int result, struct slice scope,
                               const struct suppress_entry *entry, const struct err *e);
void suppress_check(struct store *s, struct slice group, uint64_t number, suppress_check_cb *cb,
                    void *arg);

/* The same for somebody without a number: person is their key. */
void suppress_check_key(struct store *s, struct slice group, struct slice person,
                        suppress_check_cb *cb, void *arg);

/* All that stands against texting a person (a key, as of store/inbox.h), in whatever scope: "all"
 * first, "hold" last. `besides` is a scope to look in that nobody may have been added to by this
 * store; or none. Borrowed for the call. */
struct suppress_found {
    struct slice scope;
    struct suppress_entry entry;
};
enum { SUPPRESS_FOUND_MAX = 256 };
typedef void suppress_found_cb(void *arg, int result, const struct suppress_found *found, size_t n,
                               const struct err *e);
void suppress_find(struct store *s, struct slice besides, struct slice person,
                   suppress_found_cb *cb, void *arg);

/* What a campaign of the group would do about these people, at most SUPPRESS_STATES_MAX: a letter
 * each, 's' suppressed, 'h' held, 'w' wants no more of one of `words`, 'c' texted as often as the cap allows when it begins at at_ms [wall ms], '-' may be texted.
 * Borrowed for the call; NULL on failure. */
enum { SUPPRESS_STATES_MAX = 256 };
typedef void suppress_states_cb(void *arg, int result, const char *letters, const struct err *e);
struct suppress_asked {
    struct slice group;
    const char *const *words; /* purposes and kinds of texts that the campaign needs consent for */
    size_t word_n;
    struct cap cap; /* all 0: there is none */
    int64_t at_ms;
};
/* Both are borrowed for the call; n 1 … SUPPRESS_STATES_MAX. */
void suppress_states(struct store *s, const struct suppress_asked *asked, const uint64_t *numbers,
                     size_t n, suppress_states_cb *cb, void *arg);

/* One step over a scope, in no order, about `hint` entries. Starts where a cursor is all 0; ends when
 * next->at is 0. What was there all the time is seen at least once. ERR_CONFLICT: begin anew. */
typedef void suppress_page_cb(void *arg, int result, const struct suppress_entry *entries, size_t n,
                              const struct hash_cursor *next, const struct err *e);
void suppress_export(struct store *s, struct slice scope, const struct hash_cursor *from, int hint,
                     suppress_page_cb *cb, void *arg);
