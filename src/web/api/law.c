/* The rules of law: what each asks, who keeps it, and which ones an owner has switched off. */
#include "web/api/api.h"

#include <stdlib.h>

#include "base/clock.h"
#include "core/json.h"
#include "core/law.h"
#include "store/group.h"
#include "store/law.h"
#include "web/own.h"
#include "web/view/view.h"

enum { GROUP_WORD_BYTES_MAX = 64 };

/* ---- reading ---- */

static json_t *off_json(struct slice scope, const struct law_off *off)
{
    char at[CLOCK_ISO_BYTES];
    clock_iso(off->at_ms, at);
    return json_pack("{s:o,s:s,s:s,s:s}", "group", scope.n ? json_text(scope) : json_null(), "why",
                     off->why, "by", off->by, "at", at);
}

/* Where the rule is switched off: in the whole organisation, or in groups of the member. */
static json_t *where_off(const struct web_call *c, int rule)
{
    size_t n;
    struct law_off off;
    json_t *list = json_array();
    const struct group_set reach = own_groups(c);
    const struct group_info **groups = groups_list(c->config->groups, &reach, &n);
    if (law_book_has(c->config->law_book, rule, SLICE_LIT(""), &off))
        json_list_add(list, off_json(SLICE_NONE, &off));
    for (size_t i = 0; i < n; i++)
        if (law_book_has(c->config->law_book, rule, slice_of(groups[i]->name), &off))
            json_list_add(list, off_json(slice_of(groups[i]->name), &off));
    free(groups);
    return list;
}

static json_t *kinds_json(unsigned kinds)
{
    json_t *list = json_array();
    for (unsigned i = 1; kinds != LAW_ANYBODY && law_kind_names[i]; i++)
        if (kinds & 1U << (i - 1)) json_list_add(list, json_string(law_kind_names[i]));
    return list;
}

static json_t *rule_json(const struct web_call *c, const struct law_rule *rule)
{
    char when[LAW_WHEN_BYTES];
    return json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:s,s:s,s:o}", "rule", rule->number, "name",
                     rule->name, "level", finding_level_to_string(rule->level), "when",
                     law_when_to_string(rule->when, when), "how", law_how_to_string(rule->how),
                     "where", rule->where, "countries", rule->countries, "kinds",
                     kinds_json(rule->kinds), "words", rule->words, "source", rule->source, "off",
                     where_off(c, rule->number));
}

static void get_law(struct web_call *c)
{
    json_t *list = json_array();
    const struct law_organisation *o = c->config->means->law;
    for (int i = 1; i <= LAW_RULES; i++)
        json_list_add(list, rule_json(c, law_rule(i)));
    const char *kind = "";
    for (unsigned i = 1; o && law_kind_names[i]; i++)
        if (o->kind == 1U << (i - 1)) kind = law_kind_names[i];
    web_answer(c, 200, json_pack("{s:s,s:o}", "kind", kind, "rules", list));
}

/* ---- switching ---- */

static void on_switched(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) web_answer(c, 200, rule_json(c, law_rule((int)c->id)));
}

/* Only what the check keeps can be off; what the gate, the hours and the inbox keep cannot. */
static const struct law_rule *switchable(struct web_call *c)
{
    const struct law_rule *rule = c->id <= LAW_RULES ? law_rule((int)c->id) : NULL;
    if (!rule)
        web_error(c, 404, "not_found", "there is no rule of that number: they are 1 to %d",
                  LAW_RULES);
    else if (rule->how != LAW_CHECKED && rule->how != LAW_ASKED)
        web_error(c, 409, "conflict", "rule %d is not the check's, and cannot be switched off: %s",
                  rule->number, *rule->where ? rule->where : "people keep it");
    else
        return rule;
    return NULL;
}

static bool group_is_there(struct web_call *c, struct slice group)
{
    if (!group.n || groups_find(c->config->groups, group)) return true;
    web_refuse_key(c, "group", "there is no group of that name");
    return false;
}

static void post_switch(struct web_call *c, bool off)
{
    struct body *b = &c->body;
    const struct law_rule *rule = switchable(c);
    if (!rule) return;
    struct slice why = body_text(b, "why", LAW_WHY_BYTES_MAX, off ? BODY_NEEDED : BODY_OPTIONAL);
    struct slice group = body_text(b, "group", GROUP_WORD_BYTES_MAX, BODY_OPTIONAL);
    if (!web_body_ok(c) || !group_is_there(c, group)) return;
    if (off && slice_trim(why).n == 0) {
        web_refuse_key(c, "why", "say why");
        return;
    }
    const struct law_switch change = {rule->number,    group,     off,
                                      slice_trim(why), web_by(c), c->now_ms};
    law_book_switch(c->config->law_book, &change, on_switched, c);
}

static void post_off(struct web_call *c)
{
    post_switch(c, true);
}

static void post_on(struct web_call *c)
{
    post_switch(c, false);
}

static const struct route rows[] = {
    {"GET", "/api/v1/law", MAY_READ_CAMPAIGNS, IN_GROUP, NULL, get_law},
    {"POST", "/api/v1/law/{id}/off", MAY_SWITCH_RULES, NEEDS_STORE | WITH_ID | AUDITED,
     KEYS("why", "group"), post_off},
    {"POST", "/api/v1/law/{id}/on", MAY_SWITCH_RULES, NEEDS_STORE | WITH_ID | AUDITED,
     KEYS("why", "group"), post_on},
};

const struct routes law_routes = {rows, COUNT_OF(rows)};
