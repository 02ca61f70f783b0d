#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, int code, const char *fmt, ...)
{
    check(code < 0);
    if (!e) return code;
    e->code = code;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    return code;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
    char prefix[ERR_TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(prefix, sizeof prefix - 2, fmt, ap);
    va_end(ap);
    size_t n = strlen(prefix), keep = strlen(e->text);
    memcpy(prefix + n, ": ", 2);
    n += 2;
    if (keep > sizeof e->text - 1 - n) keep = sizeof e->text - 1 - n;
    memmove(e->text + n, e->text, keep);
    memcpy(e->text, prefix, n);
    e->text[n + keep] = '\0';
    return e->code;
}

const char *err_code_text(int code)
{
    switch (code) {
#define X(name, value, text)                                                                       \
    case name:                                                                                     \
        return text;
        ERR_TABLE(X)
#undef X
    default:
        return strerror(-code);
    }
}

static const char *mend_unreadable(int why)
{
    switch (why) {
    case -ENOENT:
    case -ENOTDIR:
        return "see that its name and its folder are right";
    case -EACCES:
    case -EPERM:
        return "run this as a user who may read it";
    case -EISDIR:
        return "name a file in it";
    default:
        return "see that the disk is well";
    }
}

int err_set_unreadable(struct err *e, const char *path, int why)
{
    return err_set(e, why == -ENOENT ? ERR_NOT_FOUND : why, "%s cannot be read: %s: %s", path,
                   err_code_text(why), mend_unreadable(why));
}
