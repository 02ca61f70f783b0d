#include "page.h"

#include <stdlib.h>

#include "base/log.h"
#include "core/template.h"
#include "gateway/json_value.h"
#include "web/page_files.h"
#include "web/respond.h"

/* A thread of 1,000 messages of 16 KiB would be more; only the newest are shown, and a page that
 * does not fit says so. */
enum { PAGE_BYTES_MAX = 4 * 1024 * 1024 };

struct pages {
    struct template *templates[PAGE_COUNT];
};

static int load_partial(void *arg, struct slice name, struct buf *source, struct err *e)
{
    (void)arg;
    if (slice_is(name, "head"))
        buf_add_slice(source, page_head_mustache);
    else if (slice_is(name, "foot"))
        buf_add_slice(source, page_foot_mustache);
    else
        return err_set(e, ERR_NOT_FOUND, "no partial '%.*s'", SLICE_ARG(name));
    return 0;
}

static struct template *compile(struct slice source, const char *name)
{
    static const struct template_loader loader = {load_partial, NULL};
    struct template *t = NULL;
    struct err e;
    if (template_compile(source, name, &loader, &t, &e) < 0) {
        log_error("%s", e.text);
        check(!"an embedded page does not compile");
    }
    return t;
}

struct pages *pages_new(void)
{
    struct pages *p = xcalloc(1, sizeof *p);
    p->templates[PAGE_LIST] = compile(page_list_mustache, "list.mustache");
    p->templates[PAGE_THREAD] = compile(page_thread_mustache, "thread.mustache");
    p->templates[PAGE_LOGIN] = compile(page_login_mustache, "login.mustache");
    return p;
}

void pages_free(struct pages *p)
{
    if (!p) return;
    for (size_t i = 0; i < PAGE_COUNT; i++)
        template_free(p->templates[i]);
    free(p);
}

void pages_answer(const struct pages *p, enum page page, struct http_request *q, int status,
                  json_t *data)
{
    struct buf html = BUF_INIT(PAGE_BYTES_MAX);
    struct tvalue value = json_value(data);
    struct err e;
    if (template_render(p->templates[page], &value, TEMPLATE_ESCAPE_HTML, &html, &e) < 0) {
        log_error("a page cannot be shown: %s", e.text);
        respond_problem(q, 500, "internal", "This page is too large to be shown.");
    } else {
        respond_html(q, status, buf_slice(&html));
    }
    buf_done(&html);
    json_decref(data);
}
