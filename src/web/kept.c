#include "web/kept.h"

#include "flow/account.h"
#include "web/private.h"

const char *kept_owner(const struct web_call *c, const char *gateway)
{
    const struct account *a = accounts_find(c->config->accounts, slice_of(gateway));
    return a && a->group_is_own ? a->group : "";
}

bool kept_is_theirs(const struct web_call *c, enum action may, const char *gateway)
{
    const char *group = kept_owner(c, gateway);
    return *group ? access_may(c->member, may, slice_of(group))
                  : access_may_everywhere(c->member, may);
}

struct hooks_kept kept_seen(const struct web_call *c)
{
    size_t n;
    struct hooks_kept kept = {0};
    if (!c->web->hooks || !access_may_somewhere(c->member, MAY_READ_KEPT)) return kept;
    const struct spool_kept_item *items = hooks_kept_items(c->web->hooks, c->now_ms, &n);
    for (size_t i = 0; i < n; i++)
        kept.webhooks += kept_is_theirs(c, MAY_READ_KEPT, items[i].gateway);
    kept.full = kept.webhooks && hooks_kept(c->web->hooks, c->now_ms).full;
    hooks_kept_words(&kept);
    return kept;
}

static const struct {
    const char *why, *mend;
} words[SPOOL_WHYS] = {
    [SPOOL_WHY_UNSAID] = {"An older Muster kept it, and did not say why.",
                          "Try it again: if it cannot be read or stored, it says why then."},
    [SPOOL_NO_GATEWAY] = {"Its gateway is not in muster.yaml.",
                          "Put the gateway back, restart musterd, and try it again."},
    [SPOOL_UNREADABLE] =
        {"It cannot be read: nothing in it is what the provider's description knows.",
         "Bring the provider's description up to date, restart musterd, and try it again."},
    [SPOOL_UNREAD] =
        {"A part of it is nobody's, or of a kind that is not known. The rest is stored.",
         "The provider's own log says what it was. After an update of Muster or of the "
         "provider's description, try it again."},
    [SPOOL_MISDIRECTED] = {"It is about a number of ours that no gateway has.",
                           "Add a gateway for that number, restart musterd, and try it again; or "
                           "have the provider send it elsewhere."},
    [SPOOL_REFUSED] = {"Redis refused it again and again, and took others.",
                       "Redis' error is in the log of musterd: mend it, and try it again."},
};

const char *kept_why_words(enum spool_why why)
{
    return words[why].why;
}

const char *kept_mend_words(enum spool_why why)
{
    return words[why].mend;
}
