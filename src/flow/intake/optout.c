#include "flow/optout.h"

#include <stdlib.h>

#include "inbound_event.h"
#include "base/log.h"
#include "flow/recipient.h"
#include "io/person_number.h"
#include "store/campaign.h"
#include "store/direct.h"
#include "store/suppress.h"

struct telling {
    struct store *store;
    uint64_t to;                   /* what the provider's own number says; 0 = nothing certain */
    char to_key[PERSON_KEY_BYTES]; /* of who has only an id there; "" */
    uint32_t index;
    struct recipients *recipients;
    int64_t at_ms;
    char *evidence;
    optout_cb *cb;
    void *arg;
};

static void ended(struct telling *t, int result)
{
    if (t->cb) t->cb(t->arg, result);
    free(t->evidence);
    free(t);
}

static void on_suppressed(void *arg, int result, int64_t count, const struct err *e)
{
    (void)count;
    if (result < 0) log_error("a provider's opt-out could not be stored: %s", e->text);
    ended(arg, result);
}

/* number, or the key of somebody without one */
static void suppress_who(struct telling *t, uint64_t number, struct slice key)
{
    const struct suppress_entry entry = {.number = number,
                                         .key = key,
                                         .reason = SUPPRESS_PROVIDER,
                                         .at_ms = t->at_ms,
                                         .evidence = slice_of(t->evidence)};
    suppress_add(t->store, SLICE_LIT("all"), &entry, 1, on_suppressed, t);
}

static void suppress(struct telling *t, uint64_t number)
{
    suppress_who(t, number, SLICE_NONE);
}

/* The reference leads to nobody, or there is none. */
static void by_their_number(struct telling *t)
{
    if (t->to) {
        suppress(t, t->to);
        return;
    }
    if (*t->to_key) {
        suppress_who(t, 0, slice_of(t->to_key));
        return;
    }
    log_warn("a provider told of an opt-out (%s) and nobody can tell whose: neither our reference "
             "nor a full number or user id is in it",
             t->evidence);
    ended(t, 0);
}

/* Only a silent store is worth another try. */
static void not_found(struct telling *t, int result)
{
    if (result == ERR_UNREACHABLE)
        ended(t, result);
    else
        by_their_number(t);
}

static void on_direct(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    (void)e;
    if (result < 0 || (m->to == 0 && m->to_id.n == 0))
        not_found(arg, result);
    else
        suppress_who(arg, m->to, m->to_id);
}

static void on_recipient(void *arg, int result, const struct recipient *r, const struct err *e)
{
    struct telling *t = arg;
    uint64_t number = result == 0 ? recipient_number(r) : 0;
    (void)e;
    recipients_free(t->recipients);
    if (number)
        suppress(t, number);
    else
        not_found(t, result);
}

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct telling *t = arg;
    (void)e;
    if (result < 0) {
        not_found(t, result);
        return;
    }
    t->recipients = recipients_new(t->store, c->audience, NULL);
    recipients_load(t->recipients, t->index, on_recipient, t);
}

void optout_store(struct store *s, const struct optout *told, optout_cb *cb, void *arg)
{
    struct telling *t = xcalloc(1, sizeof *t);
    *t = (struct telling){.store = s,
                          .index = told->index,
                          .at_ms = told->at_ms,
                          .evidence = slice_strdup(told->evidence),
                          .cb = cb,
                          .arg = arg};
    if (told->to_user_id.n) inbound_event_id_key(told->to_user_id, t->to_key);
    if (person_number_read(told->to, NULL, told->international, &t->to) != PERSON_NUMBER) t->to = 0;
    if (told->number)
        suppress(t, told->number);
    else if (!told->ours)
        by_their_number(t);
    else if (told->campaign == 0)
        direct_load(s, told->index, on_direct, t);
    else
        campaign_load(s, told->campaign, on_campaign, t);
}
