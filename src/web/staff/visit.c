#include "web/staff/visit.h"

#include <stdio.h>

#include "web/page.h"
#include "web/wanted.h"

/* Whichever word comes first in the list and stands in the User-Agent: most name others besides. */
struct word {
    const char *in, *shown;
};
static const struct word browsers[] = {
    {"Edg", "Edge"},        {"OPR/", "Opera"},    {"SamsungBrowser", "Samsung Internet"},
    {"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"},
    {"Chrom", "Chrome"},    {"Safari", "Safari"},
};
static const struct word systems[] = {
    {"iPhone", "iPhone"}, {"iPad", "iPad"},       {"Android", "Android"}, {"Windows", "Windows"},
    {"Macintosh", "Mac"}, {"CrOS", "Chromebook"}, {"Linux", "Linux"},
};

static bool holds(struct slice text, const char *word)
{
    return text.n && memmem(text.p, text.n, word, strlen(word)) != NULL;
}

static const char *find(struct slice agent, const struct word *list, size_t n,
                        const char *otherwise)
{
    for (size_t i = 0; i < n; i++)
        if (holds(agent, list[i].in)) return list[i].shown;
    return otherwise;
}

void visit_device(struct slice agent, char out[ROSTER_DEVICE_BYTES_MAX])
{
    const char *browser = find(agent, browsers, COUNT_OF(browsers), "A browser");
    const char *system = find(agent, systems, COUNT_OF(systems), NULL);
    (void)snprintf(out, ROSTER_DEVICE_BYTES_MAX, system ? "%s on %s" : "%s", browser, system);
}

void visit_fill(struct web_call *c, struct visit *v)
{
    auth_make_secret(v->secret);
    auth_hash(c->web->auth, AUTH_SESSION, slice_of(v->secret), v->hash);
    visit_device(http_request_header(c->q, "User-Agent"), v->device);
    auth_address_words(c->web->auth, c->q, v->address);
    v->is = (struct staff_visit){.session = slice_of(v->hash),
                                 .until_ms = c->now_ms + AUTH_SESSION_S * INT64_C(1000),
                                 .device = slice_of(v->device),
                                 .address = slice_of(v->address),
                                 .by = web_by(c)};
}

struct visit *visit_make(struct web_call *c)
{
    struct visit *v = web_call_state(c, sizeof *v, NULL);
    visit_fill(c, v);
    return v;
}

void visit_welcome(struct web_call *c, struct slice member)
{
    const struct visit *v = c->state;
    const struct roster *roster = staff_roster(c->config->staff);
    const struct staff_member *m = roster_member(roster, member);
    char cookie[AUTH_COOKIE_BYTES];
    auth_cookie(c->web->auth, v->secret, AUTH_SESSION_S, cookie);
    http_request_set_header(c->q, "Set-Cookie", cookie);
    char wanted[AUTH_WANTED_BYTES];
    bool waits = m && m->state != STAFF_IN;
    if (!m || waits)
        web_answer_redirect(c, waits ? "/waiting" : "/");
    else if (wanted_take(c, &m->is, wanted))
        web_answer_redirect(c, wanted);
    else
        web_answer_redirect(c, page_home(&m->is));
}
