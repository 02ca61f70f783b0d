/* What a call answers when it fails, in each of the ways in which that is known: web/call.h. */
#include "web/call.h"

#include <stdarg.h>
#include <stdio.h>

#include "web/page_words.h"
#include "web/private.h"
#include "web/respond.h"

enum { MESSAGE_BYTES = ERR_TEXT_BYTES };

static void say(struct web_call *c, int status, const char *code, const char *message)
{
    web_error_more(c, status, code, message, NULL);
}

void web_error(struct web_call *c, int status, const char *code, const char *fmt, ...)
{
    char message[MESSAGE_BYTES];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    say(c, status, code, message);
}

void web_refuse_key(struct web_call *c, const char *key, const char *fmt, ...)
{
    char message[MESSAGE_BYTES];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    json_t *errors = body_error_add(NULL, key, message);
    web_error_more(c, 400, "invalid", message, json_pack("{s:o}", "errors", errors));
}

void web_pass_on(struct web_call *c, int status, const json_t *problem)
{
    const char *code = json_string_value(json_object_get(problem, "code"));
    web_error(c, status, code ? code : "internal", "%s", page_detail(problem));
}

void web_refuse_guess(struct web_call *c)
{
    auth_refuse(c->web->auth, c->q);
    web_call_free(c);
}

void web_failed(struct web_call *c, int result, const struct err *e)
{
    const char *text = e                         ? e->text
                       : result == ERR_NOT_FOUND ? "There is nothing there: perhaps it was deleted."
                                                 : err_code_text(result);
    say(c, respond_status_of(result), respond_code_of(result), text);
}

bool web_ok(struct web_call *c, int result, const struct err *e)
{
    if (result < 0) web_failed(c, result, e);
    return result >= 0;
}

bool web_body_ok(struct web_call *c)
{
    if (!c->body.e.code) return true;
    web_error_more(c, 400, "invalid", c->body.e.text, json_pack("{s:O}", "errors", c->body.errors));
    return false;
}
