#include "store/list_note.h"

#include "base/ascii.h"
#include "call.h"
#include "core/digest.h"
#include "store/lua_scripts.h"
#include "store/mark/mark.h"

static const struct script note_script = {.name = "list_note", .parts = {&lua_list_note}};

static const int64_t kept_ms = (int64_t)LIST_NOTE_DAYS * 24 * 3600 * 1000;

void list_note_new_id(char out[LIST_NOTE_ID_BYTES])
{
    _Static_assert((int)LIST_NOTE_ID_BYTES == (int)MARK_ID_BYTES, "ids are of one length");
    (void)mark_new_id(out);
}

bool list_note_id_ok(struct slice id)
{
    for (size_t i = 0; i < id.n; i++)
        if (!(ascii_is_digit(id.p[i]) || (id.p[i] >= 'a' && id.p[i] <= 'f'))) return false;
    return id.n == LIST_NOTE_ID_BYTES - 1;
}

void list_note_save(struct store *s, struct slice id, struct slice text, int64_t now_ms,
                    store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &note_script);
    call_key(c, "list:%.*s", SLICE_ARG(id));
    call_key(c, "lists");
    call_text(c, id);
    call_text(c, text);
    call_i64(c, now_ms);
    call_i64(c, kept_ms);
    call_run(c, call_read_done, cb, arg);
}

static void on_text(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && redis_is_nil(reply))
        r = err_set(&e, ERR_NOT_FOUND,
                    "there is no such upload: what became of a list is kept for a day");
    call_back(c, list_note_cb)(c->arg, r, r ? SLICE_NONE : redis_str(reply), r ? &e : NULL);
}

void list_note_load(struct store *s, struct slice id, list_note_cb *cb, void *arg)
{
    struct call *c = call_command(s, "GET");
    call_key(c, "list:%.*s", SLICE_ARG(id));
    call_run(c, on_text, cb, arg);
}

/* It ends with its note: both are told so each time. */
static void expire(struct store *s, struct slice id, const char *part)
{
    struct call *c = call_command(s, "PEXPIRE");
    call_key(c, "list:%.*s:%s", SLICE_ARG(id), part);
    call_i64(c, kept_ms);
    call_run(c, NULL, NULL, NULL);
}

void list_note_add_rejects(struct store *s, struct slice id, struct slice rows)
{
    struct call *c = call_command(s, "APPEND");
    call_key(c, "list:%.*s:r", SLICE_ARG(id));
    call_text(c, rows);
    call_run(c, NULL, NULL, NULL);
    expire(s, id, "r");
}

void list_note_rejects(struct store *s, struct slice id, list_note_cb *cb, void *arg)
{
    struct call *c = call_command(s, "GET");
    call_key(c, "list:%.*s:r", SLICE_ARG(id));
    call_run(c, on_text, cb, arg);
}
