/* Lists that are uploaded whole; the server reads them. */
#include "web/imports.h"

#include "web/api/api.h"

static void answer_started(struct web_call *c, const char *id)
{
    web_answer(c, 202, json_pack("{s:s}", "id", id));
}

static const struct imports_answers answers = {answer_started, NULL};

static void post_import(struct web_call *c)
{
    imports_new_list(c, web_query, &answers);
}

static void post_upload(struct web_call *c)
{
    imports_change(c, web_query, &answers);
}

static void answer_note(struct web_call *c, json_t *note)
{
    web_answer(c, 200, note);
}

static void get_import(struct web_call *c)
{
    imports_load(c, answer_note);
}

static void get_rejects(struct web_call *c)
{
    imports_send_rejects(c);
}

enum { TAKES = NEEDS_STORE | IN_GROUP | UPLOAD | ONCE, SHOWS = NEEDS_STORE | IN_GROUP };

static const struct route rows[] = {
    {"POST", "/api/v1/lists/import", MAY_MAKE_AUDIENCES, TAKES, NULL, post_import},
    {"POST", "/api/v1/audiences/{id}/upload", MAY_MAKE_AUDIENCES, TAKES | WITH_ID, NULL,
     post_upload},
    {"GET", "/api/v1/imports/{import}", MAY_MAKE_AUDIENCES, SHOWS, NULL, get_import},
    {"GET", "/api/v1/imports/{import}/rejects", MAY_MAKE_AUDIENCES, SHOWS, NULL, get_rejects},
};

const struct routes import_routes = {rows, COUNT_OF(rows)};
