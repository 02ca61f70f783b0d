#include "web/staff/ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "core/group.h"
#include "core/number.h"
#include "flow/list_number.h"

enum { CODE_RAW_BYTES = 16, LIST_BYTES_MAX = 8192, HOURS_MAX = 72, NUMBER_BYTES_MAX = 64 };

static void ask_done(void *state)
{
    struct ask *a = state;
    for (size_t i = 0; i < MEMBER_GROUPS_MAX; i++)
        free(a->texts[i]);
    for (size_t i = 0; i < a->left; i++)
        free(a->ids[i]);
    free(a->ids);
}

struct ask *ask_new(struct web_call *c)
{
    return web_call_state(c, sizeof(struct ask), ask_done);
}

static struct ask *ask_of(struct web_call *c)
{
    return c->state;
}

bool ask_is_page(const struct web_call *c)
{
    return c->route->flags & PAGE;
}

void ask_wrong(struct web_call *c, const char *fmt, ...)
{
    struct ask *a = ask_of(c);
    va_list ap;
    if (a->e.code) return;
    a->e.code = ERR_INVALID;
    va_start(ap, fmt);
    (void)vsnprintf(a->e.text, sizeof a->e.text, fmt, ap);
    va_end(ap);
}

bool ask_ok(struct web_call *c)
{
    struct ask *a = ask_of(c);
    if (!ask_is_page(c) && !web_body_ok(c)) return false;
    return web_ok(c, a->e.code, &a->e);
}

/* ---- reading ---- */

struct slice ask_text(struct web_call *c, const char *key, size_t bytes_max, enum body_need need)
{
    if (!ask_is_page(c)) return body_text(&c->body, key, bytes_max, need);
    struct slice s = web_typed(c, key);
    if (s.n == 0 && need == BODY_NEEDED) ask_wrong(c, "Fill in the %s.", key);
    if (s.n > bytes_max) ask_wrong(c, "'%s' is too long: at most %zu bytes", key, bytes_max);
    return s.n > bytes_max ? SLICE_NONE : s;
}

bool ask_flag(struct web_call *c, const char *key)
{
    const json_t *said = json_object_get(c->body.root, key);
    if (said && !json_is_boolean(said)) ask_wrong(c, "'%s' is true or false", key);
    if (!ask_is_page(c)) return json_is_true(said);
    return web_field(c, key).n > 0;
}

struct slice ask_name(struct web_call *c, const char *key)
{
    struct slice name = slice_trim(ask_text(c, key, ROSTER_NAME_BYTES_MAX, BODY_NEEDED));
    if (name.n && (!is_one_line(name) || !slice_is_utf8(name, NULL) || slice_is(name, "local")))
        ask_wrong(c, "that cannot be a name: letters in one line, and not 'local'");
    else if (name.n == 0)
        ask_wrong(c, "a name is needed");
    return name;
}

enum role ask_role(struct web_call *c)
{
    enum role role = ROLE_VOLUNTEER;
    struct slice text = ask_text(c, "role", 16, BODY_NEEDED);
    if (text.n && !role_from_string(text, &role))
        ask_wrong(c, "'role' is volunteer, organiser or owner");
    return role;
}

static void add_group(struct web_call *c, struct slice group)
{
    struct ask *a = ask_of(c);
    if (!group_ok(group))
        ask_wrong(c, "'%.*s' is not a group: letters, digits, '-', '_', '.', at most %d",
                  group.n > 40 ? 40 : (int)group.n, group.p ? group.p : "", GROUP_BYTES_MAX);
    else if (a->set.count == MEMBER_GROUPS_MAX)
        ask_wrong(c, "at most %d groups; who needs more belongs everywhere", MEMBER_GROUPS_MAX);
    else if (slice_index(group, a->groups, a->set.count) < 0) {
        a->groups[a->set.count] = a->texts[a->set.count] = slice_strdup(group);
        a->set.count++;
    }
}

static void read_list(struct web_call *c)
{
    const json_t *list = body_list(&c->body, "groups", MEMBER_GROUPS_MAX, BODY_OPTIONAL);
    for (size_t i = 0; i < json_array_size(list); i++)
        add_group(c, json_slice(json_array_get(list, i)));
}

static void read_typed(struct web_call *c, const char *key)
{
    struct slice list = ask_text(c, key, LIST_BYTES_MAX, BODY_OPTIONAL), group;
    while (slice_cut(&list, ',', &group))
        if (slice_trim(group).n) add_group(c, slice_trim(group));
}

const struct staff_groups *ask_groups(struct web_call *c)
{
    struct ask *a = ask_of(c);
    bool is_page = ask_is_page(c);
    a->set = (struct staff_groups){
        .list = a->groups,
        .everywhere =
            is_page ? slice_is(web_field(c, "groups"), ASK_EVERYWHERE) : ask_flag(c, "everywhere"),
    };
    if (is_page && a->set.everywhere) return &a->set;
    if (is_page) {
        read_typed(c, "groups");
        read_typed(c, "more");
    } else {
        read_list(c);
    }
    if (a->set.everywhere && a->set.count) ask_wrong(c, "give either 'groups' or 'everywhere'");
    return &a->set;
}

bool ask_read_number(const struct web_call *c, struct slice text, uint64_t *ret)
{
    struct list_number how = {.country = c->config->country};
    return text.n <= NUMBER_BYTES_MAX && list_number_read(&how, text, ret) == IMPORT_FINE;
}

uint64_t ask_mobile(struct web_call *c, const char *key)
{
    struct slice text = ask_text(c, key, NUMBER_BYTES_MAX, BODY_OPTIONAL);
    uint64_t number = 0;
    if (text.n == 0 || ask_read_number(c, text, &number)) return number;
    ask_wrong(c, "that is not a mobile number; write it with +, such as +447700900123");
    return 0;
}

int ask_count(struct web_call *c, const char *key, int max, int otherwise)
{
    uint64_t n = 0;
    if (!ask_is_page(c)) {
        n = body_uint(&c->body, key, (uint64_t)max, BODY_OPTIONAL);
        return n ? (int)n : otherwise;
    }
    struct slice text = ask_text(c, key, 16, BODY_OPTIONAL);
    if (text.n == 0) return otherwise;
    if (slice_to_u64(text, (uint64_t)max, &n) && n > 0) return (int)n;
    ask_wrong(c, "'%s' is a number from 1 to %d", key, max);
    return otherwise;
}

int64_t ask_until(struct web_call *c, int64_t max_ms, enum body_need need)
{
    int64_t until_ms = 0;
    if (!ask_is_page(c))
        until_ms = body_time(&c->body, "until", need);
    else
        until_ms = c->now_ms + ask_count(c, "hours", HOURS_MAX, 8) * INT64_C(3600000);
    if (until_ms && (until_ms <= c->now_ms || until_ms > c->now_ms + max_ms))
        ask_wrong(c, "'until' is in the future, at most %lld days from now",
                  (long long)(max_ms / 86400000));
    return until_ms;
}

/* ---- codes ---- */

void ask_make_code(struct web_call *c)
{
    struct ask *a = ask_of(c);
    unsigned char random[CODE_RAW_BYTES];
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2base64(a->code, sizeof a->code, random, sizeof random,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    auth_hash(c->web->auth, AUTH_CODE, slice_of(a->code), a->hash);
}

void ask_url(const struct web_call *c, const char *path, char out[ASK_URL_BYTES])
{
    struct slice base = slice_of(c->config->public_url);
    while (base.n && base.p[base.n - 1] == '/')
        base.n--;
    (void)snprintf(out, ASK_URL_BYTES, "%.*s%s", SLICE_ARG(base), path);
}

/* ---- whom ---- */

const struct staff_member *ask_self(struct web_call *c)
{
    const struct staff_member *m =
        roster_member(staff_roster(c->config->staff), slice_of(c->member->id));
    if (!m)
        web_error(c, 409, "conflict",
                  "the unix socket is nobody's: sign in as somebody, or name a member");
    return m;
}

bool ask_sees(const struct web_call *c, const struct staff_member *m)
{
    struct group_set set = access_groups(c->member, MAY_READ_PEOPLE);
    if (set.all) return true;
    for (size_t i = 0; i < m->is.group_count; i++)
        if (group_set_has(&set, slice_of(m->is.groups[i]))) return true;
    return false;
}

bool ask_may_run(const struct web_call *c, const struct staff_member *m)
{
    const struct group_set of = {m->is.everywhere, m->is.groups, m->is.group_count};
    return access_may_run(c->member, m->is.role, &of);
}

const struct staff_member *ask_member(struct web_call *c, enum ask_for what)
{
    char id[16];
    (void)snprintf(id, sizeof id, "%u", c->id);
    const struct staff_member *m = roster_member(staff_roster(c->config->staff), slice_of(id));
    if (!m || !ask_sees(c, m)) {
        web_error(c, 404, "not_found", "There is nobody of that id here.");
        return NULL;
    }
    if (what == ASK_TO_RUN && !ask_may_run(c, m)) {
        web_error(c, 403, "forbidden",
                  "%s has another role or other groups than you can give: ask an owner.",
                  m->is.name);
        return NULL;
    }
    return m;
}

bool ask_is_foreign(struct web_call *c)
{
    struct slice site = http_request_header(c->q, "Sec-Fetch-Site");
    if (site.n == 0 || slice_is(site, "same-origin") || slice_is(site, "none")) return false;
    web_error(c, 403, "forbidden", "That form came from another site. Open the link itself.");
    return true;
}
