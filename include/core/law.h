#pragma once
/* What law, carriers and WhatsApp ask of a campaign: one table of rules, each with its level, when it
 * holds, its source, and who sees to it. What is *enforced* here is found by law_text and law_campaign
 * below; what another part enforces, the table names; what no program can know is *asked* at the launch
 * or *shown* in docs/LAW.md. No legal advice. Pure. */
#include "base/slice.h"
#include "core/finding.h"

/* ---- the table ---- */

enum { LAW_RULES = 74 };

enum law_when {
    LAW_DRAFT = 1,   /* while the text is written */
    LAW_LAUNCH = 2,  /* by the check */
    LAW_SEND = 4,    /* at each text */
    LAW_REPLY = 8,   /* when people write back */
    LAW_SET_UP = 16, /* when an account is connected, or a person let in */
    LAW_CLOSE = 32,  /* when a campaign is over */
};

enum law_how {
    LAW_CHECKED,  /* by the check: it can be switched off, aloud */
    LAW_ENFORCED, /* by another part, always */
    LAW_ASKED,    /* the check asks whoever launches; `confirmed` in the campaign answers */
    LAW_SHOWN,    /* people keep it: no program knows */
};

/* bits: which organisations a rule is for */
enum law_kind {
    LAW_PARTY = 1,
    LAW_CANDIDATE = 2,
    LAW_CAMPAIGN = 4, /* a political one: a referendum, an election */
    LAW_CHARITY = 8,
    LAW_UNION = 16,
    LAW_COMPANY = 32,
    LAW_OTHER = 64,
    LAW_POLITICAL = LAW_PARTY | LAW_CANDIDATE | LAW_CAMPAIGN,
    LAW_ANYBODY = 127,
};

struct law_rule {
    int number;       /* 1…LAW_RULES, the same for ever */
    const char *name; /* for programs: "opt_out" */
    enum finding_level level;
    unsigned when; /* bits of enum law_when */
    enum law_how how;
    const char *where;     /* the part of Muster that keeps it; "" = nobody but people */
    const char *countries; /* of who is texted: "GB", "US CA"; "" = all */
    unsigned kinds;        /* bits of enum law_kind */
    const char *words;     /* for people: what it asks */
    const char *source;    /* with its date */
};

/* NULL: there is none of that number. */
const struct law_rule *law_rule(int number);
const char *law_how_to_string(enum law_how how); /* "checked", "enforced", "asked", "shown" */
/* "draft, launch" into out, which it returns. */
enum { LAW_WHEN_BYTES = 64 };
const char *law_when_to_string(unsigned when, char out[LAW_WHEN_BYTES]);
/* "party" …; 0: no such kind. "" = LAW_KIND_UNSAID */
unsigned law_kind_from_string(struct slice text);
/* NULL-terminated, "" first. */
extern const char *const law_kind_names[];

/* Findings of a check, and the rule that each comes from; one rule may have several. code, rule */
#define LAW_FINDING_TABLE(X)                                                                       \
    X(LAW_BOUGHT, "bought_list", 2)                                                                \
    X(LAW_OTHERS_CONSENT, "consent_names_others", 2)                                               \
    X(LAW_UNSOURCED, "consent_unsourced", 2)                                                       \
    X(LAW_NO_OPT_OUTS_BROUGHT, "no_opt_outs_brought", 6)                                           \
    X(LAW_COME_BACK, "come_back", 7)                                                               \
    X(LAW_NO_OPT_OUT, "no_opt_out", 8)                                                             \
    X(LAW_NAMELESS, "nameless", 9)                                                                 \
    X(LAW_ANSWER_KEYWORD, "answer_keyword", 10)                                                    \
    X(LAW_ONE_WAY, "one_way_sender", 11)                                                           \
    X(LAW_SENDER_FORMAT, "sender_format", 12)                                                      \
    X(LAW_SENDER_COUNTRY, "sender_country", 13)                                                    \
    X(LAW_COUNTRY_CLOSED, "country_closed", 14)                                                    \
    X(LAW_COUNTRY_BARRED, "country_barred", 14)                                                    \
    X(LAW_NO_RULES, "no_rules_known", 14)                                                          \
    X(LAW_US_UNREGISTERED, "us_unregistered", 15)                                                  \
    X(LAW_INDIA_UNREGISTERED, "india_unregistered", 16)                                            \
    X(LAW_INDIA_SILENCE, "india_silence", 17)                                                      \
    X(LAW_INDIA_HOURS, "india_hours", 17)                                                          \
    X(LAW_STATE_HOURS, "state_hours", 19)                                                          \
    X(LAW_LATE_ON_POLLING_DAY, "polling_evening", 22)                                              \
    X(LAW_AFTER_CLOSE, "after_poll", 23)                                                           \
    X(LAW_EXIT_POLL, "exit_poll", 24)                                                              \
    X(LAW_POSTAL_VOTES, "postal_votes", 25)                                                        \
    X(LAW_TREATING, "treating", 25)                                                                \
    X(LAW_WRONG_DATE, "wrong_date", 26)                                                            \
    X(LAW_WRONG_HOURS, "wrong_poll_hours", 26)                                                     \
    X(LAW_NO_IMPRINT, "no_imprint", 27)                                                            \
    X(LAW_SMS_IMPRINT, "imprint_on_page", 28)                                                      \
    X(LAW_LINKED_PAGE, "linked_page", 29)                                                          \
    X(LAW_SHARE_IMPRINT, "share_without_imprint", 30)                                              \
    X(LAW_EU_LABEL, "eu_label", 31)                                                                \
    X(LAW_WHATSAPP_POLITICS, "whatsapp_politics", 32)                                              \
    X(LAW_WHATSAPP_CIVIC, "whatsapp_unconfirmed", 33)                                              \
    X(LAW_WHATSAPP_US, "whatsapp_us", 38)                                                          \
    X(LAW_EMPTY_FIELD, "empty_field", 42)                                                          \
    X(LAW_NAME_ODD, "odd_name", 43)                                                                \
    X(LAW_PLACEHOLDER, "placeholder", 44)                                                          \
    X(LAW_EXTENDED, "gsm_extended", 46)                                                            \
    X(LAW_LONG, "long_text", 47)                                                                   \
    X(LAW_LINK, "link", 48)                                                                        \
    X(LAW_SHORTENER, "shortener", 49)                                                              \
    X(LAW_HTTP, "link_http", 50)                                                                   \
    X(LAW_DOMAIN, "link_domain", 50)                                                               \
    X(LAW_PERSONAL_LINK, "link_personal", 50)                                                      \
    X(LAW_OWN_NUMBER, "own_number", 55)                                                            \
    X(LAW_UNTESTED, "untested", 64)                                                                \
    X(LAW_ASKS_PRIVATE, "asks_private", 68)                                                        \
    X(LAW_ABUSIVE, "abusive", 68)

enum law_finding {
#define X(name, code, rule) name,
    LAW_FINDING_TABLE(X)
#undef X
        LAW_FINDINGS
};
const char *law_code(enum law_finding f);
int law_number(enum law_finding f);
bool law_finding_from_code(struct slice code, enum law_finding *ret);
/* No program can know it: whoever launches may say that it is seen to (`confirmed` in the campaign). */
bool law_may_be_confirmed(enum law_finding f);
bool law_number_may_be_confirmed(int number); /* of a rule: any of its findings may */
/* Of any code of a check, those of other parts included ("ucs2" is rule 45); 0 = of none. */
int law_number_of_code(struct slice code);

/* ---- countries ---- */

enum law_pack { LAW_NO_PACK, LAW_GB, LAW_US, LAW_EU, LAW_IN };
/* Which rules are known for people of a country ("GB"; NULL = of none). */
enum law_pack law_pack_of(const char *country);
/* Political texts are forbidden there altogether. */
bool law_bars_politics(const char *country);
/* 'country' stands in "GB IE". */
bool law_names(const char *list, const char *country);

/* ---- what is known of the organisation, the election and the campaign ---- */

struct law_date {
    int year, month, day; /* 0 = not known */
};
/* "2027-05-06". False: no such day. */
bool law_date_from_string(struct slice text, struct law_date *ret);
int law_weekday(struct law_date d);  /* 0 = Monday */
int64_t law_days(struct law_date d); /* since 1970-01-01 */

struct law_election {
    const char *country, *zone;  /* "GB", "Europe/London" */
    struct law_date date;        /* year 0: none is known */
    int opens_min, closes_min;   /* [minutes] of that day */
    int64_t opens_ms, closes_ms; /* [wall ms] the same */
    struct law_date register_by, postal_by;
};

struct law_organisation { /* all borrowed */
    unsigned kind;        /* enum law_kind; 0 = nobody said */
    const char *name;
    const char *const *domains; /* that its links lead to */
    size_t domain_count;
    const char *const *countries; /* that it may text; none = any */
    size_t country_count;
    const char *imprint;      /* promoter's name and postal address; "" = not known */
    const char *us_campaign;  /* the registered 10DLC campaign; "" = none */
    const char *us_verify;    /* Campaign Verify's token; "" = none */
    const char *india_entity; /* DLT; "" = none */
    struct law_election election;
};

/* What a campaign's text is; unsaid, its words tell. */
#define LAW_PURPOSE_TABLE(X)                                                                       \
    X(LAW_UNSAID, "")                                                                              \
    X(LAW_REMINDER, "reminder")                                                                    \
    X(LAW_ELECTION, "election")                                                                    \
    X(LAW_FUNDRAISING, "fundraising")                                                              \
    X(LAW_SURVEY, "survey")                                                                        \
    X(LAW_SERVICE, "service")                                                                      \
    X(LAW_NEWS, "news")                                                                            \
    X(LAW_ACTION, "action")
enum law_purpose {
#define X(name, text) name,
    LAW_PURPOSE_TABLE(X)
#undef X
        LAW_PURPOSES
};
bool law_purpose_from_string(struct slice text, enum law_purpose *ret);
const char *law_purpose_to_string(enum law_purpose purpose); /* "" of LAW_UNSAID */

struct law_campaign {
    const struct law_organisation *organisation;
    enum law_purpose purpose;
    bool whatsapp;
    const char *const *senders;
    size_t sender_count;
    int64_t first_ms, last_ms; /* [wall ms] when its texts are forecast to leave */
    int64_t deadline_ms;       /* 0 = none */
    int32_t offset_s;          /* local time of the election's country minus UTC, at first_ms */
};

/* ---- judging ---- */

/* A finding: what of the text it is about, borrowed for the call (none: the whole). */
typedef void law_found_cb(void *arg, enum law_finding f, struct slice what);

/* What the words of a text are about, bits. */
enum law_topic {
    LAW_ABOUT_VOTING = 1,
    LAW_ASKS_TO_REPLY = 2,
    LAW_ASKS_TO_SHARE = 4,
    LAW_HAS_LINK = 8,
    LAW_ASKS_SOMETHING = 16, /* a question */
};

/* Phrases, compiled (under a millisecond). Many may read it at once. */
struct law_words;
struct law_words *law_words_new(void);
void law_words_free(struct law_words *w); /* NULL is fine */

/* Everything that one text says to people of a country (NULL: of none), whoever they are. Returns its topics. */
unsigned law_text(const struct law_words *w, const struct law_campaign *c, const char *country,
                  struct slice text, law_found_cb *cb, void *arg);

struct law_person {
    uint64_t number;
    struct slice email, name; /* none where the list has no such column */
};
/* What the text says of the one who gets it. topics: its own, as law_text returned them. */
void law_personal(const struct law_person *p, unsigned topics, struct slice text, law_found_cb *cb,
                  void *arg);
/* Where somebody's consent comes from: what stands in consent_source of their row; and in consent_wording. */
void law_source(const struct law_words *w, struct slice source, law_found_cb *cb, void *arg);
void law_wording(const struct law_words *w, const struct law_organisation *o, struct slice wording,
                 law_found_cb *cb, void *arg);
/* What a volunteer is about to answer: private things asked for, threats, a wrong day or hour of the poll, a
 * vote handled or paid for. */
void law_answer(const struct law_words *w, const struct law_campaign *c, const char *country,
                struct slice text, law_found_cb *cb, void *arg);
/* A reply speaks of what only trained people answer: harm, threats, children at risk, the press. */
bool law_is_serious(const struct law_words *w, struct slice reply);
/* What is wrong with a sender for people of a country, whatever the text. */
void law_sender(const struct law_campaign *c, const char *country, law_found_cb *cb, void *arg);
/* What the country alone says. topics: of its people's texts, or-ed. */
void law_country(const struct law_campaign *c, const char *country, unsigned topics,
                 law_found_cb *cb, void *arg);
/* About times, and the election. */
void law_times(const struct law_campaign *c, const char *country, unsigned topics, law_found_cb *cb,
               void *arg);
/* "J." "MR" "test" "123" "🙂": hardly what somebody is called. */
bool law_name_is_odd(struct slice name);
/* An alphanumeric sender: people cannot answer it. */
bool law_sender_is_word(const char *sender);
/* Whether texts of that purpose and about those topics are for or about an election. */
bool law_is_election(const struct law_campaign *c, unsigned topics);
