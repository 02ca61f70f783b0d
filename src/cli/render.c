#include "commands.h"

#include <errno.h>
#include <stdio.h>

#include <jansson.h>

#include "base/err.h"
#include "core/template.h"
#include "core/json.h"

#include "text_file.h"
#include "verb.h"

enum { OUTPUT_BYTES_MAX = 64 * 1024 * 1024 };

/* A name is a path below the folder of partials, and must stay below it. */
static bool leaves_folder(const char *name)
{
    return name[0] == '/' || strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 ||
           strstr(name, "/../") != NULL;
}

static int load_partial(void *arg, struct slice name, struct buf *source, struct err *e)
{
    const char *folder = arg;
    char path[4096];
    if (!folder) return ERR_NOT_FOUND;
    int n = snprintf(path, sizeof path, "%s/%.*s.mustache", folder, SLICE_ARG(name));
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(e, ERR_LIMIT, "--partials: this path is too long");
    if (leaves_folder(path + strlen(folder) + 1))
        return err_set(e, ERR_INVALID, "partial '%.*s' is outside of --partials %s",
                       SLICE_ARG(name), folder);
    return text_file_read(path, source, e);
}

static int read_data(const char *path, json_t **ret, struct err *e)
{
    struct buf text = BUF_INIT(TEXT_FILE_BYTES_MAX);
    int rc = text_file_read(path, &text, e);
    if (rc == 0) {
        json_error_t bad;
        size_t flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
        *ret = json_loadb(text.p ? text.p : "", text.n, flags, &bad);
        if (!*ret)
            rc = err_set(e, ERR_SYNTAX, "%s:%d:%d: %s", path, bad.line, bad.column, bad.text);
    }
    buf_done(&text);
    return rc;
}

static int compile(const struct verb_call *c, struct template **ret, struct err *e)
{
    const char *path = c->args[0];
    struct template_loader loader = {load_partial, (void *)verb_option(c, "partials")};
    struct buf source = BUF_INIT(TEMPLATE_SOURCE_BYTES_MAX);
    int rc = text_file_read(path, &source, e);
    if (rc == 0) rc = template_compile(buf_slice(&source), path, &loader, ret, e);
    buf_done(&source);
    return rc;
}

static int print_text(const struct buf *out, bool as_json, struct err *e)
{
    errno = 0;
    bool ok;
    if (as_json) {
        json_t *text = json_pack("{s:s%}", "text", out->p ? out->p : "", out->n);
        if (!text) return err_set(e, ERR_INVALID, "the text is not UTF-8; print it without --json");
        ok = json_dumpf(text, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF;
        json_decref(text);
    } else {
        ok = out->n == 0 || fwrite(out->p, 1, out->n, stdout) == out->n;
    }
    if (fflush(stdout) == 0 && ok) return 0;
    return err_set(e, -EIO, "cannot write to stdout: %s", strerror(errno));
}

static int run(const struct verb_call *c, enum template_escape escape, struct err *e)
{
    struct template *t = NULL;
    json_t *data = NULL;
    struct buf out = BUF_INIT(OUTPUT_BYTES_MAX);
    int rc = compile(c, &t, e);
    if (rc == 0) rc = read_data(verb_option(c, "data"), &data, e);
    if (rc == 0) {
        struct tvalue value = json_value(data);
        rc = template_render(t, &value, escape, &out, e);
    }
    if (rc == 0) rc = print_text(&out, c->json, e);
    buf_done(&out);
    json_decref(data);
    template_free(t);
    return rc;
}

static int render(struct verb_call *c)
{
    struct err e = {0};
    const char *data = verb_option(c, "data"), *mode = verb_option(c, "escape");
    enum template_escape escape = TEMPLATE_ESCAPE_HTML;
    if (strcmp(c->args[0], "-") == 0 && strcmp(data, "-") == 0)
        return verb_misuse(c, "template and data cannot both be stdin");
    if (mode && !template_escape_from_string(mode, &escape))
        return verb_misuse(c, "--escape is none, html, url or json, not '%s'", mode);
    int rc = run(c, escape, &e);
    return rc < 0 ? verb_fail(c, rc, &e) : EXIT_DONE;
}

static const struct verb_option options[] = {
    {"data", "FILE.json", "the data; any JSON value"},
    {"partials", "DIR", "{{>name}} is DIR/name.mustache; one that is not there is empty"},
    {"escape", "MODE", "what happens to {{x}}: none, html (default), url, json"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"", "TEMPLATE --data FILE.json", 1, 1,
     "Renders a Mustache template with JSON data to stdout; with --json as {\"text\": …}.\n"
     "TEMPLATE or FILE.json may be - for stdin.",
     "hello.mustache --data sam.json", options, render},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group render_group = {"render", "A Mustache template with data.", verbs};
