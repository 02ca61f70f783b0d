#include "web/audience_api.h"

#include "web/body.h"
#include "web/view/view.h"

#include "base/clock.h"
#include "core/number.h"
#include "io/person_number.h"
#include "web/guard.h"

#include <stdlib.h>

enum { WORD_BYTES_MAX = 256, APPEND_KEY_BYTES_MAX = 64, ROWS_EXPECTED_MAX = 100000000 };

struct audience_api {
    struct audience_api_config config;
};

static int64_t now_of(const struct audience_api *a)
{
    return a->config.now_ms ? a->config.now_ms() : clock_wall_ms();
}

/* ---- showing ---- */

static void set_time(json_t *object, const char *key, int64_t wall_ms)
{
    char text[CLOCK_ISO_BYTES];
    clock_iso(wall_ms, text);
    check(json_object_set_new(object, key, wall_ms ? json_string(text) : json_null()) == 0);
}

static json_t *info_json(const struct audience_info *info)
{
    json_t *columns = json_array();
    for (size_t i = 0; i < info->column_count; i++)
        check(json_array_append_new(columns, view_text(info->columns[i])) == 0);
    json_t *out =
        json_pack("{s:I,s:o,s:o,s:o,s:o,s:I,s:I,s:I,s:I,s:b}", "id", (json_int_t)info->id, "name",
                  view_text(info->name), "group", view_text(info->group), "country",
                  view_text(info->country), "columns", columns, "total", (json_int_t)info->total,
                  "blocks", (json_int_t)info->blocks, "duplicates", (json_int_t)info->duplicates,
                  "suppressed", (json_int_t)info->suppressed, "frozen", info->frozen_ms != 0);
    check(out);
    set_time(out, "created_at", info->created_ms);
    set_time(out, "frozen_at", info->frozen_ms);
    return out;
}

static void on_created(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0)
        respond_failed(q, result, e);
    else
        respond_json(q, 201, info_json(info));
}

static void on_info(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0)
        respond_failed(q, result, e);
    else
        respond_json(q, 200, info_json(info));
}

static void on_list(void *arg, int result, const struct audience_info *const *infos, size_t count,
                    const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0) {
        respond_failed(q, result, e);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        check(json_array_append_new(list, info_json(infos[i])) == 0);
    respond_json(q, 200, json_pack("{s:o}", "audiences", list));
}

static void get_audiences(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    struct audience_api *a = ctx;
    if (guard_organiser(a->config.auth, q, now_of(a)))
        audience_list(a->config.audiences, on_list, q);
}

static void get_audience(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct audience_api *a = ctx;
    if (guard_organiser(a->config.auth, q, now_of(a)))
        audience_find(a->config.audiences, route_param(params, "id"), on_info, q);
}

/* ---- making ---- */

/* False when q was answered. */
static bool read_columns(struct http_request *q, const json_t *list, struct slice *columns)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        columns[i] = json_slice(json_array_get(list, i));
        if (columns[i].n && is_one_line(columns[i])) continue;
        respond_error(q, 400, "invalid", "'columns' must be a list of names; number %zu is none",
                      i + 1);
        return false;
    }
    return true;
}

static void create(struct audience_api *a, struct http_request *q, struct body *b)
{
    struct slice columns[AUDIENCE_COLUMNS_MAX];
    const json_t *list = body_list(b, "columns", AUDIENCE_COLUMNS_MAX, BODY_OPTIONAL);
    struct audience_draft draft = {
        .name = body_text(b, "name", WORD_BYTES_MAX, BODY_NEEDED),
        .group = body_text(b, "group", WORD_BYTES_MAX, BODY_OPTIONAL),
        .country = body_text(b, "country", WORD_BYTES_MAX, BODY_OPTIONAL),
        .columns = columns,
        .column_count = json_array_size(list),
        .rows_expected = body_uint(b, "rows_expected", ROWS_EXPECTED_MAX, BODY_OPTIONAL),
    };
    if (body_ok(b, q) && read_columns(q, list, columns))
        audience_create(a->config.audiences, &draft, now_of(a), on_created, q);
}

static void post_audiences(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    static const char *const keys[] = {"name",    "group",         "country",
                                       "columns", "rows_expected", NULL};
    struct audience_api *a = ctx;
    struct body b;
    if (!guard_organiser(a->config.auth, q, now_of(a)) || !body_open(&b, q, keys)) return;
    create(a, q, &b);
    body_close(&b);
}

static void append_index(json_t *list, size_t i)
{
    check(json_array_append_new(list, json_integer((json_int_t)i)) == 0);
}

static void on_rows(void *arg, int result, const enum audience_outcome *outcomes, size_t count,
                    const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0) {
        respond_failed(q, result, e);
        return;
    }
    json_t *duplicates = json_array(), *suppressed = json_array();
    size_t stored = 0;
    for (size_t i = 0; i < count; i++) {
        if (outcomes[i] == AUDIENCE_DUPLICATE) append_index(duplicates, i);
        if (outcomes[i] == AUDIENCE_SUPPRESSED) append_index(suppressed, i);
        stored += outcomes[i] == AUDIENCE_STORED;
    }
    respond_json(q, 200,
                 json_pack("{s:I,s:o,s:o}", "stored", (json_int_t)stored, "duplicates", duplicates,
                           "suppressed", suppressed));
}

/* "Row 7 of the chunk: …"; false. */
static bool refuse_row(struct http_request *q, size_t i, const char *what)
{
    respond_error(q, 400, "invalid", "row %zu of the chunk: %s", i, what);
    return false;
}

/* fields has room for `width` per row. False when q was answered. */
static bool read_row(struct http_request *q, const json_t *json, size_t i, size_t width,
                     struct slice *fields, struct audience_row *row)
{
    if (!json_is_array(json) || json_array_size(json) != width + 1)
        return refuse_row(q, i,
                          "a row is [\"+447…\", \"field\", …], with as many fields as the "
                          "first row of the chunk");
    if (!number_parse(json_slice(json_array_get(json, 0)), &row->number))
        return refuse_row(q, i, "it must begin with a number in E.164, such as \"+447700900123\"");
    row->number = person_number_canonical(row->number);
    for (size_t k = 0; k < width; k++) {
        const json_t *field = json_array_get(json, k + 1);
        if (!json_is_string(field)) return refuse_row(q, i, "fields must be texts in quotes");
        fields[k] = json_slice(field);
    }
    row->fields = fields;
    return true;
}

struct addition {
    uint32_t id;
    uint64_t seq;
    struct slice append; /* none: a draft */
};

static void add_rows(struct audience_api *a, struct http_request *q, const struct addition *to,
                     const json_t *rows)
{
    size_t n = json_array_size(rows), cells = json_array_size(json_array_get(rows, 0));
    if (cells == 0 || cells > AUDIENCE_COLUMNS_MAX + 1) {
        respond_error(
            q, 400, "invalid",
            "'rows' must hold 1 to %d rows [\"+447…\", \"field\", …] of at most %d fields",
            AUDIENCE_ROWS_MAX, AUDIENCE_COLUMNS_MAX);
        return;
    }
    size_t width = cells - 1;
    struct audience_row *list = xcalloc(n, sizeof *list);
    struct slice *fields = xcalloc(n * width + 1, sizeof *fields);
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++)
        ok = read_row(q, json_array_get(rows, i), i, width, fields + i * width, &list[i]);
    if (ok && to->append.n)
        audience_append_rows(a->config.audiences, to->id, to->append, to->seq, width, list, n,
                             now_of(a), on_rows, q);
    else if (ok)
        audience_add_rows(a->config.audiences, to->id, to->seq, width, list, n, now_of(a), on_rows,
                          q);
    free(fields);
    free(list);
}

static bool read_id(struct http_request *q, const struct route_params *params, uint32_t *ret_id)
{
    if (route_param_id(params, "id", ret_id)) return true;
    respond_error(q, 404, "not_found",
                  "a draft has no name yet: use the id that POST /api/v1/audiences answered");
    return false;
}

static void post_rows(void *ctx, struct http_request *q, const struct route_params *params)
{
    static const char *const keys[] = {"seq", "rows", "append", NULL};
    struct audience_api *a = ctx;
    struct body b;
    struct addition to = {0};
    if (!guard_organiser(a->config.auth, q, now_of(a)) || !read_id(q, params, &to.id)) return;
    if (!body_open(&b, q, keys)) return;
    to.seq = body_uint(&b, "seq", INT64_MAX, BODY_NEEDED);
    to.append = body_text(&b, "append", APPEND_KEY_BYTES_MAX, BODY_OPTIONAL);
    const json_t *rows = body_list(&b, "rows", AUDIENCE_ROWS_MAX, BODY_NEEDED);
    if (body_ok(&b, q)) add_rows(a, q, &to, rows);
    body_close(&b);
}

static void post_freeze(void *ctx, struct http_request *q, const struct route_params *params)
{
    static const char *const keys[] = {NULL};
    struct audience_api *a = ctx;
    struct body b;
    uint32_t id;
    if (!guard_organiser(a->config.auth, q, now_of(a)) || !read_id(q, params, &id)) return;
    if (!body_open(&b, q, keys)) return;
    body_close(&b);
    audience_freeze(a->config.audiences, id, now_of(a), on_info, q);
}

/* ---- deleting ---- */

struct deleting {
    struct audience_api *api;
    struct http_request *q;
    bool reports_too;
};

static void on_deleted(void *arg, int result, const struct err *e)
{
    struct deleting *d = arg;
    if (result < 0)
        respond_failed(d->q, result, e);
    else
        respond_json(d->q, 200, json_object());
    free(d);
}

static void on_found(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct deleting *d = arg;
    if (result < 0)
        on_deleted(d, result, e);
    else
        audience_delete(d->api->config.audiences, info->id, d->reports_too, now_of(d->api),
                        on_deleted, d);
}

static void delete_audience(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct audience_api *a = ctx;
    struct slice reports_too = http_request_param(q, "reports_too");
    if (!guard_organiser(a->config.auth, q, now_of(a))) return;
    if (reports_too.n && !slice_is(reports_too, "1") && !slice_is(reports_too, "0")) {
        respond_error(q, 400, "invalid", "'reports_too' is 0 or 1");
        return;
    }
    struct deleting *d = xmalloc(sizeof *d);
    *d = (struct deleting){a, q, slice_is(reports_too, "1")};
    audience_find(a->config.audiences, route_param(params, "id"), on_found, d);
}

struct audience_api *audience_api_new(const struct audience_api_config *config, struct router *r)
{
    struct audience_api *a = xcalloc(1, sizeof *a);
    a->config = *config;
    router_add(r, "POST", "/api/v1/audiences", post_audiences, a);
    router_add(r, "GET", "/api/v1/audiences", get_audiences, a);
    router_add(r, "POST", "/api/v1/audiences/{id}/rows", post_rows, a);
    router_add(r, "POST", "/api/v1/audiences/{id}/freeze", post_freeze, a);
    router_add(r, "GET", "/api/v1/audiences/{id}", get_audience, a);
    router_add(r, "DELETE", "/api/v1/audiences/{id}", delete_audience, a);
    return a;
}

void audience_api_free(struct audience_api *a)
{
    free(a);
}
