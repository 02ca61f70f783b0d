#include "web/imports.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/stat.h>

#include "core/group.h"
#include "flow/list_audience.h"
#include "flow/list_job.h"
#include "flow/list_optouts.h"
#include "io/phone.h"
#include "store/list_note.h"
#include "web/own.h"
#include "web/respond.h"
#include "web/upload.h"

enum { OPTION_BYTES_MAX = 256, ROW_BYTES_GUESS = 60 /* of a CSV line, to size the index */ };

/* What a request waits with until its job has begun. Texts are in the call's own room. */
struct import_request {
    struct list_job_config job;
    struct list_audience_config audience;
    bool optouts; /* the list is of who must not be texted; name and group are the scope */
    struct audience_info *base; /* owned; NULL: a new list */
    struct imports_answers to;
    imports_get *get;
    const char *one_group[1]; /* the one that the list is to be of */
    struct group_set groups;
    char id[LIST_NOTE_ID_BYTES];
    char name[AUDIENCE_NAME_BYTES_MAX + 1], group[GROUP_BYTES_MAX + 1], country[3];
    char encoding[OPTION_BYTES_MAX], phone[OPTION_BYTES_MAX], file[OPTION_BYTES_MAX];
};

static void request_done(void *state)
{
    struct import_request *r = state;
    audience_info_free(r->base);
}

static void say(struct web_call *c, int result, const struct err *e)
{
    const struct import_request *r = c->state;
    if (result == ERR_UNREACHABLE) http_request_set_header(c->q, "Retry-After", "30");
    if (r->to.refused)
        r->to.refused(c, respond_status_of(result), e->text);
    else
        web_failed(c, result, e);
}

static void refuse(struct web_call *c, int result, const char *fmt, ...) PRINTF_LIKE(3, 4);

static void refuse(struct web_call *c, int result, const char *fmt, ...)
{
    struct err e = {.code = result};
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(e.text, sizeof e.text, fmt, ap);
    va_end(ap);
    say(c, result, &e);
}

/* ---- options ---- */

/* False: it does not fit, and c has its response. */
static bool copy(struct web_call *c, const char *what, struct slice text, char *out, size_t room)
{
    text = slice_trim(text);
    if (text.n < room && is_one_line(text)) {
        (void)snprintf(out, room, "%.*s", SLICE_ARG(text));
        return true;
    }
    refuse(c, ERR_INVALID, "%s is too long, or not one line", what);
    return false;
}

/* "," or "tab"; nothing: found out. */
static bool read_delimiter(struct web_call *c, struct slice text, char *ret)
{
    if (slice_is(text, "tab")) text = SLICE_LIT("\t");
    if (text.n == 0 || (text.n == 1 && !strchr("\"\r\n", text.p[0]))) {
        *ret = text.n ? text.p[0] : 0;
        return true;
    }
    refuse(c, ERR_INVALID, "the delimiter is one character, or 'tab'");
    return false;
}

static bool read_country(struct web_call *c, struct slice text, const char *otherwise, char out[3])
{
    if (text.n == 0) text = slice_of(otherwise);
    if (!copy(c, "the country", text, out, 3)) return false;
    if (!*out || phone_country_is_known(out)) return true;
    refuse(c, ERR_INVALID, "the country is two capital letters such as GB");
    return false;
}

static bool read_options(struct web_call *c, imports_get *get, const char *country,
                         struct import_request *r)
{
    if (!read_country(c, get(c, "country"), country, r->country) ||
        !copy(c, "the character set", get(c, "encoding"), r->encoding, sizeof r->encoding) ||
        !copy(c, "the phone column", get(c, "phone"), r->phone, sizeof r->phone) ||
        !read_delimiter(c, get(c, "delimiter"), &r->job.delimiter))
        return false;
    r->job.unlisted = slice_is(get(c, "keep_unlisted"), "1");
    return true;
}

/* Whose the list is. */
static bool read_group(struct web_call *c, struct slice asked, char *out, size_t room)
{
    struct slice group;
    if (!own_group(c, slice_trim(asked), &group)) return false;
    if (group_ok(group)) return copy(c, "the group", group, out, room);
    refuse(c, ERR_INVALID, "A group's name is " GROUP_RULE ".");
    return false;
}

/* ---- the job ---- */

static int64_t job_now(void *web)
{
    return web_now(web);
}

static void on_ended(void *web, struct list_job *j)
{
    struct web *w = web;
    for (size_t i = 0; i < WEB_UPLOADS_MAX; i++)
        if (w->jobs[i] == j) w->jobs[i] = NULL;
    w->uploads--;
}

void imports_free(struct web *w)
{
    for (size_t i = 0; i < WEB_UPLOADS_MAX; i++)
        list_job_free(w->jobs[i]);
}

static void on_noted(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    struct import_request *r = c->state;
    if (!web_ok(c, result, e)) return;
    if (r->optouts)
        web_act(c, group_ok(slice_of(r->group)) ? slice_of(r->group) : SLICE_LIT(""),
                "a list of opt-outs uploaded: %s", r->group);
    else if (r->base)
        web_act(c, slice_of(r->group), "audience %u changed by a file (%s)", r->base->id,
                audience_change_text(r->audience.change));
    else
        web_act(c, slice_of(r->group), "a file uploaded for a new list");
    r->to.started(c, r->id);
}

static json_t *about(const struct web_call *c, const struct import_request *r)
{
    json_t *o =
        json_pack("{s:s,s:o,s:o,s:o,s:o,s:s}", "kind", r->optouts ? "optouts" : "list", "name",
                  json_text(slice_of(r->name)), "group", json_text(slice_of(r->group)), "by",
                  json_text(slice_of(c->member->name)), "country", json_text(slice_of(r->country)),
                  "change", audience_change_text(r->audience.change));
    json_put_time(o, "began_at", c->now_ms);
    return o;
}

/* A place for one more job: the body that just came had one. */
static struct list_job **free_place(struct web *w)
{
    for (size_t i = 0; i < WEB_UPLOADS_MAX; i++)
        if (!w->jobs[i]) return &w->jobs[i];
    return NULL;
}

static void to_audience(struct web_call *c, struct import_request *r)
{
    r->audience.store = c->config->store;
    r->audience.now_ms = job_now;
    r->audience.arg = c->web;
    r->audience.name = r->name;
    r->audience.group = r->group;
    r->audience.country = r->country;
    r->audience.base = r->base;
    r->job.sink = &list_audience_sink;
    r->job.sink_arg = list_audience_new(&r->audience);
}

static void to_optouts(struct web_call *c, struct import_request *r)
{
    const struct list_optouts_config config = {.store = c->config->store,
                                               .id = r->id,
                                               .scope = r->group,
                                               .by = c->member->name,
                                               .evidence = r->file,
                                               .now_ms = job_now,
                                               .arg = c->web};
    r->job.landlines = true;
    r->job.sink = &list_optouts_sink;
    r->job.sink_arg = list_optouts_new(&config);
}

static void begin(struct web_call *c, struct import_request *r)
{
    struct slice file;
    struct err e = {.code = ERR_UNREACHABLE,
                    .text = "Other lists are being read just now: try again in a minute."};
    struct list_job **place = free_place(c->web);
    file = SLICE_NONE;
    if (!place && r->job.in) (void)fclose(r->job.in);
    if (!place) r->job.in = NULL;
    if (place && !r->job.in) r->job.in = web_upload_take(c, &file, &e);
    if (!r->job.in) {
        say(c, e.code, &e);
        return;
    }
    struct stat st;
    if (fstat(fileno(r->job.in), &st) == 0)
        r->audience.rows_expected = (uint64_t)st.st_size / ROW_BYTES_GUESS;
    if (!file.n || !is_one_line(file)) file = slice_of(r->name);
    (void)snprintf(r->file, sizeof r->file, "%.*s", SLICE_ARG(file));
    r->job.store = c->config->store;
    r->job.now_ms = job_now;
    r->job.arg = c->web;
    r->job.loop = c->config->loop;
    r->job.id = r->id;
    r->job.about = about(c, r);
    r->job.file = r->file;
    r->job.country = r->country;
    r->job.encoding = r->encoding;
    r->job.phone = r->phone;
    r->job.ended = on_ended;
    if (r->optouts)
        to_optouts(c, r);
    else
        to_audience(c, r);
    c->web->uploads++;
    *place = list_job_new(&r->job, on_noted, c);
}

static struct import_request *request_new(struct web_call *c, const struct imports_answers *to)
{
    struct import_request *r = web_call_state(c, sizeof *r, request_done);
    list_note_new_id(r->id);
    r->to = *to;
    return r;
}

/* ---- a new list ---- */

static void on_name(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    struct import_request *r = c->state;
    if (result == 0)
        refuse(c, ERR_EXISTS,
               "There is a list '%s' already. Take another name, or add the rows to that list.",
               r->name);
    else if (result == ERR_NOT_FOUND)
        begin(c, r);
    else
        say(c, result, e);
    (void)info;
}

/* A name is a group's own. */
static void find_name(struct web_call *c, struct import_request *r)
{
    r->one_group[0] = r->group;
    r->groups = (struct group_set){.names = r->one_group, .count = 1};
    audience_find(c->config->store, &r->groups, slice_of(r->name), on_name, c);
}

void imports_new_list(struct web_call *c, imports_get *get, const struct imports_answers *to)
{
    struct import_request *r = request_new(c, to);
    struct err e;
    if (!copy(c, "the name", get(c, "name"), r->name, sizeof r->name) ||
        !read_group(c, get(c, "group"), r->group, sizeof r->group) ||
        !read_options(c, get, c->config->country, r))
        return;
    if (audience_name_ok(slice_of(r->name), &e) < 0)
        say(c, ERR_INVALID, &e);
    else
        find_name(c, r);
}

/* ---- a list that changes ---- */

/* How, as a person may ask for it; c has its response when that is false. */
static bool read_change(struct web_call *c, struct slice text, enum audience_change *ret)
{
    if (text.n == 0) text = SLICE_LIT("add");
    if (audience_change_asked(text, ret)) return true;
    refuse(c, ERR_INVALID, "the change is one of add, merge, replace, remove");
    return false;
}

static bool begin_change(struct web_call *c, struct import_request *r, imports_get *get,
                         const struct audience_info *info)
{
    char country[3] = "";
    r->base = audience_info_dup(info);
    (void)snprintf(country, sizeof country, "%.*s", SLICE_ARG(info->country));
    return copy(c, "the name", info->name, r->name, sizeof r->name) &&
           copy(c, "the group", info->group, r->group, sizeof r->group) &&
           read_options(c, get, *country ? country : c->config->country, r);
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct web_call *c = arg;
    struct import_request *r = c->state;
    struct err draft;
    if (result == 0 && !info->frozen_ms) result = audience_not_found(c->id, &draft);
    if (!own_audience(c, result, info, result < 0 && !e ? &draft : e)) return;
    if (!begin_change(c, r, r->get, info)) return;
    /* whom the list has goes, whatever kind of number that is */
    bool removes = r->audience.change == AUDIENCE_REMOVE;
    r->job.unlisted |= removes;
    r->job.landlines |= removes;
    begin(c, r);
}

void imports_change(struct web_call *c, imports_get *get, const struct imports_answers *to)
{
    struct import_request *r = request_new(c, to);
    r->get = get;
    if (!read_change(c, get(c, "change"), &r->audience.change)) return;
    r->groups = own_groups(c);
    audience_find(c->config->store, &r->groups, web_param(c, "id"), on_audience, c);
}

static struct slice no_option(const struct web_call *c, const char *name)
{
    (void)c, (void)name;
    return SLICE_NONE;
}

void imports_person(struct web_call *c, const struct audience_info *base,
                    enum audience_change change, FILE *file, const char *phone,
                    const struct imports_answers *to)
{
    struct import_request *r = request_new(c, to);
    r->audience.change = change;
    if (!begin_change(c, r, no_option, base)) {
        (void)fclose(file);
        return;
    }
    r->job.in = file;
    (void)snprintf(r->phone, sizeof r->phone, "%s", phone);
    r->job.unlisted = r->job.landlines = change == AUDIENCE_REMOVE;
    begin(c, r);
}

/* ---- who must not be texted ---- */

void imports_optouts(struct web_call *c, imports_get *get, struct slice scope,
                     const struct imports_answers *to)
{
    struct import_request *r = request_new(c, to);
    r->optouts = true;
    if (copy(c, "the scope", scope, r->group, sizeof r->group) &&
        copy(c, "the name", SLICE_LIT("opt-outs"), r->name, sizeof r->name) &&
        read_options(c, get, c->config->country, r))
        begin(c, r);
}

/* ---- what became of it ---- */

/* A process that ended in the middle says so no more. */
static void put_silence(json_t *note, int64_t now_ms)
{
    json_int_t beat_ms = json_integer_value(json_object_get(note, "beat_ms"));
    bool running = slice_is(json_slice(json_object_get(note, "state")), "running");
    if (!running || now_ms - beat_ms < LIST_JOB_SILENT_MS) return;
    json_put(note, "state", json_string("failed"));
    json_put(note, "problem",
             json_string("the server was started anew while it read the list, and nothing of it "
                         "was stored: upload it again"));
}

static bool is_theirs(const struct web_call *c, const json_t *note)
{
    bool optouts = slice_is(json_slice(json_object_get(note, "kind")), "optouts");
    return json_is_object(note) &&
           access_may(c->member, optouts ? MAY_SUPPRESS : MAY_MAKE_AUDIENCES,
                      json_slice(json_object_get(note, "group")));
}

struct note_waits {
    imports_note *cb;
    char group[GROUP_BYTES_MAX + 1];
};

static void on_note(void *arg, int result, struct slice text, const struct err *e)
{
    struct web_call *c = arg;
    struct note_waits *waits = c->state;
    if (!web_ok(c, result, e)) return;
    json_t *note = json_loadb(text.p, text.n, 0, NULL);
    if (!is_theirs(c, note)) {
        json_decref(note);
        web_failed(c, ERR_NOT_FOUND, NULL);
        return;
    }
    struct slice group = json_slice(json_object_get(note, "group"));
    (void)snprintf(waits->group, sizeof waits->group, "%.*s", SLICE_ARG(group));
    put_silence(note, c->now_ms);
    (void)json_object_del(note, "beat_ms");
    waits->cb(c, note);
}

void imports_load(struct web_call *c, imports_note *cb)
{
    struct note_waits *waits = web_call_state(c, sizeof *waits, NULL);
    waits->cb = cb;
    if (list_note_id_ok(web_param(c, "import")))
        list_note_load(c->config->store, web_param(c, "import"), on_note, c);
    else
        web_failed(c, ERR_NOT_FOUND, NULL);
}

static void on_rejects(void *arg, int result, struct slice rows, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    http_request_set_header(c->q, "Content-Disposition", "attachment; filename=\"left-out.csv\"");
    const struct note_waits *waits = c->state;
    web_act(c, slice_of(waits->group), "rows left out of an upload downloaded");
    web_answer_raw(c, 200, "text/csv; charset=utf-8", rows);
}

static void on_rejects_note(struct web_call *c, json_t *note)
{
    json_decref(note);
    list_note_rejects(c->config->store, web_param(c, "import"), on_rejects, c);
}

void imports_send_rejects(struct web_call *c)
{
    imports_load(c, on_rejects_note);
}
