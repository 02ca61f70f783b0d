#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void check_failed(const char *file, int line, const char *expr)
{
    fprintf(stderr, "bug: %s:%d: %s\n", file, line, expr);
    abort();
}

void *xmalloc(unsigned long bytes)
{
    void *p = malloc(bytes ? bytes : 1);
    check(p != NULL);
    return p;
}

void *xcalloc(unsigned long count, unsigned long bytes)
{
    void *p = calloc(count ? count : 1, bytes ? bytes : 1);
    check(p != NULL);
    return p;
}

void *xrealloc(void *old, unsigned long bytes)
{
    void *p = realloc(old, bytes ? bytes : 1);
    check(p != NULL);
    return p;
}

char *xstrdup(const char *s)
{
    char *p = strdup(s);
    check(p != NULL);
    return p;
}
