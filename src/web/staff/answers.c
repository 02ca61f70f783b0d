/* /groups/{name}/answers: what a group suggests to whoever answers its people. */
#include <stdio.h>

#include "store/inbox.h"
#include "web/page.h"
#include "web/staff/staff.h"

enum { PATH_BYTES = 160 };
#define SUGGESTIONS "/api/v1/groups/%.*s/suggestions"

/* The tags that everybody knows, with the one that was chosen. */
static json_t *tags_json(struct slice chosen)
{
    json_t *list = json_array();
    struct slice all = SLICE_LIT(INBOX_STANDARD_TAGS);
    bool known = chosen.n == 0;
    for (struct slice tag; all.n > 0 && slice_cut(&all, ',', &tag);) {
        known |= slice_eq(tag, chosen);
        json_list_add(
            list, json_pack("{s:o,s:b}", "tag", json_text(tag), "chosen", slice_eq(tag, chosen)));
    }
    if (!known) json_list_add(list, json_pack("{s:o,s:b}", "tag", json_text(chosen), "chosen", 1));
    return list;
}

static json_t *own_json(const json_t *all)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(all, i, one)
    {
        json_t *shown = json_deep_copy(one);
        json_put(shown, "tags", tags_json(json_slice(json_object_get(one, "tag"))));
        json_list_add(list, shown);
    }
    return list;
}

static void on_answers(struct web_call *c, int status, const json_t *body)
{
    const char *problem = json_string_value(c->asked);
    struct slice name = web_param(c, "name");
    char back[PATH_BYTES];
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Suggested answers", problem ? problem : "");
    (void)snprintf(back, sizeof back, "/groups/%.*s", SLICE_ARG(name));
    json_put(data, "back", json_pack("{s:s,s:o}", "href", back, "label", json_text(name)));
    json_put(data, "at", json_text(name));
    json_put(data, "answers", own_json(json_object_get(body, "suggestions")));
    json_put(data, "typed", json_text(problem ? web_field(c, "text") : SLICE_NONE));
    json_put(data, "tags", tags_json(problem ? web_field(c, "tag") : SLICE_NONE));
    page_answer(c, PAGE_ANSWERS, problem ? 400 : 200, data);
}

static void get_answers(struct web_call *c)
{
    web_ask(c, on_answers, NULL, "GET", SUGGESTIONS, SLICE_ARG(web_param(c, "name")));
}

static void on_done(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    if (status < 300) {
        (void)snprintf(path, sizeof path, "/groups/%.*s/answers", SLICE_ARG(web_param(c, "name")));
        web_answer_redirect(c, path);
    } else if (status == 400 || status == 409) {
        json_decref(c->asked);
        c->asked = json_incref(json_object_get(body, "detail"));
        get_answers(c);
    } else {
        web_pass_on(c, status, body);
    }
}

/* `id`: one that is there; `remove`: the button that takes it away. */
static void post_answers(struct web_call *c)
{
    struct slice name = web_param(c, "name"), tag = web_field(c, "tag");
    uint64_t id = 0;
    (void)slice_to_u64(web_field(c, "id"), UINT32_MAX, &id);
    if (id && web_field(c, "remove").n) {
        web_ask(c, on_done, NULL, "DELETE", SUGGESTIONS "/%u", SLICE_ARG(name), (unsigned)id);
        return;
    }
    json_t *body = json_pack("{s:o}", "text", json_text(web_field(c, "text")));
    if (tag.n) json_put(body, "tag", json_text(tag));
    if (id)
        web_ask(c, on_done, body, "POST", SUGGESTIONS "/%u", SLICE_ARG(name), (unsigned)id);
    else
        web_ask(c, on_done, body, "POST", SUGGESTIONS, SLICE_ARG(name));
}

enum { SEES = NEEDS_STORE | IN_GROUP | PAGE };

static const struct route rows[] = {
    {"GET", "/groups/{name}/answers", MAY_SET_UP_INBOX, SEES, NULL, get_answers},
    {"POST", "/groups/{name}/answers", MAY_SET_UP_INBOX, SEES | FORM, NULL, post_answers},
};

const struct routes answers_page_routes = {rows, COUNT_OF(rows)};
