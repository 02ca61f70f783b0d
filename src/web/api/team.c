/* Tags, notes, who takes it from here, and drafts. */
#include "team.h"

#include "core/group.h"
#include "flow/reply.h"
#include "web/call.h"
#include "web/view/view.h"

enum {
    TAGS_BYTES_MAX = 4096,
    TAGS_MAX = 64,
    WORD_BYTES_MAX = 1024,
    NAME_BYTES_MAX = AUTH_NAME_BYTES_MAX,
    KEY_BYTES_MAX = 128,
};

static void on_done(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

/* ---- tags of a conversation ---- */

static json_t *tags_json(struct slice tags)
{
    json_t *list = json_array();
    for (struct slice tag; tags.n > 0 && slice_cut(&tags, ',', &tag);)
        json_list_add(list, json_text(tag));
    return list;
}

static void on_tagged(void *arg, int result, struct slice tags, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_pack("{s:o}", "tags", tags_json(tags)));
}

/* ["a", "b"] → "a,b". False when one is no text, or all are too long. */
static bool join(const json_t *list, struct buf *out)
{
    buf_add_cstr(out, "");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *tag = json_array_get(list, i);
        if (!json_is_string(tag)) return false;
        if (i > 0) buf_add_char(out, ',');
        buf_add_slice(out, json_slice(tag));
    }
    return !out->failed;
}

void team_post_tag(struct web_call *c)
{
    static const char *const keys[] = {"add", "remove", "toggle"};
    struct buf lists[COUNT_OF(keys)];
    struct inbox_actor who = view_actor(c);
    bool ok = true;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        buf_init(&lists[i], TAGS_BYTES_MAX);
        ok &= join(body_list(&c->body, keys[i], TAGS_MAX, BODY_OPTIONAL), &lists[i]);
    }
    const struct inbox_tagging tagging = {buf_slice(&lists[0]), buf_slice(&lists[1]),
                                          buf_slice(&lists[2])};
    if (!web_body_ok(c))
        ;
    else if (!ok)
        web_error(c, 400, "invalid",
                  "tags are {\"add\": [\"…\"], \"remove\": [\"…\"], \"toggle\": [\"…\"]}");
    else
        inbox_tag(c->config->inbox, c->id, &who, &tagging, on_tagged, c);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        buf_done(&lists[i]);
}

/* ---- tags that there are ---- */

bool team_group_is_mine(struct web_call *c, struct slice group)
{
    bool mine = group.n ? group_ok(group) && access_may(c->member, MAY_SET_UP_INBOX, group)
                        : access_may_everywhere(c->member, MAY_SET_UP_INBOX);
    if (!mine && group.n)
        web_error(c, 404, "not_found", "there is no group '%.*s' that is yours", SLICE_ARG(group));
    else if (!mine)
        web_error(c, 400, "invalid", "say whose it is: 'group'");
    return mine;
}

static void on_tags(void *arg, int result, const struct inbox_shelved *list, size_t n,
                    const struct err *e)
{
    if (!web_ok(arg, result, e)) return;
    json_t *tags = json_array();
    struct slice standard = SLICE_LIT(INBOX_STANDARD_TAGS);
    for (struct slice tag; standard.n > 0 && slice_cut(&standard, ',', &tag);)
        json_list_add(tags,
                      json_pack("{s:o,s:b,s:n}", "tag", json_text(tag), "standard", 1, "group"));
    for (size_t i = 0; i < n; i++)
        json_list_add(tags,
                      json_pack("{s:o,s:b,s:o}", "tag", json_text(list[i].id), "standard", 0,
                                "group", list[i].group.n ? json_text(list[i].group) : json_null()));
    web_answer(arg, 200, json_pack("{s:o}", "tags", tags));
}

void team_get_tags(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    struct slice group = web_query(c, "group");
    if (group.n && !group_ok(group))
        web_error(c, 400, "invalid", "'group' is " GROUP_RULE);
    else
        inbox_shelf_list(c->config->inbox, INBOX_OWN_TAGS, &who, group, on_tags, c);
}

static void on_put(void *arg, int result, struct slice id, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 201, json_pack("{s:o}", "tag", json_text(id)));
}

void team_post_own_tag(struct web_call *c)
{
    struct slice group = body_text(&c->body, "group", GROUP_BYTES_MAX, BODY_OPTIONAL);
    struct slice tag = body_text(&c->body, "tag", INBOX_TAG_BYTES_MAX, BODY_NEEDED);
    if (!web_body_ok(c) || !team_group_is_mine(c, group)) return;
    if (!inbox_tag_ok(tag)) {
        web_error(c, 400, "invalid",
                  "a tag has 1 to %d of the characters a-z 0-9 _ -, and a letter",
                  INBOX_TAG_BYTES_MAX);
        return;
    }
    json_t *by = json_pack("{s:s}", "by", c->member->name);
    char *thing = json_dumps(by, JSON_COMPACT);
    inbox_shelf_put(c->config->inbox, INBOX_OWN_TAGS, group, tag, slice_of(thing), on_put, c);
    free(thing);
    json_decref(by);
}

void team_delete_tag(struct web_call *c)
{
    struct slice group = web_query(c, "group");
    if (team_group_is_mine(c, group))
        inbox_shelf_remove(c->config->inbox, INBOX_OWN_TAGS, group, web_param(c, "tag"), on_done,
                           c);
}

/* ---- notes, drafts ---- */

void team_post_note(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    struct slice text = body_text(&c->body, "text", INBOX_NOTE_BYTES_MAX, BODY_NEEDED);
    if (!web_body_ok(c)) return;
    if (slice_trim(text).n == 0)
        web_error(c, 400, "invalid", "'text' is empty");
    else
        inbox_note(c->config->inbox, c->id, &who, slice_trim(text), on_done, c);
}

void team_put_draft(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    struct slice text = body_text(&c->body, "text", 4 * REPLY_CHARACTERS_MAX, BODY_OPTIONAL);
    struct slice key = body_text(&c->body, "key", KEY_BYTES_MAX, BODY_OPTIONAL);
    if (!web_body_ok(c)) return;
    json_t *draft = json_pack("{s:o,s:o,s:o}", "text", json_text(text), "key", json_text(key), "at",
                              json_time(c->now_ms));
    char *kept = json_dumps(draft, JSON_COMPACT);
    inbox_draft(c->config->inbox, c->id, &who, text.n ? slice_of(kept) : SLICE_NONE, on_done, c);
    free(kept);
    json_decref(draft);
}

/* ---- how many wait ---- */

static void on_waiting(void *arg, int result, const struct inbox_waiting *w, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, view_waiting(w));
}

void team_get_waiting(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    inbox_count_waiting(c->config->inbox, &who, on_waiting, c);
}
