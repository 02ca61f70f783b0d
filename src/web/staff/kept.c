/* /kept: webhooks that could not be read or stored, by gateway and cause; one or all are tried again, or put away. */
#include <stdio.h>

#include "core/json.h"
#include "web/page.h"
#include "web/staff/staff.h"

enum { PATH_BYTES = 96, WHEN_BYTES = 17 };

/* ---- the page ---- */

/* What was done, as the address says it: "/kept?tried=3&left=0". */
static void put_done(const struct web_call *c, json_t *data)
{
    uint64_t n, left = 0;
    bool tried = slice_to_u64(web_query(c, "tried"), INT32_MAX, &n);
    bool away = !tried && slice_to_u64(web_query(c, "away"), INT32_MAX, &n);
    if (!tried && !away) return;
    (void)slice_to_u64(web_query(c, "left"), INT32_MAX, &left);
    json_put(
        data, "done",
        json_pack("{s:b,s:I,s:I}", "tried", tried, "n", (json_int_t)n, "left", (json_int_t)left));
}

/* The minute is enough for people. */
static void put_when(json_t *one, const char *key)
{
    char when[WHEN_BYTES];
    const char *at = json_string_value(json_object_get(one, key));
    if (!at || strlen(at) < WHEN_BYTES) return;
    (void)snprintf(when, sizeof when, "%.10s %.5s", at, at + strlen("2026-11-26T"));
    json_put(one, "when", json_string(when));
}

static json_t *with_times(const json_t *list, const char *key)
{
    json_t *copy = json_deep_copy(list), *one;
    size_t i;
    json_array_foreach(copy, i, one) put_when(one, key);
    return copy;
}

static void on_kept(struct web_call *c, int status, const json_t *body)
{
    const char *problem = json_string_value(json_object_get(c->asked, "detail"));
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Kept messages", problem ? problem : "");
    (void)json_object_del(data, "kept"); /* the notice leads here */
    json_put(data, "kinds", with_times(json_object_get(body, "kinds"), "oldest_at"));
    json_put(data, "list", with_times(json_object_get(body, "kept"), "received_at"));
    json_put(data, "next", json_incref(json_object_get(body, "next")));
    json_put(data, "any", json_boolean(json_array_size(json_object_get(body, "kinds")) > 0));
    json_put(data, "may", json_boolean(access_may_somewhere(c->member, MAY_RUN_KEPT)));
    put_done(c, data);
    page_answer(c, PAGE_KEPT, problem ? 422 : status, data);
}

static void get_kept(struct web_call *c)
{
    web_ask(c, on_kept, NULL, "GET", "/api/v1/kept");
}

/* ---- its forms ---- */

static void on_decided(struct web_call *c, int status, const json_t *body, const char *what)
{
    char path[PATH_BYTES];
    if (status == 200) {
        (void)snprintf(path, sizeof path, "/kept?%s=%lld&left=%lld", what,
                       (long long)json_integer_value(json_object_get(body, "done")),
                       (long long)json_integer_value(json_object_get(body, "left")));
        web_answer_redirect(c, path);
        return;
    }
    json_decref(c->asked);
    c->asked = json_deep_copy(body);
    get_kept(c);
}

static void on_tried(struct web_call *c, int status, const json_t *body)
{
    on_decided(c, status, body, "tried");
}

static void on_put_away(struct web_call *c, int status, const json_t *body)
{
    on_decided(c, status, body, "away");
}

/* The fields of the form as the API takes them. */
static json_t *asked_for(const struct web_call *c)
{
    static const char *const texts[] = {"gateway", "cause", "why"}, *const ids[] = {"id", "up_to"};
    json_t *body = json_object();
    uint64_t id;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct slice text = web_typed(c, texts[i]);
        if (text.n) json_put(body, texts[i], json_text(text));
    }
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        if (slice_to_u64(web_field(c, ids[i]), INT64_MAX, &id) && id)
            json_put(body, ids[i], json_integer((json_int_t)id));
    return body;
}

static void post_try_again(struct web_call *c)
{
    web_ask(c, on_tried, asked_for(c), "POST", "/api/v1/kept/try-again");
}

static void post_put_away(struct web_call *c)
{
    web_ask(c, on_put_away, asked_for(c), "POST", "/api/v1/kept/put-away");
}

enum { DOES = NEEDS_STORE | IN_GROUP | PAGE | FORM | AUDITED };

static const struct route rows[] = {
    {"GET", "/kept", MAY_READ_KEPT, IN_GROUP | PAGE, NULL, get_kept},
    {"POST", "/kept/try-again", MAY_RUN_KEPT, DOES, NULL, post_try_again},
    {"POST", "/kept/put-away", MAY_RUN_KEPT, DOES, NULL, post_put_away},
};

const struct routes kept_page_routes = {rows, COUNT_OF(rows)};
