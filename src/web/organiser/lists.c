/* All lists, and the upload of a new one. */
#include "web/organiser/organiser.h"

#include <stdio.h>

#include "base/buf.h"
#include "core/form.h"
#include "core/json.h"
#include "store/audience.h"
#include "web/imports.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/lent_lists.h"
#include "web/organiser/upload_form.h"
#include "web/own.h"
#include "web/page.h"
#include "web/view/view.h"

enum { PATH_BYTES = 256, LISTS_MAX = 60 };

/* ---- all of them ---- */

static json_t *next_json(struct slice next)
{
    struct buf href = BUF_INIT(PATH_BYTES);
    if (next.n == 0) return json_null();
    buf_add_cstr(&href, "/lists?before=");
    form_encode(&href, next);
    json_t *out = json_text(buf_slice(&href));
    buf_done(&href);
    return out;
}

static void on_loans(struct web_call *c, int status, const json_t *body)
{
    json_t *data = c->asked;
    c->asked = NULL;
    if (status == 200) lent_put_borrowed(c, data, body);
    page_answer(c, PAGE_LISTS, 200, data);
}

static void on_lists(void *arg, int result, const struct audience_info *const *infos, size_t count,
                     struct slice next, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *data = page_data(c, "Lists", ""), *lists = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *card = view_list_card(c, infos[i]);
        json_put(card, "total", words_people(json_object_get(card, "total")));
        json_list_add(lists, card);
    }
    json_put(data, "lists", lists);
    json_put(data, "next", next_json(next));
    json_decref(c->asked);
    c->asked = data;
    uint64_t after = 0;
    (void)slice_to_u64(web_query(c, "loans"), UINT32_MAX, &after);
    web_ask(c, on_loans, NULL, "GET", "/api/v1/loans?side=borrowed&cursor=%u", (unsigned)after);
}

static void get_lists(struct web_call *c)
{
    const struct audience_query query = {
        .groups = own_groups(c), .limit = LISTS_MAX, .before = web_query(c, "before")};
    audience_list(c->config->store, &query, on_lists, c);
}

/* ---- a new one ---- */

/* Whose it is: said where there is a choice. */
static void put_group(const struct web_call *c, json_t *fields)
{
    const struct group_set mine = access_groups(c->member, MAY_MAKE_AUDIENCES);
    if (!mine.all && mine.count == 1) return;
    json_t *one = upload_field(c, "group", "Group", "Whose list it is.", "main");
    if (!mine.all) {
        json_t *list = json_array();
        for (size_t i = 0; i < mine.count; i++)
            page_option(list, mine.names[i], mine.names[i], web_field(c, "group"));
        json_put(one, "options", json_pack("{s:o}", "list", list));
    }
    json_list_add(fields, one);
}

static void show_form(struct web_call *c, int status, const char *problem)
{
    json_t *data = page_data(c, "Upload a list", problem), *fields = json_array();
    json_list_add(fields, upload_field(c, "name", "Name of the list", "", ""));
    put_group(c, fields);
    upload_form(c, data, fields);
    json_put(data, "keep_unlisted", json_boolean(slice_is(web_field(c, "keep_unlisted"), "1")));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/lists", "label", "Lists"));
    page_answer(c, PAGE_LIST_NEW, status, data);
}

static void get_new(struct web_call *c)
{
    show_form(c, 200, "");
}

static void on_started(struct web_call *c, const char *id)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/lists/imports/%s", id);
    web_answer_redirect(c, path);
}

static void post_new(struct web_call *c)
{
    static const struct imports_answers answers = {on_started, show_form};
    imports_new_list(c, web_field, &answers);
}

static const struct route rows[] = {
    {"GET", "/lists", MAY_READ_AUDIENCES, NEEDS_STORE | IN_GROUP | PAGE, NULL, get_lists},
    {"GET", "/lists/new", MAY_MAKE_AUDIENCES, IN_GROUP | PAGE, NULL, get_new},
    {"POST", "/lists/new", MAY_MAKE_AUDIENCES, NEEDS_STORE | IN_GROUP | PAGE | FORM | UPLOAD, NULL,
     post_new},
};

const struct routes lists_page_routes = {rows, COUNT_OF(rows)};
