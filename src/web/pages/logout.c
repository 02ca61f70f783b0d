/* The end of a session: stored first, so that a copy of the cookie is worth nothing any more. */
#include "pages.h"

#include <stdlib.h>

#include "web/view/view.h"
#include "store/sessions.h"
#include "web/respond.h"

static void leave(struct inbox_pages *p, struct http_request *q)
{
    char cookie[AUTH_COOKIE_BYTES];
    auth_session_end(p->config.auth, cookie);
    http_request_set_header(q, "Set-Cookie", cookie);
    respond_redirect(q, "/inbox/login");
}

struct leaving {
    struct inbox_pages *p;
    struct http_request *q;
};

static void on_session_ended(void *arg, int result, const struct err *e)
{
    struct leaving l = *(struct leaving *)arg;
    (void)e;
    free(arg);
    if (result < 0)
        respond_problem(l.q, 503, "unavailable",
                        "The end of your session could not be stored. Log out again in a moment.");
    else
        leave(l.p, l.q);
}

void inbox_pages_post_logout(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    struct inbox_pages *p = ctx;
    char id[AUTH_ID_BYTES];
    int64_t end_ms;
    if (!p->config.sessions ||
        !auth_session_of(p->config.auth, q, view_now(&p->config), id, &end_ms)) {
        leave(p, q);
        return;
    }
    struct leaving *l = xmalloc(sizeof *l);
    *l = (struct leaving){p, q};
    sessions_end(p->config.sessions, slice_of(id), end_ms, on_session_ended, l);
}
