#include "store/inbox.h"
#include "web/suppress_api.h"

#include "web/body.h"
#include "web/view/view.h"

#include "base/clock.h"
#include "core/number.h"
#include "io/person_number.h"
#include "web/guard.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAGE_HINT = 500, SCOPE_BYTES_MAX = 64 };

struct suppress_api {
    struct suppress_api_config config;
};

static int64_t now_of(const struct suppress_api *a)
{
    return a->config.now_ms ? a->config.now_ms() : clock_wall_ms();
}

/* The scope of a path or body; false when q was answered. */
static bool check_scope(struct http_request *q, struct slice scope)
{
    if (scope.n <= SCOPE_BYTES_MAX && suppress_scope_ok(scope)) return true;
    respond_error(q, 400, "invalid",
                  "a scope is \"all\" or a group: letters, digits, '-', '_', '.', at most %d",
                  SCOPE_BYTES_MAX);
    return false;
}

static bool read_number(struct http_request *q, struct slice text, uint64_t *ret)
{
    if (number_parse(text, ret)) {
        *ret = person_number_canonical(*ret);
        return true;
    }
    respond_error(q, 400, "invalid",
                  "'%.*s' is not a number in E.164: + and 7 to 15 digits, such as +447700900123",
                  text.n > 40 ? 40 : (int)text.n, text.p ? text.p : "");
    return false;
}

/* A number, or the key of somebody without one as an export names them ("~GB.1349…"). out holds
 * NUMBER_TEXT_BYTES. False: q is answered. */
static bool read_key(struct http_request *q, struct slice text, char *out, struct slice *ret)
{
    uint64_t number;
    *ret = text;
    if (slice_starts(text, "~") && text.n < PERSON_KEY_BYTES) return true;
    if (!read_number(q, text, &number)) return false;
    number_format(number, out);
    *ret = slice_of(out + 1);
    return true;
}

static json_t *entry_json(const struct suppress_entry *entry)
{
    char number[NUMBER_TEXT_BYTES] = "?", at[CLOCK_ISO_BYTES];
    if (number_is_valid(entry->number)) number_format(entry->number, number);
    clock_iso(entry->at_ms, at);
    /* Somebody without a number stands there as the store calls them: "~GB.1349…". */
    return json_pack("{s:o,s:s,s:s,s:o}", "number",
                     view_text(entry->key.n ? entry->key : slice_of(number)), "reason",
                     suppress_reason_to_string(entry->reason), "at", at, "evidence",
                     view_text(entry->evidence));
}

/* ---- adding ---- */

static void on_added(void *arg, int result, int64_t count, const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0)
        respond_failed(q, result, e);
    else
        respond_json(q, 200, json_pack("{s:I}", "added", (json_int_t)count));
}

/* False when q was answered. */
static bool fill_entries(struct http_request *q, const json_t *numbers,
                         const struct suppress_entry *pattern, struct suppress_entry *entries)
{
    for (size_t i = 0; i < json_array_size(numbers); i++) {
        entries[i] = *pattern;
        if (!read_number(q, json_slice(json_array_get(numbers, i)), &entries[i].number))
            return false;
    }
    return true;
}

static void add(struct suppress_api *a, struct http_request *q, struct body *b)
{
    struct slice scope = body_text(b, "scope", SCOPE_BYTES_MAX, BODY_NEEDED);
    struct slice reason = body_text(b, "reason", 32, BODY_OPTIONAL);
    const json_t *numbers = body_list(b, "numbers", SUPPRESS_ADD_MAX, BODY_NEEDED);
    struct suppress_entry pattern = {
        .reason = SUPPRESS_MANUAL,
        .at_ms = now_of(a),
        .evidence = body_text(b, "evidence", SUPPRESS_EVIDENCE_BYTES_MAX, BODY_OPTIONAL),
    };
    if (!body_ok(b, q) || !check_scope(q, scope)) return;
    if (reason.n && !suppress_reason_from_string(reason, &pattern.reason)) {
        respond_error(q, 400, "invalid", "'reason' is stop, import, manual or provider");
        return;
    }
    size_t n = json_array_size(numbers);
    struct suppress_entry *entries = xcalloc(n + 1, sizeof *entries);
    if (n == 0)
        respond_error(q, 400, "invalid", "'numbers' is empty: name at least one");
    else if (fill_entries(q, numbers, &pattern, entries))
        suppress_add(a->config.suppress, scope, entries, n, on_added, q);
    free(entries);
}

static void post_suppressions(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    static const char *const keys[] = {"scope", "numbers", "reason", "evidence", NULL};
    struct suppress_api *a = ctx;
    struct body b;
    if (!guard_organiser(a->config.auth, q, now_of(a)) || !body_open(&b, q, keys)) return;
    add(a, q, &b);
    body_close(&b);
}

/* ---- removing ---- */

static void on_removed(void *arg, int result, const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0)
        respond_failed(q, result, e);
    else
        respond_json(q, 200, json_object());
}

static void delete_suppression(void *ctx, struct http_request *q, const struct route_params *params)
{
    static const char *const keys[] = {"why", NULL};
    struct suppress_api *a = ctx;
    struct body b;
    char digits[NUMBER_TEXT_BYTES];
    struct slice key;
    const struct person *person = guard_organiser(a->config.auth, q, now_of(a));
    struct slice scope = route_param(params, "scope");
    if (!person || !check_scope(q, scope)) return;
    if (!read_key(q, route_param(params, "number"), digits, &key) || !body_open(&b, q, keys))
        return;
    struct slice why = body_text(&b, "why", SUPPRESS_EVIDENCE_BYTES_MAX, BODY_NEEDED);
    if (body_ok(&b, q))
        suppress_remove_key(a->config.suppress, scope, key, slice_of(person->name), why, now_of(a),
                            on_removed, q);
    body_close(&b);
}

/* ---- looking ---- */

static void on_page(void *arg, int result, const struct suppress_entry *entries, size_t n,
                    uint64_t next, const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0) {
        respond_failed(q, result, e);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        check(json_array_append_new(list, entry_json(&entries[i])) == 0);
    char cursor[24];
    (void)snprintf(cursor, sizeof cursor, "%" PRIu64, next);
    respond_json(q, 200,
                 json_pack("{s:o,s:o}", "suppressions", list, "next",
                           next ? json_string(cursor) : json_null()));
}

static void get_scope(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct suppress_api *a = ctx;
    struct slice scope = route_param(params, "scope"), text = http_request_param(q, "cursor");
    uint64_t cursor = 0;
    if (!guard_organiser(a->config.auth, q, now_of(a)) || !check_scope(q, scope)) return;
    if (text.n && !slice_to_u64(text, UINT64_MAX, &cursor)) {
        respond_error(q, 400, "invalid", "'cursor' is the 'next' of the page before");
        return;
    }
    suppress_export(a->config.suppress, scope, cursor, PAGE_HINT, on_page, q);
}

static json_t *found_json(const struct suppress_found *found)
{
    json_t *one = entry_json(&found->entry);
    (void)json_object_del(one, "number"); /* the caller knows it, and the record does not */
    check(json_object_set_new(one, "scope", view_text(found->scope)) == 0);
    return one;
}

/* Whether this scope counts for the question: one about a group is not about the others. */
static bool counts(struct slice scope, struct slice group)
{
    return group.n == 0 || slice_is(scope, "all") || slice_eq(scope, group);
}

static void on_found(void *arg, int result, const struct suppress_found *found, size_t n,
                     const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0) {
        respond_failed(q, result, e);
        return;
    }
    struct slice group = http_request_param(q, "group");
    json_t *body = NULL, *scopes = json_array();
    bool held = false;
    for (size_t i = 0; i < n; i++) {
        bool hold = slice_is(found[i].scope, SUPPRESS_HOLD);
        held |= hold;
        check(json_array_append_new(scopes, found_json(&found[i])) == 0);
        if (!body && !hold && counts(found[i].scope, group)) body = found_json(&found[i]);
    }
    bool suppressed = body != NULL;
    if (!body) body = json_object();
    check(json_object_set_new(body, "suppressed", json_boolean(suppressed)) == 0);
    check(json_object_set_new(body, "held", json_boolean(held)) == 0);
    check(json_object_set_new(body, "scopes", scopes) == 0);
    respond_json(q, 200, body);
}

static void get_check(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct suppress_api *a = ctx;
    struct slice group = http_request_param(q, "group");
    char digits[NUMBER_TEXT_BYTES];
    struct slice key;
    if (!guard_organiser(a->config.auth, q, now_of(a))) return;
    if (group.n && !check_scope(q, group)) return;
    if (!read_key(q, route_param(params, "number"), digits, &key)) return;
    suppress_find(a->config.suppress, group, key, on_found, q);
}

struct suppress_api *suppress_api_new(const struct suppress_api_config *config, struct router *r)
{
    struct suppress_api *a = xcalloc(1, sizeof *a);
    a->config = *config;
    router_add(r, "POST", "/api/v1/suppressions", post_suppressions, a);
    router_add(r, "GET", "/api/v1/suppressions/check/{number}", get_check, a);
    router_add(r, "GET", "/api/v1/suppressions/{scope}", get_scope, a);
    router_add(r, "DELETE", "/api/v1/suppressions/{scope}/{number}", delete_suppression, a);
    return a;
}

void suppress_api_free(struct suppress_api *a)
{
    free(a);
}
