/* Groups: what each is called, where it is, when and by which accounts its people are texted. */
#include "web/api/api.h"

#include "core/hours.h"
#include "core/keywords.h"
#include "core/money.h"
#include "flow/account.h"
#include "flow/place_book.h"
#include "flow/zone_book.h"
#include "io/phone.h"
#include "store/group.h"
#include "web/own.h"
#include "web/view/view.h"

#include <stdlib.h>

enum { WORD_BYTES_MAX = 64 };

/* ---- reading ---- */

static json_t *list_item(const struct web_call *c, const void *list, size_t i)
{
    (void)c;
    return view_group(&((const struct view_group *)list)[i]);
}

/* Whether somebody looks for it: a part of its name or title. */
static bool is_asked_for(const struct web_call *c, const struct group_info *info)
{
    struct slice q = slice_trim(web_query(c, "q"));
    return slice_holds_nocase(slice_of(info->name), q) ||
           slice_holds_nocase(slice_of(info->title), q);
}

static void get_groups(struct web_call *c)
{
    size_t n, found = 0;
    const struct group_set reach = own_groups(c);
    const struct group_info **list = groups_list(c->config->groups, &reach, &n);
    struct view_group *views = xcalloc(n + 1, sizeof *views);
    for (size_t i = 0; i < n; i++)
        if (is_asked_for(c, list[i])) views[found++].info = list[i];
    view_groups_count(c, views, found);
    web_answer_list(c, "groups", views, found, list_item, NULL);
    free(list);
    free(views);
}

static json_t *one_json(const struct web_call *c, const struct group_info *info)
{
    struct view_group one = {.info = info};
    view_groups_count(c, &one, 1);
    return view_group(&one);
}

/* The one of the path; NULL: c has its response. */
static const struct group_info *own(struct web_call *c)
{
    struct slice name = web_param(c, "name");
    const struct group_info *info = groups_find(c->config->groups, name);
    if (info && access_may(c->member, c->route->may, name)) return info;
    web_error(c, 404, "not_found",
              "there is no group of that name; `muster group list` shows yours");
    return NULL;
}

static void get_group(struct web_call *c)
{
    const struct group_info *info = own(c);
    if (info) web_answer(c, 200, one_json(c, info));
}

/* ---- changing ---- */

struct changing {
    char *name; /* owned */
    bool is_new;
    struct slice gateways[GROUP_GATEWAYS_MAX], lends[GROUP_LENDS_MAX], senders[GROUP_SENDERS_MAX],
        stop_words[GROUP_STOP_WORDS_MAX];
    uint32_t twins[GROUP_TWINS_MAX];
};

static void changing_done(void *state)
{
    free(((struct changing *)state)->name);
}

static void on_changed(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    const struct changing *w = c->state;
    if (!web_ok(c, result, e)) return;
    const struct group_info *info = groups_find(c->config->groups, slice_of(w->name));
    if (info)
        web_answer(c, w->is_new ? 201 : 200, one_json(c, info));
    else
        web_error(c, 503, "unavailable", "It was stored; ask again in a moment.");
}

/* What a month may cost is for who belongs to every group to say. False: c has its response. */
static bool read_budget(struct web_call *c, struct group_change *change)
{
    struct money ignored;
    change->month_budget = body_text(&c->body, "month_budget", WORD_BYTES_MAX, BODY_OPTIONAL);
    if (!change->month_budget.p) return true;
    if (!c->member->everywhere)
        web_error(c, 403, "forbidden",
                  "what a group may spend in a month is for who belongs to every group to say");
    else if (change->month_budget.n && !money_parse(change->month_budget, &ignored))
        web_refuse_key(c, "month_budget", "it is " MONEY_RULE);
    else
        return true;
    return false;
}

/* A place that there is, and not the group's own. False: c has its response. */
static bool may_adopt(struct web_call *c, const struct group_change *change, const char *key,
                      uint32_t id)
{
    const struct place *place = place_book_place(c->config->places, id);
    if (!place)
        web_refuse_key(c, key, "there is no place of that id; %s",
                       strcmp(key, "twin") == 0 ? "0 adopts none" : "[] adopts none");
    else if (slice_eq(slice_of(place->group), change->name))
        web_refuse_key(c, key, "that place is the group's own: adopt one of another group");
    else
        return true;
    return false;
}

/* Each once. False: c has its response. */
static bool add_twin(struct web_call *c, struct group_change *change, const char *key, uint32_t id)
{
    struct changing *w = c->state;
    for (size_t i = 0; i < change->twin_count; i++)
        if (w->twins[i] == id) return true;
    if (!may_adopt(c, change, key, id)) return false;
    w->twins[change->twin_count++] = id;
    return true;
}

static bool read_twin_list(struct web_call *c, struct group_change *change)
{
    const json_t *list = body_list(&c->body, "twins", GROUP_TWINS_MAX, BODY_OPTIONAL);
    if (list) change->twins_said = true;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        json_int_t id = json_integer_value(one);
        if (!json_is_integer(one) || id < 1 || id > UINT32_MAX) {
            web_refuse_key(c, "twins", "number %zu is no id of a place", i + 1);
            return false;
        }
        if (!add_twin(c, change, "twins", (uint32_t)id)) return false;
    }
    return true;
}

/* The places that it adopts: `twins`, or `twin` for one and 0 for none. False: c has its response. */
static bool read_twins(struct web_call *c, struct group_change *change)
{
    struct changing *w = c->state;
    const json_t *twin = json_object_get(c->body.root, "twin"),
                 *helps = json_object_get(c->body.root, "helps");
    uint32_t one = (uint32_t)body_uint(&c->body, "twin", UINT32_MAX, BODY_OPTIONAL);
    change->twins = w->twins;
    change->twins_said = twin && !json_is_null(twin);
    change->helps_said = json_is_boolean(helps);
    change->helps = json_is_true(helps);
    if (!web_body_ok(c)) return false;
    if (helps && !json_is_boolean(helps) && !json_is_null(helps))
        web_refuse_key(c, "helps", "true or false");
    else if (change->twins_said && json_is_array(json_object_get(c->body.root, "twins")))
        web_refuse_key(c, "twin", "say `twins` or `twin`, not both");
    else
        return one ? add_twin(c, change, "twin", one) : read_twin_list(c, change);
    return false;
}

/* Whose volunteers may answer its people: groups that there are. False: c has its response. */
static bool read_lends(struct web_call *c, struct group_change *change)
{
    struct changing *w = c->state;
    const json_t *list = body_list(&c->body, "lends_inbox", GROUP_LENDS_MAX, BODY_OPTIONAL);
    change->lends_said = list != NULL;
    change->lends = w->lends;
    change->lends_count = json_array_size(list);
    for (size_t i = 0; i < json_array_size(list); i++) {
        w->lends[i] = json_slice(json_array_get(list, i));
        if (groups_find(c->config->groups, w->lends[i]) && !slice_eq(w->lends[i], change->name))
            continue;
        web_refuse_key(c, "lends_inbox", "number %zu is no other group", i + 1);
        return false;
    }
    return true;
}

/* False: c has its response. */
static bool read_gateways(struct web_call *c, struct group_change *change)
{
    struct changing *w = c->state;
    const json_t *list = body_list(&c->body, "gateways", GROUP_GATEWAYS_MAX, BODY_OPTIONAL);
    change->gateways_said = list != NULL;
    change->gateways = w->gateways;
    change->gateway_count = json_array_size(list);
    if (list && !c->member->everywhere) {
        web_error(c, 403, "forbidden",
                  "by which accounts a group sends is for who belongs to every group to say");
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        w->gateways[i] = json_slice(json_array_get(list, i));
        if (accounts_find(c->config->accounts, w->gateways[i])) continue;
        web_error(c, 400, "no_gateway",
                  "'gateways': number %zu is no gateway of the configuration; `muster gateway "
                  "list` shows them",
                  i + 1);
        return false;
    }
    return true;
}

static bool has_sender(const struct web_call *c, struct slice sender)
{
    const struct accounts *all = c->config->accounts;
    for (size_t i = 0; i < all->count; i++)
        if (slice_index(sender, all->list[i].senders, all->list[i].sender_count) >= 0) return true;
    return false;
}

/* False: c has its response. */
static bool read_senders(struct web_call *c, struct group_change *change)
{
    struct changing *w = c->state;
    const json_t *list = body_list(&c->body, "senders", GROUP_SENDERS_MAX, BODY_OPTIONAL);
    change->senders_said = list != NULL;
    change->senders = w->senders;
    change->sender_count = json_array_size(list);
    if (list && !c->member->everywhere) {
        web_error(c, 403, "forbidden",
                  "from which numbers a group sends is for who belongs to every group to say");
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        w->senders[i] = json_slice(json_array_get(list, i));
        if (has_sender(c, w->senders[i])) continue;
        web_refuse_key(c, "senders",
                       "number %zu is no sender of a gateway; `muster gateway list` shows them",
                       i + 1);
        return false;
    }
    return true;
}

/* Phrases as `organisation.stop_words` of the configuration has them. False: c has its response. */
static bool read_stop_words(struct web_call *c, struct group_change *change)
{
    struct changing *w = c->state;
    char plain[KEYWORDS_PLAIN_BYTES];
    const json_t *list = body_list(&c->body, "stop_words", GROUP_STOP_WORDS_MAX, BODY_OPTIONAL);
    change->stop_words_said = list != NULL;
    change->stop_words = w->stop_words;
    change->stop_word_count = json_array_size(list);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct slice phrase = w->stop_words[i] = json_slice(json_array_get(list, i));
        const char *wrong = keywords_refuse(c->config->means->keywords, KEYWORD_STOP, phrase);
        if (phrase.n > GROUP_STOP_WORD_BYTES_MAX || keywords_plain(phrase, plain).n == 0)
            wrong = "a word or phrase of at most 128 bytes";
        if (!wrong) continue;
        web_refuse_key(c, "stop_words", "number %zu must be %s", i + 1, wrong);
        return false;
    }
    return true;
}

static bool country_ok(struct slice country)
{
    char text[3];
    if (country.n == 0) return true;
    if (country.n != 2) return false;
    (void)snprintf(text, sizeof text, "%.*s", SLICE_ARG(country));
    return phone_country_is_known(text);
}

/* One that stands for a place: by its clock its people are texted. */
static bool zone_ok(const struct web_call *c, struct slice zone)
{
    return zone.n == 0 || zone_book_knows(c->config->means->zones, zone);
}

/* Whether the same request lets the group use that account. */
static bool is_among(struct slice name, const struct group_change *change)
{
    for (size_t i = 0; i < change->gateway_count; i++)
        if (slice_eq(change->gateways[i], name)) return true;
    return false;
}

static bool pledge_gateway_ok(const struct web_call *c, const struct group_change *change)
{
    struct slice name = change->pledge_gateway;
    const struct account *a = name.n ? accounts_find(c->config->accounts, name) : NULL;
    if (name.n == 0) return true;
    return a && strcmp(a->channel, "sms") == 0 &&
           (change->gateways_said ? change->gateway_count == 0 || is_among(name, change)
                                  : groups_may_use(c->config->groups, change->name, name));
}

/* False: c has its response. */
static bool values_ok(struct web_call *c, const struct group_change *change)
{
    struct err e;
    struct hours hours;
    if (!country_ok(change->country))
        web_refuse_key(c, "country", "a country with phone numbers, such as GB");
    else if (!zone_ok(c, change->zone))
        web_refuse_key(c, "zone", "a time zone, such as Europe/London");
    else if (change->title.n && !is_one_line(change->title))
        web_refuse_key(c, "title", "it is one line");
    else if (!pledge_gateway_ok(c, change))
        web_refuse_key(c, "pledge_gateway",
                       "an SMS account that the group may use; `muster gateway list` shows them");
    else if (change->language.n && !group_ok(change->language))
        web_refuse_key(c, "language", "a code, such as en or cy");
    else if (change->hours.n && hours_parse(change->hours, &hours, &e) < 0)
        web_refuse_key(c, "hours", "%s", e.text);
    else
        return true;
    return false;
}

static void read_within(struct web_call *c, struct group_change *change)
{
    static const char key[] = "answer_within_minutes";
    change->answer_within_said = body_says(&c->body, key);
    change->answer_within =
        (uint32_t)body_uint(&c->body, key, GROUP_ANSWER_MINUTES_MAX, BODY_OPTIONAL);
}

static void change(struct web_call *c, struct slice name, bool is_new)
{
    struct body *b = &c->body;
    struct changing *w = web_call_state(c, sizeof *w, changing_done);
    struct group_change change = {
        .name = name,
        .is_new = is_new,
        .title = body_text(b, "title", GROUP_TITLE_BYTES_MAX, BODY_OPTIONAL),
        .country = body_text(b, "country", WORD_BYTES_MAX, BODY_OPTIONAL),
        .zone = body_text(b, "zone", WORD_BYTES_MAX, BODY_OPTIONAL),
        .language = body_text(b, "language", WORD_BYTES_MAX, BODY_OPTIONAL),
        .hours = body_text(b, "hours", HOURS_TEXT_BYTES_MAX, BODY_OPTIONAL),
        .stop_confirmation =
            body_text(b, "stop_confirmation", GROUP_ANSWER_BYTES_MAX, BODY_OPTIONAL),
        .help_answer = body_text(b, "help_answer", GROUP_ANSWER_BYTES_MAX, BODY_OPTIONAL),
        .pledge_gateway = body_text(b, "pledge_gateway", WORD_BYTES_MAX, BODY_OPTIONAL),
    };
    read_within(c, &change);
    w->name = slice_strdup(name);
    w->is_new = is_new;
    if (read_gateways(c, &change) && read_senders(c, &change) && read_stop_words(c, &change) &&
        read_budget(c, &change) && read_twins(c, &change) && read_lends(c, &change) &&
        web_body_ok(c) && values_ok(c, &change))
        groups_change(c->config->groups, &change, web_deed(c), on_changed, c);
}

static void post_groups(struct web_call *c)
{
    struct slice name = body_text(&c->body, "name", GROUP_BYTES_MAX, BODY_NEEDED);
    if (!web_body_ok(c)) return;
    if (group_ok(name))
        change(c, name, true);
    else
        web_refuse_key(c, "name", "it is " GROUP_RULE);
}

static void post_group(struct web_call *c)
{
    if (own(c)) change(c, web_param(c, "name"), false);
}

static void on_removed(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void delete_group(struct web_call *c)
{
    groups_remove(c->config->groups, web_param(c, "name"), web_deed(c), on_removed, c);
}

#define GROUP_KEYS                                                                                 \
    "title", "country", "zone", "language", "hours", "month_budget", "gateways", "senders",        \
        "stop_words", "stop_confirmation", "help_answer", "pledge_gateway", "twin", "twins",       \
        "helps", "lends_inbox", "answer_within_minutes"

static const struct route rows[] = {
    {"GET", "/api/v1/groups", MAY_READ_GROUPS, IN_GROUP, NULL, get_groups},
    {"POST", "/api/v1/groups", MAY_RUN_GROUPS, NEEDS_STORE | ONCE | AUDITED,
     KEYS("name", GROUP_KEYS), post_groups},
    {"GET", "/api/v1/groups/{name}", MAY_READ_GROUPS, IN_GROUP, NULL, get_group},
    {"POST", "/api/v1/groups/{name}", MAY_RUN_GROUPS, NEEDS_STORE | IN_GROUP | AUDITED,
     KEYS(GROUP_KEYS), post_group},
    {"DELETE", "/api/v1/groups/{name}", MAY_RUN_GROUPS, NEEDS_STORE | AUDITED, NO_KEYS,
     delete_group},
};

const struct routes group_routes = {rows, COUNT_OF(rows)};
