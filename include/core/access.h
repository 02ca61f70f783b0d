#pragma once
/* Who may do what, and in which groups: one table of actions and roles. A route names its action
 * (web/call.h), so the table is all there is to read. Pure. */
#include "base/slice.h"
#include "core/group.h"

/* name, text */
#define ROLE_TABLE(X)                                                                              \
    X(ROLE_VOLUNTEER, "volunteer") /* answers people */                                            \
    X(ROLE_ORGANISER, "organiser") /* runs what groups have: lists, campaigns, inboxes */          \
    X(ROLE_OWNER, "owner")         /* runs the organisation */

enum role {
#define X(name, text) name,
    ROLE_TABLE(X)
#undef X
        ROLE_COUNT
};

/* Where a role may do it. */
enum reach {
    REACH_NOWHERE,
    REACH_GROUPS, /* in the groups that the member belongs to; who belongs everywhere: as REACH_ALL */
    REACH_ALL,    /* in every group, and in what belongs to none */
};

/* name, text, reach of a volunteer, of an organiser, of an owner */
#define ACTION_TABLE(X)                                                                            \
    X(MAY_SEE_ORGANISATION, "see_organisation", ALL, ALL, ALL)                                     \
    X(MAY_READ_INBOX, "read_inbox", GROUPS, GROUPS, ALL)                                           \
    X(MAY_ANSWER, "answer", GROUPS, GROUPS, ALL)        /* claim, reply, tag, close, decide */     \
    X(MAY_TAKE_OVER, "take_over", NOWHERE, GROUPS, ALL) /* from others; who is escalated */        \
    X(MAY_SET_UP_INBOX, "set_up_inbox", NOWHERE, GROUPS, ALL) /* own tags, suggested answers */    \
    X(MAY_SEE_NUMBERS, "see_numbers", NOWHERE, GROUPS, ALL)   /* whole ones */                     \
    X(MAY_READ_AUDIENCES, "read_audiences", NOWHERE, GROUPS, ALL)                                  \
    X(MAY_MAKE_AUDIENCES, "make_audiences", NOWHERE, GROUPS, ALL)                                  \
    X(MAY_DELETE_AUDIENCES, "delete_audiences", NOWHERE, GROUPS, ALL)                              \
    X(MAY_LEND_AUDIENCES, "lend_audiences", NOWHERE, GROUPS, ALL) /* and take them back */         \
    X(MAY_READ_CAMPAIGNS, "read_campaigns", NOWHERE, GROUPS, ALL)                                  \
    X(MAY_LAUNCH_CAMPAIGNS, "launch_campaigns", NOWHERE, GROUPS, ALL) /* check and test, too */    \
    X(MAY_RUN_CAMPAIGNS, "run_campaigns", NOWHERE, GROUPS, ALL)       /* pause, resume, cancel */  \
    X(MAY_APPROVE_CAMPAIGNS, "approve_campaigns", NOWHERE, GROUPS,                                 \
      ALL) /* of somebody else; a program does not: no scope has it */                             \
    X(MAY_RESOLVE_UNKNOWN, "resolve_unknown", NOWHERE, GROUPS, ALL)                                \
    X(MAY_READ_AUDIT, "read_audit", NOWHERE, GROUPS, ALL)                                          \
    X(MAY_READ_SUPPRESSIONS, "read_suppressions", NOWHERE, GROUPS, ALL)                            \
    X(MAY_SUPPRESS, "suppress", NOWHERE, GROUPS, ALL)                                              \
    X(MAY_UNSUPPRESS, "unsuppress", NOWHERE, GROUPS, ALL)                                          \
    X(MAY_READ_GROUPS, "read_groups", GROUPS, GROUPS, ALL)                                         \
    X(MAY_RUN_GROUPS, "run_groups", NOWHERE, GROUPS, ALL) /* what is said of them */               \
    X(MAY_READ_PLACES, "read_places", ALL, ALL,                                                    \
      ALL) /* and their sessions: where people are sent */                                         \
    X(MAY_RUN_PLACES, "run_places", NOWHERE, GROUPS, ALL)    /* add, correct, cancel, remove */    \
    X(MAY_READ_GATEWAYS, "read_gateways", NOWHERE, ALL, ALL) /* whoever launches names one */      \
    X(MAY_SET_UP_GATEWAYS, "set_up_gateways", NOWHERE, NOWHERE, ALL) /* tokens are shown */        \
    X(MAY_READ_KEPT, "read_kept", NOWHERE, GROUPS,                                                 \
      ALL) /* webhooks that could not be read: of own gateways */                                  \
    X(MAY_RUN_KEPT, "run_kept", NOWHERE, GROUPS, ALL) /* try them again, put them away */          \
    X(MAY_SET_UP_WEBHOOKS, "set_up_webhooks", NOWHERE, GROUPS, ALL) /* that tell of events */      \
    X(MAY_FORGET, "forget", NOWHERE, NOWHERE, ALL) /* all of a person, in every group */           \
    X(MAY_READ_METRICS, "read_metrics", NOWHERE, NOWHERE, ALL)                                     \
    X(MAY_RESTORE, "restore", NOWHERE, NOWHERE, ALL)                 /* a store that went back */  \
    X(MAY_SWITCH_RULES, "switch_rules", NOWHERE, NOWHERE, ALL)       /* of law, off and on */      \
    X(MAY_PLAY_REHEARSALS, "play_rehearsals", NOWHERE, NOWHERE, ALL) /* a worker: each list */     \
    X(MAY_SEE_SELF, "see_self", ALL, ALL, ALL) /* own sessions, own number */                      \
    X(MAY_READ_PEOPLE, "read_people", NOWHERE, GROUPS, ALL)                                        \
    X(MAY_RUN_PEOPLE, "run_people", NOWHERE, GROUPS, ALL) /* invite, approve, move, revoke */      \
    X(MAY_MAKE_TOKENS, "make_tokens", NOWHERE, GROUPS, ALL)

enum action {
    MAY_UNSAID,  /* nobody said: a bug */
    MAY_ANYBODY, /* strangers, too */
#define X(name, text, volunteer, organiser, owner) name,
    ACTION_TABLE(X)
#undef X
        ACTION_COUNT
};

/* What a token may, of what its member may: it names scopes, and an action that is in none of them is
 * not for it. name, text */
#define SCOPE_TABLE(X)                                                                             \
    X(SCOPE_METRICS, "metrics")       /* for Prometheus */                                         \
    X(SCOPE_READ, "read")             /* lists, campaigns, reports, numbers; no conversations */   \
    X(SCOPE_SEND, "send")             /* campaigns, to lists that are there */                     \
    X(SCOPE_LISTS, "lists")           /* make and delete them */                                   \
    X(SCOPE_OPTOUTS, "optouts")       /* look up, add, remove */                                   \
    X(SCOPE_INBOX, "inbox")           /* read and answer */                                        \
    X(SCOPE_PLACES, "places")         /* and sessions: read, add, correct, cancel */               \
    X(SCOPE_REHEARSALS, "rehearsals") /* play them: a worker, which reads each list */

/* "metrics, read, …, rehearsals, ": for a sentence that says which there are. */
#define SCOPE_NAME_AND_COMMA(name, text) text ", "
#define SCOPE_NAMES                      SCOPE_TABLE(SCOPE_NAME_AND_COMMA)

enum scope {
#define X(name, text) name,
    SCOPE_TABLE(X)
#undef X
        SCOPE_COUNT
};

/* scope, action */
#define SCOPE_ACTION_TABLE(X)                                                                      \
    X(SCOPE_METRICS, MAY_READ_METRICS)                                                             \
    X(SCOPE_READ, MAY_SEE_ORGANISATION)                                                            \
    X(SCOPE_READ, MAY_SEE_NUMBERS)                                                                 \
    X(SCOPE_READ, MAY_READ_AUDIENCES)                                                              \
    X(SCOPE_READ, MAY_READ_CAMPAIGNS)                                                              \
    X(SCOPE_READ, MAY_READ_AUDIT)                                                                  \
    X(SCOPE_READ, MAY_READ_SUPPRESSIONS)                                                           \
    X(SCOPE_READ, MAY_READ_GATEWAYS)                                                               \
    X(SCOPE_READ, MAY_READ_KEPT)                                                                   \
    X(SCOPE_READ, MAY_READ_GROUPS)                                                                 \
    X(SCOPE_SEND, MAY_SEE_ORGANISATION)                                                            \
    X(SCOPE_SEND, MAY_READ_AUDIENCES)                                                              \
    X(SCOPE_SEND, MAY_READ_CAMPAIGNS)                                                              \
    X(SCOPE_SEND, MAY_READ_GATEWAYS)                                                               \
    X(SCOPE_SEND, MAY_LAUNCH_CAMPAIGNS)                                                            \
    X(SCOPE_SEND, MAY_RUN_CAMPAIGNS)                                                               \
    X(SCOPE_LISTS, MAY_SEE_ORGANISATION)                                                           \
    X(SCOPE_LISTS, MAY_READ_AUDIENCES)                                                             \
    X(SCOPE_LISTS, MAY_MAKE_AUDIENCES)                                                             \
    X(SCOPE_LISTS, MAY_DELETE_AUDIENCES)                                                           \
    X(SCOPE_OPTOUTS, MAY_READ_SUPPRESSIONS)                                                        \
    X(SCOPE_OPTOUTS, MAY_SUPPRESS)                                                                 \
    X(SCOPE_OPTOUTS, MAY_UNSUPPRESS)                                                               \
    X(SCOPE_INBOX, MAY_SEE_ORGANISATION)                                                           \
    X(SCOPE_INBOX, MAY_READ_INBOX)                                                                 \
    X(SCOPE_INBOX, MAY_ANSWER)                                                                     \
    X(SCOPE_INBOX, MAY_READ_PLACES)                                                                \
    X(SCOPE_READ, MAY_READ_PLACES)                                                                 \
    X(SCOPE_SEND, MAY_READ_PLACES)                                                                 \
    X(SCOPE_PLACES, MAY_SEE_ORGANISATION)                                                          \
    X(SCOPE_PLACES, MAY_READ_PLACES)                                                               \
    X(SCOPE_PLACES, MAY_RUN_PLACES)                                                                \
    X(SCOPE_REHEARSALS, MAY_PLAY_REHEARSALS)                                                       \
    X(SCOPE_REHEARSALS, MAY_SEE_ORGANISATION)                                                      \
    X(SCOPE_REHEARSALS, MAY_SEE_NUMBERS)                                                           \
    X(SCOPE_REHEARSALS, MAY_READ_AUDIENCES)                                                        \
    X(SCOPE_REHEARSALS, MAY_READ_CAMPAIGNS)                                                        \
    X(SCOPE_REHEARSALS, MAY_READ_GATEWAYS)

enum { MEMBER_GROUPS_MAX = GROUP_SET_MAX }; /* of one member; who needs more: everywhere */

/* Somebody of the staff: in one group, in several, or everywhere ("national"). */
struct member {
    const char *id;   /* is nobody else's, ever */
    const char *name; /* what people call them */
    enum role role;
    bool everywhere;           /* in every group, also in those to come; owners always are */
    const char *const *groups; /* that they belong to, each once; none of who is everywhere */
    size_t group_count;
    /* Of `groups`, behind those: */
    size_t loan_count; /* loans of lists to their groups (store/loan.h) */
    size_t lent_count; /* and behind these: groups whose inbox is lent to them (flow/twin.h) */
    unsigned scopes; /* of the token that they came with: bits 1 << enum scope; 0 = all they may */
};

/* Static texts, as the tables above have them. From a text: false, and *ret untouched, when there is none of that name. */
const char *role_to_string(enum role role);
const char *action_to_string(enum action action); /* "" for the two that are nobody's */
const char *scope_to_string(enum scope scope);
bool role_from_string(struct slice text, enum role *ret);
bool scope_from_string(struct slice text, enum scope *ret);

/* What is lent to a member. Borrowed. */
struct member_lent {
    const char *const *loans, *const *inboxes;
    size_t loan_count, inbox_count;
};
/* One that outlives what it was made from, all of it in one allocation: free(). Besides, that is lent to them (NULL:
 * nothing is): MEMBER_GROUPS_MAX with their own groups, what is more is left out. */
struct member *member_copy(const struct member *m, const struct member_lent *lent);
/* Whether `by` may let somebody in, move or revoke them: not above their own role, and only within
 * their own groups. */
bool access_may_run(const struct member *by, enum role role, const struct group_set *groups);

/* What the table says; the member's groups are not looked at. */
enum reach access_reach(enum role role, enum action action);
/* In that group. The names of scopes that are no group ("all", "hold") are nobody's group. */
bool access_may(const struct member *m, enum action action, struct slice group);
/* In some group: whoever then acts still has to ask access_may about the group. */
bool access_may_somewhere(const struct member *m, enum action action);
/* Where they may do it: what lists are made of. An inbox that is lent to them may be read and answered, and no more; of
 * a loan besides, its campaigns may be launched, looked at and run (whoever shows more of a campaign asks for its group).
 * Borrows from m. */
struct group_set access_groups(const struct member *m, enum action action);
/* In every group, and in what belongs to none. */
bool access_may_everywhere(const struct member *m, enum action action);
