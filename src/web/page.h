#pragma once
/* The frame of all pages: embedded templates, compiled once and rendered with HTML escaping, the
 * navigation, and the pieces that pages share.
 *
 * To add a page:
 *  1. its template ROOM/NAME.mustache: {{>head}}, an <h1>, one main button, {{>foot}};
 *  2. a line in src/web/meson.build, which embeds it, and one in PAGE_TABLE;
 *  3. a row {"GET", "/address", MAY_…, NEEDS_STORE | IN_GROUP | PAGE, NULL, get_it} in ROOM/NAME.c
 *     (forms: POST and FORM, answered with web_answer_redirect, or with the page and a problem),
 *     and its table of rows as a line of src/web/tables.h;
 *  4. in its callback: json_t *data = page_data(c, "Title", ""); json_put(data, …, what web/view
 *     makes); page_answer(c, PAGE_NAME, 200, data);
 *  5. a row in `nav` of page.c, where it is one of the pages that people look for.
 *
 * A template may use any other as a partial: {{>head}} is frame/head.mustache, {{>lists/row}} is
 * lists/row.mustache. docs/PAGES.md tells of the pieces that there are. A static file is a line in
 * src/web/meson.build, too; pages name it "/static/NAME", and the build adds its version. */
#include "base/buf.h"
#include "web/call.h"

/* name, template */
#define PAGE_TABLE(X)                                                                              \
    X(PAGE_INBOX, "volunteer/list")                                                                \
    X(PAGE_THREAD, "volunteer/thread")                                                             \
    X(PAGE_HAND_OVER, "volunteer/hand_over")                                                       \
    X(PAGE_CAMPAIGNS, "organiser/campaigns")                                                       \
    X(PAGE_CAMPAIGN, "organiser/campaign")                                                         \
    X(PAGE_CAMPAIGN_PEOPLE, "organiser/people")                                                    \
    X(PAGE_CAMPAIGN_NEW, "organiser/new")                                                          \
    X(PAGE_CAMPAIGN_REPORT, "organiser/report")                                                    \
    X(PAGE_SHARE, "public/pass_on")                                                                \
    X(PAGE_CASCADE, "organiser/cascade")                                                           \
    X(PAGE_CAMPAIGN_CHECK, "organiser/check")                                                      \
    X(PAGE_DAY, "organiser/day")                                                                   \
    X(PAGE_DAY_RECORD, "organiser/day_record")                                                     \
    X(PAGE_MONTH, "organiser/month")                                                               \
    X(PAGE_CAMPAIGN_APPROVE, "organiser/approve")                                                  \
    X(PAGE_CAMPAIGN_CHANGE, "organiser/change")                                                    \
    X(PAGE_CAMPAIGN_CHANGE_CHECK, "organiser/change_check")                                        \
    X(PAGE_PLEDGES, "organiser/pledges")                                                           \
    X(PAGE_REHEARSALS, "organiser/rehearsals")                                                     \
    X(PAGE_REHEARSAL, "organiser/rehearsal")                                                       \
    X(PAGE_SCHEDULES, "organiser/schedules")                                                       \
    X(PAGE_SCHEDULE, "organiser/schedule")                                                         \
    X(PAGE_SCHEDULE_NEW, "organiser/schedule_new")                                                 \
    X(PAGE_SCHEDULE_CHANGE, "organiser/schedule_change")                                           \
    X(PAGE_SCHEDULE_CHECK, "organiser/schedule_check")                                             \
    X(PAGE_LIST_FROM, "organiser/list_from")                                                       \
    X(PAGE_LIST_IMPORT, "organiser/list_import")                                                   \
    X(PAGE_LIST_NEW, "organiser/list_new")                                                         \
    X(PAGE_LIST, "organiser/list")                                                                 \
    X(PAGE_OPTOUTS, "organiser/optouts")                                                           \
    X(PAGE_OPTOUT_IMPORT, "organiser/optout_import")                                               \
    X(PAGE_OPTOUT_LIST, "organiser/optout_list")                                                   \
    X(PAGE_LISTS, "organiser/lists")                                                               \
    X(PAGE_AUDIT, "staff/audit")                                                                   \
    X(PAGE_LOGIN, "staff/login")                                                                   \
    X(PAGE_LOGIN_SENT, "staff/sent")                                                               \
    X(PAGE_UNSENT, "staff/unsent")                                                                 \
    X(PAGE_JOIN, "staff/join")                                                                     \
    X(PAGE_JOIN_OVER, "staff/over")                                                                \
    X(PAGE_WAITING, "staff/waiting")                                                               \
    X(PAGE_LINK, "staff/link")                                                                     \
    X(PAGE_ME, "staff/me")                                                                         \
    X(PAGE_TOKENS, "staff/tokens")                                                                 \
    X(PAGE_TOKEN, "staff/token")                                                                   \
    X(PAGE_PEOPLE, "staff/people")                                                                 \
    X(PAGE_PERSON, "staff/person")                                                                 \
    X(PAGE_INVITE, "staff/invite")                                                                 \
    X(PAGE_SHIFT, "staff/shift")                                                                   \
    X(PAGE_ANSWERS, "staff/answers")                                                               \
    X(PAGE_TWIN, "staff/twin")                                                                     \
    X(PAGE_TEMPLATES, "staff/templates")                                                           \
    X(PAGE_GROUPS, "staff/groups")                                                                 \
    X(PAGE_KEPT, "staff/kept")                                                                     \
    X(PAGE_LAW, "staff/law")                                                                       \
    X(PAGE_PUBLIC_PROBLEM, "public/problem")                                                       \
    X(PAGE_NEAR, "public/near")                                                                    \
    X(PAGE_NEAR_SESSION, "public/near_session")                                                    \
    X(PAGE_NEAR_MINE, "public/near_mine")                                                          \
    X(PAGE_PLACES, "organiser/places")                                                             \
    X(PAGE_PLACE, "organiser/place")                                                               \
    X(PAGE_PLACE_IMPORT, "organiser/place_import")                                                 \
    X(PAGE_PLACE_FORM, "organiser/place_form")                                                     \
    X(PAGE_SESSION_FORM, "organiser/session_form")                                                 \
    X(PAGE_GROUP, "staff/group")

enum page {
#define X(name, file) name,
    PAGE_TABLE(X)
#undef X
        PAGE_COUNT
};

struct pages;

struct pages *pages_new(void);    /* a template that is not there or does not compile is a bug */
void pages_free(struct pages *p); /* NULL is fine */

/* Appends the page. Takes data. ERR_LIMIT: it is too large to be shown. */
int page_render(const struct pages *p, enum page page, json_t *data, struct buf *html,
                struct err *e) MUST_USE;
/* Answers c with the page. Takes data. */
void page_answer(struct web_call *c, enum page page, int status, json_t *data);

/* What every page shows: title, organisation, csrf, problem (a sentence that says what is wrong; ""
 * is none), and of a member person, nav, stopped, memory. Returns owned. */
json_t *page_data(const struct web_call *c, const char *title, const char *problem);

/* Where `/` and the log-in lead that member: the first page of the navigation that is theirs. */
const char *page_home(const struct member *m);

/* A bar that adds up, for {{#bar}}{{>bar}}{{/bar}}: each part has as much of the width as of the sum.
 * `kind` is its colour in style.css: good, going, waiting, bad, doubt, off. Returns owned. */
struct page_bar_part {
    const char *label, *kind;
    uint64_t n;
};
/* Adds to a form's list of choices: {value, label, chosen}. chosen: the value that was chosen; SLICE_NONE: none. */
void page_option(json_t *list, const char *value, const char *label, struct slice chosen);
json_t *page_bar(const char *label, const struct page_bar_part *parts, size_t count);
