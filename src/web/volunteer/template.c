/* /inbox/{id}/template: a template that the provider holds goes to them, where free text cannot. The API does it. */
#include <stdio.h>

#include "flow/held.h"
#include "next.h"
#include "thread.h"
#include "web/page_words.h"

static json_t *number_json(const struct web_call *c, const char *name)
{
    uint64_t n;
    return slice_to_u64(web_field(c, name), INT64_MAX, &n) ? json_integer((json_int_t)n)
                                                           : json_null();
}

static json_t *values_json(const struct web_call *c)
{
    uint64_t gaps = 0;
    json_t *values = json_array();
    (void)slice_to_u64(web_field(c, "gaps"), HELD_GAPS_MAX, &gaps);
    for (uint64_t i = 0; i < gaps; i++) {
        char name[HELD_FIELD_BYTES];
        held_field(i, name);
        json_list_add(values, json_text(web_field(c, name)));
    }
    return values;
}

static void on_sent(struct web_call *c, int status, const json_t *body)
{
    struct slice code = json_slice(json_object_get(body, "code"));
    if (status == 202 && slice_is(web_field(c, "then"), "next"))
        next_lead(c, 0);
    else if (status == 202)
        thread_lead(c, 0, NULL);
    else if (status == 404 && !slice_is(code, "not_found"))
        web_pass_on(c, status, body);
    else
        thread_show(c, status,
                    slice_is(code, "written_since")
                        ? "Not sent: they have just written. You can answer them now."
                        : page_detail(body));
}

static void post_template(struct web_call *c)
{
    if (web_field(c, "preview").n > 0) {
        thread_show(c, 200, "");
        return;
    }
    json_t *body =
        json_pack("{s:o,s:o,s:o,s:o,s:o}", "template", json_text(web_field(c, "template")),
                  "values", values_json(c), "fence", number_json(c, "fence"), "seen",
                  number_json(c, "seen"), "key", json_text(web_field(c, "key")));
    web_ask(c, on_sent, body, "POST", "/api/v1/conversations/%u/reply", c->id);
}

static const struct route rows[] = {
    {"POST", "/inbox/{id}/template", MAY_ANSWER,
     NEEDS_STORE | IN_GROUP | PAGE | FORM | WITH_ID | AUDITED, NULL, post_template},
};

const struct routes template_page_routes = {rows, COUNT_OF(rows)};
