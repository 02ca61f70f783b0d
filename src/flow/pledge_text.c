/* The texts about pledges: short, so that most are one part, with what somebody needs on the way. */
#include "flow/pledge_teller.h"

#include <stdio.h>

#include "core/link.h"
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

/* What is said before the place and the time, and behind them: %s the link. */
static const struct {
    const char *before, *between, *after;
    bool meet;
} texts[PLEDGE_NOTICE_COUNT] = {
    [PLEDGE_SAY_MADE] = {"thank you! You are coming: ", ", ", "Can't come? Reply CANT or ", true},
    [PLEDGE_SAY_WAITS] = {"it is full, you are on the waiting list: ", ", ",
                          "We text you when there is a place. ", false},
    [PLEDGE_SAY_UP] = {"there is a place for you now: ", ", ", "Can't come? Reply CANT or ", true},
    [PLEDGE_SAY_GONE] = {"you are off the list: ", ", ", "Changed your mind? ", false},
    [PLEDGE_SAY_DAY] = {"see you tomorrow: ", ", ", "Can't come? Reply CANT or ", true},
    [PLEDGE_SAY_HOURS] = {"see you soon: ", ", ", "Can't come? Reply CANT or ", true},
    [PLEDGE_SAY_MOVED] = {"this has changed: ", " is now ", "Can't come? Reply CANT or ", true},
    [PLEDGE_SAY_OFF] = {"sorry, this is cancelled: ", ", ", "Where else? ", false},
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
    when_short(zone_local_s(zone, s->start_ms / 1000), when);
    if (due->notice == PLEDGE_SAY_OFF)
        (void)snprintf(url, sizeof url, "%s/near", config->public_url);
    else
        write_link(config, &due->pledge, url);
    int n = snprintf(out, PLEDGE_TEXT_BYTES, "%.*s: %s%.*s%s%s. %s%.*s%s%s%s", SLICE_ARG(name),
                     texts[due->notice].before, SLICE_ARG(place), texts[due->notice].between, when,
                     meet.n ? "Meet: " : "", SLICE_ARG(meet), meet.n ? ". " : "",
                     texts[due->notice].after, url);
    return slice_make(out, n < PLEDGE_TEXT_BYTES ? (size_t)n : PLEDGE_TEXT_BYTES - 1);
}
