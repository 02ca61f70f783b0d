#include "web/organiser/campaign_refill.h"

#include "core/iso8601.h"
#include "flow/campaign_keys.h"
#include "web/organiser/campaign_message.h"
#include "web/organiser/campaign_typed.h"
#include "web/local_time.h"

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

static void type_number(struct refill *r, const char *name, const json_t *n)
{
    char text[NUMBER_BYTES];
    (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(n));
    if (json_is_integer(n)) type(r, name, slice_of(text));
}

static void type_time(struct refill *r, const char *name, const json_t *at)
{
    char text[LOCAL_TIME_BYTES];
    local_time_field_iso(r->c, at, text);
    type(r, name, slice_of(text));
}

static void type_key(struct refill *r, const struct campaign_key *k, const json_t *value)
{
    if (k->kind == CAMPAIGN_KEY_NUMBER)
        type_number(r, k->name, value);
    else if (k->kind == CAMPAIGN_KEY_TIME)
        type_time(r, k->name, value);
    else
        type(r, k->name, json_slice(value));
}

bool campaign_refill(struct web_call *c, const json_t *body)
{
    struct refill r = {.c = c, .pairs = arena_alloc(c->arena, PAIRS_MAX * sizeof *r.pairs)};
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++)
        if (campaign_keys[i].where & CAMPAIGN_AGAIN)
            type_key(&r, &campaign_keys[i], json_object_get(body, campaign_keys[i].name));
    for (size_t i = 0; campaign_typed_only[i]; i++) /* all who did not get it, at first */
        if (json_object_get(body, "of")) type(&r, campaign_typed_only[i], SLICE_LIT("1"));
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
