/* Codes: what lets somebody in. */
#include "private.h"

#include <stdlib.h>

#include "core/json.h"

enum { LIST_BYTES_MAX = 8192, SHIFTS_MAX = 200 };
enum { LOGIN_BY_WHO = 3, LOGIN_BY_ADDRESS = 10, LOGIN_TOGETHER = 2000, LOGIN_TEXTS = 200 };

STAFF_TAKES(invite, lua_staff_invite);
STAFF_SCRIPT(shift, lua_staff_shift);
STAFF_SCRIPT(shifts, lua_staff_shifts);
STAFF_TAKES(shift_end, lua_staff_shift_end);
STAFF_SCRIPT(look, lua_staff_code);
STAFF_TAKES(use, lua_staff_use);
static const struct script login = {.name = "staff_login",
                                    .parts = {STAFF_PARTS, &lua_direct_common, &lua_staff_login},
                                    .told = told_taken_last};

/* ---- making them ---- */

void staff_invite(struct staff *s, const struct staff_invitation *i, struct deed deed, staff_cb *cb,
                  void *arg)
{
    struct buf list = BUF_INIT(LIST_BYTES_MAX);
    struct call *c = staff_begin(s, &invite, deed);
    call_text(c, i->code);
    call_i64(c, i->until_ms);
    call_text(c, i->member);
    call_text(c, i->name);
    call_str(c, role_to_string(i->role));
    staff_call_groups(c, &i->groups, &list);
    call_text(c, i->language);
    staff_run(s, c, cb, arg);
    buf_done(&list);
}

void staff_add_shift(struct staff *s, const struct staff_shift *one, struct deed deed, staff_cb *cb,
                     void *arg)
{
    struct call *c = staff_begin(s, &shift, deed);
    call_text(c, one->code);
    call_i64(c, one->until_ms);
    call_text(c, one->group);
    call_i64(c, one->max);
    call_str(c, one->approve ? "1" : "");
    staff_run(s, c, cb, arg);
}

void staff_end_shift(struct staff *s, struct slice code, bool with_people, struct deed deed,
                     staff_cb *cb, void *arg)
{
    struct call *c = staff_begin(s, &shift_end, deed);
    call_text(c, code);
    call_str(c, with_people ? "1" : "");
    staff_run(s, c, cb, arg);
}

/* ---- reading them ---- */

static int64_t number_of(const json_t *o, const char *key)
{
    return (int64_t)json_number_value(json_object_get(o, key));
}

static json_t *read_record(const struct redisReply *reply)
{
    struct slice text = redis_str(reply);
    return text.n ? json_loadb(text.p, text.n, 0, NULL) : NULL;
}

static struct staff_shift shift_of(struct slice code, const json_t *o)
{
    return (struct staff_shift){.code = code,
                                .group = json_slice_at(o, "group"),
                                .until_ms = number_of(o, "until"),
                                .max = (int)number_of(o, "max"),
                                .joined = (int)number_of(o, "joined"),
                                .approve = json_is_true(json_object_get(o, "approve")),
                                .by = json_slice_at(o, "by")};
}

static void on_shifts(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct staff_shift list[SHIFTS_MAX];
    json_t *records[SHIFTS_MAX];
    size_t n = 0;
    int r = call_failed(reply, &e);
    for (size_t i = 0; i + 1 < redis_count(reply) && n < SHIFTS_MAX; i += 2) {
        records[n] = read_record(redis_at(reply, i + 1));
        list[n] = shift_of(redis_str(redis_at(reply, i)), records[n]);
        n++;
    }
    call_back(c, staff_shifts_cb)(c->arg, r, list, n, r < 0 ? &e : NULL);
    while (n > 0)
        json_decref(records[--n]);
}

void staff_list_shifts(struct staff *s, int64_t now_ms, staff_shifts_cb *cb, void *arg)
{
    call_run(staff_begin(s, &shifts, deed_of(SLICE_NONE, now_ms)), on_shifts, cb, arg);
}

static const char *const kinds[] = {"invite", "link", "login", "shift"};

static bool read_code(const json_t *code, const json_t *member, struct staff_code *ret)
{
    int kind = slice_index(json_slice_at(code, "kind"), kinds, COUNT_OF(kinds));
    if (kind < 0) return false;
    *ret = (struct staff_code){.kind = (enum staff_code_kind)kind,
                               .by = json_slice_at(code, "by"),
                               .name = json_slice_at(member, "name"),
                               .role = json_slice_at(member, "role"),
                               .groups = json_slice_at(member, "groups"),
                               .everywhere = json_is_true(json_object_get(member, "everywhere")),
                               .until_ms = number_of(code, "until")};
    if (kind != CODE_SHIFT) return member != NULL;
    ret->role = SLICE_LIT("volunteer");
    ret->groups = json_slice_at(code, "group");
    return true;
}

static void on_looked(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct staff_code found;
    int r = call_failed(reply, &e);
    json_t *code = read_record(redis_at(reply, 1)), *member = read_record(redis_at(reply, 2));
    if (r == 0 && (!call_says(reply, "ok") || !read_code(code, member, &found)))
        r = err_set(&e, ERR_NOT_FOUND, "that link is over, or was used");
    call_back(c, staff_code_cb)(c->arg, r, r < 0 ? NULL : &found, r < 0 ? &e : NULL);
    json_decref(code);
    json_decref(member);
}

void staff_look(struct staff *s, struct slice code, int64_t now_ms, staff_code_cb *cb, void *arg)
{
    struct call *c = staff_begin(s, &look, deed_of(SLICE_NONE, now_ms));
    call_text(c, code);
    call_run(c, on_looked, cb, arg);
}

/* ---- using them ---- */

void staff_use(struct staff *s, struct slice code, const struct staff_visit *v, struct slice name,
               uint64_t number, int64_t now_ms, staff_cb *cb, void *arg)
{
    struct call *c = staff_begin(s, &use, deed_of(v->by, now_ms));
    call_text(c, code);
    call_text(c, v->session);
    call_i64(c, v->until_ms);
    call_text(c, v->device);
    call_text(c, v->address);
    call_text(c, name);
    if (number)
        call_u64(c, number);
    else
        call_str(c, "");
    staff_run(s, c, cb, arg);
}

static void on_login(struct call *c, const struct redisReply *reply)
{
    int r = call_failed(reply, NULL);
    if (r == 0 && !call_says(reply, "ok")) r = ERR_REFUSED;
    call_back(c, staff_login_cb)(c->arg, r, (uint32_t)redis_int(redis_at(reply, 1), 0));
}

void staff_ask_login(struct staff *s, const struct staff_login *l, int64_t now_ms,
                     staff_login_cb *cb, void *arg)
{
    struct call *c = staff_begin(s, &login, deed_of(SLICE_NONE, now_ms));
    call_text(c, l->code);
    call_i64(c, now_ms + STAFF_LOGIN_MS);
    call_text(c, l->who);
    call_text(c, l->address);
    call_text(c, l->text);
    call_text(c, l->gateway);
    call_text(c, l->sender);
    call_i64(c, STAFF_LOGIN_MS);
    call_i64(c, LOGIN_BY_WHO);
    call_i64(c, LOGIN_BY_ADDRESS);
    call_i64(c, LOGIN_TOGETHER);
    call_i64(c, LOGIN_TEXTS);
    call_run(c, on_login, cb, arg);
}
