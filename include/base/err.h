#pragma once
/* What went wrong in the world, told to a person: a negative code and one line of text that names
 * the place, the cause and the mend. Functions return 0 or a negative code and fill `struct err`
 * once; ret_ arguments are not touched on failure. Library code does not log: who decides, logs. */
#include "base/check.h"

/* Our own codes stand below errno's. One table: code, text. */
#define ERR_TABLE(X)                                                                               \
    X(ERR_SYNTAX, -1000, "not well-formed")                                                        \
    X(ERR_INVALID, -1001, "not allowed here")                                                      \
    X(ERR_NOT_FOUND, -1002, "not found")                                                           \
    X(ERR_CONFLICT, -1003, "in another state than needed")                                         \
    X(ERR_LIMIT, -1004, "over a limit")                                                            \
    X(ERR_UNREACHABLE, -1005, "server unreachable")                                                \
    X(ERR_REFUSED, -1006, "refused")                                                               \
    X(ERR_UNSAFE, -1007, "would break a promise")                                                  \
    X(ERR_EXISTS, -1008, "exists already")

enum err_code {
#define X(name, value, text) name = value,
    ERR_TABLE(X)
#undef X
};

enum { ERR_TEXT_BYTES = 1024 };

struct err {
    int code;                  /* 0 when nothing went wrong */
    char text[ERR_TEXT_BYTES]; /* one line, no trailing newline; cut at the size */
};

/* Sets code and text and returns code, so that `return err_set(e, …)` reads well. `e` may be NULL.
 */
int err_set(struct err *e, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Puts "prefix: " before the text that is there. Returns e->code. */
int err_prefix(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Text for own codes and -errno alike; borrowed, static or thread-local. */
const char *err_code_text(int code);
/* Says that the file cannot be read, why (-errno), and what to do about it. Returns ERR_NOT_FOUND when
 * there is none, else `why`. */
int err_set_unreadable(struct err *e, const char *path, int why);
