/* Opt-outs that come together: they wait, are set, and can be undone (store/suppress_batch.h). Lists of
 * them are uploaded, or come as numbers. */
#include "web/api/api.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/group.h"
#include "store/list_note.h"
#include "store/suppress_batch.h"
#include "web/imports.h"
#include "web/own.h"

/* Of one request; whoever asked asks again while there are any left. */
enum { SLICES_MAX = 100 };

static json_t *batch_json(const struct suppress_batch *b)
{
    int64_t days = b->state == SUPPRESS_BATCH_ASKED ? 1 : SUPPRESS_BATCH_DAYS;
    json_t *o = json_object();
    json_put(o, "batch", json_text(b->id));
    json_put(o, "scope", json_text(b->scope));
    json_put(o, "state", json_string(suppress_batch_state_to_string(b->state)));
    json_put(o, "by", json_text(b->by));
    json_put(o, "reason", json_text(b->reason));
    json_put(o, "evidence", json_text(b->evidence));
    json_put_time(o, "at", b->at_ms);
    json_put_time(o, "until", b->at_ms + days * 24 * 3600 * 1000);
    json_put(o, "numbers", json_integer((json_int_t)b->numbers));
    json_put(o, "standing", json_integer((json_int_t)b->standing));
    json_put(o, "added", json_integer((json_int_t)b->added));
    json_put(o, "lifted", json_integer((json_int_t)b->lifted));
    json_put(o, "left", json_integer((json_int_t)b->left));
    return o;
}

/* What is held until somebody decides comes by no list. */
static bool check_scope(struct web_call *c, struct slice scope)
{
    if (!api_check_scope(c, scope)) return false;
    if (!slice_is(scope, SUPPRESS_HOLD)) return true;
    web_error(c, 400, "invalid", "a list is of \"all\" or of a group");
    return false;
}

/* ---- numbers that wait ---- */

static void on_asked(void *arg, int result, uint64_t numbers, uint64_t standing,
                     const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e))
        web_answer(c, 200,
                   json_pack("{s:s,s:I,s:I}", "batch", c->state, "numbers", (json_int_t)numbers,
                             "standing", (json_int_t)standing));
}

static void ask(struct web_call *c, const struct suppress_batch_draft *draft, const json_t *list)
{
    size_t n = json_array_size(list);
    uint64_t *numbers = xcalloc(n + 1, sizeof *numbers);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = api_read_number(c, json_slice(json_array_get(list, i)), &numbers[i]);
    if (ok) suppress_batch_ask(c->config->store, draft, numbers, n, c->now_ms, on_asked, c);
    free(numbers);
}

static void post_batches(struct web_call *c)
{
    struct body *b = &c->body;
    struct slice id = body_text(b, "batch", LIST_NOTE_ID_BYTES - 1, BODY_OPTIONAL);
    struct slice reason = body_text(b, "reason", 32, BODY_OPTIONAL);
    const json_t *numbers = body_list(b, "numbers", SUPPRESS_ADD_MAX, BODY_NEEDED);
    struct suppress_batch_draft draft = {
        .scope = body_text(b, "scope", GROUP_BYTES_MAX, BODY_NEEDED),
        .by = slice_of(c->member->name),
        .evidence = body_text(b, "evidence", SUPPRESS_EVIDENCE_BYTES_MAX, BODY_OPTIONAL),
        .reason = SUPPRESS_IMPORT,
    };
    if (!web_body_ok(c) || !check_scope(c, draft.scope)) return;
    char *text = web_call_state(c, LIST_NOTE_ID_BYTES, NULL);
    if (id.p)
        (void)snprintf(text, LIST_NOTE_ID_BYTES, "%.*s", SLICE_ARG(id));
    else
        list_note_new_id(text);
    draft.id = slice_of(text);
    if (!list_note_id_ok(draft.id))
        web_refuse_key(c, "batch", "'batch' is what the first response said: 32 hex digits");
    else if (reason.p && !suppress_reason_from_string(reason, &draft.reason))
        web_refuse_key(c, "reason", "'reason' is stop, import, manual or provider");
    else if (json_array_size(numbers) == 0)
        web_refuse_key(c, "numbers", "'numbers' is empty: name at least one");
    else
        ask(c, &draft, numbers);
}

static void answer_started(struct web_call *c, const char *id)
{
    web_answer(c, 202, json_pack("{s:s}", "id", id));
}

static void post_upload(struct web_call *c)
{
    static const struct imports_answers answers = {answer_started, NULL};
    struct slice scope = web_query(c, "scope");
    if (check_scope(c, scope)) imports_optouts(c, web_query, scope, &answers);
}

/* ---- one of them ---- */

static const char no_batch[] =
    "there is no such batch of opt-outs; `muster suppress batches` lists them";

/* Whether it is there for the member. False: c has its response. */
static bool is_theirs(struct web_call *c, int result, const struct suppress_batch *b,
                      const struct err *e)
{
    if (result == 0 && !access_may(c->member, c->route->may, b->scope)) {
        web_error(c, 404, "not_found", "%s", no_batch);
        return false;
    }
    return web_ok(c, result, e);
}

static void load(struct web_call *c, suppress_batches_cb *cb)
{
    if (list_note_id_ok(web_param(c, "batch")))
        suppress_batch_load(c->config->store, web_param(c, "batch"), cb, c);
    else
        web_error(c, 404, "not_found", "%s", no_batch);
}

static void on_batch(void *arg, int result, const struct suppress_batch *b, size_t n,
                     const struct err *e)
{
    (void)n;
    if (is_theirs(arg, result, b, e)) web_answer(arg, 200, batch_json(b));
}

static void get_batch(struct web_call *c)
{
    load(c, on_batch);
}

/* ---- setting and undoing ---- */

struct work {
    struct slice why; /* of undoing; none: it is set */
    int slices;
    char scope[GROUP_BYTES_MAX + 1];
};

static struct slice group_of(const struct work *w)
{
    return group_ok(slice_of(w->scope)) ? slice_of(w->scope) : SLICE_LIT("");
}

/* One that waited is gone when it is undone. */
static void on_worked(void *arg, int result, const struct suppress_batch *b, size_t n,
                      const struct err *e)
{
    struct web_call *c = arg;
    const struct work *w = c->state;
    (void)n;
    if (result == ERR_NOT_FOUND && w->why.n) {
        web_answer(c, 200, json_object());
        return;
    }
    if (!web_ok(c, result, e)) return;
    web_act(c, group_of(w), "batch %.*s of opt-outs %s: %s, %llu numbers", SLICE_ARG(b->id),
            suppress_batch_state_to_string(b->state), w->scope,
            (unsigned long long)(w->why.n ? b->lifted : b->added));
    web_answer(c, 200, batch_json(b));
}

static void on_slice(void *arg, int result, int64_t slice, const struct err *e);

static void step(struct web_call *c, int64_t settled)
{
    const struct work *w = c->state;
    struct store *s = c->config->store;
    struct slice id = web_param(c, "batch");
    if (w->why.n)
        suppress_batch_undo(s, id, settled, web_deed_for(c, w->why), on_slice, c);
    else
        suppress_batch_set(s, id, settled, c->now_ms, on_slice, c);
}

static void on_slice(void *arg, int result, int64_t slice, const struct err *e)
{
    struct web_call *c = arg;
    struct work *w = c->state;
    if (!web_ok(c, result, e)) return;
    if (slice == 0 || ++w->slices == SLICES_MAX)
        suppress_batch_load(c->config->store, web_param(c, "batch"), on_worked, c);
    else
        step(c, slice);
}

static void on_found(void *arg, int result, const struct suppress_batch *b, size_t n,
                     const struct err *e)
{
    struct web_call *c = arg;
    struct work *w = c->state;
    (void)n;
    if (!is_theirs(c, result, b, e)) return;
    (void)snprintf(w->scope, sizeof w->scope, "%.*s", SLICE_ARG(b->scope));
    step(c, 0);
}

static void post_set(struct web_call *c)
{
    (void)web_call_state(c, sizeof(struct work), NULL);
    load(c, on_found);
}

static void delete_batch(struct web_call *c)
{
    struct work *w = web_call_state(c, sizeof *w, NULL);
    w->why = slice_trim(body_text(&c->body, "why", SUPPRESS_EVIDENCE_BYTES_MAX, BODY_NEEDED));
    if (!web_body_ok(c)) return;
    if (w->why.n == 0)
        web_refuse_key(c, "why", "say why: it is kept with each record");
    else
        load(c, on_found);
}

/* ---- all of them ---- */

static json_t *list_item(const struct web_call *c, const void *list, size_t i)
{
    (void)c;
    return batch_json(&((const struct suppress_batch *)list)[i]);
}

static void on_list(void *arg, int result, const struct suppress_batch *list, size_t n,
                    const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer_list(arg, "batches", list, n, list_item, NULL);
}

static void get_batches(struct web_call *c)
{
    const struct group_set groups = own_groups(c);
    suppress_batch_list(c->config->store, &groups, on_list, c);
}

enum { GROUPS = NEEDS_STORE | IN_GROUP };
#define BATCHES "/api/v1/suppression-batches"

static const struct route rows[] = {
    {"GET", BATCHES, MAY_READ_SUPPRESSIONS, GROUPS, NULL, get_batches},
    {"POST", BATCHES, MAY_SUPPRESS, GROUPS | LARGE | ONCE,
     KEYS("scope", "numbers", "batch", "reason", "evidence"), post_batches},
    {"POST", BATCHES "/upload", MAY_SUPPRESS, GROUPS | UPLOAD | ONCE, NULL, post_upload},
    {"GET", BATCHES "/{batch}", MAY_READ_SUPPRESSIONS, GROUPS, NULL, get_batch},
    {"POST", BATCHES "/{batch}/set", MAY_SUPPRESS, GROUPS | AUDITED, NO_KEYS, post_set},
    {"DELETE", BATCHES "/{batch}", MAY_UNSUPPRESS, GROUPS | AUDITED, KEYS("why"), delete_batch},
};

const struct routes suppression_batch_routes = {rows, COUNT_OF(rows)};
