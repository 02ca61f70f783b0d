#pragma once
/* The embedded templates, compiled once, rendered with HTML escaping. */
#include "base/buf.h"
#include "store/inbox.h"
#include "web/call.h"
#include "web/pages/pages.h"

enum page { PAGE_LIST, PAGE_THREAD, PAGE_LOGIN, PAGE_COUNT };

/* Appends the page. Takes data. ERR_LIMIT: it is too large to be shown. */
int page_render(const struct pages *p, enum page page, json_t *data, struct buf *html,
                struct err *e) MUST_USE;
/* Answers c with the page. Takes data. */
void page_answer(struct web_call *c, enum page page, int status, json_t *data);

/* What every page shows. Returns owned. */
json_t *page_data(const struct web_call *c, const char *title, const char *problem);
/* A conversation with what pages show beside what the API tells. Returns owned. */
json_t *page_conversation(const struct web_call *c, const struct inbox_conversation *conversation);
