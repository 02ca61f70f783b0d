/* Numbers that must not be texted. */
#include "web/api/api.h"

#include "core/group.h"
#include "core/number.h"
#include "io/person_number.h"
#include "store/consent.h"
#include "store/inbox.h"
#include "store/suppress.h"
#include "web/own.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE_HINT = 500 };

static bool is_scope(struct web_call *c, struct slice scope)
{
    if (group_scope_ok(scope)) return true;
    web_error(c, 400, "invalid",
              "a scope is \"all\" or a group: letters, digits, '-', '_', '.', at most %d",
              GROUP_BYTES_MAX);
    return false;
}

bool api_check_scope(struct web_call *c, struct slice scope)
{
    char groups[OWN_GROUPS_BYTES];
    if (!is_scope(c, scope)) return false;
    if (access_may(c->member, c->route->may, scope)) return true;
    own_say_groups(c->member, groups);
    if (group_ok(scope))
        web_error(c, 404, "not_found", "you have no group '%.*s'; yours: %s", SLICE_ARG(scope),
                  groups);
    else
        web_error(c, 403, "forbidden",
                  "'%.*s' is the whole organisation's: only who belongs to every group may look "
                  "into it or change it. Yours: %s",
                  SLICE_ARG(scope), groups);
    return false;
}

bool api_read_number(struct web_call *c, struct slice text, uint64_t *ret)
{
    if (number_parse(text, ret)) {
        *ret = person_number_canonical(*ret);
        return true;
    }
    web_error(c, 400, "invalid",
              "'%.*s' is no phone number: + and 7 to 15 digits, such as +447700900123",
              text.n > 40 ? 40 : (int)text.n, text.p ? text.p : "");
    return false;
}

bool api_read_person(struct web_call *c, struct slice text, char *out, struct slice *ret_key,
                     uint64_t *ret_number)
{
    *ret_key = text;
    *ret_number = 0;
    if (slice_starts(text, "~") && text.n < PERSON_KEY_BYTES) return true;
    if (!api_read_number(c, text, ret_number)) return false;
    number_format(*ret_number, out);
    *ret_key = slice_of(out + 1);
    return true;
}

/* {number}. False: c has its response. */
static bool read_key(struct web_call *c, char *out, struct slice *ret)
{
    uint64_t number;
    return api_read_person(c, web_param(c, "number"), out, ret, &number);
}

static json_t *entry_json(const struct suppress_entry *entry)
{
    char number[NUMBER_TEXT_BYTES] = "?";
    json_t *o = json_object();
    if (number_is_valid(entry->number)) number_format(entry->number, number);
    /* Somebody without a number stands there as the store calls them: "~GB.1349…". */
    json_put(o, "number", json_text(entry->key.n ? entry->key : slice_of(number)));
    json_put(o, "reason", json_string(suppress_reason_to_string(entry->reason)));
    json_put_time(o, "at", entry->at_ms);
    json_put(o, "evidence", json_text(entry->evidence));
    return o;
}

/* ---- adding ---- */

static void on_added(void *arg, int result, int64_t count, const struct err *e)
{
    if (web_ok(arg, result, e))
        web_answer(arg, 200, json_pack("{s:I}", "added", (json_int_t)count));
}

/* False: c has its response. */
static bool fill_entries(struct web_call *c, const json_t *numbers,
                         const struct suppress_entry *pattern, struct suppress_entry *entries)
{
    for (size_t i = 0; i < json_array_size(numbers); i++) {
        entries[i] = *pattern;
        if (!api_read_number(c, json_slice(json_array_get(numbers, i)), &entries[i].number))
            return false;
    }
    return true;
}

static void post_suppressions(struct web_call *c)
{
    struct body *b = &c->body;
    struct slice scope = body_text(b, "scope", GROUP_BYTES_MAX, BODY_NEEDED);
    struct slice reason = body_text(b, "reason", 32, BODY_OPTIONAL);
    const json_t *numbers = body_list(b, "numbers", SUPPRESS_ADD_MAX, BODY_NEEDED);
    struct suppress_entry pattern = {
        .reason = SUPPRESS_MANUAL,
        .at_ms = c->now_ms,
        .evidence = body_text(b, "evidence", SUPPRESS_EVIDENCE_BYTES_MAX, BODY_OPTIONAL),
    };
    if (!web_body_ok(c) || !api_check_scope(c, scope)) return;
    if (reason.p && !suppress_reason_from_string(reason, &pattern.reason)) {
        web_error(c, 400, "invalid", "'reason' is stop, import, manual or provider");
        return;
    }
    size_t n = json_array_size(numbers);
    struct suppress_entry *entries = xcalloc(n + 1, sizeof *entries);
    if (n == 0)
        web_error(c, 400, "invalid", "'numbers' is empty: name at least one");
    else if (fill_entries(c, numbers, &pattern, entries)) {
        web_act(c, group_ok(scope) ? scope : SLICE_LIT(""), "suppression of %zu numbers: %.*s", n,
                SLICE_ARG(scope));
        suppress_add(c->config->store, scope, entries, n, on_added, c);
    }
    free(entries);
}

/* ---- removing ---- */

static void on_removed(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void delete_suppression(struct web_call *c)
{
    char digits[NUMBER_TEXT_BYTES];
    struct slice key, scope = web_param(c, "scope");
    struct slice why = body_text(&c->body, "why", SUPPRESS_EVIDENCE_BYTES_MAX, BODY_NEEDED);
    if (api_check_scope(c, scope) && read_key(c, digits, &key) && web_body_ok(c))
        suppress_remove_key(c->config->store, scope, key, web_deed_for(c, why), on_removed, c);
}

/* ---- looking ---- */

static json_t *page_item(const struct web_call *c, const void *list, size_t i)
{
    (void)c;
    return entry_json(&((const struct suppress_entry *)list)[i]);
}

static void on_page(void *arg, int result, const struct suppress_entry *entries, size_t n,
                    const struct hash_cursor *next, const struct err *e)
{
    if (!web_ok(arg, result, e)) return;
    web_answer_list(arg, "suppressions", entries, n, page_item, web_hash_cursor(next));
}

static void get_scope(struct web_call *c)
{
    struct slice scope = web_param(c, "scope"), text = web_query(c, "cursor");
    struct hash_cursor from;
    if (!api_check_scope(c, scope)) return;
    if (!hash_cursor_read(text, &from))
        web_error(c, 400, "invalid", "'cursor' is the 'next' of the page before");
    else {
        if (from.at == 0 && !c->asker)
            web_act(c, group_ok(scope) ? scope : SLICE_LIT(""), "download of the opt-outs of %.*s",
                    SLICE_ARG(scope));
        suppress_export(c->config->store, scope, &from, PAGE_HINT, on_page, c);
    }
}

/* What the group of a scope keeps as evidence is not everybody's; that somebody must not be texted
 * is. */
static json_t *found_json(const struct web_call *c, const struct suppress_found *found)
{
    json_t *one = entry_json(&found->entry);
    if (!access_may(c->member, c->route->may, found->scope))
        json_put(one, "evidence", json_string(""));
    (void)json_object_del(one, "number"); /* the caller knows it, and the record does not */
    json_put(one, "scope", json_text(found->scope));
    return one;
}

/* What another group keeps for itself is not there. */
static bool is_shown(const struct web_call *c, struct slice scope)
{
    return !group_ok(scope) || access_may(c->member, c->route->may, scope);
}

/* Whether this scope counts for the question: one about a group is not about the others. */
static bool counts(struct slice scope, struct slice group)
{
    return group.n == 0 || slice_is(scope, "all") || slice_eq(scope, group);
}

/* A number that is looked up. */
struct looked {
    char digits[NUMBER_TEXT_BYTES];
    struct slice key;
    json_t *no_more; /* owned; words */
};

static void looked_done(void *state)
{
    json_decref(((struct looked *)state)->no_more);
}

static void on_found(void *arg, int result, const struct suppress_found *found, size_t n,
                     const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    struct slice group = web_query(c, "group");
    json_t *body = NULL, *scopes = json_array();
    bool held = false;
    for (size_t i = 0; i < n; i++) {
        bool hold = slice_is(found[i].scope, SUPPRESS_HOLD);
        if (!is_shown(c, found[i].scope)) continue;
        held |= hold;
        json_list_add(scopes, found_json(c, &found[i]));
        if (!body && !hold && counts(found[i].scope, group)) body = found_json(c, &found[i]);
    }
    bool suppressed = body != NULL;
    if (!body) body = json_object();
    json_put(body, "suppressed", json_boolean(suppressed));
    json_put(body, "held", json_boolean(held));
    json_put(body, "scopes", scopes);
    json_put(body, "no_more", json_incref(((const struct looked *)c->state)->no_more));
    web_answer(c, 200, body);
}

/* None of the groups knows them: then it is nothing. */
static void on_consent(void *arg, int result, const struct consent_found *found,
                       const struct err *e)
{
    struct web_call *c = arg;
    const struct looked *l = c->state;
    if (result != ERR_NOT_FOUND && !web_ok(c, result, e)) return;
    for (size_t i = 0; i < found->taken_n; i++)
        json_list_add(l->no_more, json_text(found->taken[i].what));
    suppress_find(c->config->store, web_query(c, "group"), l->key, on_found, c);
}

static void get_check(struct web_call *c)
{
    struct slice group = web_query(c, "group");
    struct looked *l = web_call_state(c, sizeof *l, looked_done);
    const struct group_set groups = own_groups(c);
    uint64_t number;
    l->no_more = json_array();
    bool ok = group.n == 0 || (group_ok(group) ? api_check_scope(c, group) : is_scope(c, group));
    if (!ok || !api_read_person(c, web_param(c, "number"), l->digits, &l->key, &number)) return;
    if (number)
        consent_find(c->config->store, number, &groups, on_consent, c);
    else
        suppress_find(c->config->store, group, l->key, on_found, c);
}

enum { GROUPS = NEEDS_STORE | IN_GROUP };

static const struct route rows[] = {
    {"POST", "/api/v1/suppressions", MAY_SUPPRESS, GROUPS | LARGE | ONCE | AUDITED,
     KEYS("scope", "numbers", "reason", "evidence"), post_suppressions},
    {"GET", "/api/v1/suppressions/check/{number}", MAY_READ_SUPPRESSIONS, GROUPS, NULL, get_check},
    {"GET", "/api/v1/suppressions/{scope}", MAY_READ_SUPPRESSIONS, GROUPS | AUDITED, NULL,
     get_scope},
    {"DELETE", "/api/v1/suppressions/{scope}/{number}", MAY_UNSUPPRESS, GROUPS | AUDITED,
     KEYS("why"), delete_suppression},
};

const struct routes suppression_routes = {rows, COUNT_OF(rows)};
