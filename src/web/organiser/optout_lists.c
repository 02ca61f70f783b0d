/* A list of opt-outs: the upload, the question, going on, and undoing. */
#include <stdio.h>

#include "core/json.h"
#include "web/api/api.h"
#include "web/imports.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/left_out.h"
#include "web/organiser/optouts.h"
#include "web/organiser/organiser.h"
#include "web/organiser/upload_form.h"
#include "web/page.h"
#include "web/page_words.h"

enum { PATH_BYTES = 96, LOOK_AGAIN_S = 2 };

/* ---- the upload ---- */

static void show_form(struct web_call *c, int status, const char *problem)
{
    json_t *data = page_data(c, "Import opt-outs", problem), *fields = json_array();
    json_t *scopes = optout_scopes(c), *one;
    size_t i;
    json_array_foreach(scopes, i, one) json_put(
        one, "chosen",
        json_boolean(slice_eq(web_field(c, "scope"), json_slice(json_object_get(one, "value")))));
    json_t *scope = upload_field(c, "scope", "Who must not text them", "", "");
    json_put(scope, "options", json_pack("{s:o}", "list", scopes));
    json_list_add(fields, scope);
    upload_form(c, data, fields);
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/optouts", "label", "Opt-outs"));
    page_answer(c, PAGE_OPTOUT_IMPORT, status, data);
}

static void get_form(struct web_call *c)
{
    show_form(c, 200, "");
}

static void on_started(struct web_call *c, const char *id)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/optouts/imports/%s", id);
    web_answer_redirect(c, path);
}

static void post_form(struct web_call *c)
{
    static const struct imports_answers answers = {on_started, show_form};
    struct slice scope = web_field(c, "scope");
    if (api_check_scope(c, scope)) imports_optouts(c, web_field, scope, &answers);
}

/* ---- the question ---- */

static bool is_state(const json_t *o, const char *state)
{
    return slice_is(json_slice(json_object_get(o, "state")), state);
}

/* Takes the note. batch NULL: nobody is asked. */
static void show(struct web_call *c, json_t *note, const json_t *batch)
{
    json_t *data = page_data(c, "Import opt-outs", "");
    json_int_t standing = json_integer_value(json_object_get(batch, "standing"));
    bool running = is_state(note, "running"), failed = is_state(note, "failed");
    bool asks = batch && is_state(batch, "asked");
    json_put(data, "running", json_boolean(running));
    json_put(data, "failed", json_boolean(failed));
    json_put(data, "asks", json_boolean(asks));
    json_put(data, "decided", json_boolean(!running && !failed && !asks));
    json_put(data, "why", json_text(json_slice(json_object_get(note, "problem"))));
    (void)json_object_del(note, "problem");
    json_put(data, "where", optout_by(json_slice(json_object_get(note, "group"))));
    json_t *new = json_integer(json_integer_value(json_object_get(batch, "numbers")) - standing);
    json_put(data, "new", words_counted(new, "number", "numbers"));
    json_decref(new);
    json_put(data, "standing", standing ? json_integer(standing) : json_false());
    json_put(data, "optouts_too", json_true());
    json_put(data, "bar", left_out_progress(note));
    left_out_put(data, note);
    if (running) json_put(data, "refresh", json_integer(LOOK_AGAIN_S));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/optouts", "label", "Opt-outs"));
    check(json_object_update_missing(data, note) == 0);
    json_decref(note);
    page_answer(c, PAGE_OPTOUT_LIST, 200, data);
}

static void on_batch(struct web_call *c, int status, const json_t *body)
{
    json_t *note = json_incref(c->asked);
    show(c, note, status == 200 ? body : NULL);
}

static void on_note(struct web_call *c, json_t *note)
{
    if (!slice_is(json_slice(json_object_get(note, "kind")), "optouts")) {
        json_decref(note);
        web_failed(c, ERR_NOT_FOUND, NULL);
    } else if (!is_state(note, "done")) {
        show(c, note, NULL);
    } else {
        c->asked = note;
        web_ask(c, on_batch, NULL, "GET", "/api/v1/suppression-batches/%s",
                json_string_value(json_object_get(note, "id")));
    }
}

static void get_import(struct web_call *c)
{
    imports_load(c, on_note);
}

/* ---- going on, and back: one request of the API does so many ---- */

static bool ended(struct web_call *c, int status, const json_t *body, const char *half)
{
    if (status >= 400)
        optouts_show(c, status, page_detail(body));
    else if (!is_state(body, half))
        web_answer_redirect(c, "/optouts");
    else
        return false;
    return true;
}

static void on_set(struct web_call *c, int status, const json_t *body);

static void set(struct web_call *c, const char *batch)
{
    web_ask(c, on_set, NULL, "POST", "/api/v1/suppression-batches/%s/set", batch);
}

static void on_set(struct web_call *c, int status, const json_t *body)
{
    if (!ended(c, status, body, "setting"))
        set(c, json_string_value(json_object_get(c->asked, "batch")));
}

static void undo(struct web_call *c);

static void on_undone(struct web_call *c, int status, const json_t *body)
{
    if (!ended(c, status, body, "undoing")) undo(c);
}

static void undo(struct web_call *c)
{
    json_t *body = json_pack("{s:O}", "why", json_object_get(c->asked, "why"));
    web_ask(c, on_undone, body, "DELETE", "/api/v1/suppression-batches/%s",
            json_string_value(json_object_get(c->asked, "batch")));
}

static void keep(struct web_call *c)
{
    c->asked = json_pack("{s:o,s:o}", "batch", json_text(web_param(c, "import")), "why",
                         json_text(web_typed(c, "why")));
}

static void post_set(struct web_call *c)
{
    keep(c);
    set(c, json_string_value(json_object_get(c->asked, "batch")));
}

static void post_undo(struct web_call *c)
{
    keep(c);
    undo(c);
}

enum { SHOWS = NEEDS_STORE | IN_GROUP | PAGE, CHANGES = SHOWS | FORM };

static const struct route rows[] = {
    {"GET", "/optouts/import", MAY_SUPPRESS, IN_GROUP | PAGE, NULL, get_form},
    {"POST", "/optouts/import", MAY_SUPPRESS, CHANGES | UPLOAD, NULL, post_form},
    {"GET", "/optouts/imports/{import}", MAY_SUPPRESS, SHOWS, NULL, get_import},
    {"POST", "/optouts/imports/{import}/set", MAY_SUPPRESS, CHANGES, NULL, post_set},
    {"POST", "/optouts/imports/{import}/undo", MAY_UNSUPPRESS, CHANGES, NULL, post_undo},
};

const struct routes optout_list_page_routes = {rows, COUNT_OF(rows)};
