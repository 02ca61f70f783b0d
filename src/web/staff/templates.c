/* /groups/{name}/templates: what those who answer may send when WhatsApp takes no free words any more. The API keeps
 * it. */
#include <stdio.h>
#include <stdlib.h>

#include "flow/account.h"
#include "flow/held.h"
#include "store/inbox.h"
#include "web/offered.h"
#include "web/page.h"
#include "web/staff/staff.h"
#include "web/view/view.h"

enum { PATH_BYTES = 160 };

struct asked_for {
    const char *id, *label, *hint, *rows;
};
static const struct asked_for fields[] = {
    {"name", "What your people call it", "Such as “Ask again”.", NULL},
    {"template", "Its name at Meta", "As WhatsApp Manager shows it, such as ask_again.", NULL},
    {"language", "Its language at Meta", "Such as en_GB.", NULL},
    {"text", "Its text", "As Meta approved it, with gaps as {{1}}, {{2}}.", "5"},
    {"fills", "What stands in the gaps to begin with",
     "One a line; an empty line is written by who sends it. {{first_name}} is a column of the list "
     "that "
     "volunteers may see.",
     "3"},
};

/* Which group's page it is. Behind a question to the API the path's words are that question's, so forms name it, too. */
static struct slice at_group(const struct web_call *c)
{
    struct slice named = web_field(c, "at");
    return named.n ? named : web_param(c, "name");
}

static bool everywhere(const struct web_call *c)
{
    return access_may_everywhere(c->member, MAY_SET_UP_INBOX);
}

/* What the API said of a key: "" when nothing. */
static const char *error_of(const json_t *refusal, const char *key)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(refusal, "errors"), i, one)
    {
        struct slice pointer = json_slice(json_object_get(one, "pointer"));
        if (slice_starts(pointer, "#/") && slice_is(slice_from(pointer, 2), key))
            return json_string_value(json_object_get(one, "detail"));
    }
    return "";
}

static json_t *fields_json(const struct web_call *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const struct asked_for *f = &fields[i];
        struct slice typed = web_field(c, f->id);
        if (typed.n == 0 && strcmp(f->id, "language") == 0) typed = SLICE_LIT("en_GB");
        json_list_add(list, json_pack("{s:s,s:s,s:s,s:s,s:o,s:s,s:n,s:s?,s:b,s:n,s:n}", "id", f->id,
                                      "label", f->label, "hint", f->hint, "type", "text", "value",
                                      json_text(typed), "error", error_of(c->asked, f->id),
                                      "options", "rows", f->rows, "required",
                                      strcmp(f->id, "fills") != 0, "autocomplete", "inputmode"));
    }
    return list;
}

static json_t *accounts_json(const struct web_call *c)
{
    json_t *list = json_array();
    const struct accounts *all = c->config->accounts;
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].channel, "whatsapp") == 0)
            json_list_add(list, json_pack("{s:s,s:b}", "name", all->list[i].name, "chosen",
                                          slice_is(web_field(c, "gateway"), all->list[i].name)));
    return list;
}

static void add_shown(const struct web_call *c, json_t *list, const struct inbox_shelved *kept)
{
    json_t *shown = offered_json(kept);
    if (!shown) return;
    json_put(shown, "all", json_boolean(kept->group.n == 0));
    json_put(shown, "may_remove", json_boolean(kept->group.n > 0 || everywhere(c)));
    json_list_add(list, shown);
}

static void on_templates(void *arg, int result, const struct inbox_shelved *kept, size_t n,
                         const struct err *e)
{
    struct web_call *c = arg;
    char back[PATH_BYTES];
    struct slice name = at_group(c);
    if (!web_ok(c, result, e)) return;
    const char *problem = json_string_value(json_object_get(c->asked, "detail"));
    json_t *data = page_data(c, "Templates", problem ? problem : ""), *list = json_array();
    json_t *accounts = accounts_json(c);
    for (size_t i = 0; i < n; i++)
        add_shown(c, list, &kept[i]);
    (void)snprintf(back, sizeof back, "/groups/%.*s", SLICE_ARG(name));
    json_put(data, "back", json_pack("{s:s,s:o}", "href", back, "label", json_text(name)));
    json_put(data, "at", json_text(name));
    json_put(data, "templates", list);
    json_put(data, "any_accounts", json_boolean(json_array_size(accounts) > 0));
    json_put(data, "accounts", accounts);
    json_put(data, "may_all", json_boolean(everywhere(c)));
    json_put(data, "for_all", json_boolean(web_field(c, "all").n > 0));
    json_put(data, "fields", fields_json(c));
    page_answer(c, PAGE_TEMPLATES, problem ? 400 : 200, data);
}

/* False: c has its response. */
static bool group_is_mine(struct web_call *c)
{
    bool mine = access_may(c->member, MAY_SET_UP_INBOX, at_group(c));
    if (!mine) web_error(c, 404, "not_found", "There is no group of that name that is yours.");
    return mine;
}

static void get_page(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    if (group_is_mine(c))
        inbox_shelf_list(c->config->inbox, INBOX_TEMPLATES, &who, at_group(c), on_templates, c);
}

/* ---- the buttons ---- */

static void lead_back(struct web_call *c)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/groups/%.*s/templates", SLICE_ARG(at_group(c)));
    web_answer_redirect(c, path);
}

static void on_added(struct web_call *c, int status, const json_t *body)
{
    if (status == 201) {
        lead_back(c);
    } else if (status != 400 && status != 409) {
        web_pass_on(c, status, body);
    } else {
        json_decref(c->asked);
        c->asked = json_deep_copy(body);
        get_page(c);
    }
}

/* Lines, of which the last ones may be empty. */
static json_t *fills_json(const struct web_call *c)
{
    json_t *list = json_array();
    struct slice rest = web_field(c, "fills"), line;
    while (slice_cut(&rest, '\n', &line))
        json_list_add(list, json_text(slice_trim(line)));
    for (size_t n = json_array_size(list); n > 0 && json_slice(json_array_get(list, n - 1)).n == 0;)
        check(json_array_remove(list, --n) == 0);
    return list;
}

/* Browsers end lines by two bytes. */
static json_t *text_json(struct slice typed)
{
    struct buf text = BUF_INIT(4 * HELD_TEXT_CHARACTERS_MAX);
    for (size_t i = 0; i < typed.n; i++)
        if (typed.p[i] != '\r') buf_add_char(&text, typed.p[i]);
    json_t *json = text.failed ? json_text(typed) : json_text(buf_slice(&text));
    buf_done(&text);
    return json;
}

static void post_add(struct web_call *c)
{
    bool all = web_field(c, "all").n > 0;
    json_t *body = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "name", json_text(web_field(c, "name")),
                             "gateway", json_text(web_field(c, "gateway")), "template",
                             json_text(web_field(c, "template")), "language",
                             json_text(web_field(c, "language")), "text",
                             text_json(web_field(c, "text")), "fills", fills_json(c));
    if (!all) json_put(body, "group", json_text(at_group(c)));
    web_ask(c, on_added, body, "POST", "/api/v1/templates");
}

/* Pressed twice, or late: the page says what stands. */
static void on_removed(void *arg, int result, const struct err *e)
{
    if (result == ERR_NOT_FOUND || web_ok(arg, result, e)) lead_back(arg);
}

static void post_remove(struct web_call *c)
{
    bool all = web_field(c, "all").n > 0;
    struct slice group = all ? SLICE_NONE : at_group(c);
    if (!group_is_mine(c)) return;
    if (all && !everywhere(c)) {
        web_error(c, 403, "forbidden",
                  "Only who may do so in every group takes away what is for all groups.");
        return;
    }
    web_act(c, group, "template for answers removed");
    inbox_shelf_remove(c->config->inbox, INBOX_TEMPLATES, group, web_field(c, "template"),
                       on_removed, c);
}

enum { SHOWS = NEEDS_STORE | IN_GROUP | PAGE, ACTS = SHOWS | FORM | AUDITED };

static const struct route rows[] = {
    {"GET", "/groups/{name}/templates", MAY_SET_UP_INBOX, SHOWS, NULL, get_page},
    {"POST", "/groups/{name}/templates", MAY_SET_UP_INBOX, ACTS, NULL, post_add},
    {"POST", "/groups/{name}/templates/remove", MAY_SET_UP_INBOX, ACTS, NULL, post_remove},
};

const struct routes template_set_up_routes = {rows, COUNT_OF(rows)};
