#include "web/organiser/campaign_typed.h"

#include <stdio.h>
#include <string.h>

#include "core/law.h"
#include "flow/campaign_keys.h"
#include "web/local_time.h"

enum { RANGE_BYTES = 96, CONFIRM_BYTES = 16 };

/* What is carried from page to page, besides the keys of a campaign (flow/campaign_keys.h). */
static const char *const others[] = {"text",   "smart", "template", "language",
                                     "params", "seed",  "base"};
const char *const campaign_typed_only[CAMPAIGN_TYPED_ONLY + 1] = {
    "only_undelivered", "only_refused", "only_expired", "only_cancelled", NULL};

/* Whether whoever sends the form has seen to a rule that no program can know of. Only then is its field carried on: of two fields
 * of a name the first one counts, and the next button brings it. */
static bool is_confirmed(const struct web_call *c, int rule, char field[CONFIRM_BYTES])
{
    (void)snprintf(field, CONFIRM_BYTES, "confirm_%d", rule);
    return law_number_may_be_confirmed(rule) && web_typed(c, field).n > 0;
}

void campaign_typed_each(const struct web_call *c, campaign_field_cb *take, void *arg)
{
    char field[CONFIRM_BYTES];
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++)
        if (campaign_keys[i].where & CAMPAIGN_ON_PAGE)
            take(arg, campaign_keys[i].name, web_field(c, campaign_keys[i].name));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        take(arg, others[i], web_field(c, others[i]));
    for (size_t i = 0; campaign_typed_only[i]; i++)
        take(arg, campaign_typed_only[i], web_field(c, campaign_typed_only[i]));
    for (int rule = 1; rule <= LAW_RULES; rule++)
        if (is_confirmed(c, rule, field)) take(arg, field, web_field(c, field));
}

static void hide(void *list, const char *name, struct slice value)
{
    json_list_add(list, json_pack("{s:s,s:o}", "name", name, "value", json_text(value)));
}

json_t *campaign_typed_hidden(const struct web_call *c)
{
    json_t *list = campaign_message_more(c, false), *templates = campaign_message_more(c, true);
    (void)json_array_extend(list, templates);
    json_decref(templates);
    campaign_typed_each(c, hide, list);
    return list;
}

const struct account *campaign_typed_account(const struct web_call *c)
{
    return accounts_find(c->config->accounts, web_typed(c, "gateway"));
}

bool campaign_typed_template(const struct web_call *c)
{
    const struct account *a = campaign_typed_account(c);
    return a && strcmp(a->channel, "whatsapp") == 0;
}

/* A form that is read: the campaign that it says, and what is wrong with it. */
struct reading {
    const struct web_call *c;
    json_t *said, *wrong; /* wrong: {field: sentence}; NULL: nothing */
};

static void is_wrong(struct reading *r, const char *name, const char *text)
{
    if (!r->wrong) r->wrong = json_object();
    if (!json_object_get(r->wrong, name)) json_put(r->wrong, name, json_string(text));
}

static void read_text(struct reading *r, const char *name)
{
    if (web_typed(r->c, name).n) json_put(r->said, name, json_text(web_typed(r->c, name)));
}

static void read_needed(struct reading *r, const char *name, const char *missing)
{
    if (web_typed(r->c, name).n == 0) is_wrong(r, name, missing);
    json_put(r->said, name, json_text(web_typed(r->c, name)));
}

static void read_time(struct reading *r, const char *name)
{
    struct err e;
    int64_t at_ms;
    if (web_typed(r->c, name).n == 0) return;
    if (local_time_read(r->c, web_typed(r->c, name), &at_ms, &e) < 0)
        is_wrong(r, name, e.text);
    else
        json_put(r->said, name, json_time(at_ms));
}

static void read_number(struct reading *r, const struct campaign_key *k)
{
    uint64_t n;
    char range[RANGE_BYTES];
    if (web_typed(r->c, k->name).n == 0) return;
    (void)snprintf(range, sizeof range, "A whole number from %llu to %llu, please.",
                   (unsigned long long)k->least, (unsigned long long)k->most);
    if (slice_to_u64(web_typed(r->c, k->name), k->most, &n) && n >= k->least)
        json_put(r->said, k->name, json_integer((json_int_t)n));
    else
        is_wrong(r, k->name, range);
}

static void read_key(struct reading *r, const struct campaign_key *k)
{
    if (k->kind == CAMPAIGN_KEY_NUMBER)
        read_number(r, k);
    else if (k->kind == CAMPAIGN_KEY_TIME)
        read_time(r, k->name);
    else
        read_text(r, k->name);
}

/* ---- what the form says otherwise than the API ---- */

static void read_confirmed(struct reading *r)
{
    char field[CONFIRM_BYTES];
    json_t *list = json_array();
    for (int rule = 1; rule <= LAW_RULES; rule++)
        if (is_confirmed(r->c, rule, field)) json_list_add(list, json_integer(rule));
    if (json_array_size(list))
        json_put(r->said, "confirmed", list);
    else
        json_decref(list);
}

static void read_cap(struct reading *r)
{
    if (web_typed(r->c, "cap_why").n) json_put(r->said, "cap", json_string("exempt"));
}

/* Once more to those who did not get that campaign, as far as they are chosen. */
static void read_of(struct reading *r)
{
    uint64_t of;
    if (!slice_to_u64(web_typed(r->c, "of"), UINT32_MAX, &of) || of == 0) {
        (void)json_object_del(r->said, "of");
        return;
    }
    json_t *only = json_array();
    for (size_t i = 0; campaign_typed_only[i]; i++)
        if (web_typed(r->c, campaign_typed_only[i]).n)
            json_list_add(only, json_string(campaign_typed_only[i] + strlen("only_")));
    if (json_array_size(only) == 0) is_wrong(r, "only", "Choose whom: tick one at least.");
    json_put(r->said, "only", only);
}

static void read_lane(struct reading *r)
{
    if (web_typed(r->c, "lane").n == 0) json_put(r->said, "lane", json_string("blast"));
}

json_t *campaign_typed_read(const struct web_call *c, json_t **ret_wrong)
{
    struct reading r = {.c = c, .said = json_object()};
    read_needed(&r, "name", "Give it a name. Only you and the others here see it.");
    read_needed(&r, "audience", "Choose who gets it.");
    read_needed(&r, "gateway", "Choose the provider account.");
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++)
        if (campaign_keys[i].where & CAMPAIGN_ON_PAGE) read_key(&r, &campaign_keys[i]);
    json_put(r.said, "message", campaign_message_read(c, campaign_typed_template(c), &r.wrong));
    read_confirmed(&r);
    read_cap(&r);
    read_of(&r);
    read_lane(&r);
    *ret_wrong = r.wrong;
    return r.said;
}

json_t *campaign_typed_preview(const struct web_call *c, const json_t *campaign)
{
    static const char *const taken[] = {"audience", "gateway", "message", "of", "only"};
    bool nobody = json_object_get(campaign, "of") && /* which is said at its boxes */
                  json_array_size(json_object_get(campaign, "only")) == 0;
    uint64_t seed = 1;
    json_t *o = json_object();
    for (size_t i = 0; i < COUNT_OF(taken) - (nobody ? 2 : 0); i++)
        if (json_object_get(campaign, taken[i]))
            json_put(o, taken[i], json_incref(json_object_get(campaign, taken[i])));
    (void)slice_to_u64(web_typed(c, "seed"), INT32_MAX, &seed);
    json_put(o, "seed", json_integer((json_int_t)seed));
    return o;
}
