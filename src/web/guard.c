#include "web/guard.h"

#include "web/respond.h"

static const char too_many[] =
    "Too many wrong tokens from your address: wait a quarter of an hour.";

const struct person *guard_api(struct auth *a, struct http_request *q, int64_t now_ms)
{
    const struct person *person = NULL;
    switch (auth_check(a, q, now_ms, &person)) {
    case AUTH_OK:
        break;
    case AUTH_TOO_MANY:
        respond_error(q, 429, "too_many_attempts", "%s", too_many);
        return NULL;
    case AUTH_ABSENT:
    case AUTH_WRONG:
        http_request_set_header(q, "WWW-Authenticate", "Bearer");
        respond_error(q, 401, "unauthorised",
                      "who are you? Send `Authorization: Bearer TOKEN` with the token of "
                      "one of `people` in muster.yaml");
        return NULL;
    }
    struct slice method = http_request_method(q);
    bool reads = slice_is(method, "GET") || slice_is(method, "HEAD");
    if (reads || auth_csrf_ok(a, q, http_request_header(q, "X-CSRF-Token"))) return person;
    respond_error(q, 403, "csrf",
                  "a change under a session must carry the session's value in X-CSRF-Token");
    return NULL;
}

const struct person *guard_organiser(struct auth *a, struct http_request *q, int64_t now_ms)
{
    const struct person *person = guard_api(a, q, now_ms);
    if (!person || person->role == PERSON_ORGANISER) return person;
    respond_error(q, 403, "forbidden",
                  "that is for organisers; you are a volunteer of the group '%s'", person->group);
    return NULL;
}

const struct person *guard_page(struct auth *a, struct http_request *q, int64_t now_ms)
{
    const struct person *person = NULL;
    switch (auth_check(a, q, now_ms, &person)) {
    case AUTH_OK:
        return person;
    case AUTH_TOO_MANY:
        respond_problem(q, 429, "too_many_attempts", too_many);
        return NULL;
    case AUTH_ABSENT:
    case AUTH_WRONG:
        break;
    }
    respond_redirect(q, "/inbox/login");
    return NULL;
}
