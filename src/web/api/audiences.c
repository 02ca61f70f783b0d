/* How an import talks: a draft, its rows in chunks, then the freeze. The same chunk again is the
 * same response again. */
#include "web/api/api.h"

#include "core/number.h"
#include "flow/list_refusals.h"
#include "io/person_number.h"
#include "flow/launch.h"
#include "flow/texted.h"
#include "store/audience.h"
#include "store/group.h"
#include "web/own.h"
#include "web/view/view.h"

#include <stdlib.h>

enum { LIST_LIMIT = 200 };
enum { WORD_BYTES_MAX = 256, ROWS_EXPECTED_MAX = 100000000 };
enum { STEPS_MAX = 200 }; /* blocks that one request carries over */

/* ---- showing ---- */

static void on_created(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    if (!web_ok(arg, result, e)) return;
    if (info->base)
        web_act(arg, info->group, "audience %u changed: draft %u (%s)", info->base, info->id,
                audience_change_text(info->change));
    else
        web_act(arg, info->group, "audience %u made", info->id);
    web_answer(arg, 201, view_list(info));
}

static void on_info(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, view_list(info));
}

static json_t *list_item(const struct web_call *c, const void *list, size_t i)
{
    (void)c;
    return view_list(((const struct audience_info *const *)list)[i]);
}

static void on_list(void *arg, int result, const struct audience_info *const *infos, size_t count,
                    struct slice next, const struct err *e)
{
    if (web_ok(arg, result, e))
        web_answer_list(arg, "audiences", infos, count, list_item,
                        next.n ? json_text(next) : json_null());
}

static void get_audiences(struct web_call *c)
{
    struct slice text = web_query(c, "limit");
    uint64_t limit = LIST_LIMIT;
    if (text.n && (!slice_to_u64(text, AUDIENCE_PAGE_MAX, &limit) || limit == 0))
        web_error(c, 400, "invalid", "'limit' is a number from 1 to %d", AUDIENCE_PAGE_MAX);
    else
        audience_list(c->config->store,
                      &(struct audience_query){.groups = own_groups(c),
                                               .limit = (size_t)limit,
                                               .before = web_query(c, "cursor")},
                      on_list, c);
}

/* The one of the path, by id or name, that the member's groups have or are lent. */
static void find(struct web_call *c, audience_info_cb *cb)
{
    const struct group_set groups = own_groups(c);
    audience_find(c->config->store, &groups, web_param(c, "id"), cb, c);
}

static void get_audience(struct web_call *c)
{
    find(c, on_info);
}

/* ---- making ---- */

/* False: c has its response. */
static bool read_columns(struct web_call *c, const json_t *list, struct slice *columns)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        columns[i] = json_slice(json_array_get(list, i));
        if (columns[i].n && is_one_line(columns[i])) continue;
        web_error(c, 400, "invalid", "'columns' must be a list of names; number %zu is none",
                  i + 1);
        return false;
    }
    return true;
}

/* What a draft is made of while the list that it changes is looked for. Borrows from the body. */
struct draft_wanted {
    struct audience_draft draft;
    struct slice columns[AUDIENCE_COLUMNS_MAX];
    struct group_set groups;
};

static void on_base(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    struct draft_wanted *w = c->state;
    struct err draft;
    if (result == 0 && !info->frozen_ms) {
        result = audience_not_found(info->id, &draft);
        e = &draft;
    }
    if (!own_audience(c, result, info, e)) return;
    w->draft.base = info;
    audience_create(c->config->store, &w->draft, c->now_ms, on_created, c);
}

static void create_new(struct web_call *c, struct audience_draft *draft)
{
    if (!own_group(c, draft->group, &draft->group)) return;
    const struct group_info *group = groups_find(c->config->groups, draft->group);
    if (draft->country.n == 0 && group) draft->country = slice_of(group->country);
    audience_create(c->config->store, draft, c->now_ms, on_created, c);
}

static void post_audiences(struct web_call *c)
{
    struct body *b = &c->body;
    struct draft_wanted *w = web_call_state(c, sizeof *w, NULL);
    const json_t *list = body_list(b, "columns", AUDIENCE_COLUMNS_MAX, BODY_OPTIONAL);
    struct slice of = body_text(b, "of", WORD_BYTES_MAX, BODY_OPTIONAL);
    struct slice change = body_text(b, "change", WORD_BYTES_MAX, BODY_OPTIONAL);
    enum body_need named = of.n || change.n ? BODY_OPTIONAL : BODY_NEEDED;
    w->draft = (struct audience_draft){
        .name = body_text(b, "name", WORD_BYTES_MAX, named),
        .group = body_text(b, "group", WORD_BYTES_MAX, BODY_OPTIONAL),
        .country = body_text(b, "country", WORD_BYTES_MAX, BODY_OPTIONAL),
        .columns = w->columns,
        .column_count = json_array_size(list),
        .rows_expected = body_uint(b, "rows_expected", ROWS_EXPECTED_MAX, BODY_OPTIONAL),
    };
    if (!web_body_ok(c) || !read_columns(c, list, w->columns)) return;
    w->groups = own_groups(c);
    if (!of.n && !change.n)
        create_new(c, &w->draft);
    else if (!of.n || !audience_change_asked(change, &w->draft.change))
        web_refuse_key(c, of.n ? "change" : "of",
                       "a change of a list says which ('of') and how ('change': add, merge, "
                       "replace, remove)");
    else
        audience_find(c->config->store, &w->groups, of, on_base, c);
}

static void on_rows(void *arg, int result, const enum audience_outcome *outcomes, size_t count,
                    const struct err *e)
{
    static const char *const keys[] = {NULL,      "duplicates", "suppressed",
                                       "updated", "removed",    "not_listed"};
    if (!web_ok(arg, result, e)) return;
    json_t *body = json_pack("{s:i}", "stored", 0), *lists[COUNT_OF(keys)] = {NULL};
    size_t stored = 0;
    for (size_t k = 1; k < COUNT_OF(keys); k++)
        json_put(body, keys[k], lists[k] = json_array());
    for (size_t i = 0; i < count; i++) {
        stored += outcomes[i] == AUDIENCE_STORED;
        if (lists[outcomes[i]]) json_list_add(lists[outcomes[i]], json_integer((json_int_t)i));
    }
    json_put_count(body, "stored", stored);
    web_answer(arg, 200, body);
}

/* "Row 7 of the chunk: …"; false. */
static bool refuse_row(struct web_call *c, size_t i, const char *what)
{
    web_error(c, 400, "invalid", "row %zu of the chunk: %s", i, what);
    return false;
}

/* fields has room for `width` per row. False: c has its response. */
static bool read_row(struct web_call *c, const json_t *json, size_t i, size_t width,
                     struct slice *fields, struct audience_row *row)
{
    if (!json_is_array(json) || json_array_size(json) != width + 1)
        return refuse_row(c, i,
                          "a row is [\"+447…\", \"field\", …], with as many fields as the "
                          "first row of the chunk");
    if (!number_parse(json_slice(json_array_get(json, 0)), &row->number))
        return refuse_row(c, i, "it must begin with a number in E.164, such as \"+447700900123\"");
    row->number = person_number_canonical(row->number);
    for (size_t k = 0; k < width; k++) {
        const json_t *field = json_array_get(json, k + 1);
        if (!json_is_string(field)) return refuse_row(c, i, "fields must be texts in quotes");
        fields[k] = json_slice(field);
    }
    row->fields = fields;
    return true;
}

static void add_rows(struct web_call *c, const struct audience_info *info, uint64_t seq,
                     const json_t *rows)
{
    struct store *s = c->config->store;
    size_t n = json_array_size(rows), cells = json_array_size(json_array_get(rows, 0));
    if (cells == 0 || cells > AUDIENCE_COLUMNS_MAX + 1) {
        web_error(c, 400, "invalid",
                  "'rows' must hold 1 to %d rows [\"+447…\", \"field\", …] of at most %d fields",
                  AUDIENCE_ROWS_MAX, AUDIENCE_COLUMNS_MAX);
        return;
    }
    size_t width = cells - 1;
    struct audience_row *list = xcalloc(n, sizeof *list);
    struct slice *fields = xcalloc(n * width + 1, sizeof *fields);
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++)
        ok = read_row(c, json_array_get(rows, i), i, width, fields + i * width, &list[i]);
    if (ok && width == info->column_count) list_refusals(s, info, list, n, c->now_ms);
    if (ok)
        audience_add_rows(s, c->id, &(struct audience_chunk){seq, width, list, n}, c->now_ms,
                          on_rows, c);
    free(fields);
    free(list);
}

struct chunk {
    uint64_t seq;
    const json_t *rows; /* of the body */
};

static void on_to_grow(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    const struct chunk *chunk = c->state;
    if (own_audience(c, result, info, e)) add_rows(c, info, chunk->seq, chunk->rows);
}

static void post_rows(struct web_call *c)
{
    struct chunk *chunk = web_call_state(c, sizeof *chunk, NULL);
    chunk->seq = body_uint(&c->body, "seq", INT64_MAX, BODY_NEEDED);
    chunk->rows = body_list(&c->body, "rows", AUDIENCE_ROWS_MAX, BODY_NEEDED);
    if (web_body_ok(c)) audience_load(c->config->store, c->id, on_to_grow, c);
}

/* A large list takes more than one request: each says how far it is. */
struct carrying {
    uint64_t steps; /* of this request */
};

static void on_carried(void *arg, int result, uint64_t done, uint64_t of, const struct err *e)
{
    struct web_call *c = arg;
    struct carrying *w = c->state;
    if (!web_ok(c, result, e)) return;
    if (done >= of)
        audience_freeze(c->config->store, c->id, c->now_ms, on_info, c);
    else if (w->steps++ < STEPS_MAX)
        audience_carry(c->config->store, c->id, done, c->now_ms, on_carried, c);
    else
        web_answer(c, 202, json_pack("{s:I,s:I}", "done", (json_int_t)done, "of", (json_int_t)of));
}

static void on_to_freeze(void *arg, int result, const struct audience_info *info,
                         const struct err *e)
{
    struct web_call *c = arg;
    if (!own_audience(c, result, info, e)) return;
    (void)web_call_state(c, sizeof(struct carrying), NULL);
    web_act(c, info->group, "audience %u frozen", c->id);
    audience_carry(c->config->store, c->id, 0, c->now_ms, on_carried, c);
}

static void post_freeze(struct web_call *c)
{
    audience_load(c->config->store, c->id, on_to_freeze, c);
}

/* ---- deleting ---- */

static void on_deleted(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void on_found(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    bool reports_too = slice_is(web_query(c, "reports_too"), "1");
    if (!own_audience(c, result, info, e)) return;
    web_act(c, info->group, "audience %u deleted%s", info->id, reports_too ? ", reports too" : "");
    audience_delete(c->config->store, info->id, reports_too, c->now_ms, on_deleted, c);
}

static void delete_audience(struct web_call *c)
{
    struct slice reports_too = web_query(c, "reports_too");
    if (reports_too.n && !slice_is(reports_too, "1") && !slice_is(reports_too, "0"))
        web_error(c, 400, "invalid", "'reports_too' is 0 or 1");
    else
        find(c, on_found);
}

enum { GROUPS = NEEDS_STORE | IN_GROUP };

/* ---- who is in it ---- */

static void answer_sample(struct web_call *c, void *arg, json_t *people)
{
    (void)arg;
    web_answer(c, 200, json_pack("{s:o}", "people", people));
}

static void on_sampled(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    if (own_audience(arg, result, info, e)) view_sample(arg, info, answer_sample, NULL);
}

static void get_sample(struct web_call *c)
{
    find(c, on_sampled);
}

static void on_texted(void *arg, int result, uint64_t texted, const struct err *e)
{
    if (web_ok(arg, result, e))
        web_answer(arg, 200, json_pack("{s:I}", "texted_today", (json_int_t)texted));
}

static void on_asked_for(void *arg, int result, const struct audience_info *info,
                         const struct err *e)
{
    struct web_call *c = arg;
    if (!own_audience(c, result, info, e)) return;
    if (cap_is_on(c->config->means->cap))
        texted_count(c->config->store, info, c->now_ms, on_texted, c);
    else /* nobody keeps the book */
        web_answer(c, 200, json_pack("{s:n}", "texted_today"));
}

/* It walks through all of the list, so it is no part of what a list says of itself. */
static void get_texted(struct web_call *c)
{
    find(c, on_asked_for);
}

static void on_people(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    if (own_audience(arg, result, info, e)) view_people_file(arg, info);
}

static void get_people(struct web_call *c)
{
    find(c, on_people);
}

static const struct route rows[] = {
    {"GET", "/api/v1/audiences/{id}/sample", MAY_SEE_NUMBERS, GROUPS | WITH_ID, NULL, get_sample},
    {"GET", "/api/v1/audiences/{id}/texted", MAY_READ_AUDIENCES, GROUPS, NULL, get_texted},
    {"GET", "/api/v1/audiences/{id}/people", MAY_SEE_NUMBERS, GROUPS | WITH_ID, NULL, get_people},
    {"POST", "/api/v1/audiences", MAY_MAKE_AUDIENCES, GROUPS | ONCE | AUDITED,
     KEYS("name", "group", "country", "columns", "rows_expected", "of", "change"), post_audiences},
    {"GET", "/api/v1/audiences", MAY_READ_AUDIENCES, GROUPS, NULL, get_audiences},
    {"POST", "/api/v1/audiences/{id}/rows", MAY_MAKE_AUDIENCES, GROUPS | WITH_ID | WIDE,
     KEYS("seq", "rows"), post_rows},
    {"POST", "/api/v1/audiences/{id}/freeze", MAY_MAKE_AUDIENCES, GROUPS | WITH_ID | AUDITED,
     NO_KEYS, post_freeze},
    {"GET", "/api/v1/audiences/{id}", MAY_READ_AUDIENCES, GROUPS, NULL, get_audience},
    {"DELETE", "/api/v1/audiences/{id}", MAY_DELETE_AUDIENCES, GROUPS | AUDITED, NO_KEYS,
     delete_audience},
};

const struct routes audience_routes = {rows, COUNT_OF(rows)};
