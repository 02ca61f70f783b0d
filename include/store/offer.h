#pragma once
/* Which session a campaign's text told each of its people of (docs/adr/0051). The gate writes it
 * (store/ledger.h): it stands there also of somebody who was then surely not texted. */
#include "base/err.h"
#include "store/store.h"

enum { OFFERS_MAX = 256 };

/* sessions[i]: of the person of index first + i; 0 = none. Borrowed for the call. result:
 * ERR_UNREACHABLE. */
typedef void offers_cb(void *arg, int result, const uint32_t *sessions, size_t n);
/* 1…OFFERS_MAX people. */
void offers_load(struct store *s, uint32_t campaign, uint32_t first, size_t n, offers_cb *cb,
                 void *arg);
