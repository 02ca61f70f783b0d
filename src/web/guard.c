#include "web/guard.h"

#include "web/respond.h"

size_t guard_body_max(const struct auth *a, const struct http_request *q)
{
    struct slice path = http_request_path(q);
    if (slice_starts(path, "/hooks/")) return GUARD_WIDE_BYTES_MAX;
    bool rows = slice_starts(path, "/api/v1/audiences/") && slice_ends(path, "/rows");
    bool large =
        slice_starts(path, "/api/v1/campaigns") || slice_starts(path, "/api/v1/suppressions");
    if (!rows && !large) return GUARD_BODY_BYTES_MAX;
    const struct person *person = auth_glance(a, q);
    if (!person || person->role != PERSON_ORGANISER) return GUARD_BODY_BYTES_MAX;
    return rows ? GUARD_WIDE_BYTES_MAX : GUARD_MEMBER_BYTES_MAX;
}

const struct person *guard_api(struct auth *a, struct http_request *q, int64_t now_ms)
{
    const struct person *person = NULL;
    switch (auth_check(a, q, now_ms, &person)) {
    case AUTH_OK:
        break;
    case AUTH_TOO_MANY:
        auth_refuse(a, q);
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
        auth_refuse(a, q);
        return NULL;
    case AUTH_ABSENT:
    case AUTH_WRONG:
        break;
    }
    respond_redirect(q, "/inbox/login");
    return NULL;
}
