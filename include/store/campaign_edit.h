#pragma once
/* A campaign is changed while it does not run, for all who still wait; and the texts that it had.
 *
 * Nobody is being sent to when it is changed (else the change waits), and every dispatcher loses what
 * it held of the campaign in the same step: so whoever is granted afterwards gets what it says now, and
 * whoever was granted before has it behind them. The gate pays nothing for that.
 *
 * A text that is changed becomes a version: 1, 2, …; the ledger as it stood then says who got which
 * (docs/adr/0044). Callbacks as in store/store.h. */
#include "store/campaign.h"

enum {
    CAMPAIGN_TEXTS_MAX = 20, /* versions of one campaign */
};

struct campaign_edit {
    /* gateway, hours, said, deadline_ms, start_ms, answer_ms, within_ms, author, written_by, digest, approval_why are taken,
     * and prices (NULL: nobody knows what it costs now, and it goes on costing what it did) */
    const struct campaign *to;
    struct slice message;  /* JSON; the same as before: it stays that version */
    uint64_t edits;        /* of the campaign that the caller has read */
    struct slice who, why; /* to the audit trail */
};
/* in_flight: so many are being sent at this moment (result ERR_CONFLICT): nothing is changed, and asking
 * again soon helps. ERR_CONFLICT: it runs, is over, was changed meanwhile, has unknown people while its
 * gateway is to change, or had CAMPAIGN_TEXTS_MAX texts. ERR_NOT_FOUND. */
typedef void campaign_edit_cb(void *arg, int result, uint64_t in_flight, const struct err *e);
void campaign_edit(struct store *s, uint32_t id, const struct campaign_edit *edit, int64_t now_ms,
                   campaign_edit_cb *cb, void *arg);

/* One that it had before. */
struct campaign_text {
    uint32_t version;         /* from 1 */
    struct slice message;     /* JSON, see flow/message.h */
    struct slice gateway, by; /* that it had; who changed it */
    int64_t until_ms;         /* [wall ms] when it was changed */
    uint64_t people;          /* whom it had been sent to until then, in all versions so far */
};
/* The earlier ones, the oldest first: version n is list[n - 1], the last (version n + 1) is what
 * campaign_message tells. Borrowed for the call. */
typedef void campaign_texts_cb(void *arg, int result, const struct campaign_text *list, size_t n,
                               const struct err *e);
void campaign_texts(struct store *s, uint32_t id, campaign_texts_cb *cb, void *arg);

/* Which version each of one block got, or would get. Borrowed for the call. */
typedef void campaign_versions_cb(void *arg, int result, const uint8_t *versions /* by row */,
                                  const struct err *e);
void campaign_versions(struct store *s, uint32_t id, uint32_t block, campaign_versions_cb *cb,
                       void *arg);
