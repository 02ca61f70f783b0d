#pragma once
/* A bug is not an error: check() stays on in release, says what was wrong and aborts, and the
 * service manager starts the process again. Never use it for what a peer, a file or a person did.
 */

/* Prints "bug: FILE:LINE: EXPR" on stderr and aborts. Does not return. */
_Noreturn void check_failed(const char *file, int line, const char *expr);

#define check(expr) ((expr) ? (void)0 : check_failed(__FILE__, __LINE__, #expr))

/* Results that must not be dropped silently; a deliberate drop is `(void)call()`. */
#define MUST_USE                        __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt_arg, first_arg) __attribute__((format(printf, fmt_arg, first_arg)))
#define COUNT_OF(array)                 (sizeof(array) / sizeof((array)[0]))

/* Never-failing allocation: out of memory aborts (systemd restarts us; the ledger knows the rest).
 */
void *xmalloc(unsigned long bytes);
void *xcalloc(unsigned long count, unsigned long bytes);
void *xrealloc(void *old, unsigned long bytes);
char *xstrdup(const char *s);
