/* What one person agreed to, and what they take back of it. */
#include "web/api/api.h"

#include "core/number.h"
#include "store/consent.h"
#include "web/own.h"

enum { WHY_BYTES_MAX = 500 };

static json_t *kept_json(const struct consent_kept *k)
{
    json_t *o = json_pack("{s:o,s:o,s:o,s:o,s:I}", "consent", json_text(k->what), "at",
                          json_text(k->at), "source", json_text(k->source), "wording",
                          json_text(k->wording), "campaign", (json_int_t)k->campaign);
    json_put_time(o, "first_used", k->first_ms);
    json_put_time(o, "last_used", k->last_ms);
    return o;
}

static void on_found(void *arg, int result, const struct consent_kept *kept, size_t kept_n,
                     const struct consent_taken *taken, size_t taken_n, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *evidence = json_array(), *withdrawn = json_array();
    for (size_t i = 0; i < kept_n; i++)
        json_list_add(evidence, kept_json(&kept[i]));
    for (size_t i = 0; i < taken_n; i++) {
        json_t *o = json_pack("{s:o,s:o,s:o}", "consent", json_text(taken[i].what), "by",
                              json_text(taken[i].by), "why", json_text(taken[i].why));
        json_put_time(o, "at", taken[i].at_ms);
        json_list_add(withdrawn, o);
    }
    web_act(c, SLICE_LIT(""), "a person's consent looked up");
    web_answer(c, 200, json_pack("{s:o,s:o}", "evidence", evidence, "withdrawn", withdrawn));
}

static void get_consent(struct web_call *c)
{
    uint64_t number;
    if (api_read_number(c, web_param(c, "number"), &number))
        consent_find(c->config->store, number, on_found, c);
}

static void on_done(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void post_withdraw(struct web_call *c)
{
    uint64_t number;
    struct slice what = body_text(&c->body, "consent", CONSENT_WORD_BYTES - 1, BODY_NEEDED);
    struct slice why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_NEEDED);
    const json_t *given = json_object_get(c->body.root, "given");
    if (!web_body_ok(c) || !api_read_number(c, web_param(c, "number"), &number)) return;
    if (!consent_word_ok(what)) {
        web_refuse_key(c, "consent", "'consent' is a word such as news: a-z, 0-9, _ and -");
        return;
    }
    if (given && !json_is_boolean(given)) {
        web_refuse_key(c, "given", "'given' is true or false");
        return;
    }
    web_act(c, SLICE_LIT(""), "a person's consent to '%.*s' %s", SLICE_ARG(what),
            json_is_true(given) ? "given again" : "taken back");
    consent_withdraw(c->config->store, number, what, json_is_true(given), c->now_ms, web_by(c), why,
                     on_done, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/consents/{number}", MAY_SUPPRESS, NEEDS_STORE, NULL, get_consent},
    {"POST", "/api/v1/consents/{number}", MAY_SUPPRESS, NEEDS_STORE | AUDITED,
     KEYS("consent", "why", "given"), post_withdraw},
};

const struct routes consent_routes = {rows, COUNT_OF(rows)};
