/* One list: who is in it, more rows, the file, its end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "flow/list_number.h"
#include "store/audience.h"
#include "io/csv.h"
#include "web/download.h"
#include "web/imports.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/lent_lists.h"
#include "web/organiser/list.h"
#include "web/organiser/organiser.h"
#include "web/organiser/texted.h"
#include "web/own.h"
#include "web/page.h"
#include "web/respond.h"
#include "web/view/view.h"

#define FIELD_PREFIX "field:"
enum { PATH_BYTES = 96, FIELD_NAME_BYTES = 512, ROW_BYTES_MAX = 60 * 1024 };

/* What a page waits with: the problem that it shows. */
struct showing {
    int status;
    char problem[ERR_TEXT_BYTES];
    json_t *list; /* the list as the API tells of it */
};

static void showing_free(struct showing *s)
{
    json_decref(s->list);
    free(s);
}

/* How many of a list were texted lately is counted when somebody asks for it, and for a short list always, since that costs little. */
static bool counts_texted(const struct web_call *c, const json_t *list)
{
    return web_query(c, "texted").n > 0 ||
           texted_is_cheap((uint64_t)json_integer_value(json_object_get(list, "blocks")));
}

static json_t *figures_json(const json_t *list)
{
    json_t *figures = json_array();
    static const char *const keys[][2] = {{"people", "total"},
                                          {"duplicates left out", "duplicates"},
                                          {"opted out, left out", "suppressed"}};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        json_list_add(figures, json_pack("{s:s,s:O,s:n,s:s}", "label", keys[i][0], "n",
                                         json_object_get(list, keys[i][1]), "href", "kind", ""));
    return figures;
}

/* The form of one person, as it was typed where it is shown again. */
static void put_person(const struct web_call *c, json_t *data, const json_t *list)
{
    size_t i;
    const json_t *column;
    char name[FIELD_NAME_BYTES];
    json_t *fields = json_array();
    json_array_foreach(json_object_get(list, "columns"), i, column)
    {
        (void)snprintf(name, sizeof name, "%s%s", FIELD_PREFIX, json_string_value(column));
        json_list_add(
            fields, json_pack("{s:O,s:o}", "name", column, "value", json_text(web_field(c, name))));
    }
    json_put(data, "person_fields", fields);
    json_put(data, "person_number", json_text(web_typed(c, "number")));
    json_put(data, "person_goes", json_boolean(slice_is(web_field(c, "what"), "remove")));
}

/* Without it the page is shown all the same. */
static void on_texted(struct web_call *c, int status, const json_t *body)
{
    json_t *data = c->asked;
    c->asked = NULL;
    texted_put(data, status, body);
    page_answer(c, PAGE_LIST, (int)json_integer_value(json_object_get(data, "status")), data);
}

static void on_loans(struct web_call *c, int status, const json_t *body)
{
    json_t *data = c->asked;
    if (status == 200) lent_put_loans(c, data, body);
    if (json_is_true(json_object_get(data, "counts"))) {
        web_ask(c, on_texted, NULL, "GET", "/api/v1/audiences/%u/texted", c->id);
        return;
    }
    c->asked = NULL;
    page_answer(c, PAGE_LIST, (int)json_integer_value(json_object_get(data, "status")), data);
}

static void on_sample(struct web_call *c, void *arg, json_t *people)
{
    struct showing *s = arg;
    json_t *data = page_data(c, json_string_value(json_object_get(s->list, "name")), s->problem);
    int status = s->status;
    json_put(data, "figures", figures_json(s->list));
    json_put(data, "may_launch",
             json_boolean(access_may_somewhere(c->member, MAY_LAUNCH_CAMPAIGNS)));
    json_put(data, "may_count", json_boolean(!counts_texted(c, s->list)));
    json_put(data, "changed",
             json_boolean(json_integer_value(json_object_get(s->list, "version")) > 1));
    json_put(data, "sample", json_boolean(json_array_size(people) > 0));
    json_put(data, "people", people);
    json_put(data, "typed", json_text(web_field(c, "typed")));
    put_person(c, data, s->list);
    json_t *wrong = web_known(c, "wrong");
    json_put(data, "wrong", wrong ? json_incref(wrong) : json_object());
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/lists", "label", "Lists"));
    check(json_object_update_missing(data, s->list) == 0);
    bool counts = counts_texted(c, s->list);
    showing_free(s);
    json_put(data, "status", json_integer(status));
    json_put(data, "counts", json_boolean(counts));
    json_decref(c->asked);
    c->asked = data;
    web_ask(c, on_loans, NULL, "GET", "/api/v1/audiences/%u/loans?limit=200", c->id);
}

/* False: it does not exist for them, and c has its response. */
static bool is_theirs(struct web_call *c, int result, const struct audience_info *info,
                      const struct err *e)
{
    struct err draft;
    if (result == 0 && !info->frozen_ms) {
        result = audience_not_found(c->id, &draft);
        e = &draft;
    }
    return own_audience(c, result, info, e);
}

static void show(struct web_call *c, struct showing *s, const struct audience_info *info)
{
    s->list = view_list_card(c, info);
    view_sample(c, info, on_sample, s);
}

static void on_info(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    if (!is_theirs(c, result, info, e)) return;
    struct showing *s = xcalloc(1, sizeof *s);
    s->status = 200;
    show(c, s, info);
}

/* The list as it is today, whichever version the address names. */
static void find(struct web_call *c, audience_info_cb *cb)
{
    const struct group_set groups = own_groups(c);
    audience_find(c->config->store, &groups, web_param(c, "id"), cb, c);
}

static void get_list(struct web_call *c)
{
    find(c, on_info);
}

/* ---- its people as a file ---- */

static void on_people(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    if (is_theirs(arg, result, info, e)) view_people_file(arg, info);
}

static void get_people(struct web_call *c)
{
    find(c, on_people);
}

/* ---- the page again, with what is wrong ---- */

static void on_refused(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    struct showing *s = c->state;
    if (!is_theirs(c, result, info, e)) return;
    struct showing *own = xcalloc(1, sizeof *own);
    *own = *s;
    show(c, own, info);
}

static void on_shown_again(void *arg, int result, const struct audience_info *info,
                           const struct err *e)
{
    struct web_call *c = arg;
    if (!is_theirs(c, result, info, e)) return;
    struct showing *s = xcalloc(1, sizeof *s);
    s->status = (int)json_integer_value(web_known(c, "status"));
    (void)snprintf(s->problem, sizeof s->problem, "%s", json_string_value(web_known(c, "problem")));
    show(c, s, info);
}

void list_show_again(struct web_call *c, int status, const char *problem, json_t *wrong)
{
    json_decref(c->asked);
    c->asked = json_pack("{s:i,s:o,s:o}", "status", status, "problem", json_text(slice_of(problem)),
                         "wrong", wrong ? wrong : json_object());
    find(c, on_shown_again);
}

/* ---- its people change ---- */

static void on_started(struct web_call *c, const char *id)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/lists/imports/%s", id);
    web_answer_redirect(c, path);
}

static void on_change_refused(struct web_call *c, int status, const char *why)
{
    web_error(c, status,
              status == 413   ? "limit"
              : status == 503 ? "unavailable"
                              : "invalid",
              "%s", why);
}

static void post_change(struct web_call *c)
{
    static const struct imports_answers answers = {on_started, on_change_refused};
    imports_change(c, web_field, &answers);
}

/* ---- one of them ---- */

static const char number_title[] = "mobile phone number";

static void write_cell(struct buf *b, struct slice value)
{
    if (b->n) buf_add_char(b, ',');
    csv_write_field(b, value, ',');
}

static bool write_all(FILE *out, const struct buf *titles, const struct buf *row)
{
    return !titles->failed && !row->failed &&
           fprintf(out, "%.*s\r\n%.*s\r\n", SLICE_ARG(buf_slice(titles)),
                   SLICE_ARG(buf_slice(row))) > 0 &&
           fflush(out) == 0 && fseek(out, 0, SEEK_SET) == 0;
}

/* A file of one row: the number, and the fields that were filled in. */
static FILE *file_of_one(struct web_call *c, bool with_fields)
{
    struct buf titles = BUF_INIT(ROW_BYTES_MAX), row = BUF_INIT(ROW_BYTES_MAX);
    FILE *out = download_open(c);
    write_cell(&titles, slice_of(number_title));
    write_cell(&row, web_typed(c, "number"));
    for (size_t i = 0; with_fields && i < c->form.count; i++) {
        const struct form_pair *p = &c->form.pairs[i];
        if (!slice_starts(p->name, FIELD_PREFIX) || slice_trim(p->value).n == 0) continue;
        write_cell(&titles, slice_from(p->name, strlen(FIELD_PREFIX)));
        write_cell(&row, p->value);
    }
    bool whole = out && write_all(out, &titles, &row);
    buf_done(&titles);
    buf_done(&row);
    if (!out || whole) return out;
    (void)fclose(out);
    web_error(c, 400, "invalid", "That is too long. Nothing was changed.");
    return NULL;
}

/* As its import would read it. NULL: it is a number, else why not: what was typed stands there again with it, and not in a
 * report of a file of one row. */
static const char *misread(const struct web_call *c, const struct audience_info *info, bool goes)
{
    char country[3];
    uint64_t number;
    struct list_number how = {.country = country, .landlines = goes, .unlisted = goes};
    (void)snprintf(country, sizeof country, "%.*s",
                   SLICE_ARG(info->country.n ? info->country : slice_of(c->config->country)));
    enum import_reason why = list_number_read(&how, web_typed(c, "number"), &number);
    return why == IMPORT_FINE ? NULL : import_reason_text(why);
}

static void on_list_of_one(void *arg, int result, const struct audience_info *info,
                           const struct err *e)
{
    static const struct imports_answers answers = {on_started, on_change_refused};
    struct web_call *c = arg;
    if (!is_theirs(c, result, info, e)) return;
    bool goes = slice_is(web_field(c, "what"), "remove");
    const char *why = misread(c, info, goes);
    if (why) {
        char problem[ERR_TEXT_BYTES];
        (void)snprintf(problem, sizeof problem, "The phone number: %s. Nothing was changed.", why);
        list_show_again(c, 422, problem, json_pack("{s:s}", "number", why));
        return;
    }
    FILE *file = file_of_one(c, !goes);
    if (file)
        imports_person(c, info, goes ? AUDIENCE_REMOVE : AUDIENCE_MERGE, file, number_title,
                       &answers);
}

static void post_person(struct web_call *c)
{
    find(c, on_list_of_one);
}

/* ---- its end ---- */

static void refuse_delete(struct web_call *c, int status, const char *why)
{
    struct showing *s = c->state;
    s->status = status;
    (void)snprintf(s->problem, sizeof s->problem, "%s", why);
    find(c, on_refused);
}

static void on_deleted(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (result == ERR_CONFLICT)
        refuse_delete(c, 409, e->text);
    else if (web_ok(c, result, e))
        web_answer_redirect(c, "/lists");
}

static void on_found(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    if (!is_theirs(c, result, info, e)) return;
    if (!slice_eq(web_typed(c, "typed"), info->name))
        refuse_delete(c, 422, "That is not the name of this list. Nothing was deleted.");
    else
        audience_delete(c->config->store, info->id, slice_is(web_field(c, "reports_too"), "1"),
                        c->now_ms, on_deleted, c);
}

static void post_delete(struct web_call *c)
{
    (void)web_call_state(c, sizeof(struct showing), NULL);
    find(c, on_found);
}

enum { SHOWS = NEEDS_STORE | IN_GROUP | PAGE | WITH_ID };

static const struct route rows[] = {
    {"GET", "/lists/{id}", MAY_READ_AUDIENCES, SHOWS, NULL, get_list},
    {"GET", "/lists/{id}/people.csv", MAY_SEE_NUMBERS, SHOWS, NULL, get_people},
    {"POST", "/lists/{id}/change", MAY_MAKE_AUDIENCES, SHOWS | FORM | UPLOAD, NULL, post_change},
    {"POST", "/lists/{id}/person", MAY_MAKE_AUDIENCES, SHOWS | FORM, NULL, post_person},
    {"POST", "/lists/{id}/delete", MAY_DELETE_AUDIENCES, SHOWS | FORM, NULL, post_delete},
};

const struct routes list_page_routes = {rows, COUNT_OF(rows)};
