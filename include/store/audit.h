#pragma once
/* The audit trail: who did what, to whom, why and when (docs/adr/0026). It is written in one way
 * (audit.lua) by the scripts that do it, in the same step. About 100,000 entries are kept of the
 * stream `audit`; those that lifted a suppression or a hold are evidence, stand in `audit:kept` with
 * the record that stood there, and are kept for ever. */
#include "store/store.h"

struct audit_entry {
    int64_t at_ms; /* [wall ms] */
    struct slice who, what;
    struct slice whom; /* the person of an opt-out (PERSON_KEY_BYTES); none */
    struct slice why;  /* may be empty */
};
enum { AUDIT_MAX = 1000 };
/* The newest `limit` entries (1 … AUDIT_MAX) about one campaign, 0 = about everything; the newest
 * first. Borrowed for the call, which comes later, once, from the loop. */
typedef void audit_cb(void *arg, int result, const struct audit_entry *entries, size_t n,
                      const struct err *e);
void audit_read(struct store *s, uint32_t campaign, size_t limit, audit_cb *cb, void *arg);

/* What an older Muster kept in a list of its own (`suppress:audit`) becomes part of the trail. Once for
 * each connection; may be repeated. */
void audit_take_over(struct store *s, store_done_cb *cb, void *arg);
