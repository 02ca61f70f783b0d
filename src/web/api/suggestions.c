/* Answers that a group writes for whoever answers its people. */
#include "web/suggested.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/template.h"
#include "web/api/api.h"
#include "web/view/view.h"

static void on_list(void *arg, int result, const struct inbox_shelved *list, size_t n,
                    const struct err *e)
{
    if (!web_ok(arg, result, e)) return;
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *one = suggested_json(&list[i]);
        if (one) json_list_add(all, one);
    }
    web_answer(arg, 200, json_pack("{s:o}", "suggestions", all));
}

/* A group of others is not there. False: c has its response. */
static bool group_is_mine(struct web_call *c)
{
    struct slice group = web_param(c, "name");
    bool mine = access_may(c->member, c->route->may, group);
    if (!mine)
        web_error(c, 404, "not_found", "there is no group '%.*s' that is yours", SLICE_ARG(group));
    return mine;
}

static void get_suggestions(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    if (group_is_mine(c))
        inbox_shelf_list(c->config->inbox, INBOX_SUGGESTIONS, &who, web_param(c, "name"), on_list,
                         c);
}

static void on_put(void *arg, int result, struct slice id, const struct err *e)
{
    struct web_call *c = arg;
    uint64_t n = 0;
    if (!web_ok(c, result, e)) return;
    (void)slice_to_u64(id, UINT32_MAX, &n);
    web_answer(c, c->id ? 200 : 201, json_pack("{s:I}", "id", (json_int_t)n));
}

static void put(struct web_call *c, struct slice tag, struct slice text)
{
    char number[16] = "";
    if (c->id) (void)snprintf(number, sizeof number, "%u", c->id);
    json_t *thing = json_pack("{s:s,s:o,s:o}", "by", c->member->name, "text", json_text(text),
                              "tag", tag.n ? json_text(tag) : json_null());
    char *kept = json_dumps(thing, JSON_COMPACT);
    if (strlen(kept) > INBOX_SHELF_BYTES_MAX) /* of characters that JSON writes as six */
        web_refuse_key(c, "text", "that text is too long to be kept");
    else
        inbox_shelf_put(c->config->inbox, INBOX_SUGGESTIONS, web_param(c, "name"), slice_of(number),
                        slice_of(kept), on_put, c);
    free(kept);
    json_decref(thing);
}

/* Which fields there are is known of a person only: each campaign has another list. False: c has its response. */
static bool text_ok(struct web_call *c, struct slice text)
{
    struct template *t;
    struct err e;
    if (text.n == 0)
        web_refuse_key(c, "text", "'text' is what is suggested");
    else if (suggested_compile(text, &t, &e) < 0)
        web_refuse_key(c, "text", "%s", e.text);
    else {
        template_free(t);
        return true;
    }
    return false;
}

static void post_suggestion(struct web_call *c)
{
    struct slice tag = body_text(&c->body, "tag", INBOX_TAG_BYTES_MAX, BODY_OPTIONAL);
    struct slice text = slice_trim(body_text(&c->body, "text", SUGGESTED_BYTES_MAX, BODY_NEEDED));
    if (!web_body_ok(c) || !group_is_mine(c) || !text_ok(c, text)) return;
    if (tag.n && !inbox_tag_ok(tag))
        web_refuse_key(c, "tag", "a tag has 1 to %d of the characters a-z 0-9 _ -, and a letter",
                       INBOX_TAG_BYTES_MAX);
    else
        put(c, tag, text);
}

static void on_removed(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void delete_suggestion(struct web_call *c)
{
    if (group_is_mine(c))
        inbox_shelf_remove(c->config->inbox, INBOX_SUGGESTIONS, web_param(c, "name"),
                           web_param(c, "id"), on_removed, c);
}

enum { SETS = NEEDS_STORE | IN_GROUP };
#define SUGGESTIONS "/api/v1/groups/{name}/suggestions"

static const struct route rows[] = {
    {"GET", SUGGESTIONS, MAY_READ_INBOX, SETS, NULL, get_suggestions},
    {"POST", SUGGESTIONS, MAY_SET_UP_INBOX, SETS | ONCE, KEYS("tag", "text"), post_suggestion},
    {"POST", SUGGESTIONS "/{id}", MAY_SET_UP_INBOX, SETS | WITH_ID, KEYS("tag", "text"),
     post_suggestion},
    {"DELETE", SUGGESTIONS "/{id}", MAY_SET_UP_INBOX, SETS | WITH_ID, NO_KEYS, delete_suggestion},
};

const struct routes suggestion_routes = {rows, COUNT_OF(rows)};
