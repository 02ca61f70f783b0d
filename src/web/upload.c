#include "web/upload.h"

#include "io/http_upload.h"

/* ---- when the headers are there ---- */

/* Who sends it, or NULL; counts no wrong token: the door does. */
static const struct member *sender_of(const struct web *w, const struct http_request *q)
{
    const struct member *m = auth_glance(w->auth, q, web_now(w));
    if (m || !auth_is_by_session(q)) return m;
    return auth_check(w->auth, q, web_now(w), &m) == AUTH_OK ? m : NULL;
}

static bool is_wanted(const struct web *w, const struct http_request *q, const struct route *route)
{
    const struct member *m = sender_of(w, q);
    return m && w->config.upload_folder && access_may_somewhere(m, route->may) &&
           w->uploads < WEB_UPLOADS_MAX &&
           (route->flags & FORM ||
            auth_csrf_ok(w->auth, q, http_request_header(q, "X-CSRF-Token")));
}

static void on_gone(void *web)
{
    struct web *w = web;
    w->uploads--;
}

/* A form carries its session's value in front of its file. */
struct form_upload {
    struct web *w;
    const struct http_request *q;
};

static bool admit(void *arg, const struct http_upload *u)
{
    const struct form_upload *f = arg;
    return auth_csrf_ok(f->w->auth, f->q, http_upload_field(u, "csrf"));
}

static void on_form_gone(void *arg)
{
    struct form_upload *f = arg;
    on_gone(f->w);
    free(f);
}

static struct http_upload *upload_form(struct web *w, const struct http_request *q)
{
    struct form_upload *f = xcalloc(1, sizeof *f);
    *f = (struct form_upload){w, q};
    const struct http_upload_config config = {.folder = w->config.upload_folder,
                                              .bytes_max = w->config.upload_bytes_max,
                                              .admit = admit,
                                              .gone = on_form_gone,
                                              .arg = f};
    w->uploads++;
    return http_upload_new(&config);
}

static struct http_upload *upload_raw(struct web *w)
{
    const struct http_upload_config config = {.folder = w->config.upload_folder,
                                              .bytes_max = w->config.upload_bytes_max,
                                              .gone = on_gone,
                                              .arg = w};
    w->uploads++;
    return http_upload_new(&config);
}

/* What is not wanted is thrown away as it comes, and the door says why. */
static struct http_upload *upload_nothing(void)
{
    const struct http_upload_config config = {.folder = "/", .bytes_max = 0};
    return http_upload_new(&config);
}

struct http_upload *web_upload(void *web, const struct http_request *q)
{
    struct web *w = web;
    struct route_params params;
    const struct route *route =
        router_find(w->router, http_request_method(q), http_request_path(q), &params, NULL);
    if (!route || !(route->flags & UPLOAD)) return NULL;
    if (!is_wanted(w, q, route)) return upload_nothing();
    return route->flags & FORM ? upload_form(w, q) : upload_raw(w);
}

/* ---- when it is whole ---- */

void web_upload_form(struct web_call *c, struct form *ret)
{
    const struct http_upload *u = http_request_upload(c->q);
    struct slice name, value;
    ret->pairs = arena_alloc(c->arena, HTTP_UPLOAD_FIELDS_MAX * sizeof *ret->pairs);
    check(ret->pairs);
    for (ret->count = 0; u && http_upload_field_at(u, ret->count, &name, &value); ret->count++)
        ret->pairs[ret->count] = (struct form_pair){name, value};
}

static int explain(const struct web_call *c, enum http_upload_fault fault, struct err *e)
{
    switch (fault) {
    case HTTP_UPLOAD_FINE:
    case HTTP_UPLOAD_NO_FILE:
        return err_set(e, ERR_INVALID, "There is no file: choose the list as a CSV file.");
    case HTTP_UPLOAD_TOO_LARGE:
        return err_set(e, ERR_LIMIT,
                       "The file is larger than %u MB: split the list (`web.upload_max_mb` in "
                       "muster.yaml is the limit).",
                       (unsigned)(c->config->upload_bytes_max >> 20));
    case HTTP_UPLOAD_UNREADABLE:
        return err_set(e, ERR_SYNTAX,
                       "The upload arrived cut off or garbled. Nothing of it was kept: send it "
                       "again.");
    case HTTP_UPLOAD_REFUSED:
        return err_set(e, ERR_UNREACHABLE,
                       "Other lists are being read just now. Nothing was kept: try again in a "
                       "minute.");
    case HTTP_UPLOAD_NO_ROOM:
        break;
    }
    return err_set(e, ERR_UNREACHABLE,
                   "The server's disk is full. Nothing was kept: tell whoever runs Muster.");
}

FILE *web_upload_take(struct web_call *c, struct slice *ret_name, struct err *e)
{
    struct http_upload *u = http_request_upload(c->q);
    FILE *file = u ? http_upload_take_file(u) : NULL;
    *ret_name = file ? http_upload_name(u) : SLICE_NONE;
    if (!file) (void)explain(c, u ? http_upload_fault(u) : HTTP_UPLOAD_NO_FILE, e);
    return file;
}
