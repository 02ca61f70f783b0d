#include "base/err.h"

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
