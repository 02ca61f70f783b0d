#include "cli/text_commands.h"

#include <errno.h>
#include <stdio.h>

#include <jansson.h>

#include "base/err.h"
#include "core/template.h"
#include "gateway/json_value.h"

#include "say.h"
#include "text_file.h"

enum { OUTPUT_BYTES_MAX = 64 * 1024 * 1024 };

static const char usage[] =
    "usage: muster render TEMPLATE --data FILE.json [--partials DIR] [--escape MODE] [--json]\n"
    "\n"
    "Renders a Mustache template with JSON data to stdout. TEMPLATE or FILE.json may be - for "
    "stdin.\n"
    "\n"
    "  --data FILE.json   the data; any JSON value\n"
    "  --partials DIR     {{>name}} is DIR/name.mustache; one that is not there is empty\n"
    "  --escape MODE      what happens to {{x}}: none, html (default), url, json\n"
    "  --json             print {\"text\": ...}\n"
    "  --help             this text\n";

struct options {
    const char *path, *data, *partials;
    enum template_escape escape;
    bool json, help;
};

static bool complain(const char *what, const char *arg)
{
    (void)say_misuse("render", usage, "%s%s", what, arg);
    return false;
}

static bool set_option(struct options *o, const char *name, const char *value)
{
    if (!value) return complain("a value must follow ", name);
    if (strcmp(name, "--data") == 0)
        o->data = value;
    else if (strcmp(name, "--partials") == 0)
        o->partials = value;
    else if (!template_escape_from_string(value, &o->escape))
        return complain("--escape is none, html, url or json, not ", value);
    return true;
}

static bool takes_value(const char *arg)
{
    return strcmp(arg, "--data") == 0 || strcmp(arg, "--partials") == 0 ||
           strcmp(arg, "--escape") == 0;
}

static bool parse(int argc, char **argv, struct options *o)
{
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        if (takes_value(arg)) {
            i++;
            if (!set_option(o, arg, i < argc ? argv[i] : NULL)) return false;
        } else if (strcmp(arg, "--json") == 0) {
            o->json = true;
        } else if (strcmp(arg, "--help") == 0) {
            o->help = true;
        } else if (arg[0] == '-' && arg[1] != '\0') {
            return complain("no such option: ", arg);
        } else if (o->path) {
            return complain("one template too many: ", arg);
        } else {
            o->path = arg;
        }
    }
    if (o->help) return true;
    if (!o->path) return complain("which template?", "");
    if (!o->data) return complain("which data? Add --data FILE.json", "");
    if (strcmp(o->path, "-") == 0 && strcmp(o->data, "-") == 0)
        return complain("template and data cannot both be stdin", "");
    return true;
}

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

static int compile(const struct options *o, struct template **ret, struct err *e)
{
    struct template_loader loader = {load_partial, (void *)o->partials};
    struct buf source = BUF_INIT(TEMPLATE_SOURCE_BYTES_MAX);
    int rc = text_file_read(o->path, &source, e);
    if (rc == 0) rc = template_compile(buf_slice(&source), o->path, &loader, ret, e);
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

static int run(const struct options *o, struct err *e)
{
    struct template *t = NULL;
    json_t *data = NULL;
    struct buf out = BUF_INIT(OUTPUT_BYTES_MAX);
    int rc = compile(o, &t, e);
    if (rc == 0) rc = read_data(o->data, &data, e);
    if (rc == 0) {
        struct tvalue value = json_value(data);
        rc = template_render(t, &value, o->escape, &out, e);
    }
    if (rc == 0) rc = print_text(&out, o->json, e);
    buf_done(&out);
    json_decref(data);
    template_free(t);
    return rc;
}

int cli_render(int argc, char **argv)
{
    struct options o = {.escape = TEMPLATE_ESCAPE_HTML};
    struct err e = {0};
    if (!parse(argc, argv, &o)) return 2;
    if (o.help) return fputs(usage, stdout) == EOF;
    int rc = run(&o, &e);
    if (rc == 0) return 0;
    say_error("render", rc, NULL, e.text);
    return 1;
}
