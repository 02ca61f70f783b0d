#include "web/unsent.h"

#include "web/page.h"

bool unsent_may_wait(const struct http_request *q, const struct route *route)
{
    return route->flags & FORM && route->flags & PAGE && !(route->flags & UPLOAD) &&
           slice_is(http_request_header(q, "Sec-Fetch-Site"), "same-origin") &&
           slice_is(http_request_header(q, "Sec-Fetch-Mode"), "navigate") &&
           http_request_body(q).n <= UNSENT_BYTES_MAX;
}

void unsent_show(struct web_call *c)
{
    json_t *data = page_data(c, c->member ? "Once more" : "Log in, then go on", ""),
           *fields = json_array();
    for (size_t i = 0; i < c->form.count; i++) {
        const struct form_pair *p = &c->form.pairs[i];
        if (slice_is(p->name, "csrf")) continue;
        json_list_add(fields, json_pack("{s:o,s:o}", "name", json_text(p->name), "value",
                                        json_text(p->value)));
    }
    json_put(data, "action", json_text(http_request_target(c->q)));
    json_put(data, "fields", fields);
    page_answer(c, PAGE_UNSENT, c->member ? 403 : 401, data);
}
