/* The texts about pledges: short, so that most are one part, with what somebody needs on the way. */
#include "flow/pledge_teller.h"

#include <stdio.h>

#include "core/link.h"
#include "core/own_text.h"
#include "core/when.h"

enum { ORGANISATION_BYTES_MAX = 60, PLACE_BYTES_MAX = 60, MEET_BYTES_MAX = 100, URL_BYTES = 200 };

static void write_link(const struct pledge_teller_config *config, const struct pledge *p,
                       char out[URL_BYTES])
{
    char token[LINK_CHARS + 1];
    const struct link link = {LINK_PLEDGE, p->session, p->number};
    link_make(config->link_key, &link, token);
    (void)snprintf(out, URL_BYTES, "%s/pledge/%s", config->public_url, token);
}

/* What is said before the place and the time, between them, and behind them before the link. */
static const struct {
    enum own_text before, after;
    bool moved, meet;
} texts[PLEDGE_NOTICE_COUNT] = {
    [PLEDGE_SAY_MADE] = {OWN_PLEDGE_MADE, OWN_CANT, false, true},
    [PLEDGE_SAY_WAITS] = {OWN_PLEDGE_WAITS, OWN_WE_TEXT, false, false},
    [PLEDGE_SAY_UP] = {OWN_PLEDGE_UP, OWN_CANT, false, true},
    [PLEDGE_SAY_GONE] = {OWN_PLEDGE_GONE, OWN_CHANGED_MIND, false, false},
    [PLEDGE_SAY_DAY] = {OWN_PLEDGE_DAY, OWN_CANT, false, true},
    [PLEDGE_SAY_HOURS] = {OWN_PLEDGE_HOURS, OWN_CANT, false, true},
    [PLEDGE_SAY_MOVED] = {OWN_PLEDGE_MOVED, OWN_CANT, true, true},
    [PLEDGE_SAY_OFF] = {OWN_PLEDGE_OFF, OWN_WHERE_ELSE, false, false},
};

struct slice pledge_teller_text(const struct pledge_teller_config *config,
                                const struct pledge_due *due, const struct zone *zone,
                                char out[PLEDGE_TEXT_BYTES])
{
    char when[WHEN_SHORT_BYTES], url[URL_BYTES];
    const struct session *s = due->session;
    struct slice name = slice_fitting(config->organisation, ORGANISATION_BYTES_MAX);
    struct slice place = slice_fitting(due->place->name, PLACE_BYTES_MAX);
    struct slice meet =
        slice_fitting(s->meeting_point, texts[due->notice].meet ? MEET_BYTES_MAX : 0);
    const struct group_info *group = groups_find(config->groups, due->pledge.group);
    struct slice language = slice_of(group ? group->language : "");
    when_short(zone_local_s(zone, s->start_ms / 1000), language, when);
    if (due->notice == PLEDGE_SAY_OFF)
        (void)snprintf(url, sizeof url, "%s/near", config->public_url);
    else
        write_link(config, &due->pledge, url);
    int n = snprintf(out, PLEDGE_TEXT_BYTES, "%.*s: %s%.*s%s%s. %s%.*s%s%s%s", SLICE_ARG(name),
                     own_text(language, texts[due->notice].before), SLICE_ARG(place),
                     texts[due->notice].moved ? own_text(language, OWN_IS_NOW) : ", ", when,
                     meet.n ? own_text(language, OWN_MEET) : "", SLICE_ARG(meet),
                     meet.n ? ". " : "", own_text(language, texts[due->notice].after), url);
    return slice_make(out, n < PLEDGE_TEXT_BYTES ? (size_t)n : PLEDGE_TEXT_BYTES - 1);
}
