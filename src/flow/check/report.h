#pragma once
/* What a check found out, before it is told. */
#include "cost.h"
#include "law.h"
#include "tally.h"

#include "core/finding.h"
#include "flow/outlook.h"
#include "flow/senders.h"
#include "flow/session_words.h"
#include "flow/whereabouts.h"
#include "flow/zone_book.h"
#include "store/memory.h"
#include "store/tried.h"

enum { WHOM_BYTES = 400, WHOM_SHOWN = 5 };

/* People whose clock is the same. */
struct check_zone {
    const struct zone_set *set;
    uint64_t people;
};

struct check_report {
    struct tally tally;
    struct memo *looks;    /* owned; text → struct look, by country */
    struct memo *consents; /* owned; of law_tally_add */
    struct check_cost cost;
    char *month;                       /* owned; "2026-11", "" = none */
    uint64_t suppressed, held, capped; /* people of the list whom it would not text */
    struct cap cap;
    bool exempt;
    uint64_t exempted;              /* whom the cap would leave out, and the exemption does not */
    struct audience_info *audience; /* owned */
    char *organisation;             /* owned */
    const struct account *account;
    struct senders senders;                /* of the account, that it leaves from */
    double rate_per_s;                     /* of the account, their limits included */
    int64_t start_ms, deadline_ms, now_ms; /* start_ms: never before now */
    int64_t asked_start_ms;                /* as the campaign says; 0 = at once */
    uint32_t named;
    struct memory_state memory;
    enum lane lane;
    struct hours hours;
    char *hours_text; /* owned */
    bool hours_unsaid;
    struct consent_need need;
    struct consent_columns consent_columns;
    uint64_t unagreed; /* left out for that */
    struct tally_finding consent[CONSENT_TOO_YOUNG + 1], withdrawn;
    struct zone_book *zones; /* NULL: any hour */
    int zone_column;         /* -1 = the audience has none */
    struct check_zone *zone; /* owned */
    size_t zone_n;
    struct tally_finding zone_unknown, zone_no_place;
    const struct session_words *words; /* NULL: nobody is told of a session */
    struct where_columns where;
    struct tally_finding where_unsaid, where_unknown, none_near; /* told of no session */
    uint64_t told_nearest;
    struct outlook *outlook;   /* owned; NULL: nobody else uses the account */
    int64_t provider_has;      /* messages that it took and has not passed on; < 0 = not known */
    int64_t answer_ms;         /* people pace it; 0 = they do not */
    struct forecast_pace pace; /* of the account, as it was seen */
    char *late_why; /* owned; it is to be launched although it will be late; "" = it is not */
    struct outlook_eta eta; /* after report_judge */
    struct law_tally *law;  /* owned; NULL: nothing of law */
    struct tried tried;
    struct approval_rule approval;
    char *approval_again; /* owned */
    struct canary_plan canary;
    bool loosens;
    bool nameless; /* it names nobody, see struct check_input */
    char *written; /* owned; then the message as its author wrote it; NULL else */
    bool tried_known;
    struct err message;               /* why the message does not compile; code 0 when it does */
    json_t *findings[FINDING_LEVELS]; /* owned arrays, filled by report_judge */
};

/* Takes copies; the tally is ready to be added to. */
struct check_report *report_new(const struct check_input *input);
void report_free(struct check_report *r); /* NULL is fine */
/* One more person of it, and what they get (NULL: it could not be rendered). Returns how many parts that is. */
uint32_t report_add(struct check_report *r, const struct check_person *p,
                    const struct outgoing *out);
/* Turns what was counted into findings. Once, at the end. */
void report_judge(struct check_report *r);

/* finding.c */
/* One finding. */
void report_say(struct check_report *r, enum finding_level level, const char *code, const char *fmt,
                ...) PRINTF_LIKE(4, 5);
/* One that shows the first people whom it is about. */
void report_say_of(struct check_report *r, const struct tally_finding *people,
                   enum finding_level level, const char *code, const char *fmt, ...)
    PRINTF_LIKE(5, 6);
/* Those of some levels, the gravest first. Returns owned. */
json_t *report_findings_json(const struct check_report *r, enum finding_level from,
                             enum finding_level to);
/* [{"index", "number"}, …], masked. Returns owned. */
json_t *report_people_json(const struct check_report *r, const struct tally_finding *f);
/* The verb behind report_whom: "is" of one, "are" of more. */
const char *report_are(const struct tally_finding *f);
/* "12 people (+44••••••0123, +44…, …)": the first WHOM_SHOWN of them; "all 300 people" where nobody is left. */
const char *report_whom(const struct check_report *r, const struct tally_finding *f,
                        char out[WHOM_BYTES]);

/* consent.c */
/* False: whoever stands in that row is left out, and is counted. withdrawn: they took it back. */
bool report_agreed(struct check_report *r, uint32_t index, const struct block *b, size_t row,
                   bool withdrawn);
void judge_consent(struct check_report *r);

/* hours.c */
void report_add_zone(struct check_report *r, const struct check_person *p);
void report_forecast(struct check_report *r);
/* The campaign as a forecast takes it. *groups is owned by the caller. */
struct forecast_campaign report_as_forecast(const struct check_report *r,
                                            struct forecast_group **groups);
void judge_hours(struct check_report *r);

/* eta.c */
/* [wall ms] when the last message leaves in a forecast of its eta; in whole seconds, the last one begun. */
int64_t report_finish_ms(const struct check_report *r, const struct forecast *f);
/* Whether the deadline can be met. */
void judge_eta(struct check_report *r);
/* What the times do not count, since it hangs on people: an approval, a look; and what they count. */
void judge_waits(struct check_report *r);
/* That it shares its account. */
void judge_others(struct check_report *r);
json_t *report_finish_json(const struct check_report *r);

/* in_time.c: of one that would be late */
/* How many it would likely reach by the deadline. */
uint64_t report_by_deadline(const struct check_report *r);
/* ". It would be in time through a gateway with 13/s; or if …. Do that, move": the rest tells of the deadline. Owned. */
char *report_in_time(const struct check_report *r);

/* nearest.c */
/* Whether that name, which the list does not have, was meant to be about the nearest session; then that
 * is said. */
bool judge_nearest_name(struct check_report *r, const char *name);
/* What that person would be told now, counted; NULL: nothing. w NULL: nobody is told of a session. */
const struct message_nearest *report_nearest(struct check_report *r, uint32_t index,
                                             const struct block *b, size_t row,
                                             const struct whereabouts *w,
                                             struct session_said *said);
void judge_nearest(struct check_report *r);

/* budget.c */
void judge_budgets(struct check_report *r);
