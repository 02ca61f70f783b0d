/* Handing somebody over: to whom, with a word. The page shows what the API tells (web/api/hand.c). */
#include <stdio.h>

#include "web/page.h"

enum { PATH_BYTES = 64 };

static const char member_mark[] = "member:", group_mark[] = "group:";

/* Those who are here, or the others, with the one that was chosen before. */
static json_t *names_json(const json_t *people, bool here, struct slice chosen)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(people, i, one)
    {
        if (json_is_true(json_object_get(one, "here")) != here) continue;
        struct slice name = json_slice(json_object_get(one, "name"));
        json_list_add(list, json_pack("{s:o,s:b}", "name", json_text(name), "chosen",
                                      slice_eq(name, chosen)));
    }
    return list;
}

static void put_names(json_t *data, const char *key, json_t *list)
{
    json_put(data, key, json_array_size(list) ? json_pack("{s:O}", "list", list) : json_null());
    json_decref(list);
}

/* What stands behind the mark of the field `to`; none: it has another one. */
static struct slice chosen(const struct web_call *c, const char *mark)
{
    struct slice to = web_field(c, "to");
    size_t n = strlen(mark);
    return slice_starts(to, mark) ? slice_make(to.p + n, to.n - n) : SLICE_NONE;
}

static void on_whom(struct web_call *c, int status, const json_t *body)
{
    const char *problem = json_string_value(c->asked);
    const json_t *people = json_object_get(body, "people");
    char back[PATH_BYTES];
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Hand over", problem ? problem : "");
    (void)snprintf(back, sizeof back, "/inbox/%u", c->id);
    json_put(data, "back", json_pack("{s:s,s:s}", "href", back, "label", "Back"));
    json_put(data, "id", json_integer(c->id));
    put_names(data, "here", names_json(people, true, chosen(c, member_mark)));
    put_names(data, "others", names_json(people, false, chosen(c, member_mark)));
    put_names(data, "groups", json_deep_copy(json_object_get(body, "groups")));
    json_put(data, "more", json_incref(json_object_get(body, "more")));
    json_put(data, "q", json_text(web_query(c, "q")));
    json_put(data, "finds",
             json_boolean(web_query(c, "q").n > 0 ||
                          json_integer_value(json_object_get(body, "more")) > 0));
    json_put(data, "word", json_text(web_field(c, "word")));
    page_answer(c, PAGE_HAND_OVER, problem ? 400 : 200, data);
}

static void get_hand_over(struct web_call *c)
{
    web_ask(c, on_whom, NULL, "GET", "/api/v1/conversations/%u/hand-over", c->id);
}

/* What went wrong stands above the form, which is as it was. */
static void on_handed(struct web_call *c, int status, const json_t *body)
{
    if (status == 200) {
        web_answer_redirect(c, "/inbox?said=handed");
    } else if (status == 400 || status == 409) {
        json_decref(c->asked);
        c->asked = json_incref(json_object_get(body, "detail"));
        get_hand_over(c);
    } else {
        web_pass_on(c, status, body);
    }
}

static void post_hand_over(struct web_call *c)
{
    struct slice member = chosen(c, member_mark), group = chosen(c, group_mark);
    json_t *body = json_pack("{s:o}", "word", json_text(web_field(c, "word")));
    if (member.n) json_put(body, "member", json_text(member));
    if (group.n) json_put(body, "group", json_text(group));
    if (slice_is(web_field(c, "to"), "organisers")) json_put(body, "organisers", json_true());
    web_ask(c, on_handed, body, "POST", "/api/v1/conversations/%u/hand-over", c->id);
}

enum { ROW = NEEDS_STORE | IN_GROUP | PAGE | WITH_ID };

static const struct route rows[] = {
    {"GET", "/inbox/{id}/hand-over", MAY_ANSWER, ROW, NULL, get_hand_over},
    {"POST", "/inbox/{id}/hand-over", MAY_ANSWER, ROW | FORM, NULL, post_hand_over},
};

const struct routes hand_page_routes = {rows, COUNT_OF(rows)};
