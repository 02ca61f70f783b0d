#include "import_server.h"

#include "core/form.h"
#include "core/json.h"
#include "cli/say.h"

#include "core/form.h"
#include "core/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
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

static int create(struct import_server *s, struct err *e)
{
    size_t n;
    const struct slice *columns = import_columns(s->import, &n);
    json_t *names = json_array(), *reply = NULL;
    for (size_t i = 0; i < n; i++)
        json_list_add(names, json_text(columns[i]));
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:o, s:I}", "name", s->name, "group", s->group, "country",
                  s->country, "columns", names, "rows_expected", (json_int_t)s->rows_expected);
    int result = body ? api_call(s->api, "POST", "/api/v1/audiences", body, NULL, &reply, e)
                      : err_set(e, ERR_INVALID, "--name and --group must be UTF-8");
    if (result == 0) {
        s->id = json_integer_value(json_object_get(reply, "id"));
        if (s->id <= 0)
            result = err_set(e, ERR_REFUSED,
                             "the server named no id for the new audience: is it another version?");
    }
    json_decref(body);
    json_decref(reply);
    return result;
}

/* ---- an audience that rows are added to ---- */

int import_server_find(struct import_server *s, struct err *e)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    uint64_t key;
    buf_add_cstr(&path, "/api/v1/audiences/");
    form_encode(&path, slice_of(s->name));
    int r = path.failed ? err_set(e, ERR_LIMIT, "the name is too long")
                        : api_call(s->api, "GET", path.p, NULL, NULL, &s->reply, e);
    buf_done(&path);
    if (r < 0) return r;
    check(getrandom(&key, sizeof key, 0) == sizeof key);
    (void)snprintf(s->key, sizeof s->key, "%016llx", (unsigned long long)key);
    s->id = say_int(s->reply, "id");
    s->columns = json_incref(json_object_get(s->reply, "columns"));
    s->country = s->country ? s->country : say_string(s->reply, "country");
    if (s->id > 0 && json_is_array(s->columns)) return 0;
    return err_set(e, ERR_REFUSED, "the server's audience cannot be read: is it another version?");
}

static int match_columns(struct import_server *s, struct err *e)
{
    size_t n, i, wanted_n = json_array_size(s->columns);
    const struct slice *names = import_columns(s->import, &n);
    struct slice *wanted = xcalloc(wanted_n + 1, sizeof *wanted);
    const json_t *one;
    json_array_foreach(s->columns, i, one) wanted[i] = json_slice(one);
    int r = import_match_columns(names, n, wanted, wanted_n, s->name, &s->order, e);
    free(wanted);
    return r;
}

/* ---- chunks ---- */

static json_t *row_json(const struct import_server *s, const struct audience_row *row,
                        size_t fields)
{
    char number[NUMBER_TEXT_BYTES];
    json_t *out = json_array();
    number_format(row->number, number);
    json_list_add(out, json_string(number));
    for (size_t i = 0; i < fields; i++)
        json_list_add(out, json_text(row->fields[s->order ? s->order[i] : i]));
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
    int result = mark(reply, "duplicates", AUDIENCE_DUPLICATE, count, outcomes, e);
    return result ? result : mark(reply, "suppressed", AUDIENCE_SUPPRESSED, count, outcomes, e);
}

static int prepare(struct import_server *s, struct err *e)
{
    if (s->append) return s->order ? 0 : match_columns(s, e);
    return s->id ? 0 : create(s, e);
}

/* Owned. */
static json_t *chunk_json(const struct import_server *s, uint64_t seq,
                          const struct audience_row *rows, size_t count)
{
    size_t fields;
    (void)import_columns(s->import, &fields);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_list_add(list, row_json(s, &rows[i], fields));
    json_t *body = json_pack("{s:I, s:o}", "seq", (json_int_t)seq, "rows", list);
    if (s->append) json_put(body, "append", json_string(s->key));
    return body;
}

int import_server_chunk(struct import_server *s, uint64_t seq, const struct audience_row *rows,
                        size_t count, enum audience_outcome *ret_outcomes, struct err *e)
{
    char path[96];
    json_t *reply = NULL;
    int result = prepare(s, e);
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

int import_server_finish(struct import_server *s, json_t **ret, struct err *e)
{
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld%s", (long long)s->id,
                   s->append ? "" : "/freeze");
    return s->append ? api_call(s->api, "GET", path, NULL, NULL, ret, e)
                     : call_patiently(s, path, NULL, ret, e);
}

void import_server_discard(struct import_server *s)
{
    struct err ignored; /* the server sweeps drafts by itself, only later */
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld", (long long)s->id);
    if (!s->append && s->id && api_call(s->api, "DELETE", path, NULL, NULL, NULL, &ignored) < 0)
        return;
}

void import_server_done(struct import_server *s)
{
    json_decref(s->columns);
    json_decref(s->reply);
    free(s->order);
}
