#include "import_server.h"

#include "core/form.h"
#include "core/json.h"
#include "cli/say.h"

#include "core/form.h"
#include "core/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    TRIES = 6, /* waits of 200, 400, … 3200 ms between them: six seconds for a restart */
    FIRST_WAIT_MS = 200,
    PATH_BYTES = 1024,
};

/* The same call again while there is no response, with longer and longer waits. For calls that may
 * be repeated. */
static int call_patiently(struct import_server *s, const char *path, const json_t *body,
                          json_t **ret_reply, struct err *e)
{
    int64_t wait_ms = FIRST_WAIT_MS;
    for (int try = 1;; try++, wait_ms *= 2) {
        int result = api_call(s->api, "POST", path, body, NULL, ret_reply, e);
        if (result != ERR_UNREACHABLE || try == TRIES || *s->interrupted) return result;
        json_decref(*ret_reply);
        (void)nanosleep(
            &(struct timespec){.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000},
            NULL);
    }
}

/* ---- the draft ---- */

static void order_columns(struct import_server *s, const json_t *reply)
{
    size_t n, i;
    const json_t *draft = json_object_get(reply, "columns"), *one;
    const struct slice *names = import_columns(s->import, &n);
    s->width = json_array_size(draft);
    struct slice *wanted = xcalloc(s->width + 1, sizeof *wanted);
    json_array_foreach(draft, i, one) wanted[i] = json_slice(one);
    s->order = import_order_columns(names, n, wanted, s->width);
    free(wanted);
}

/* Owned; NULL: not UTF-8. */
static json_t *draft_json(const struct import_server *s)
{
    size_t n;
    const struct slice *columns = import_columns(s->import, &n);
    json_t *names = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(names, json_text(columns[i]));
    json_t *body = s->change ? json_pack("{s:s, s:s}", "of", s->name, "change", s->change)
                             : json_pack("{s:s, s:s, s:s*}", "name", s->name, "country", s->country,
                                         "group", s->group);
    if (body) {
        json_put(body, "rows_expected", json_integer((json_int_t)s->rows_expected));
        json_put(body, "columns", json_incref(names));
    }
    json_decref(names);
    return body;
}

static int create(struct import_server *s, struct err *e)
{
    json_t *reply = NULL, *body = draft_json(s);
    int result = body ? api_call(s->api, "POST", "/api/v1/audiences", body, NULL, &reply, e)
                      : err_set(e, ERR_INVALID, "--name and --group must be UTF-8");
    if (result == 0) {
        s->id = json_integer_value(json_object_get(reply, "id"));
        if (s->id <= 0 || !json_is_array(json_object_get(reply, "columns")))
            result = err_set(e, ERR_REFUSED,
                             "the server named no id or no columns for the new audience: is it "
                             "another version?");
        order_columns(s, reply);
    }
    json_decref(body);
    json_decref(reply);
    return result;
}

int import_server_find(struct import_server *s, struct err *e)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    buf_add_cstr(&path, "/api/v1/audiences/");
    form_encode(&path, slice_of(s->name));
    int r = path.failed ? err_set(e, ERR_LIMIT, "the name is too long")
                        : api_call(s->api, "GET", path.p, NULL, NULL, &s->list, e);
    buf_done(&path);
    if (r == 0 && !s->country) s->country = say_string(s->list, "country");
    return r;
}

/* ---- chunks ---- */

static json_t *row_json(const struct import_server *s, const struct audience_row *row)
{
    char number[NUMBER_TEXT_BYTES];
    json_t *out = json_array();
    number_format(row->number, number);
    json_list_add(out, json_string(number));
    for (size_t i = 0; i < s->width; i++)
        json_list_add(out, json_text(s->order[i] == IMPORT_NO_COLUMN ? SLICE_LIT("")
                                                                     : row->fields[s->order[i]]));
    return out;
}

static int mark(const json_t *reply, const char *key, enum audience_outcome outcome, size_t count,
                enum audience_outcome *outcomes, struct err *e)
{
    const json_t *list = json_object_get(reply, key), *index;
    size_t i;
    json_array_foreach(list, i, index)
    {
        json_int_t row = json_is_integer(index) ? json_integer_value(index) : -1;
        if (row < 0 || (size_t)row >= count)
            return err_set(e, ERR_REFUSED, "the server's '%s' cannot be read", key);
        outcomes[row] = outcome;
    }
    return 0;
}

static int read_outcomes(const json_t *reply, size_t count, enum audience_outcome *outcomes,
                         struct err *e)
{
    for (size_t i = 0; i < count; i++)
        outcomes[i] = AUDIENCE_STORED;
    static const char *const keys[] = {[AUDIENCE_DUPLICATE] = "duplicates",
                                       [AUDIENCE_SUPPRESSED] = "suppressed",
                                       [AUDIENCE_UPDATED] = "updated",
                                       [AUDIENCE_REMOVED] = "removed",
                                       [AUDIENCE_NOT_LISTED] = "not_listed"};
    int result = 0;
    for (size_t k = 1; k < COUNT_OF(keys) && result == 0; k++)
        result = mark(reply, keys[k], (enum audience_outcome)k, count, outcomes, e);
    return result;
}

/* Owned. */
static json_t *chunk_json(const struct import_server *s, uint64_t seq,
                          const struct audience_row *rows, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_list_add(list, row_json(s, &rows[i]));
    return json_pack("{s:I, s:o}", "seq", (json_int_t)seq, "rows", list);
}

int import_server_chunk(struct import_server *s, uint64_t seq, const struct audience_row *rows,
                        size_t count, enum audience_outcome *ret_outcomes, struct err *e)
{
    char path[96];
    json_t *reply = NULL;
    int result = s->id ? 0 : create(s, e);
    if (result < 0) return result;
    json_t *body = chunk_json(s, seq, rows, count);
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld/rows", (long long)s->id);
    result = call_patiently(s, path, body, &reply, e);
    if (result == 0) result = read_outcomes(reply, count, ret_outcomes, e);
    json_decref(body);
    json_decref(reply);
    return result;
}

/* ---- the end ---- */

/* A large list that changes takes more than one call. */
int import_server_finish(struct import_server *s, json_t **ret, struct err *e)
{
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld/freeze", (long long)s->id);
    int r = call_patiently(s, path, NULL, ret, e);
    while (r == 0 && !json_object_get(*ret, "id") && !*s->interrupted) {
        json_decref(*ret);
        *ret = NULL;
        r = call_patiently(s, path, NULL, ret, e);
    }
    return r;
}

void import_server_discard(struct import_server *s)
{
    struct err ignored; /* the server sweeps drafts by itself, only later */
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld", (long long)s->id);
    if (s->id && api_call(s->api, "DELETE", path, NULL, NULL, NULL, &ignored) < 0) return;
}

void import_server_done(struct import_server *s)
{
    json_decref(s->list);
    free(s->order);
}
