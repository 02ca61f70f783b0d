#pragma once
/* A campaign as JSON has it: the one reader of what check, launch, test, preview, edit and a schedule
 * take. In this order:
 *
 *   campaign_body_read     every key, by its row
 *   campaign_body_account  the gateway's account, with which a caller finds the audience
 *   campaign_body_take     the audience, and what its group says: whose it is, its accounts, its hours
 *
 * The first is src/flow/campaign_body.c, the other two campaign_take.c.
 *
 * A new key is a row of flow/campaign_keys.h and its function in campaign_body.c (a unit test sees that each
 * row reads). What it says goes into struct campaign, or beside it. */
#include "core/body.h"
#include "core/canary.h"
#include "core/consent.h"
#include "core/hours.h"
#include "core/law.h"
#include "core/money.h"
#include "flow/campaign_keys.h"
#include "store/audience.h"
#include "store/campaign.h"

struct account;
struct accounts;
struct check_report;
struct groups;

enum campaign_body_need {
    CAMPAIGN_WHOLE,  /* what can be launched */
    CAMPAIGN_DRAFT,  /* it has no name yet */
    CAMPAIGN_CHANGE, /* only what changes (body_says); null: as if it had never been said */
};

enum {
    CAMPAIGN_WORD_BYTES_MAX = 256,
    CAMPAIGN_NAME_BYTES_MAX = 128,
    CAMPAIGN_LATE_BYTES_MAX = 200,
    CAMPAIGN_CAP_WHY_BYTES_MAX = 200,
    CAMPAIGN_WHY_BYTES_MAX = 200,
    CAMPAIGN_MESSAGE_BYTES_MAX = 256 * 1024, /* as JSON */
    CAMPAIGN_CONFIRMED_MAX = 16,
};

struct campaign_body {
    enum law_purpose purpose; /* what its text is; LAW_UNSAID */
    uint64_t confirmed[2];    /* bits: rules of law that whoever launches has seen to */
    struct body from;         /* owned, its root too; all texts are borrowed from it */
    struct campaign campaign; /* as campaign_create takes it, once all three steps are done */
    struct slice audience;    /* as it is named, or its id */
    bool is_late;          /* it is launched although it will be late; of a launch that was done */
    char *zones;           /* owned; campaign.zones of it */
    struct slice sender;   /* the one that it says itself; none */
    char *senders;         /* owned; campaign.sender of it */
    struct slice late_why; /* why it is to be launched although it will be late; none = it is not */
    struct money budget;   /* its own; 0 = none */
    struct canary_size canary;
    bool canary_said;
    struct hours hours;
    bool hours_unsaid; /* it does not say its own, and after campaign_body_take has: */
    char *usual_hours; /* owned */
    struct consent_need consent;
    bool consent_unsaid; /* it does not say which it needs */
    /* of campaign.consent, once campaign_body_take is done */
    char consent_text[CONSENT_NEED_BYTES];
    char *message; /* owned; JSON, see flow/message.h; NULL: it says none */
    char *said;    /* owned; all the rest as JSON, which campaign.said is */
    const struct account *account;
    struct audience_info *list; /* owned */
    enum campaign_body_need need;
};

/* b is zeroed, and to be campaign_body_done whatever comes. Takes root. False: b->from.errors is the
 * list of all that is wrong, b->from.e the first. */
bool campaign_body_read(struct campaign_body *b, json_t *root, enum campaign_body_need need);
void campaign_body_done(struct campaign_body *b);

/* Its list is called so, whatever the JSON said. */
void campaign_body_name_list(struct campaign_body *b, struct slice name);
/* The JSON that launches a campaign again, under its name. Returns owned. */
json_t *campaign_body_of(const struct campaign *c, struct slice message);
/* Puts what changes says into base: what may be changed of a campaign once it was launched; null takes a
 * key away. What was confirmed was so of the text that it had: with another one it counts only if changes says it again.
 * What changes says of other keys must be what base says. begun: its start is over. ERR_INVALID
 * names the first key that cannot be changed, and why. */
int campaign_body_change(json_t *base, const json_t *changes, bool begun, struct err *e) MUST_USE;
/* Takes who stands so in the campaign that `of` names, which is of its list. ERR_CONFLICT: it is not over,
 * has nobody like that, its details are not kept any more, or it went to another list. */
int campaign_body_take_of(struct campaign_body *b, const struct campaign *of,
                          struct err *e) MUST_USE;
/* False: there is no such account. */
bool campaign_body_account(struct campaign_body *b, const struct accounts *accounts);
/* info is copied. groups, usual_hours, usual_consent (of the organisation): NULL = nothing is said. ERR_CONFLICT: the
 * list is not frozen yet, or the group may not send by that account or sender. ERR_INVALID: the account has no
 * such sender. */
int campaign_body_take(struct campaign_body *b, const struct audience_info *info,
                       const struct groups *groups, const char *usual_hours,
                       const char *usual_consent, struct err *e) MUST_USE;
/* What the check found that it costs, and its budget, for campaign_create; borrowed from the report. */
void campaign_body_priced(struct campaign_body *b, const struct check_report *report);
