/* The unknown of one campaign. They are asked for at one account: when that gives no list, the walk
 * ends, and the campaign rests. */
#include "private.h"

#include "base/log.h"
#include "flow/recipient.h"

#include <stdlib.h>

struct of_campaign {
    struct campaign *campaign; /* owned */
    const struct account *account;
    struct recipients *recipients; /* owned */
    bool any;                      /* was found: what goes wrong now is about one person */
};

void lookup_campaign_free(struct walk *w)
{
    if (!w) return;
    struct of_campaign *c = walk_of_source(w);
    campaign_free(c->campaign);
    recipients_free(c->recipients);
    free(c);
    walk_free(w);
}

/* The later of the two: one may be of a clock that was wrong, and nothing was sent before either.
 */
static int64_t began_ms(const struct campaign *c)
{
    return c->running_ms > c->launched_ms ? c->running_ms : c->launched_ms;
}

/* A person who cannot be asked about stays unknown; when nobody can be, the walk is over. */
static void on_recipient(void *arg, int result, const struct recipient *r, const struct err *e)
{
    struct walk *w = arg;
    struct of_campaign *c = walk_of_source(w);
    struct walk_message m = {.account = c->account, .from_ms = began_ms(c->campaign)};
    struct err ignored;
    c->any |= result == 0;
    if (result == 0 && message_render(r->message, r->block, r->row, r->nearest, walk_text(w),
                                      &m.out, &ignored) == 0) {
        walk_ask(w, &m, recipient_number(r));
    } else if (result == 0 || (result == ERR_NOT_FOUND && c->any)) {
        walk_leave(w);
    } else {
        log_warn("campaign %u: its unknown cannot be looked up: %s", c->campaign->id, e->text);
        walk_end(w, false);
    }
}

static void load(struct walk *w, uint32_t index)
{
    struct of_campaign *c = walk_of_source(w);
    if (walk_gave_up(w, c->account))
        walk_end(w, false);
    else
        recipients_load(c->recipients, index, on_recipient, w);
}

static void ended(struct walk *w, bool whole)
{
    struct of_campaign *c = walk_of_source(w);
    struct lookup *l = walk_lookup(w);
    /* One with nobody due yet is looked at again soon. */
    if (walk_saw_anybody(w) || !whole)
        lookup_let_rest(l, c->campaign->id, walk_stats(w)->found > 0);
    l->campaign = NULL;
    lookup_campaign_free(w);
    lookup_choose_later(l);
}

static const struct walk_source source = {.load = load, .ended = ended};

void lookup_campaign_start(struct lookup *l, const struct campaign *c,
                           const struct account *account)
{
    struct of_campaign *of = xcalloc(1, sizeof *of);
    of->campaign = campaign_dup(c);
    of->account = account;
    of->recipients = recipients_of_campaign(l->config.store, c, account->channel, l->config.words);
    l->campaign = walk_new(l, &source, c->id, of);
    walk_begin(l->campaign);
}
