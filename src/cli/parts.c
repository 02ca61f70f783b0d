#include "cli/text_commands.h"

#include <stdio.h>

#include <jansson.h>

#include "base/err.h"
#include "core/parts.h"

#include "say.h"
#include "text_file.h"

static const char usage[] =
    "usage: muster parts [FILE] [--smart]\n"
    "\n"
    "Counts the SMS that a text becomes. The text is FILE or stdin, exactly as it is: a line end "
    "at\n"
    "its end counts. Prints JSON:\n"
    "  {\"encoding\",\"units\",\"parts\",\"per_part\",\"first_non_gsm\"}\n"
    "first_non_gsm is the first character that GSM-7 lacks, with its offset in bytes, or null.\n"
    "\n"
    "  --smart   first replace typographic characters by plain ones, as sending with smart texts "
    "does\n"
    "  --json    accepted; the output is JSON anyway\n"
    "  --help    this text\n";

struct options {
    const char *path;
    bool smart, help;
};

static bool parse(int argc, char **argv, struct options *o)
{
    bool path_given = false;
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        if (strcmp(arg, "--help") == 0) {
            o->help = true;
        } else if (strcmp(arg, "--smart") == 0) {
            o->smart = true;
        } else if (strcmp(arg, "--json") != 0) {
            bool option = arg[0] == '-' && arg[1] != '\0';
            if (option || path_given) {
                (void)say_misuse("parts", usage, "'%s' is %s", arg,
                                 option ? "no option of it" : "one file too many");
                return false;
            }
            o->path = arg;
            path_given = true;
        }
    }
    return true;
}

static json_t *first_non_gsm(struct slice text, const struct parts *p)
{
    if (p->encoding == PARTS_GSM7) return json_null();
    size_t end = p->first_non_gsm_offset;
    uint32_t cp = parts_next_code_point(text, &end);
    struct slice raw = slice_make(text.p + p->first_non_gsm_offset, end - p->first_non_gsm_offset);
    if (!slice_is_utf8(raw, NULL)) raw = SLICE_LIT("\xEF\xBF\xBD");
    char code[16];
    (void)snprintf(code, sizeof code, "U+%04X", (unsigned)cp);
    return json_pack("{s:s%, s:s, s:I}", "char", raw.p, raw.n, "code_point", code, "offset",
                     (json_int_t)p->first_non_gsm_offset);
}

static int print_parts(struct slice text)
{
    struct parts p;
    parts_count(text, &p);
    json_t *out =
        json_pack("{s:s, s:i, s:i, s:i, s:o}", "encoding", parts_encoding_to_string(p.encoding),
                  "units", (int)p.units, "parts", (int)p.parts, "per_part", (int)p.per_part,
                  "first_non_gsm", first_non_gsm(text, &p));
    check(out);
    int rc = json_dumpf(out, stdout, JSON_COMPACT);
    json_decref(out);
    if (rc == 0 && putchar('\n') != EOF && fflush(stdout) == 0) return 0;
    return 1; /* main says that it was cut */
}

int cli_parts(int argc, char **argv)
{
    struct options o = {.path = "-"};
    if (!parse(argc, argv, &o)) return 2;
    if (o.help) return fputs(usage, stdout) == EOF;
    struct err e = {0};
    struct buf text = BUF_INIT(TEXT_FILE_BYTES_MAX), smart = BUF_INIT(4 * TEXT_FILE_BYTES_MAX);
    int rc = text_file_read(o.path, &text, &e);
    if (rc == 0 && o.smart) parts_smart(buf_slice(&text), &smart);
    int exit_code = 1;
    if (rc < 0)
        say_error("parts", rc, NULL, e.text);
    else
        exit_code = print_parts(buf_slice(o.smart ? &smart : &text));
    buf_done(&smart);
    buf_done(&text);
    return exit_code;
}
