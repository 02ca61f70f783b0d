#include "commands.h"

#include <stdio.h>

#include <jansson.h>

#include "base/err.h"
#include "core/parts.h"

#include "say.h"
#include "text_file.h"
#include "verb.h"

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
    int exit_code = say_json(out);
    json_decref(out);
    return exit_code;
}

static int parts(struct verb_call *c)
{
    struct err e = {0};
    struct buf text = BUF_INIT(TEXT_FILE_BYTES_MAX), smart = BUF_INIT(4 * TEXT_FILE_BYTES_MAX);
    bool plain = !verb_option(c, "smart");
    int rc = text_file_read(c->arg_count ? c->args[0] : "-", &text, &e);
    if (rc == 0 && !plain) parts_smart(buf_slice(&text), &smart);
    int exit_code = rc < 0 ? verb_fail(c, rc, &e) : print_parts(buf_slice(plain ? &text : &smart));
    buf_done(&smart);
    buf_done(&text);
    return exit_code;
}

static const struct verb_option options[] = {
    {"smart", NULL,
     "first replace typographic characters by plain ones, as sending with smart texts does"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"", "[FILE]", 0, 1,
     "Counts the SMS that a text becomes. The text is FILE or stdin, exactly as it is: a line end "
     "at\nits end counts. Prints JSON:\n"
     "  {\"encoding\",\"units\",\"parts\",\"per_part\",\"first_non_gsm\"}\n"
     "first_non_gsm is the first character that GSM-7 lacks, with its offset in bytes, or null.",
     "text.txt --smart", options, parts},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group parts_group = {"parts", "How many SMS a text becomes.", verbs};
