#pragma once
/* What events are about (store/events.h), and which action one may do in their group to hear of
 * them. Pure. */
#include "core/access.h"

/* name, text, action */
#define EVENT_TABLE(X)                                                                             \
    X(EVENT_CONVERSATION, "conversation", MAY_READ_INBOX)                                          \
    X(EVENT_CAMPAIGN, "campaign", MAY_READ_CAMPAIGNS)                                              \
    X(EVENT_PROGRESS, "progress",                                                                  \
      MAY_READ_CAMPAIGNS) /* of a campaign: told by web, never stored */                           \
    X(EVENT_SCHEDULE, "schedule", MAY_READ_CAMPAIGNS)                                              \
    X(EVENT_AUDIENCE, "audience", MAY_READ_AUDIENCES)                                              \
    X(EVENT_PLACE, "place", MAY_READ_PLACES)                                                       \
    X(EVENT_PLEDGE, "pledge", MAY_READ_INBOX)                                                      \
    X(EVENT_OPTOUT, "optout", MAY_READ_SUPPRESSIONS)                                               \
    X(EVENT_MEMBER, "member", MAY_READ_PEOPLE)                                                     \
    X(EVENT_GROUP, "group", MAY_SEE_ORGANISATION)                                                  \
    X(EVENT_TEST, "test", MAY_SET_UP_WEBHOOKS) /* that a webhook is reached */

enum event_kind {
#define X(name, text, action) name,
    EVENT_TABLE(X)
#undef X
        EVENT_KIND_COUNT
};

const char *event_kind_to_string(enum event_kind kind); /* static */
/* -1: there is none of that name. */
int event_kind_find(struct slice text);
enum action event_kind_action(enum event_kind kind);
/* Whether that member hears of it. group "": it belongs to none. */
bool event_may_hear(const struct member *m, enum event_kind kind, struct slice group);
