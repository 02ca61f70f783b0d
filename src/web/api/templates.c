/* Templates that a provider holds (WhatsApp), kept at hand for those who answer. */
#include "web/api/api.h"

#include <stdlib.h>

#include "core/group.h"
#include "flow/account.h"
#include "flow/held.h"
#include "team.h"
#include "store/inbox.h"
#include "web/call.h"
#include "web/offered.h"
#include "web/view/view.h"

static void on_list(void *arg, int result, const struct inbox_shelved *list, size_t n,
                    const struct err *e)
{
    if (!web_ok(arg, result, e)) return;
    json_t *templates = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *one = offered_json(&list[i]);
        if (one) json_list_add(templates, one);
    }
    web_answer(arg, 200, json_pack("{s:o}", "templates", templates));
}

static void get_templates(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    struct slice group = web_query(c, "group");
    if (group.n && !group_ok(group))
        web_error(c, 400, "invalid", "'group' is " GROUP_RULE);
    else
        inbox_shelf_list(c->config->inbox, INBOX_TEMPLATES, &who, group, on_list, c);
}

/* ---- one more ---- */

static void on_put(void *arg, int result, struct slice id, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 201, json_pack("{s:o}", "id", json_text(id)));
}

/* "text: what is wrong" is said of the key `text`. */
static void note_wrong(struct web_call *c, const struct err *e)
{
    struct slice rest = slice_of(e->text), key;
    char name[32] = "text";
    if (slice_cut(&rest, ':', &key) && key.n < sizeof name) {
        struct slice word = slice_trim(key);
        long bracket = slice_find(word, '[');
        if (bracket > 0) word.n = (size_t)bracket;
        memcpy(name, word.p, word.n);
        name[word.n] = '\0';
    }
    body_note(&c->body, name, "'%.*s':%s", SLICE_ARG(key), rest.n ? rest.p : "");
}

static void check_account(struct web_call *c, const json_t *json)
{
    struct slice name = json_slice(json_object_get(json, "gateway"));
    const struct account *a = accounts_find(c->config->accounts, name);
    if (!a)
        body_note(&c->body, "gateway", "there is no gateway '%.*s'", SLICE_ARG(name));
    else if (strcmp(a->channel, "whatsapp") != 0)
        body_note(
            &c->body, "gateway",
            "'%s' sends SMS, where any text may be sent at any time: a template is for WhatsApp",
            a->name);
}

/* What is kept: of the body what is a template's. Owned; NULL: c has its response. */
static json_t *read_template(struct web_call *c)
{
    (void)body_list(&c->body, "fills", HELD_GAPS_MAX, BODY_OPTIONAL);
    struct held *held = NULL;
    struct err e;
    json_t *json = json_deep_copy(c->body.root);
    (void)json_object_del(json, "group");
    if (json_is_null(json_object_get(json, "fills"))) (void)json_object_del(json, "fills");
    if (held_read(json, &held, &e) < 0)
        note_wrong(c, &e);
    else
        check_account(c, json);
    held_free(held);
    json_put(json, "by", json_string(c->member->name));
    if (web_body_ok(c)) return json;
    json_decref(json);
    return NULL;
}

static void post_template(struct web_call *c)
{
    struct slice group = body_text(&c->body, "group", GROUP_BYTES_MAX, BODY_OPTIONAL);
    if (!web_body_ok(c) || !team_group_is_mine(c, group)) return;
    json_t *json = read_template(c);
    if (!json) return;
    char *thing = json_dumps(json, JSON_COMPACT);
    if (strlen(thing) > INBOX_SHELF_BYTES_MAX) {
        web_error(c, 400, "invalid",
                  "the template is too long: shorten its text or what stands in its gaps");
    } else {
        web_act(c, group, "template for answers added");
        inbox_shelf_put(c->config->inbox, INBOX_TEMPLATES, group, SLICE_NONE, slice_of(thing),
                        on_put, c);
    }
    free(thing);
    json_decref(json);
}

/* ---- one less ---- */

static void on_gone(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void delete_template(struct web_call *c)
{
    struct slice group = web_query(c, "group");
    if (!team_group_is_mine(c, group)) return;
    web_act(c, group, "template for answers removed");
    inbox_shelf_remove(c->config->inbox, INBOX_TEMPLATES, group, web_param(c, "template"), on_gone,
                       c);
}

enum { READS = NEEDS_STORE | IN_GROUP };

static const struct route rows[] = {
    {"GET", "/api/v1/templates", MAY_READ_INBOX, READS, NULL, get_templates},
    {"POST", "/api/v1/templates", MAY_SET_UP_INBOX, READS | ONCE | AUDITED,
     KEYS("group", "name", "gateway", "template", "language", "text", "fills"), post_template},
    {"DELETE", "/api/v1/templates/{template}", MAY_SET_UP_INBOX, READS | AUDITED, NO_KEYS,
     delete_template},
};

const struct routes template_routes = {rows, COUNT_OF(rows)};
