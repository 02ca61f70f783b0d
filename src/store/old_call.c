#include "old_call.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "io/person_number.h"

enum { SCRIPT_BYTES_MAX = 64 * 1024 };

void call_add(struct old_call *c, struct slice text)
{
    check(c->n < CALL_ARGS_MAX);
    c->v[c->n++] = text.p ? text : SLICE_LIT("");
}

void call_add_cstr(struct old_call *c, const char *text)
{
    call_add(c, slice_of(text));
}

static void add_printed(struct old_call *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void add_printed(struct old_call *c, const char *fmt, ...)
{
    size_t room = sizeof c->numbers - c->used;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(c->numbers + c->used, room, fmt, ap);
    va_end(ap);
    check(n > 0 && (size_t)n < room);
    call_add(c, slice_make(c->numbers + c->used, (size_t)n));
    c->used += (size_t)n;
}

void call_add_int(struct old_call *c, int64_t value)
{
    add_printed(c, "%" PRId64, value);
}

void call_add_uint(struct old_call *c, uint64_t value)
{
    add_printed(c, "%" PRIu64, value);
}

void call_add_older(struct old_call *c, struct slice digits)
{
    uint64_t number, olds[PERSON_OLDER_MAX];
    size_t n = slice_to_u64(digits, UINT64_MAX, &number) ? person_number_older(number, olds) : 0;
    for (size_t i = 0; i < n; i++)
        call_add_uint(c, olds[i]);
}

void call_eval(struct redis *r, const struct redis_script *script, redis_cb *cb, void *arg,
               const struct old_call *c)
{
    redis_eval(r, script, cb, arg, 0, c->n, c->v);
}

struct redis_script *call_script(const char *name, struct slice part1, struct slice part2,
                                 struct slice source)
{
    return call_script_of(name, (struct slice[]){part1, part2, source}, 3);
}

struct redis_script *call_script_of(const char *name, const struct slice *parts, size_t n)
{
    struct buf whole = BUF_INIT(SCRIPT_BYTES_MAX);
    for (size_t i = 0; i < n; i++)
        buf_add_slice(&whole, parts[i]);
    check(!whole.failed);
    struct redis_script *script = redis_script_new(name, buf_slice(&whole));
    buf_done(&whole);
    return script;
}
