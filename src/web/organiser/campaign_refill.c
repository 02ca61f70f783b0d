#include "web/organiser/campaign_refill.h"

#include "core/iso8601.h"
#include "web/organiser/campaign_message.h"
#include "web/organiser/local_time.h"

#include <stdio.h>

enum {
    PAIRS_MAX = 64,
    TYPED_BYTES_MAX = 20 * 1024, /* as a form it is up to three times that */
    NUMBER_BYTES = 24,
};

struct refill {
    struct web_call *c;
    struct form_pair *pairs; /* of the call's arena; NULL: it is full */
    size_t n, bytes;
};

static void type(void *arg, const char *name, struct slice value)
{
    struct refill *r = arg;
    r->bytes += value.n;
    if (!r->pairs || r->n == PAIRS_MAX || r->bytes > TYPED_BYTES_MAX) {
        r->pairs = NULL;
        return;
    }
    r->pairs[r->n++] =
        (struct form_pair){arena_dup(r->c->arena, slice_of(name)), arena_dup(r->c->arena, value)};
}

static void type_texts(struct refill *r, const json_t *body)
{
    static const char *const texts[] = {"name", "audience",      "gateway",     "hours",
                                        "lane", "needs_consent", "budget",      "pace_by",
                                        "kind", "canary",        "canary_then", "sender"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        type(r, texts[i], json_slice(json_object_get(body, texts[i])));
}

static void type_numbers(struct refill *r, const json_t *body)
{
    static const char *const numbers[] = {"consent_months", "min_age", "of",
                                          "answer_within_minutes"};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        char text[NUMBER_BYTES];
        const json_t *n = json_object_get(body, numbers[i]);
        (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(n));
        if (json_is_integer(n)) type(r, numbers[i], slice_of(text));
    }
}

static void type_times(struct refill *r, const json_t *body)
{
    static const char *const times[] = {"start", "deadline"};
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        char text[LOCAL_TIME_BYTES];
        local_time_field_iso(r->c, json_object_get(body, times[i]), text);
        type(r, times[i], slice_of(text));
    }
}

bool campaign_refill(struct web_call *c, const json_t *body)
{
    struct refill r = {.c = c, .pairs = arena_alloc(c->arena, PAIRS_MAX * sizeof *r.pairs)};
    type_texts(&r, body);
    type_numbers(&r, body);
    type_times(&r, body);
    campaign_message_fields(json_object_get(body, "message"), type, &r);
    if (!r.pairs || arena_failed(c->arena)) {
        web_error(c, 409, "conflict",
                  "Its texts are too long for this page. Change them with the program: muster "
                  "campaign.");
        return false;
    }
    c->form = (struct form){r.pairs, r.n};
    return true;
}
