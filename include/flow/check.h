#pragma once
/* The story of a check: a campaign is held against its real audience before anybody is texted.
 * Every recipient's message is rendered and counted, a block at a time with the loop free between
 * blocks (a million recipients take some seconds). Some findings block a launch, some need a second
 * person, the others are shown (core/finding.h). */
#include "base/err.h"
#include "core/approval.h"
#include "core/canary.h"
#include "core/cap.h"
#include "core/consent.h"
#include "core/hours.h"
#include "core/law.h"
#include "core/money.h"
#include "flow/account.h"
#include "store/audience.h"
#include "store/money.h"
#include "store/queue.h"

#include <jansson.h>

struct keywords;
struct memory_state;
struct session_words;
struct store;

enum {
    CHECK_PARTS_MAX = 10,       /* of one SMS: what the strictest of the providers still takes */
    CHECK_START_DAYS_MAX = 366, /* a start further ahead is asked about: most are a year mistyped */
    CHECK_LATE_START_MS = 60 * 1000, /* a start that is no longer past than this means now */
    CHECK_EXAMPLES_MAX = 10,         /* people shown for each finding */
};

/* What the rules of core/law.h need to know; all borrowed for the check. */
struct check_law {
    const struct law_words *words;
    const struct law_organisation *organisation;
    enum law_purpose purpose;
    uint64_t confirmed[2]; /* bits: numbers of rules that whoever launches has confirmed */
    /* Why a rule is switched off for the audience's group ("WHY, by WHO"), NULL: it is not. Owned. */
    char *(*off_why)(const void *arg, int rule, struct slice group);
    const void *off_arg;
    const struct accounts *accounts; /* whose senders are nobody to be texted; NULL = not known */
    bool scheduled;                  /* by a schedule: nobody is there to test it */
    bool lent; /* to a list that is lent: its helpers have nobody of it for a test */
};

/* What it may cost (docs/adr/0046). */
struct check_budgets {
    struct money campaign;              /* its own; 0 = any */
    int64_t campaign_spent;             /* [millionths] of it, by one that is changed */
    struct slice group;                 /* its group's of the month (store/group.h); "" = any */
    const struct campaign_purse *purse; /* the month, and the organisation's; NULL = any */
};

struct check_input {
    struct slice message; /* see flow/message.h */
    const struct account *account;
    struct slice senders; /* as senders_named takes them (flow/senders.h); "" = all */
    const struct audience_info *audience;
    int64_t start_ms, deadline_ms, now_ms; /* [wall ms] 0 = at once, 0 = none */
    uint32_t named;                        /* the campaign that has its name already; 0 = none */
    /* Only those who stand in the ledger of campaign `of`, which has the same list, in these states:
     * 1 << enum state; only 0 = all of the list. */
    uint32_t of;
    unsigned only;
    const struct approval_rule *approval; /* NULL: nobody has to agree */
    struct slice approval_again; /* of a change, why somebody has to agree to it; none = nobody */
    struct canary_plan canary;
    bool loosens; /* less stops it by itself than usual (launch_loosens): somebody has to agree */
    struct slice author;             /* the member who launches; none = nobody yet */
    const char *organisation;        /* "" = not known */
    const struct keywords *keywords; /* must live as long as the check */
    const struct hours *hours;       /* NULL = any */
    struct slice hours_text;
    bool hours_unsaid; /* nobody chose them: `any` is then worth a warning */
    struct consent_need consent;
    const struct memory_state *memory; /* of Redis (store/memory.h); NULL = not known */
    struct cap cap;                    /* all 0: nobody is left out for having been texted */
    bool exempt;                       /* whoever it would leave out gets it, and is counted */
    enum lane lane;
    int64_t answer_ms;     /* [ms] people pace it; 0 = they do not */
    struct slice late_why; /* why it is to be launched although it will be late; none = it is not */
    struct check_law law;  /* without words: the rules of law are not asked */
    struct check_budgets budgets;
    struct zone_book *zones; /* not NULL where hours are given; lives as long as the check */
    const struct session_words *words; /* NULL: nobody is told of a session */
    /* Whoever asks borrows the list: the report has counts, and nobody's number or text. */
    bool nameless;
};

struct check_report;
/* Nothing was found that blocks. */
bool check_report_ok(const struct check_report *r);
/* Something was found that a second person has to agree to. */
bool check_report_needs_approval(const struct check_report *r);
/* To whom its author launched lately without a second person (store/tried.h). */
uint64_t check_report_alone(const struct check_report *r);
/* Who would get it. */
uint64_t check_report_recipients(const struct check_report *r);
/* {"ok", "findings": [{"code","level","message","rule"?,"source"?,"confirm"?,"people"?}], "errors": [those that block],
 *  "warnings": [the others], "recipients", "suppressed", "held", "texted_enough", "unagreed",
 *  "missing": [{"field","count","examples": [{"index","number"}]}], "parts": {"1": N, …}, "start",
 *  "encodings": {"GSM-7": N, "UCS-2": N}, "parts_total",
 *  "price": {"currency","amount","by_country": {"GB": {"recipients","parts","amount"}}},
 *  "budgets": [{"which","budget","spent","left","suffices"}], amounts as core/money.h writes them,
 *  "hours", "finish": {"seconds","first","at","early","late","rate_per_s","others"} or null (never), "sample"}; numbers are masked. Returns
 * owned. */
json_t *check_report_json(const struct check_report *r);

/* Its people by clock, as struct campaign has them (zones). Returns owned. */
char *check_report_zones(const struct check_report *r);
/* Why it is launched although it will be late; "" where it will not be, or nobody said so. Borrowed. */
const char *check_report_late(const struct check_report *r);

/* What a launch keeps with the campaign: what each person costs (borrowed as long as the report is;
 * NULL: the account has no prices), and the sum of all who would be texted [millionths]. */
const struct campaign_prices *check_report_prices(const struct check_report *r);
uint64_t check_report_price(const struct check_report *r);

/* result 0 and the report, borrowed for the call; or why the audience could not be read. */
typedef void check_cb(void *arg, int result, const struct check_report *report,
                      const struct err *e);
/* What input points to is copied, but for the account, which must live as long as the check. cb
 * runs once: from the loop, or from inside the call when the message does not even compile. */
void check_run(struct store *s, const struct check_input *input, check_cb *cb, void *arg);
