/* Style sheet, modules, pictures. Pages name them with the version of their content, so a browser may
 * keep them for ever: another content has another address. */
#include "web/embedded.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "web/call.h"

enum { NAME_BYTES = 96 };

const struct web_file *web_file_find(struct slice name)
{
    for (size_t i = 0; i < web_files_n; i++)
        if (slice_is(name, web_files[i].name)) return &web_files[i];
    return NULL;
}

static const struct web_file *static_file(struct slice name)
{
    char whole[NAME_BYTES];
    int n = snprintf(whole, sizeof whole, "static/%.*s", SLICE_ARG(name));
    return n > 0 && n < NAME_BYTES ? web_file_find(slice_of(whole)) : NULL;
}

void web_file_href(const char *static_name, char out[WEB_HREF_BYTES])
{
    const struct web_file *file = static_file(slice_of(static_name));
    check(file);
    (void)snprintf(out, WEB_HREF_BYTES, "/static/%s?v=%s", static_name, file->version);
}

static const char *type_of(const char *name)
{
    static const struct {
        const char *suffix, *type;
    } types[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
    };
    const char *suffix = strrchr(name, '.');
    for (size_t i = 0; suffix && i < COUNT_OF(types); i++)
        if (strcmp(suffix, types[i].suffix) == 0) return types[i].type;
    check(!"a static file of a kind that has no row");
    return NULL;
}

/* Asked for under an old version, or none, a file is told as it is and looked at again next time. */
static void get_static(struct web_call *c)
{
    const struct web_file *file = static_file(web_param(c, "name"));
    char etag[NAME_BYTES];
    if (!file) {
        web_error(c, 404, "not_found", "There is nothing at this address.");
        return;
    }
    bool lasts = slice_is(web_query(c, "v"), file->version);
    (void)snprintf(etag, sizeof etag, "\"%s\"", file->version);
    http_request_set_header(c->q, "ETag", etag);
    http_request_set_header(c->q, "Cache-Control",
                            lasts ? "public, max-age=31536000, immutable" : "no-cache");
    if (slice_is(http_request_header(c->q, "If-None-Match"), etag))
        web_answer_raw(c, 304, type_of(file->name), SLICE_NONE);
    else
        web_answer_text(c, type_of(file->name), file->text);
}

static const struct route rows[] = {
    {"GET", "/static/{name}", MAY_ANYBODY, PAGE, NULL, get_static},
};

const struct routes static_routes = {rows, COUNT_OF(rows)};
