/* A person decides about somebody whose words sounded like an opt-out: over the API, and with the
 * two buttons of the page. Until then no campaign texts them. */
#include <stdlib.h>

#include "inbox_private.h"
#include "web/pages/pages.h"
#include "web/view/view.h"
#include "web/respond.h"

/* ---- API ---- */

static void on_ended(void *arg, int result, bool was_held, const struct err *e)
{
    struct inbox_call *c = arg;
    if (result < 0)
        respond_failed(c->q, result, e);
    else
        respond_json(c->q, 200, json_pack("{s:b}", "was_held", was_held));
    free(c);
}

static void end_by_api(struct inbox_api *a, struct http_request *q,
                       const struct route_params *params, enum inbox_hold_end end)
{
    struct inbox_call *c = inbox_call_begin(a, q, params);
    if (!c) return;
    struct inbox_actor who = view_actor(c->person);
    inbox_end_hold(a->config.inbox, c->id, &who, c->now_ms, end, on_ended, c);
}

void inbox_api_post_keep(void *ctx, struct http_request *q, const struct route_params *params)
{
    end_by_api(ctx, q, params, INBOX_KEEP);
}

void inbox_api_post_take_off(void *ctx, struct http_request *q, const struct route_params *params)
{
    end_by_api(ctx, q, params, INBOX_TAKE_OFF);
}

/* ---- the page ---- */

static void on_page_ended(void *arg, int result, bool was_held, const struct err *e)
{
    (void)was_held; /* pressed twice, or late: the thread says what stands */
    form_end(arg, result, e);
}

static void end_by_page(struct inbox_pages *p, struct http_request *q,
                        const struct route_params *params, enum inbox_hold_end end)
{
    struct visit *v = form_begin(p, q, params);
    if (!v) return;
    v->to_list = end == INBOX_TAKE_OFF;
    struct inbox_actor who = view_actor(v->person);
    inbox_end_hold(p->config.inbox, v->id, &who, v->now_ms, end, on_page_ended, v);
}

void inbox_pages_post_keep(void *ctx, struct http_request *q, const struct route_params *params)
{
    end_by_page(ctx, q, params, INBOX_KEEP);
}

void inbox_pages_post_take_off(void *ctx, struct http_request *q, const struct route_params *params)
{
    end_by_page(ctx, q, params, INBOX_TAKE_OFF);
}
