#pragma once
/* The audit trail: who did what, to whom, why and when (docs/adr/0026, 0040). It is written in one way
 * (audit.lua) by the scripts that do it, in the same step. About 100,000 entries are kept of the
 * stream `audit`, and as many of `audit:inbox`; those that lifted a suppression or a hold are evidence, stand in `audit:kept` with
 * the record that stood there, and are kept for ever. */
#include "core/group.h"
#include "store/store.h"

struct audit_entry {
    int64_t at_ms;                 /* [wall ms] */
    struct slice who;              /* a member, a gateway, a process, "the person" */
    struct slice id, way, address; /* of a member (core/actor.h); none of others */
    struct slice group;            /* of several: the first that the reader may see; none: of all */
    struct slice what;
    struct slice whom; /* the person of an opt-out (PERSON_KEY_BYTES); none */
    struct slice why;  /* may be empty */
};
enum { AUDIT_MAX = 1000, AUDIT_CURSOR_BYTES = 48, AUDIT_WORDS_BYTES_MAX = 128 };
struct audit_query {
    /* Whose entries; those of the organisation for who has all. Borrowed until the callback. */
    struct group_set groups;
    struct slice group;        /* of those, this one alone; none: all of them. Borrowed as well */
    struct slice who;          /* a part of a name, or an id; none: anybody */
    struct slice what;         /* the beginning of what: "campaign", "login"; none: anything */
    uint32_t campaign;         /* only about this one, in place of what; 0: about anything */
    int64_t from_ms, until_ms; /* [wall ms], until not among them; 0 = always */
    struct slice cursor;       /* audit_cursor_ok; none: from the newest */
    size_t limit;              /* 1 … AUDIT_MAX */
};
/* The newest first. Borrowed for the call, which comes later, once, from the loop. next: the cursor of the page behind; none:
 * there is none. A page may be short, or empty, although there is: only some 20,000 entries are looked at for one. */
typedef void audit_cb(void *arg, int result, const struct audit_entry *entries, size_t n,
                      struct slice next, const struct err *e);
void audit_read(struct store *s, const struct audit_query *query, audit_cb *cb, void *arg);
bool audit_cursor_ok(struct slice cursor);

/* An entry about what no script of its own writes about, in the step that does it. */
struct audit_note {
    int64_t at_ms;    /* [wall ms] */
    struct slice who; /* core/actor.h */
    struct slice what, why, group;
    uint32_t conversation; /* whose group it is of, in place of `group`; 0: none */
    bool routine;          /* what volunteers do all day: has a room of its own */
};
void audit_note(struct store *s, const struct audit_note *note, store_done_cb *cb, void *arg);

/* What an older Muster kept in a list of its own (`suppress:audit`) becomes part of the trail. Once for
 * each connection; may be repeated. */
void audit_take_over(struct store *s, store_done_cb *cb, void *arg);
