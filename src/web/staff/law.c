/* /law: what law, carriers and WhatsApp ask of campaigns; an owner switches a rule off, and says why. */
#include <stdio.h>

#include "core/json.h"
#include "web/page.h"
#include "web/staff/staff.h"

enum { PATH_BYTES = 64 };

/* How a rule is kept, for people. */
static const char *how_words(const json_t *rule)
{
    struct slice how = json_slice(json_object_get(rule, "how"));
    if (slice_is(how, "checked")) return "Muster checks it";
    if (slice_is(how, "enforced")) return "Muster keeps it";
    return slice_is(how, "asked") ? "Muster asks you" : "You keep it";
}

/* "": nothing happens by itself, since people keep it. */
static const char *level_words(const json_t *rule)
{
    if (slice_is(json_slice(json_object_get(rule, "how")), "shown")) return "";
    struct slice level = json_slice(json_object_get(rule, "level"));
    if (slice_is(level, "block")) return "stops a launch";
    if (slice_is(level, "approve")) return "needs a second person";
    return slice_is(level, "warn") ? "warns" : "good to know";
}

static bool may_switch(const struct web_call *c, const json_t *rule)
{
    struct slice how = json_slice(json_object_get(rule, "how"));
    return access_may_everywhere(c->member, MAY_SWITCH_RULES) &&
           (slice_is(how, "checked") || slice_is(how, "asked"));
}

static json_t *rule_json(const struct web_call *c, const json_t *rule)
{
    json_t *one = json_deep_copy(rule);
    bool may = may_switch(c, rule);
    size_t i;
    json_t *off;
    bool off_for_all = false;
    json_array_foreach(json_object_get(one, "off"), i, off)
    {
        bool all = json_is_null(json_object_get(off, "group"));
        off_for_all |= all;
        json_put(off, "who",
                 all ? json_string("everybody") : json_incref(json_object_get(off, "group")));
        json_put(off, "may", json_boolean(may));
        json_put(off, "of", json_incref(json_object_get(one, "rule")));
        json_put(off, "scope", all ? json_string("") : json_incref(json_object_get(off, "group")));
    }
    json_put(one, "how_words", json_string(how_words(rule)));
    json_put(one, "level_words", json_string(level_words(rule)));
    json_put(one, "may", json_boolean(may && !off_for_all));
    bool typed = c->id == (uint32_t)json_integer_value(json_object_get(rule, "rule"));
    json_put(one, "typed", json_boolean(typed));
    json_put(one, "typed_why", typed ? json_text(web_typed(c, "why")) : json_null());
    json_put(one, "typed_group", typed ? json_text(web_typed(c, "group")) : json_null());
    return one;
}

static void on_rules(struct web_call *c, int status, const json_t *body)
{
    const char *problem = json_string_value(json_object_get(c->asked, "detail"));
    json_t *data = page_data(c, "Rules", problem ? problem : ""), *list = json_array();
    size_t i;
    const json_t *rule;
    json_array_foreach(json_object_get(body, "rules"), i, rule)
        json_list_add(list, rule_json(c, rule));
    json_put(data, "rules", list);
    json_put(data, "kind_unsaid", json_boolean(json_slice(json_object_get(body, "kind")).n == 0));
    page_answer(c, PAGE_LAW, status == 200 && problem ? 422 : status, data);
}

static void get_law(struct web_call *c)
{
    web_ask(c, on_rules, NULL, "GET", "/api/v1/law");
}

static void on_switched(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    if (status == 200) {
        (void)snprintf(path, sizeof path, "/law#rule-%u", c->id);
        web_answer_redirect(c, path);
        return;
    }
    json_decref(c->asked);
    c->asked = json_deep_copy(body);
    get_law(c);
}

static void post_switch(struct web_call *c, const char *to)
{
    json_t *body = json_object();
    if (web_typed(c, "why").n) json_put(body, "why", json_text(web_typed(c, "why")));
    if (web_typed(c, "group").n) json_put(body, "group", json_text(web_typed(c, "group")));
    web_ask(c, on_switched, body, "POST", "/api/v1/law/%u/%s", c->id, to);
}

static void post_off(struct web_call *c)
{
    post_switch(c, "off");
}

static void post_on(struct web_call *c)
{
    post_switch(c, "on");
}

enum { DOES = NEEDS_STORE | IN_GROUP | PAGE | FORM | AUDITED | WITH_ID };

static const struct route rows[] = {
    {"GET", "/law", MAY_READ_CAMPAIGNS, IN_GROUP | PAGE, NULL, get_law},
    {"POST", "/law/{id}/off", MAY_SWITCH_RULES, DOES, NULL, post_off},
    {"POST", "/law/{id}/on", MAY_SWITCH_RULES, DOES, NULL, post_on},
};

const struct routes law_page_routes = {rows, COUNT_OF(rows)};
