#include "core/actor.h"

#include "base/check.h"

enum {
    SEPARATOR = 0x1f,
    NAME_BYTES_MAX = 128,
    ID_BYTES_MAX = 64,
    WAY_BYTES_MAX = 16,
    ADDRESS_BYTES_MAX = 64
};

/* A character is never cut in two: what follows a first byte in UTF-8 is 10xxxxxx. */
static size_t cut(struct slice s, size_t max)
{
    size_t n = s.n < max ? s.n : max;
    while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static char *add(char *at, struct slice s, size_t max)
{
    size_t n = cut(s, max);
    for (size_t i = 0; i < n; i++)
        *at++ = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i];
    return at;
}

struct slice actor_write(const struct actor *a, char out[ACTOR_BYTES])
{
    char *at = add(out, a->name, NAME_BYTES_MAX);
    *at++ = SEPARATOR;
    at = add(at, a->id, ID_BYTES_MAX);
    *at++ = SEPARATOR;
    at = add(at, a->way, WAY_BYTES_MAX);
    *at++ = SEPARATOR;
    at = add(at, a->address, ADDRESS_BYTES_MAX);
    check(at < out + ACTOR_BYTES);
    *at = '\0';
    return slice_make(out, (size_t)(at - out));
}

bool actor_is_part(struct slice name)
{
    return slice_starts(name, "system:");
}
