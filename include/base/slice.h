#pragma once
/* A borrowed run of bytes: not owned, not terminated. The one string type of all parsers. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *p; /* may be NULL only when n is 0 */
    size_t n;      /* [bytes] */
};

/* printf("%.*s", SLICE_ARG(s)) */
#define SLICE_ARG(s) (int)(s).n, (s).p
/* A slice of a string literal. */
#define SLICE_LIT(lit) ((struct slice){("" lit), sizeof(lit) - 1})
#define SLICE_NONE     ((struct slice){NULL, 0})

/* Of a C string, without its NUL; NULL: none. Borrowed. */
static inline struct slice slice_of(const char *cstr)
{
    return (struct slice){cstr, cstr ? strlen(cstr) : 0};
}

static inline struct slice slice_make(const void *p, size_t n)
{
    return (struct slice){(const char *)p, n};
}

static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The same bytes as a C string. */
static inline bool slice_is(struct slice a, const char *cstr)
{
    return slice_eq(a, slice_of(cstr));
}

static inline struct slice slice_from(struct slice s, size_t off)
{
    return off >= s.n ? SLICE_NONE : slice_make(s.p + off, s.n - off);
}

/* Which of the n words it is; -1: none of them. O(n). */
int slice_index(struct slice s, const char *const *words, size_t n);
int hex_digit(char c); /* its value in either case; -1: it is none */
bool slice_is_nocase(struct slice a, const char *cstr);         /* ASCII case only */
bool slice_eq_nocase(struct slice a, struct slice b);           /* the same */
bool slice_holds_nocase(struct slice whole, struct slice part); /* the same; "" is in each */
bool slice_starts(struct slice s, const char *prefix);
bool slice_ends(struct slice s, const char *suffix);
struct slice slice_trim(struct slice s); /* ASCII space, tab, CR, LF at both ends */
/* Offset of the first `c`, or -1. */
long slice_find(struct slice s, char c);
/* Cuts *rest at the first `sep`: returns what is before it, *rest becomes what is after (or none).
 * Returns false, and no part, when *rest was already used up (p == NULL). */
bool slice_cut(struct slice *rest, char sep, struct slice *ret_part);
/* Decimal, the whole slice, no sign: false when empty, not digits, or above `max`. */
bool slice_to_u64(struct slice s, uint64_t max, uint64_t *ret_value);
/* Owned NUL-terminated copy; free(). */
char *slice_strdup(struct slice s);
/* Whether the bytes are well-formed UTF-8 (no surrogates, no overlongs); *ret_bad is the offset of
 * the first bad byte when they are not (may be NULL). */
bool slice_is_utf8(struct slice s, size_t *ret_bad);
size_t slice_characters(struct slice utf8); /* [code points] */
/* A text's beginning, of at most n bytes and not cut inside a character; of what is no UTF-8 only what stands
 * before it. */
struct slice slice_fitting(const char *text, size_t n);
/* The number of bytes of the first character and, in *ret, which one it is; 0 and U+FFFD when the
 * text is empty or does not begin with well-formed UTF-8. */
size_t slice_first(struct slice s, uint32_t *ret);
