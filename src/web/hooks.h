#pragma once
/* Webhooks: /hooks/{gateway}, and /inbound and /receipt under it. Verified over the raw bytes,
 * stored, spooled or kept (flow/hook_intake.h), and only then gets a 200. What is forged or no
 * request of the provider's gets 403 or 400 and leaves a counter and, once a minute, a line in the
 * log with the likely cause; what could neither be stored nor spooled gets 503, so that the
 * provider sends it again. */
#include "flow/hook_intake.h"
#include "web/route.h"

struct hooks;

/* All borrowed for its life; the accounts are those of the intake. */
struct hooks *hooks_new(struct hook_intake *intake, const struct accounts *accounts);
void hooks_free(struct hooks *h); /* NULL is fine */

struct hooks_stats {
    uint64_t requests, forged, malformed, unstored;           /* webhooks */
    uint64_t receipts, foreign_receipts, inbound, duplicates; /* events: struct hook_intake_stats */
    uint64_t unlisted;                             /* receipts: struct hook_intake_stats */
    uint64_t spooled, rejected;                    /* webhooks */
    uint64_t unread, mended, misdirected, account; /* struct hook_intake_stats */
};
/* Of that account, since the start of the process. */
struct hooks_stats hooks_stats(const struct hooks *h, const struct account *a);
/* Webhooks refused, until an hour went by without one. */
struct hooks_refused {
    uint64_t count;
    int64_t last_ms; /* [wall ms] */
    const char *why; /* the likely cause and its mend; NULL while count is 0. Borrowed until the
                        next request */
};
struct hooks_refused hooks_refused(const struct hooks *h, const struct account *a, int64_t now_ms);
/* What is kept because it could not be read or stored, until a person takes it out. */
enum { HOOKS_KEPT_TEXT_BYTES = 512 };
struct hooks_kept {
    uint64_t webhooks;
    bool full;                        /* those that come now get a 503 */
    char text[HOOKS_KEPT_TEXT_BYTES]; /* what it is: whole sentences; "" while there are none */
};
/* Writes its text. */
void hooks_kept_words(struct hooks_kept *kept);
struct hooks_kept hooks_kept(const struct hooks *h, int64_t now_ms);
/* One by one, and what becomes of them: spool_kept_items, hook_intake_try_again, spool_put_away. */
const struct spool_kept_item *hooks_kept_items(const struct hooks *h, int64_t now_ms,
                                               size_t *ret_n);
int hooks_try_again(struct hooks *h, const uint64_t *ids, size_t n, size_t *ret_done,
                    struct err *e) MUST_USE;
int hooks_put_away(struct hooks *h, const uint64_t *ids, size_t n, size_t *ret_done,
                   struct err *e) MUST_USE;
struct spool_stats hooks_spool_stats(const struct hooks *h);
/* False: webhooks wait in the spool, and what somebody wrote may be among them. */
bool hooks_are_caught_up(const struct hooks *h);
/* What could not be stored and holds one of the texts goes: how many files, or negative. */
int hooks_forget(struct hooks *h, const char *const *texts, size_t n, struct err *e) MUST_USE;
