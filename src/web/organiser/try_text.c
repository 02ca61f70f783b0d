#include "web/organiser/try_text.h"

#include <stdio.h>

#include "web/page.h"
#include "web/page_words.h"
#include "web/typed_number.h"

bool try_text_asked(const struct web_call *c)
{
    return web_field(c, "test").n > 0;
}

static void know(struct web_call *c, const char *said, bool sent)
{
    web_know(c, "tested", json_pack("{s:s,s:b}", "said", said, "sent", sent));
}

bool try_text(struct web_call *c, const json_t *campaign, web_then *then)
{
    static const char *const taken[] = {"name", "audience", "gateway", "sender", "message"};
    char to[NUMBER_TEXT_BYTES], problem[ERR_TEXT_BYTES];
    if (!typed_number(c, web_field(c, "to"), to, problem)) {
        know(c, problem, false);
        return false;
    }
    json_t *body = json_pack("{s:s}", "to", to);
    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        json_t *value = json_object_get(campaign, taken[i]);
        if (value) json_put(body, taken[i], json_incref(value));
    }
    web_ask(c, then, body, "POST", "/api/v1/campaigns/test");
    return true;
}

void try_text_told(struct web_call *c, int status, const json_t *body)
{
    char said[ERR_TEXT_BYTES];
    if (status == 202)
        (void)snprintf(said, sizeof said, "On its way to %.*s.", SLICE_ARG(web_field(c, "to")));
    else
        (void)snprintf(said, sizeof said, "%s", page_detail(body));
    know(c, said, status == 202);
}

void try_text_put(const struct web_call *c, json_t *data, const char *path, const json_t *tested)
{
    bool sent = json_is_true(json_object_get(tested, "sent"));
    json_put(data, "test_at", json_string(path));
    json_put(data, "to", json_text(web_field(c, "to")));
    if (tested)
        json_put(data, sent ? "said" : "problem", json_incref(json_object_get(tested, "said")));
}
