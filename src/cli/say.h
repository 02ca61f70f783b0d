#pragma once
/* What the server and strangers say, on a terminal. */
#include "base/check.h"
#include "base/slice.h"

#include <jansson.h>
#include <stdio.h>

/* A text message must not drive the terminal: shown by the rule of base/plain.h. say_text is one
 * line; say_lines keeps line breaks, with `indent` before each further line. */
void say_text(FILE *to, const char *text);
void say_lines(FILE *to, const char *text, const char *indent);

/* With --json everything on stderr is JSON, too, one object a line: {"error":{"code","message"}},
 * and {"note":{"message"}} for what is worth knowing besides. main turns it on. Whoever has more to
 * say there (usage, how to go on, counts) asks say_is_json first and leaves it out. */
void say_json_on_stderr(void);
bool say_is_json(void);
/* "muster COMMAND: text" and a line end, on stderr: the text may quote what strangers wrote. code:
 * one of the API's, "usage", or NULL = that of result. */
void say_error(const char *command, int result, const char *code, const char *text);
void say_note(const char *command, const char *text);
/* A command line that makes no sense: the error. Returns EXIT_USAGE. */
int say_misuse(const char *command, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* One line of JSON on stdout, in ASCII when that is a terminal. Returns the exit code. */
int say_json(const json_t *j);

enum { SAY_COUNT_BYTES = 56, SAY_TIME_BYTES = 64 };
/* "400,000" */
const char *say_count(int64_t n, char out[SAY_COUNT_BYTES]);
/* "1 row", "400,000 rows": `one` and `many` say what is counted, in at most 24 bytes. */
const char *say_counted(int64_t n, const char *one, const char *many, char out[SAY_COUNT_BYTES]);
const char *say_people(int64_t n, char out[SAY_COUNT_BYTES]);
/* "3 min 20 s" */
const char *say_duration(int64_t seconds, char out[SAY_TIME_BYTES]);
/* "Fri 27 Nov 2026 18:00 GMT": the time of an ISO text on this machine's clock; the text itself
 * when it is none. */
const char *say_when(const char *iso, char out[SAY_TIME_BYTES]);
/* What the server said, with the times in it (all are UTC) as say_when says them. Returns owned. */
char *say_times(const char *text);
/* That to stdout, on one line. */
void say_words(const char *text);
/* A bar of `cells` characters, filled by part/whole. */
void say_bar(FILE *to, int64_t part, int64_t whole, int cells);

/* Members of a response; "" and 0 when absent or of another type. Borrowed. */
const char *say_string(const json_t *object, const char *key);
int64_t say_int(const json_t *object, const char *key);
