#pragma once
/* From which of an account's senders a campaign leaves: all of them, those that its group may use
 * (store/group.h), or the one that it says itself. */
#include "flow/account.h"

struct groups;

enum { SENDERS_MAX = 64, SENDERS_BYTES_MAX = SENDERS_MAX * 65 };

/* Places in account->senders, in their order. */
struct senders {
    uint8_t at[SENDERS_MAX];
    size_t count; /* 0: the account has none of them */
};

/* The account's senders that a group may use: of one that says none, all. groups NULL: nothing is said. */
struct senders senders_of_group(const struct account *a, const struct groups *groups,
                                struct slice group);
/* Those that are named, with a new line between two; "": all of them. */
struct senders senders_named(const struct account *a, struct slice names);
/* Their names as senders_named takes them; all of the account's are "". */
struct slice senders_names(const struct account *a, const struct senders *s,
                           char out[SENDERS_BYTES_MAX]);

/* What the account sends at most, when only these senders do. */
double senders_rate_per_s(const struct account *a, const struct senders *s);

/* Whether a group's texts may leave through the account: the group may use it, and one of its senders. */
bool senders_serve(const struct account *a, const struct groups *groups, struct slice group);
