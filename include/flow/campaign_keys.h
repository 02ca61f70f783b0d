#pragma once
/* The keys of a campaign, in one table. All who read or carry a campaign read it:
 *
 *   the API              flow/campaign_body.c   (the column `read`)
 *   a campaign's file    cli/campaign/file.c    (CAMPAIGN_IN_FILE)
 *   the page's form      web/organiser/campaign_typed.c    (CAMPAIGN_ON_PAGE)
 *   "send it again"      web/organiser/campaign_refill.c   (CAMPAIGN_AGAIN)
 *
 * A new key is a row here, its function in campaign_body.c, and what people read of it: src/web/openapi.yaml, docs/CAMPAIGN.md,
 * the field in web/organiser/new.mustache. `lint campaign_keys` says which of these is missing. */
#include <stdint.h>

#include "base/slice.h"
#include "core/consent.h"

/* What the API takes. */
enum campaign_key_kind {
    CAMPAIGN_KEY_TEXT,
    CAMPAIGN_KEY_NUMBER, /* a whole one, least to most */
    CAMPAIGN_KEY_TIME,   /* ISO 8601 */
    CAMPAIGN_KEY_LIST,
    CAMPAIGN_KEY_MESSAGE,
};

/* Where it may stand, besides the API. */
enum campaign_key_where {
    CAMPAIGN_IN_API = 0,
    CAMPAIGN_IN_FILE = 1 << 0,
    CAMPAIGN_ON_PAGE = 1 << 1,
    CAMPAIGN_AGAIN = 1 << 2, /* the page fills it in from an earlier campaign */
    CAMPAIGN_FILE_AND_PAGE = CAMPAIGN_IN_FILE | CAMPAIGN_ON_PAGE,
    CAMPAIGN_PAGE_AND_AGAIN = CAMPAIGN_ON_PAGE | CAMPAIGN_AGAIN,
    CAMPAIGN_EVERYWHERE = CAMPAIGN_IN_FILE | CAMPAIGN_ON_PAGE | CAMPAIGN_AGAIN,
};

enum {
    CAMPAIGN_ANSWER_MINUTES_MAX = 24 * 60,
    CAMPAIGN_ACCOUNT_REFUSALS_MAX = 1000,
    CAMPAIGN_OF_RECEIPTS_MAX = 1000 * 1000,
};

/* The key; the function of campaign_body.c that reads it; its kind; of a number, the least and the most; where else it may stand.
 * Each is read after those above it. */
#define CAMPAIGN_KEY_ROWS(X)                                                                       \
    X("name", read_name, TEXT, 0, 0, EVERYWHERE)                                                   \
    X("audience", read_audience, TEXT, 0, 0, EVERYWHERE)                                           \
    X("gateway", read_gateway, TEXT, 0, 0, EVERYWHERE)                                             \
    X("sender", read_sender, TEXT, 0, 0, EVERYWHERE)                                               \
    X("lane", read_lane, TEXT, 0, 0, EVERYWHERE)                                                   \
    X("deadline", read_deadline, TIME, 0, 0, EVERYWHERE)                                           \
    X("start", read_start, TIME, 0, 0, EVERYWHERE)                                                 \
    X("hours", read_hours, TEXT, 0, 0, EVERYWHERE)                                                 \
    X("pace_by", read_pace, TEXT, 0, 0, EVERYWHERE)                                                \
    X("answer_within_minutes", read_within, NUMBER, 1, CAMPAIGN_ANSWER_MINUTES_MAX, EVERYWHERE)    \
    X("cap", read_cap, TEXT, 0, 0, IN_FILE)                                                        \
    X("cap_why", read_cap_why, TEXT, 0, 0, FILE_AND_PAGE)                                          \
    X("force_late", read_force_late, TEXT, 0, 0, ON_PAGE)                                          \
    X("budget", read_budget, TEXT, 0, 0, EVERYWHERE)                                               \
    X("of", read_of, NUMBER, 0, UINT32_MAX, PAGE_AND_AGAIN)                                        \
    X("only", read_only, LIST, 0, 0, IN_API)                                                       \
    X("needs_consent", read_consent, TEXT, 0, 0, EVERYWHERE)                                       \
    X("consent_months", read_consent_months, NUMBER, 0, CONSENT_MONTHS_MAX, EVERYWHERE)            \
    X("min_age", read_min_age, NUMBER, 0, CONSENT_AGE_MAX, EVERYWHERE)                             \
    X("kind", read_kind, TEXT, 0, 0, EVERYWHERE)                                                   \
    X("confirmed", read_confirmed, LIST, 0, 0, IN_FILE)                                            \
    X("canary", read_canary, TEXT, 0, 0, EVERYWHERE)                                               \
    X("canary_then", read_canary_then, TEXT, 0, 0, EVERYWHERE)                                     \
    X("brake_off", read_brake_off, TEXT, 0, 0, FILE_AND_PAGE)                                      \
    X("pause_account_refusals", read_account_refusals, NUMBER, 1, CAMPAIGN_ACCOUNT_REFUSALS_MAX,   \
      EVERYWHERE)                                                                                  \
    X("pause_failed_percent", read_failed_percent, NUMBER, 1, 100, EVERYWHERE)                     \
    X("pause_filtered_percent", read_filtered_percent, NUMBER, 1, 100, EVERYWHERE)                 \
    X("pause_of_receipts", read_of_receipts, NUMBER, 1, CAMPAIGN_OF_RECEIPTS_MAX, EVERYWHERE)      \
    X("message", read_message, MESSAGE, 0, 0, IN_API)

/* For the keys of a route: KEYS(CAMPAIGN_BODY_KEYS "to", "row"). */
#define CAMPAIGN_BODY_KEY(key, ...) key,
#define CAMPAIGN_BODY_KEYS          CAMPAIGN_KEY_ROWS(CAMPAIGN_BODY_KEY)

struct campaign_key {
    const char *name;
    enum campaign_key_kind kind;
    uint64_t least, most; /* of a number */
    unsigned where;       /* enum campaign_key_where */
};

#define CAMPAIGN_KEY_ONE(...) +1
enum { CAMPAIGN_KEYS_COUNT = 0 CAMPAIGN_KEY_ROWS(CAMPAIGN_KEY_ONE) };
extern const struct campaign_key campaign_keys[CAMPAIGN_KEYS_COUNT];
/* NULL: no campaign has such a key. */
const struct campaign_key *campaign_key_find(struct slice name);
