#include "web/page.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "core/json.h"
#include "core/template.h"
#include "flow/check_in.h"
#include "store/memory.h"
#include "web/embedded.h"
#include "web/kept.h"

/* A thread of 1,000 messages of 16 KiB would be more; only the newest are shown, and a page that
 * does not fit says so. */
enum { PAGE_BYTES_MAX = 4 * 1024 * 1024, NAME_BYTES = 96, BAR_WIDTH = 1000 };

/* The pages that people look for, in the order in which they stand; the first that is a member's own
 * is their home. */
static const struct {
    const char *href, *label;
    enum action may; /* in some group */
} nav[] = {
    {"/campaigns", "Campaigns", MAY_READ_CAMPAIGNS},
    {"/inbox", "Inbox", MAY_READ_INBOX},
    {"/day", "Today", MAY_READ_CAMPAIGNS},
    {"/lists", "Lists", MAY_READ_AUDIENCES},
    {"/places", "Places", MAY_READ_PLACES},
    {"/optouts", "Opt-outs", MAY_READ_SUPPRESSIONS},
    {"/people", "People", MAY_READ_PEOPLE},
    {"/groups", "Groups", MAY_RUN_GROUPS},
    {"/audit", "History", MAY_READ_AUDIT},
    {"/me", "You", MAY_SEE_SELF},
};

/* ---- templates ---- */

struct pages {
    struct template *templates[PAGE_COUNT];
};

static const struct web_file *template_file(struct slice name)
{
    char whole[NAME_BYTES];
    const char *room = memchr(name.p, '/', name.n) ? "" : "frame/";
    int n = snprintf(whole, sizeof whole, "%s%.*s.mustache", room, SLICE_ARG(name));
    return n > 0 && n < NAME_BYTES ? web_file_find(slice_of(whole)) : NULL;
}

static int load_partial(void *arg, struct slice name, struct buf *source, struct err *e)
{
    (void)arg;
    const struct web_file *file = template_file(name);
    if (!file) /* and not ERR_NOT_FOUND, which would make it an empty one */
        return err_set(e, ERR_INVALID, "no partial '%.*s'", SLICE_ARG(name));
    buf_add_slice(source, file->text);
    return 0;
}

static struct template *compile(const char *name)
{
    static const struct template_loader loader = {load_partial, NULL};
    struct template *t = NULL;
    struct err e;
    const struct web_file *file = template_file(slice_of(name));
    if (!file) log_error("%s.mustache is not embedded: see src/web/meson.build", name);
    check(file);
    if (template_compile(file->text, file->name, &loader, &t, &e) < 0) {
        log_error("%s", e.text);
        check(!"an embedded page does not compile");
    }
    return t;
}

struct pages *pages_new(void)
{
    static const char *const names[] = {
#define X(name, file) [name] = file,
        PAGE_TABLE(X)
#undef X
    };
    struct pages *p = xcalloc(1, sizeof *p);
    for (size_t i = 0; i < PAGE_COUNT; i++)
        p->templates[i] = compile(names[i]);
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

/* ---- what every page shows ---- */

/* "/inbox" is where "/inbox/7" is, too. */
static bool is_within(struct slice path, const char *href)
{
    struct slice rest = slice_from(path, strlen(href));
    return slice_starts(path, href) && (rest.n == 0 || rest.p[0] == '/');
}

static json_t *nav_json(const struct web_call *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(nav); i++)
        if (access_may_somewhere(c->member, nav[i].may))
            json_list_add(list,
                          json_pack("{s:s,s:s,s:b}", "href", nav[i].href, "label", nav[i].label,
                                    "current", is_within(http_request_path(c->q), nav[i].href)));
    return list;
}

const char *page_home(const struct member *m)
{
    for (size_t i = 0; i < COUNT_OF(nav); i++)
        if (access_may_somewhere(m, nav[i].may)) return nav[i].href;
    return "/login"; /* a member without any group */
}

/* For those who can do something about it. */
static void put_memory(json_t *data, const struct web_call *c)
{
    char text[MEMORY_TEXT_BYTES];
    bool for_them = access_may_everywhere(c->member, MAY_READ_METRICS);
    if (for_them && c->config->means->memory &&
        memory_warns(memory_watched(c->config->means->memory), text))
        json_put(data, "memory", json_text(slice_of(text)));
}

/* The same, and a group's own gateways for its organisers. */
static void put_kept(json_t *data, const struct web_call *c)
{
    struct hooks_kept kept = kept_seen(c);
    if (kept.webhooks) json_put(data, "kept", json_string(kept.text));
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
    json_put(data, "nav", nav_json(c));
    struct err e = {0};
    if (c->config->check_in && check_in_problem(c->config->check_in, &e) < 0)
        json_put(data, "stopped", json_text(slice_of(e.text)));
    put_memory(data, c);
    put_kept(data, c);
    return data;
}

/* ---- pieces ---- */

json_t *page_bar(const char *label, const struct page_bar_part *parts, size_t count)
{
    uint64_t sum = 0, before = 0;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        sum += parts[i].n;
    for (size_t i = 0; i < count; i++) {
        uint64_t begin = sum ? before * BAR_WIDTH / sum : 0;
        before += parts[i].n;
        uint64_t end = sum ? before * BAR_WIDTH / sum : 0;
        json_list_add(list, json_pack("{s:s,s:s,s:I,s:I,s:I}", "label", parts[i].label, "kind",
                                      parts[i].kind, "n", (json_int_t)parts[i].n, "x",
                                      (json_int_t)begin, "width", (json_int_t)(end - begin)));
    }
    return json_pack("{s:s,s:o}", "label", label, "parts", list);
}

void page_option(json_t *list, const char *value, const char *label, struct slice chosen)
{
    json_list_add(list, json_pack("{s:s,s:o,s:b}", "value", value, "label",
                                  json_text(slice_of(label)), "chosen", slice_is(chosen, value)));
}

static void get_root(struct web_call *c)
{
    web_answer_redirect(c, page_home(c->member));
}

static const struct route rows[] = {
    {"GET", "/", MAY_READ_INBOX, PAGE | IN_GROUP, NULL, get_root},
};

const struct routes page_routes = {rows, COUNT_OF(rows)};
