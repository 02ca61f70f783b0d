#include "web/pages/page.h"

#include <stdlib.h>

#include "base/log.h"
#include "core/json.h"
#include "core/template.h"
#include "flow/check_in.h"
#include "store/memory.h"
#include "web/pages/page_files.h"
#include "web/view/view.h"

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

int page_render(const struct pages *p, enum page page, json_t *data, struct buf *html,
                struct err *e)
{
    struct tvalue value = json_value(data);
    int r = template_render(p->templates[page], &value, TEMPLATE_ESCAPE_HTML, html, e);
    json_decref(data);
    return r;
}

void page_answer(struct web_call *c, enum page page, int status, json_t *data)
{
    struct buf html = BUF_INIT(PAGE_BYTES_MAX);
    struct err e;
    if (page_render(c->web->pages, page, data, &html, &e) < 0) {
        log_error("a page cannot be shown: %s", e.text);
        web_error(c, 500, "internal", "This page is too large to be shown.");
    } else {
        web_answer_html(c, status, buf_slice(&html));
    }
    buf_done(&html);
}

/* ---- what pages share ---- */

/* For those who can do something about it. */
static void put_memory(json_t *data, const struct web_call *c)
{
    char text[MEMORY_TEXT_BYTES];
    bool for_them = access_may_everywhere(c->member, MAY_READ_METRICS);
    if (for_them && c->config->memory && memory_warns(memory_watched(c->config->memory), text))
        json_put(data, "memory", json_text(slice_of(text)));
}

json_t *page_data(const struct web_call *c, const char *title, const char *problem)
{
    char csrf[AUTH_CSRF_BYTES];
    auth_csrf(c->web->auth, c->q, csrf);
    json_t *data = json_pack("{s:s,s:o,s:s,s:o}", "title", title, "organisation",
                             json_text(slice_of(c->config->organisation)), "csrf", csrf, "problem",
                             json_text(slice_of(problem)));
    if (!c->member) return data;
    json_put(data, "person", json_pack("{s:o}", "name", json_text(slice_of(c->member->name))));
    struct err e = {0};
    if (c->config->check_in && check_in_problem(c->config->check_in, &e) < 0)
        json_put(data, "stopped", json_text(slice_of(e.text)));
    put_memory(data, c);
    return data;
}

json_t *page_conversation(const struct web_call *c, const struct inbox_conversation *conversation)
{
    json_t *o = view_conversation(conversation, c->member, c->now_ms);
    struct slice holder = conversation->claimed_by;
    char held[32];
    view_duration(conversation->claim_until_ms - c->now_ms, held);
    json_put(o, "display",
             conversation->name.n ? view_name(conversation, c->member) : json_string("Somebody"));
    json_put(o, "has_tags", json_boolean(conversation->tags.n > 0));
    json_put(o, "open", json_boolean(!conversation->closed));
    json_put(o, "held", json_boolean(holder.n && !slice_is(holder, c->member->name)));
    json_put(o, "held_for", json_string(held));
    return o;
}
