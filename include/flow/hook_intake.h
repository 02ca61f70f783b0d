#pragma once
/* What happens to a webhook once its signature fits: all that it holds is stored, or the webhook as
 * it came is put into the spool (flow/spool.h), and only then its sender is told so.
 *
 * It goes into the spool when Redis is not connected or has too few replicas (redis_lasts); when
 * Redis takes it and gives no reply, or says that it cannot write (full, read-only, a script that
 * fails); and, if a person's words are in it, while others wait in the spool, so that what a person
 * said is stored in the order they said it. Receipts need no order (the law of the states knows
 * only forward) and do not wait behind the spool.
 *
 * The spool is drained as soon as Redis takes it, the oldest first: several webhooks side by side,
 * but never two with words of one person, so that what somebody said stays in order. One that can
 * never be stored is put aside, so that those behind it are: its gateway is no longer configured or
 * reads it no more, or Redis has refused it HOOK_REFUSALS_MAX times although it took a small write
 * right after each of them, so that the cause is the webhook and not Redis.
 *
 * A webhook that cannot be read, or holds something of which nobody can tell whose or what it is,
 * is kept in the spool's folder `rejected` for people, is in the log, and gets a 200: the provider
 * would send the same again, with everybody else's words in it. Several gateways may share one
 * address: an event goes to the one whose number it names. News of the account are in the log, and
 * may block campaigns (flow/account_news.h). */
#include "flow/account.h"
#include "flow/inbound.h"
#include "flow/receipt.h"
#include "flow/spool.h"

struct loop;
struct redis;
struct hook_intake;

enum { HOOK_REFUSALS_MAX = 8 }; /* within about 7 s */

struct hook_intake_config { /* all borrowed for its life */
    struct loop *loop;
    struct redis *redis;
    struct spool *spool;
    const struct accounts *accounts;
    struct receipts receipts;
    struct inbound *inbound;
    struct store *store; /* its direct book takes the small write */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct hook_intake *hook_intake_new(const struct hook_intake_config *config);
/* After redis_free, which ends the calls under way: what is left of them is told ERR_UNREACHABLE.
 * NULL is fine. */
void hook_intake_free(struct hook_intake *in);

/* 0: stored, or on the disk, or kept: respond with 200. Negative: neither; respond with 503, so
 * that it is sent again. */
typedef void hook_intake_cb(void *arg, int result);

/* Takes a webhook that gateway_verify found good. cb runs once, perhaps before this returns;
 * everything the hook points to is borrowed until then. */
void hook_intake_take(struct hook_intake *in, const struct account *account,
                      const struct hook_request *hook, hook_intake_cb *cb, void *arg);
/* What is kept goes into the spool again, and is stored as soon as those before it are; what cannot be stored now either is kept
 * again. As spool_try_again, of any number. */
int hook_intake_try_again(struct hook_intake *in, const uint64_t *numbers, size_t n,
                          size_t *ret_done, struct err *e) MUST_USE;
/* Nothing waits in the spool. While something does, nobody may be sent anything: it may be their
 * STOP. */
bool hook_intake_is_caught_up(const struct hook_intake *in);
/* For the end, when the loop turns no more: what was not handed to Redis yet goes into the spool, and
 * the disk is waited for. */
void hook_intake_flush(struct hook_intake *in);

struct hook_intake_stats {                        /* of one account, since the start */
    uint64_t receipts, foreign_receipts, inbound; /* stored; foreign: not about a message of ours */
    uint64_t duplicates;                          /* of inbound: known before */
    uint64_t unlisted;          /* receipts whose word the description does not know */
    uint64_t spooled, rejected; /* webhooks */
    uint64_t unread;            /* webhooks: kept, because it, or a part of it, cannot be read */
    uint64_t mended;            /* webhooks that had to be mended before they could be read */
    uint64_t misdirected;       /* events: about a number of ours that no gateway has */
    uint64_t account;           /* news of the account */
};
/* Of that account, since the start of the process. */
struct hook_intake_stats hook_intake_stats(const struct hook_intake *in,
                                           const struct account *account);
/* Its spool, to be looked at. */
struct spool *hook_intake_spool(const struct hook_intake *in);
