#pragma once
/* What the files of the pages share: inbox_pages.c, and inbox_decide.c for answers that nobody
 * knows about. */
#include "base/arena.h"
#include "core/form.h"
#include "page.h"
#include "web/inbox_pages.h"

struct inbox_pages {
    struct inbox_web_config config;
    struct pages *pages;
};

/* A request that waits for the store. */
struct visit {
    struct inbox_pages *p;
    struct http_request *q;
    const struct person *person;
    int64_t now_ms;
    uint32_t id;
    /* of a form */
    struct arena *arena;
    struct form form;
    bool to_list; /* where it leads on success */
    int status;   /* of the page that is shown again; 0 = 200 */
    char problem[ERR_TEXT_BYTES];
};

/* Reads and admits a form; NULL when it was answered already. */
struct visit *form_begin(struct inbox_pages *p, struct http_request *q,
                         const struct route_params *params);
/* Leads on, or shows the thread again with the reason. Takes v. */
void form_end(struct visit *v, int result, const struct err *e);
struct slice visit_field(const struct visit *v, const char *name); /* none when it is not there */

/* inbox_hold.c: POST /inbox/{id}/keep and /take-off */
void inbox_pages_post_keep(void *ctx, struct http_request *q, const struct route_params *params);
void inbox_pages_post_take_off(void *ctx, struct http_request *q,
                               const struct route_params *params);
/* inbox_decide.c: POST /inbox/{id}/resolve */
void inbox_pages_post_resolve(void *ctx, struct http_request *q, const struct route_params *params);

/* POST /inbox/logout, of inbox_logout.c. */
void inbox_pages_post_logout(void *ctx, struct http_request *q, const struct route_params *params);
