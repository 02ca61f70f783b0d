/* /groups/{name}/twin: the places that a group adopts, whose volunteers help whom, and what came of it. */
#include <stdio.h>

#include "core/place.h"
#include "flow/place_book.h"
#include "store/group.h"
#include "web/page.h"
#include "web/staff/staff.h"

enum { CHOICES_MAX = 12, PATH_BYTES = 160, WORDS_BYTES = 160 };

static json_int_t number_at(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

static bool says(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

static const struct group_info *own_info(const struct web_call *c)
{
    return groups_find(c->config->groups, web_param(c, "name"));
}

/* ---- which place ---- */

static const char *priority_words(enum place_priority priority)
{
    static const char *const words[PLACE_PRIORITY_COUNT] = {[PLACE_SAFE] = "needs nobody",
                                                            [PLACE_LIKELY] = "needs a few",
                                                            [PLACE_CLOSE] = "needs people",
                                                            [PLACE_MARGINAL] = "needs you most"};
    return words[priority];
}

static bool is_adopted(const struct group_info *group, uint32_t place)
{
    for (size_t i = 0; group && i < group->twin_count; i++)
        if (group->twins[i] == place) return true;
    return false;
}

static bool fits(const struct web_call *c, const struct place *p, enum place_priority priority)
{
    struct slice q = slice_trim(web_query(c, "q"));
    return p->priority == priority && !slice_eq(slice_of(p->group), web_param(c, "name")) &&
           slice_holds_nocase(slice_of(p->name), q) && !is_adopted(own_info(c), p->id);
}

/* Those that need people most first; what was typed is a part of the name. */
static json_t *choices_json(const struct web_call *c)
{
    size_t n;
    const struct place *const *places = place_book_places(c->config->places, &n);
    json_t *list = json_array();
    for (int priority = PLACE_PRIORITY_COUNT; priority-- > 0;)
        for (size_t i = 0; i < n && json_array_size(list) < CHOICES_MAX; i++) {
            if (!fits(c, places[i], (enum place_priority)priority)) continue;
            json_list_add(list, json_pack("{s:I,s:s,s:s,s:s}", "id", (json_int_t)places[i]->id,
                                          "name", places[i]->name, "of", places[i]->group, "needs",
                                          priority_words((enum place_priority)priority)));
        }
    return list;
}

/* ---- the page ---- */

static void say_sessions(const json_t *pair, char out[WORDS_BYTES])
{
    json_int_t sessions = number_at(pair, "sessions"), pledged = number_at(pair, "pledged");
    (void)snprintf(out, WORDS_BYTES, "%lld %s to come, %lld %s pledged", (long long)sessions,
                   sessions == 1 ? "session" : "sessions", (long long)pledged,
                   pledged == 1 ? "person" : "people");
}

/* "12 of Leeds are coming, 3 wait, 40 came"; "" = none did anything. */
static void say_brought(const json_t *pair, char out[WORDS_BYTES])
{
    static const struct {
        const char *key, *words;
    } counts[] = {{"coming", "coming"}, {"waiting", "waiting"}, {"came", "came"}};
    const json_t *brought = json_object_get(pair, "brought");
    int n = 0;
    *out = 0;
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        if (number_at(brought, counts[i].key) && n >= 0 && n < WORDS_BYTES)
            n += snprintf(out + n, (size_t)(WORDS_BYTES - n), "%s%lld %s", n ? ", " : "",
                          (long long)number_at(brought, counts[i].key), counts[i].words);
}

/* A pair with its words: what stands, and what one may do about it. */
static json_t *shown(const json_t *pair)
{
    char sessions[WORDS_BYTES], brought[WORDS_BYTES];
    json_t *o = json_deep_copy(pair);
    say_sessions(pair, sessions);
    json_put(o, "sessions", json_string(sessions));
    json_put(o, "works", json_boolean(says(pair, "helps") && says(pair, "lends")));
    json_put(o, "waits", json_boolean(says(pair, "helps") && !says(pair, "lends")));
    json_put(o, "one", json_boolean(number_at(pair, "answers") == 1));
    say_brought(pair, brought);
    json_put(o, "brought", json_text(slice_of(brought)));
    return o;
}

static json_t *all_shown(const json_t *pairs)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(pairs, i, one) json_list_add(list, shown(one));
    return list;
}

static void on_twin(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    struct slice name = web_param(c, "name");
    const char *problem = json_string_value(c->asked);
    json_t *data = page_data(c, "Twin", problem ? problem : "");
    json_t *own = all_shown(json_object_get(body, "twins"));
    json_t *adopters = all_shown(json_object_get(body, "adopted_by"));
    bool more = json_array_size(own) < GROUP_TWINS_MAX;
    char back[PATH_BYTES];
    (void)snprintf(back, sizeof back, "/groups/%.*s", SLICE_ARG(name));
    json_put(data, "back", json_pack("{s:s,s:o}", "href", back, "label", json_text(name)));
    json_put(data, "at", json_text(name));
    json_put(data, "any_own", json_boolean(json_array_size(own) > 0));
    json_put(data, "own", own);
    json_put(data, "more", json_boolean(more));
    json_put(data, "choices", more ? choices_json(c) : json_array());
    json_put(data, "q", json_text(web_query(c, "q")));
    json_put(data, "any_adopters", json_boolean(json_array_size(adopters) > 0));
    json_put(data, "adopters", adopters);
    page_answer(c, PAGE_TWIN, problem ? 422 : 200, data);
}

static void get_twin(struct web_call *c)
{
    struct slice name = web_param(c, "name");
    web_ask(c, on_twin, NULL, "GET", "/api/v1/groups/%.*s/twin", SLICE_ARG(name));
}

/* ---- the buttons ---- */

static void on_changed(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    struct slice name = web_param(c, "name");
    if (status == 200) {
        (void)snprintf(path, sizeof path, "/groups/%.*s/twin", SLICE_ARG(name));
        web_answer_redirect(c, path);
        return;
    }
    if (status != 400 && status != 422) {
        web_pass_on(c, status, body);
        return;
    }
    json_decref(c->asked);
    c->asked = json_string(json_cstr_at(body, "detail"));
    get_twin(c);
}

/* Whose inbox it is lends it to one more, or to one less. */
static json_t *lends_json(const struct web_call *c, struct slice home, bool lends)
{
    const struct group_info *own = own_info(c);
    json_t *list = json_array();
    for (size_t i = 0; own && i < own->lends_count; i++)
        if (!slice_is(home, own->lends[i])) json_list_add(list, json_string(own->lends[i]));
    if (lends) json_list_add(list, json_text(home));
    return list;
}

/* One place more that it adopted, or one less. Who lets go of the last helps nobody any more. */
static json_t *twins_json(const struct web_call *c, uint64_t place, bool adopts)
{
    const struct group_info *own = own_info(c);
    json_t *list = json_array();
    for (size_t i = 0; own && i < own->twin_count; i++)
        if (own->twins[i] != place) json_list_add(list, json_integer(own->twins[i]));
    if (adopts) json_list_add(list, json_integer((json_int_t)place));
    bool none = json_array_size(list) == 0;
    json_t *change = json_pack("{s:o}", "twins", list);
    if (none) json_put(change, "helps", json_false());
    return change;
}

/* What the button that was pressed says of the group; NULL: nothing that there is. */
static json_t *change_json(const struct web_call *c)
{
    struct slice act = web_field(c, "act"), home = web_field(c, "home");
    uint64_t place = 0;
    bool adopts = slice_is(act, "adopt");
    if (adopts || slice_is(act, "leave"))
        return slice_to_u64(web_field(c, "place"), UINT32_MAX, &place)
                   ? twins_json(c, place, adopts)
                   : NULL;
    if (slice_is(act, "help")) return json_pack("{s:b}", "helps", 1);
    if (slice_is(act, "stop")) return json_pack("{s:b}", "helps", 0);
    if (slice_is(act, "lend")) return json_pack("{s:o}", "lends_inbox", lends_json(c, home, true));
    if (slice_is(act, "unlend"))
        return json_pack("{s:o}", "lends_inbox", lends_json(c, home, false));
    return NULL;
}

static void post_twin(struct web_call *c)
{
    struct slice name = web_param(c, "name");
    json_t *change = change_json(c);
    if (change)
        web_ask(c, on_changed, change, "POST", "/api/v1/groups/%.*s", SLICE_ARG(name));
    else
        web_error(c, 400, "invalid", "That button is not known. Open the page again.");
}

enum { SEES = NEEDS_STORE | IN_GROUP | PAGE, DOES = SEES | FORM | AUDITED };

static const struct route rows[] = {
    {"GET", "/groups/{name}/twin", MAY_RUN_GROUPS, SEES, NULL, get_twin},
    {"POST", "/groups/{name}/twin", MAY_RUN_GROUPS, DOES, NULL, post_twin},
};

const struct routes twin_page_routes = {rows, COUNT_OF(rows)};
