#include "say.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/plain.h"
#include "core/json.h"
#include "core/when.h"
#include "api.h"
#include "when.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAY_BYTES_MAX = 8 << 20 }; /* more than the server sends */

void say_lines(FILE *to, const char *text, const char *indent)
{
    struct buf shown = BUF_INIT(SAY_BYTES_MAX);
    plain_add(&shown, slice_of(text), indent ? PLAIN_TEXT : PLAIN_LINE);
    for (size_t i = 0; i < shown.n; i++) {
        (void)fputc(shown.p[i], to);
        if (shown.p[i] == '\n') (void)fputs(indent, to);
    }
    buf_done(&shown);
}

void say_text(FILE *to, const char *text)
{
    say_lines(to, text, NULL);
}

/* ---- what goes wrong ---- */

static bool json_on_stderr;

void say_json_on_stderr(void)
{
    json_on_stderr = true;
}

bool say_is_json(void)
{
    return json_on_stderr;
}

static json_t *message_json(const char *text)
{
    struct buf shown = BUF_INIT(SAY_BYTES_MAX);
    plain_add(&shown, slice_of(text), PLAIN_TEXT);
    json_t *message = json_text(buf_slice(&shown));
    buf_done(&shown);
    return message;
}

static void say_plain(const char *command, const char *text)
{
    char *words = say_times(text);
    (void)fprintf(stderr, "muster%s%s: ", *command ? " " : "", command);
    say_lines(stderr, words, "");
    free(words);
    (void)fputc('\n', stderr);
}

/* Takes object over. */
static void say_object(const char *key, json_t *object)
{
    json_t *line = json_pack("{s:o}", key, object);
    check(line);
    (void)json_dumpf(line, stderr, JSON_COMPACT | (isatty(STDERR_FILENO) ? JSON_ENSURE_ASCII : 0));
    (void)fputc('\n', stderr);
    json_decref(line);
}

/* As the API calls them (web/respond.c); "failed" is what went wrong on this machine. */
static const char *code_of(int result)
{
    static const struct {
        int result;
        const char *code;
    } codes[] = {
        {ERR_SYNTAX, "malformed"},  {ERR_INVALID, "invalid"},         {ERR_NOT_FOUND, "not_found"},
        {ERR_CONFLICT, "conflict"}, {ERR_EXISTS, "exists"},           {ERR_LIMIT, "limit"},
        {ERR_REFUSED, "refused"},   {ERR_UNREACHABLE, "unreachable"}, {ERR_UNSAFE, "unsafe"},
    };
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (codes[i].result == result) return codes[i].code;
    return "failed";
}

void say_error(const char *command, int result, const char *code, const char *text)
{
    if (!json_on_stderr)
        say_plain(command, text);
    else
        say_object("error", json_pack("{s:s, s:o}", "code", code ? code : code_of(result),
                                      "message", message_json(text)));
}

void say_note(const char *command, const char *text)
{
    if (json_on_stderr)
        say_object("note", json_pack("{s:o}", "message", message_json(text)));
    else
        say_plain(command, text);
}

int say_misuse(const char *command, const char *fmt, ...)
{
    struct buf text = BUF_INIT(ERR_TEXT_BYTES);
    va_list ap;
    va_start(ap, fmt);
    buf_addv(&text, fmt, ap);
    va_end(ap);
    say_error(command, ERR_INVALID, "usage", text.p ? text.p : "this cannot be");
    buf_done(&text);
    return EXIT_USAGE;
}

int say_json(const json_t *j)
{
    size_t flags = JSON_COMPACT | (isatty(STDOUT_FILENO) ? JSON_ENSURE_ASCII : 0);
    bool fine = json_dumpf(j, stdout, flags) == 0 && puts("") != EOF && fflush(stdout) == 0;
    return fine ? EXIT_DONE : EXIT_REFUSED;
}

const char *say_count(int64_t n, char out[SAY_COUNT_BYTES])
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%lld", (long long)n), at = 0;
    for (int i = 0; i < count; i++) {
        bool comma = i > 0 && (count - i) % 3 == 0 && digits[i - 1] != '-';
        if (comma) out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

const char *say_counted(int64_t n, const char *one, const char *many, char out[SAY_COUNT_BYTES])
{
    size_t at = strlen(say_count(n, out));
    (void)snprintf(out + at, SAY_COUNT_BYTES - at, " %s", n == 1 ? one : many);
    return out;
}

const char *say_people(int64_t n, char out[SAY_COUNT_BYTES])
{
    return say_counted(n, "person", "people", out);
}

const char *say_duration(int64_t seconds, char out[SAY_TIME_BYTES])
{
    long long s = seconds < 0 ? 0 : seconds;
    if (s < 60)
        (void)snprintf(out, SAY_TIME_BYTES, "%lld s", s);
    else if (s < 10 * 60)
        (void)snprintf(out, SAY_TIME_BYTES, "%lld min %02lld s", s / 60, s % 60);
    else if (s < 60 * 60)
        (void)snprintf(out, SAY_TIME_BYTES, "%lld min", s / 60);
    else if (s < 48 * 3600)
        (void)snprintf(out, SAY_TIME_BYTES, "%lld h %02lld min", s / 3600, s % 3600 / 60);
    else
        (void)snprintf(out, SAY_TIME_BYTES, "%lld days", s / 86400);
    return out;
}

const char *say_when(const char *iso, char out[SAY_TIME_BYTES])
{
    struct when w;
    struct err ignored; /* then the text itself is shown */
    if (when_parse(slice_of(iso), &w, &ignored) == 0)
        when_show(w.ms, out, SAY_TIME_BYTES);
    else
        (void)snprintf(out, SAY_TIME_BYTES, "%s", iso);
    return out;
}

static void show_here(void *arg, int64_t at_ms, char out[SAY_TIME_BYTES])
{
    (void)arg;
    when_show(at_ms, out, SAY_TIME_BYTES);
}

char *say_times(const char *text)
{
    return when_words(slice_of(text), show_here, NULL);
}

void say_words(const char *text)
{
    char *words = say_times(text);
    say_text(stdout, words);
    free(words);
}

void say_bar(FILE *to, int64_t part, int64_t whole, int cells)
{
    if (part > whole) part = whole;
    int full = whole > 0 ? (int)(part * cells / whole) : 0;
    if (part > 0 && full == 0) full = 1;
    for (int i = 0; i < cells; i++)
        (void)fputc(i < full ? '#' : '.', to);
}

const char *say_string(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int64_t say_int(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}
