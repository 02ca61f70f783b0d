#pragma once
/* The book of contacts beside its use in the gate (src/store/cap/contacts.lua, docs/adr/0041). */
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum { CONTACTS_FORGET_MAX = 64, CONTACTS_RECENT_MAX = 256 };

/* Entries whose contacts are all older than a week go, of so many buckets; the next call goes on
 * behind them, and round again. Nobody waits for the reply. */
void contacts_sweep(struct store *s, uint32_t buckets);
/* Takes these people (canonical numbers, ≤ CONTACTS_FORGET_MAX) out. result: 0, or negative when Redis gave no
 * reply; then it may be repeated. */
typedef void contacts_cb(void *arg, int result);
void contacts_forget(struct store *s, const uint64_t *numbers, size_t n, int64_t now_ms,
                     contacts_cb *cb, void *arg);

/* How many of these people (≤ CONTACTS_RECENT_MAX, none is fine) campaigns texted in the 24 hours before now_ms [wall ms]. Borrowed
 * for the call. */
typedef void contacts_recent_cb(void *arg, int result, uint32_t n, const struct err *e);
void contacts_recent(struct store *s, const uint64_t *numbers, size_t n, int64_t now_ms,
                     contacts_recent_cb *cb, void *arg);
