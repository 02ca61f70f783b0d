#pragma once
/* A provider said that a person opted out there (a receipt, a response, a look-up): then nobody of
 * this organisation may text them either. One rule for all three: it counts for the whole
 * organisation (scope `all`), and it is about the person whom our message went to. The reference
 * says who that is, whatever number stands beside it: providers write numbers in spellings of their
 * own. */
#include "base/err.h"
#include "base/slice.h"

struct store;

struct optout {
    uint64_t number; /* the person, when the caller knows; 0: whoever `campaign` and `index` name */
    bool ours;       /* the two are of a reference of ours; false: only `to` is known */
    uint32_t campaign, index; /* campaign 0: the direct book */
    struct slice to;          /* as the provider wrote the number; none */
    struct slice to_user_id;  /* "GB.1349…", where there is no number; none */
    bool international;       /* digits without a plus in it are in international form */
    struct slice evidence;    /* the provider's code and reason; copied */
    int64_t at_ms;            /* [wall ms] */
};

/* result 0: stored, now or before, or nobody can tell who is meant (then it is in the log, without
 * a number). ERR_UNREACHABLE: not known to be stored, try again. cb may be NULL, and may run before
 * this returns. When the reference leads to nobody any more (its campaign or list is gone) `to`
 * counts, if it is certainly a number, else `to_user_id`. */
typedef void optout_cb(void *arg, int result);
void optout_store(struct store *s, const struct optout *told, optout_cb *cb, void *arg);
