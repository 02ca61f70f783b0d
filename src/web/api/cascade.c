/* The page of a campaign that people pass on: what it says, and what came of it. */
#include "web/api/api.h"

#include "core/link.h"
#include "store/campaign.h"
#include "store/cascade.h"
#include "web/own.h"
#include "web/public/public.h"
#include "web/view/view.h"

#include <stdio.h>
#include <stdlib.h>

struct asked {
    char *group; /* of the campaign, owned */
    struct slice title, text;
    int64_t until_ms;
    void (*go_on)(struct web_call *c); /* once the campaign is theirs */
};

static void asked_done(void *state)
{
    free(((struct asked *)state)->group);
}

static void on_campaign(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    struct asked *a = c->state;
    if (!own_campaign(c, result, campaign, e)) return;
    a->group = slice_strdup(campaign->group);
    a->go_on(c);
}

static struct asked *ask(struct web_call *c)
{
    return web_call_state(c, sizeof(struct asked), asked_done);
}

static void look(struct web_call *c, void (*go_on)(struct web_call *c))
{
    ((struct asked *)c->state)->go_on = go_on;
    campaign_load(c->config->store, c->id, on_campaign, c);
}

/* ---- what it is, and what came of it ---- */

/* The organiser's own link. */
static json_t *address(const struct web_call *c)
{
    char token[LINK_CHARS + 1], path[LINK_CHARS + 8];
    link_make(c->config->link_key, &(struct link){LINK_SHARE, c->id, CASCADE_ROOT}, token);
    (void)snprintf(path, sizeof path, "/s/%s", token);
    char *whole = public_address(c, path);
    json_t *text = json_string(whole);
    free(whole);
    return text;
}

static void put_page(const struct web_call *c, json_t *o)
{
    const struct cascade *is = cascades_find(c->config->cascades, c->id);
    bool goes_on = is && (is->until_ms == 0 || c->now_ms < is->until_ms);
    json_put_count(o, "campaign", c->id);
    json_put(o, "goes_on", json_boolean(goes_on));
    json_put(o, "title", is ? json_string(is->title) : json_null());
    json_put(o, "text", is ? json_string(is->text) : json_null());
    json_put_time(o, "until", is ? is->until_ms : 0);
    json_put(o, "address", is ? address(c) : json_null());
}

static void on_counts(void *arg, int result, const struct cascade_counts *list, size_t n,
                      const struct err *e)
{
    struct web_call *c = arg;
    json_t *o = json_object();
    if (!web_ok(c, result, e)) {
        json_decref(o);
        return;
    }
    check(n == 1);
    put_page(c, o);
    check(json_object_update_new(o, view_cascade_counts(&list[0])) == 0);
    web_answer(c, 200, o);
}

static void answer_counts(struct web_call *c)
{
    const uint32_t id = c->id;
    cascades_counts(c->config->cascades, &id, 1, on_counts, c);
}

static void get_cascade(struct web_call *c)
{
    (void)ask(c);
    look(c, answer_counts);
}

/* ---- its strongest links ---- */

static json_t *link_item(const struct web_call *c, const void *list, size_t i)
{
    (void)c;
    return view_cascade_link(&((const struct cascade_link *)list)[i]);
}

static void on_tree(void *arg, int result, const struct cascade_link *list, size_t n,
                    const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer_list(arg, "links", list, n, link_item, NULL);
}

static void answer_tree(struct web_call *c)
{
    cascades_tree(c->config->cascades, c->id, on_tree, c);
}

static void get_tree(struct web_call *c)
{
    (void)ask(c);
    look(c, answer_tree);
}

/* ---- beginning and ending ---- */

static void on_put(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) answer_counts(c);
}

static void put(struct web_call *c)
{
    const struct asked *a = c->state;
    char *title = slice_strdup(a->title), *text = slice_strdup(a->text);
    const struct cascade is = {.campaign = c->id,
                               .group = a->group,
                               .title = title,
                               .text = text,
                               .until_ms = a->until_ms};
    cascades_put(c->config->cascades, &is, web_deed(c), on_put, c);
    free(title);
    free(text);
}

static void post_cascade(struct web_call *c)
{
    struct asked *a = ask(c);
    a->title = slice_trim(body_text(&c->body, "title", CASCADE_TITLE_BYTES_MAX, BODY_NEEDED));
    a->text = slice_trim(body_text(&c->body, "text", CASCADE_TEXT_BYTES_MAX, BODY_NEEDED));
    a->until_ms = body_time(&c->body, "until", BODY_OPTIONAL);
    if (!web_body_ok(c)) return;
    if (a->title.n == 0 || !is_one_line(a->title))
        web_refuse_key(c, "title", "it is one line: what the page is called");
    else if (a->text.n == 0)
        web_refuse_key(c, "text", "it is what people pass on; the link is put behind it");
    else
        look(c, put);
}

static void end(struct web_call *c)
{
    cascades_end(c->config->cascades, c->id, web_deed(c), on_put, c);
}

static void delete_cascade(struct web_call *c)
{
    (void)ask(c);
    look(c, end);
}

enum { READS = NEEDS_STORE | IN_GROUP | WITH_ID, ACTS = READS | AUDITED };

static const struct route rows[] = {
    {"GET", "/api/v1/campaigns/{id}/cascade", MAY_READ_CAMPAIGNS, READS, NULL, get_cascade},
    {"GET", "/api/v1/campaigns/{id}/cascade/tree", MAY_READ_CAMPAIGNS, READS, NULL, get_tree},
    {"POST", "/api/v1/campaigns/{id}/cascade", MAY_LAUNCH_CAMPAIGNS, ACTS,
     KEYS("title", "text", "until"), post_cascade},
    {"DELETE", "/api/v1/campaigns/{id}/cascade", MAY_LAUNCH_CAMPAIGNS, ACTS, NO_KEYS,
     delete_cascade},
};

const struct routes cascade_routes = {rows, COUNT_OF(rows)};
