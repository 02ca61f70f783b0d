#include "web/respond.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "core/json.h"
#include "core/template.h"
#include "web/embedded.h"
#include "web/problem.h"

#define HTML_CONTENT_TYPE "text/html; charset=utf-8"
enum { MESSAGE_BYTES = 1024, PROBLEM_PAGE_BYTES_MAX = 16 * 1024 };

/* Takes body. Owned text. */
char *respond_text(json_t *body)
{
    check(body);
    char *text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(15));
    check(text); /* fails only without memory or on bytes that jansson would not have taken in */
    json_decref(body);
    return text;
}

/* ---- problems ---- */

static json_t *problem_json(int status, const char *code, struct slice message)
{
    const struct problem *p = problem_find(slice_of(code));
    return json_pack("{s:s+,s:s,s:i,s:o,s:s}", "type", PROBLEM_TYPE_PREFIX, code, "title",
                     p ? p->title : code, "status", status, "detail", json_text(message), "code",
                     code);
}

char *respond_problem_text(int status, const char *code, const char *message, json_t *more)
{
    json_t *body = problem_json(status, code, slice_of(message));
    if (more) check(json_object_update_missing_new(body, more) == 0);
    return respond_text(body);
}

static void answer_error(struct http_request *q, int status, const char *code, const char *message)
{
    char *text = respond_problem_text(status, code, message, NULL);
    http_request_answer(q, status, PROBLEM_CONTENT_TYPE, slice_of(text));
    free(text);
}

void respond_error(struct http_request *q, int status, const char *code, const char *fmt, ...)
{
    char message[MESSAGE_BYTES];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    answer_error(q, status, code, message);
}

static const struct {
    int result, status;
    const char *code;
} failures[] = {
    {ERR_SYNTAX, 400, "malformed"},        {ERR_INVALID, 400, "invalid"},
    {ERR_NOT_FOUND, 404, "not_found"},     {ERR_CONFLICT, 409, "conflict"},
    {ERR_EXISTS, 409, "exists"},           {ERR_LIMIT, 413, "limit"},
    {ERR_REFUSED, 422, "refused"},         {ERR_UNSAFE, 422, "unsafe"},
    {ERR_UNREACHABLE, 503, "unavailable"},
};

static size_t failure_of(int result)
{
    size_t i = 0;
    while (i < COUNT_OF(failures) && failures[i].result != result)
        i++;
    return i;
}

int respond_status_of(int result)
{
    size_t i = failure_of(result);
    return i < COUNT_OF(failures) ? failures[i].status : 500;
}

const char *respond_code_of(int result)
{
    size_t i = failure_of(result);
    return i < COUNT_OF(failures) ? failures[i].code : "internal";
}

static const char own_only[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

static void set_html_headers(struct http_request *q, const char *policy)
{
    http_request_set_header(q, "Content-Security-Policy", policy);
    http_request_set_header(q, "Referrer-Policy", "no-referrer");
}

static void answer_html(struct http_request *q, int status, struct slice html, const char *policy)
{
    set_html_headers(q, policy);
    http_request_answer(q, status, HTML_CONTENT_TYPE, html);
}

void respond_html(struct http_request *q, int status, struct slice html)
{
    answer_html(q, status, html, own_only);
}

void respond_public(struct http_request *q, int status, struct slice html)
{
    http_request_set_header(q, "Vary", "Accept-Language");
    answer_html(q, status, html,
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
}

static bool is_for_programs(const struct http_request *q)
{
    struct slice path = http_request_path(q);
    return slice_starts(path, "/api/") || slice_starts(path, "/hooks/");
}

static void add_problem_page(struct buf *page, const char *message, const char *back)
{
    char style[WEB_HREF_BYTES], icon[WEB_HREF_BYTES];
    web_file_href("style.css", style);
    web_file_href("icon.svg", icon);
    buf_add_cstr(page, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                       "<meta name=\"color-scheme\" content=\"light dark\">"
                       "<title>Muster</title>");
    buf_addf(page, "<link rel=\"stylesheet\" href=\"%s\"><link rel=\"icon\" href=\"%s\">", style,
             icon);
    buf_add_cstr(page, "</head><body><main><h1>That did not work</h1><p class=\"notice bad\">");
    template_escape_add(page, slice_of(message), TEMPLATE_ESCAPE_HTML);
    buf_add_cstr(page, "</p><p class=\"row\">");
    if (*back) buf_addf(page, "<a class=\"button primary\" href=\"%s\">Back</a> ", back);
    buf_add_cstr(page, "<a class=\"button\" href=\"/\">To the start</a></p></main></body></html>");
}

void respond_problem_back(struct http_request *q, int status, const char *code, const char *message,
                          const char *back)
{
    if (is_for_programs(q)) {
        answer_error(q, status, code, message);
        return;
    }
    struct buf page = BUF_INIT(PROBLEM_PAGE_BYTES_MAX);
    add_problem_page(&page, message, back);
    respond_html(q, status, buf_slice(&page));
    buf_done(&page);
}

void respond_problem(struct http_request *q, int status, const char *code, const char *message)
{
    respond_problem_back(q, status, code, message, "");
}

void respond_redirect(struct http_request *q, const char *location)
{
    http_request_set_header(q, "Location", location);
    http_request_answer(q, 303, "text/plain; charset=utf-8", SLICE_LIT("See other\n"));
}

static const char *refusal_code(int status)
{
    switch (status) {
    case 405:
        return "method_not_allowed";
    case 413:
    case 414:
        return "too_large";
    case 503:
        return "unavailable";
    default:
        return "malformed";
    }
}

/* Whoever filled in a form is told what they can do about it. */
static const char *refusal_for_people(int status, const char *text)
{
    return status == 413
               ? "That is too much for one page. Go back and make it shorter: nothing of it "
                 "was kept."
               : text;
}

const char *respond_refusal(void *arg, struct http_request *q, int status, const char *text,
                            struct buf *out)
{
    (void)arg;
    if (!is_for_programs(q)) {
        set_html_headers(q, own_only);
        add_problem_page(out, refusal_for_people(status, text), "");
        return HTML_CONTENT_TYPE;
    }
    struct slice line = slice_trim(slice_of(text));
    char *json = respond_text(problem_json(status, refusal_code(status), line));
    buf_add_cstr(out, json);
    free(json);
    return PROBLEM_CONTENT_TYPE;
}
