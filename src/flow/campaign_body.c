/* What the JSON of a campaign says: a function for each key, in the order of flow/campaign_keys.h. What its list, its group
 * and the organisation say besides is campaign_take.c. */
#include "flow/campaign_body.h"

#include "core/answer_pace.h"

#include <stdlib.h>

static struct slice read_word(struct campaign_body *b, const char *key, enum body_need need)
{
    return body_text(&b->from, key, CAMPAIGN_WORD_BYTES_MAX, need);
}

/* What a change may leave as it is. */
static enum body_need needed(const struct campaign_body *b)
{
    return b->need == CAMPAIGN_CHANGE ? BODY_OPTIONAL : BODY_NEEDED;
}

/* Of a row that is a number; 0: nothing is said of it. */
static uint64_t read_number(struct campaign_body *b, const char *name)
{
    const struct campaign_key *row = campaign_key_find(slice_of(name));
    return row->least ? body_some(&b->from, name, row->most, BODY_OPTIONAL)
                      : body_uint(&b->from, name, row->most, BODY_OPTIONAL);
}

/* ---- what it is called, to whom it goes, by which account ---- */

static void read_name(struct campaign_body *b)
{
    enum body_need need = b->need == CAMPAIGN_WHOLE ? BODY_NEEDED : BODY_OPTIONAL;
    b->campaign.name = body_text(&b->from, "name", CAMPAIGN_NAME_BYTES_MAX, need);
    if (b->campaign.name.n && slice_trim(b->campaign.name).n == 0)
        body_note(&b->from, "name", "'name' is empty");
    if (!is_one_line(b->campaign.name)) body_note(&b->from, "name", "'name' must be one line");
}

static void read_audience(struct campaign_body *b)
{
    b->audience = read_word(b, "audience", needed(b));
}

static void read_gateway(struct campaign_body *b)
{
    b->campaign.gateway = read_word(b, "gateway", needed(b));
}

static void read_sender(struct campaign_body *b)
{
    b->sender = read_word(b, "sender", BODY_OPTIONAL);
}

/* ---- when, and how fast ---- */

static void read_lane(struct campaign_body *b)
{
    struct slice text = read_word(b, "lane", BODY_OPTIONAL);
    b->campaign.lane = LANE_BLAST;
    if (text.n == 0) return;
    if (!lane_from_string(text, &b->campaign.lane) || b->campaign.lane == LANE_REPLY)
        body_note(&b->from, "lane", "'lane' is blast or reminder");
}

static void read_deadline(struct campaign_body *b)
{
    b->campaign.deadline_ms = body_time(&b->from, "deadline", BODY_OPTIONAL);
}

static void read_start(struct campaign_body *b)
{
    b->campaign.start_ms = body_time(&b->from, "start", BODY_OPTIONAL);
}

static void read_hours(struct campaign_body *b)
{
    struct err e;
    struct slice text = body_text(&b->from, "hours", HOURS_TEXT_BYTES_MAX, BODY_OPTIONAL);
    b->campaign.hours = text;
    b->hours_unsaid = text.n == 0;
    if (text.n && hours_parse(text, &b->hours, &e) < 0)
        body_note(&b->from, "hours", "'hours': %s", e.text);
}

static void read_pace(struct campaign_body *b)
{
    struct slice by = read_word(b, "pace_by", BODY_OPTIONAL);
    if (by.n && !slice_is(by, "answers"))
        body_note(&b->from, "pace_by", "'pace_by' is \"answers\", or left out");
    else if (by.n)
        b->campaign.answer_ms = ANSWER_PACE_TARGET_MS;
}

static void read_within(struct campaign_body *b)
{
    static const char *const key = "answer_within_minutes";
    uint64_t minutes = read_number(b, key);
    b->campaign.within_ms = (int64_t)minutes * 60000;
    if (minutes && b->campaign.answer_ms) b->campaign.answer_ms = b->campaign.within_ms;
}

static void read_force_late(struct campaign_body *b)
{
    b->late_why =
        slice_trim(body_text(&b->from, "force_late", CAMPAIGN_LATE_BYTES_MAX, BODY_OPTIONAL));
    if (!is_one_line(b->late_why))
        body_note(&b->from, "force_late", "'force_late' is why, in one line");
}

/* ---- what it may cost, and which campaign it repeats ---- */

static void read_budget(struct campaign_body *b)
{
    struct slice text = read_word(b, "budget", BODY_OPTIONAL);
    if (text.n && !money_parse(text, &b->budget))
        body_note(&b->from, "budget", "'budget' is " MONEY_RULE);
}

static void read_of(struct campaign_body *b)
{
    b->campaign.of = (uint32_t)read_number(b, "of");
}

/* Who surely did not get it. */
#define ONLY                                                                                       \
    (1u << STATE_UNDELIVERED | 1u << STATE_REFUSED | 1u << STATE_EXPIRED | 1u << STATE_CANCELLED)

static void read_only(struct campaign_body *b)
{
    size_t i;
    const json_t *one;
    enum state s;
    const json_t *list = body_list(&b->from, "only", STATE_COUNT, BODY_OPTIONAL);
    json_array_foreach(list, i, one)
    {
        if (!state_from_string(json_slice(one), &s) || !(ONLY & 1u << s))
            body_note(&b->from, "only",
                      "'only' holds undelivered, refused, expired and cancelled: nobody else "
                      "surely did not get it");
        else
            b->campaign.only |= 1u << s;
    }
    if ((b->campaign.of != 0) != (b->campaign.only != 0) && b->from.e.code == 0)
        body_note(&b->from, b->campaign.of ? "only" : "of", "'only' and 'of' go together");
}

/* ---- what its people agreed to, and what law asks ---- */

/* A purpose; "yes" = to anything, "no" = it goes to all. */
static void read_consent(struct campaign_body *b)
{
    struct slice what = read_word(b, "needs_consent", BODY_OPTIONAL);
    b->consent_unsaid = what.n == 0;
    if (what.n == 0 || slice_is(what, "no")) return;
    if (!consent_word_ok(what)) {
        body_note(&b->from, "needs_consent",
                  "'needs_consent' is a word as the list's column 'consent' has it (news), yes, or "
                  "no");
        return;
    }
    memcpy(b->consent.what, what.p, what.n);
}

static void read_consent_months(struct campaign_body *b)
{
    b->consent.months = (unsigned)read_number(b, "consent_months");
}

static void read_min_age(struct campaign_body *b)
{
    b->consent.min_age = (unsigned)read_number(b, "min_age");
}

static void read_kind(struct campaign_body *b)
{
    if (!law_purpose_from_string(read_word(b, "kind", BODY_OPTIONAL), &b->purpose))
        body_note(&b->from, "kind",
                  "'kind' is reminder, election, fundraising, survey, service, news or action");
}

static void read_confirmed(struct campaign_body *b)
{
    const json_t *list = body_list(&b->from, "confirmed", CAMPAIGN_CONFIRMED_MAX, BODY_OPTIONAL);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_int_t n = json_integer_value(json_array_get(list, i));
        if (n >= 1 && n <= LAW_RULES)
            b->confirmed[n / 64] |= UINT64_C(1) << n % 64;
        else
            body_note(&b->from, "confirmed", "'confirmed' is a list of numbers of rules, 1 to %d",
                      LAW_RULES);
    }
}

/* ---- how often people are texted, and what stops it ---- */

/* That nobody is left out for having been texted (core/cap.h). */
static void read_cap(struct campaign_body *b)
{
    b->campaign.cap = read_word(b, "cap", BODY_OPTIONAL);
    if (b->campaign.cap.n && !slice_is(b->campaign.cap, "exempt"))
        body_note(&b->from, "cap", "it is \"exempt\", or left out");
}

static void read_cap_why(struct campaign_body *b)
{
    struct slice why =
        slice_trim(body_text(&b->from, "cap_why", CAMPAIGN_CAP_WHY_BYTES_MAX, BODY_OPTIONAL));
    b->campaign.cap_why = why;
    if (!is_one_line(why))
        body_note(&b->from, "cap_why", "'cap_why' is why, in one line");
    else if ((why.n > 0) != (b->campaign.cap.n > 0))
        body_note(&b->from, "cap_why", "it goes with \"cap\": \"exempt\", and says why");
}

static void read_canary(struct campaign_body *b)
{
    struct slice text = read_word(b, "canary", BODY_OPTIONAL);
    b->canary_said = text.n > 0;
    if (text.n && !canary_size_parse(text, &b->canary))
        body_note(&b->from, "canary",
                  "'canary' is a number of people (\"200\"), a share of the list "
                  "(\"1%%\", at most 50), or \"none\"");
}

static void read_canary_then(struct campaign_body *b)
{
    enum canary_then then;
    struct slice text = read_word(b, "canary_then", BODY_OPTIONAL);
    if (text.n && !canary_then_from_string(text, &then))
        body_note(&b->from, "canary_then", "it is \"look\" (a person lets it go on) or \"rule\"");
    b->campaign.canary_then = text;
}

static void read_brake_off(struct campaign_body *b)
{
    b->campaign.brake_off = body_text(&b->from, "brake_off", CAMPAIGN_WHY_BYTES_MAX, BODY_OPTIONAL);
    if (!is_one_line(b->campaign.brake_off))
        body_note(&b->from, "brake_off", "'brake_off' is why, in one line");
}

static void read_account_refusals(struct campaign_body *b)
{
    b->campaign.pause_account_refusals = read_number(b, "pause_account_refusals");
}

static void read_failed_percent(struct campaign_body *b)
{
    b->campaign.pause_failed_percent = read_number(b, "pause_failed_percent");
}

static void read_filtered_percent(struct campaign_body *b)
{
    b->campaign.pause_filtered_percent = read_number(b, "pause_filtered_percent");
}

static void read_of_receipts(struct campaign_body *b)
{
    b->campaign.pause_of_receipts = read_number(b, "pause_of_receipts");
}

/* ---- what it says ---- */

static void read_message(struct campaign_body *b)
{
    const json_t *message = body_object(&b->from, "message", needed(b));
    if (!message) return;
    b->message = json_dumps(message, JSON_COMPACT);
    check(b->message);
    if (strlen(b->message) > CAMPAIGN_MESSAGE_BYTES_MAX)
        body_note(&b->from, "message", "'message' is larger than %d bytes",
                  CAMPAIGN_MESSAGE_BYTES_MAX);
}

/* ---- the JSON as it is kept, and changed ---- */

/* All rows but the message, which is kept apart. */
static void note_said(struct campaign_body *b)
{
    json_t *said = json_object();
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++) {
        const struct campaign_key *k = &campaign_keys[i];
        json_t *value = json_object_get(b->from.root, k->name);
        if (value && !json_is_null(value) && k->kind != CAMPAIGN_KEY_MESSAGE)
            json_put(said, k->name, json_incref(value));
    }
    free(b->said);
    b->said = json_dumps(said, JSON_COMPACT);
    check(b->said);
    b->campaign.said = slice_of(b->said);
    json_decref(said);
}

void campaign_body_name_list(struct campaign_body *b, struct slice name)
{
    json_put(b->from.root, "audience", json_text(name));
    b->audience = json_slice(json_object_get(b->from.root, "audience"));
    note_said(b);
}

json_t *campaign_body_of(const struct campaign *c, struct slice message)
{
    json_t *o = json_loadb(c->said.p, c->said.n, 0, NULL);
    if (!json_is_object(o)) {
        json_decref(o);
        o = json_pack("{s:o,s:o,s:o,s:s,s:o}", "name", json_text(c->name), "audience",
                      json_text(c->audience_name), "gateway", json_text(c->gateway), "lane",
                      lane_to_string(c->lane), "hours", json_text(c->hours));
    }
    json_put(o, "message", json_loadb(message.p, message.n, 0, NULL));
    return o;
}

static const char *const changeable[] = {"message",  "deadline",   "hours",
                                         "gateway",  "sender",     "pace_by",
                                         "start",    "force_late", "answer_within_minutes",
                                         "confirmed"};

/* Whether the change asks for something else than what there is. */
static bool differs(const json_t *base, const char *key, const json_t *to)
{
    const json_t *is = json_object_get(base, key);
    if (!is && strcmp(key, "lane") == 0) return !slice_is(json_slice(to), "blast");
    return !(is ? json_equal(is, to) : json_is_null(to));
}

int campaign_body_change(json_t *base, const json_t *changes, bool begun, struct err *e)
{
    const char *key;
    json_t *to = json_object_get(changes, "message");
    if (to && differs(base, "message", to)) (void)json_object_del(base, "confirmed");
    json_object_foreach((json_t *)changes, key, to)
    {
        if (!differs(base, key, to)) continue;
        if (slice_index(slice_of(key), changeable, COUNT_OF(changeable)) < 0)
            return err_set(e, ERR_INVALID,
                           "'%s' cannot be changed once it was launched: cancel it, and launch "
                           "another one",
                           key);
        if (begun && strcmp(key, "start") == 0)
            return err_set(e, ERR_INVALID, "'start' cannot be changed: it has begun already");
        if (json_is_null(to))
            (void)json_object_del(base, key);
        else
            json_put(base, key, json_incref(to));
    }
    if (begun) (void)json_object_del(base, "start");
    return 0;
}

/* ---- all of it ---- */

bool campaign_body_read(struct campaign_body *b, json_t *root, enum campaign_body_need need)
{
#define ROW(key, read, ...) read,
    static void (*const reads[])(struct campaign_body *) = {CAMPAIGN_KEY_ROWS(ROW)};
#undef ROW
    b->from.root = root;
    b->need = need;
    for (size_t i = 0; i < COUNT_OF(reads); i++)
        reads[i](b);
    note_said(b);
    return b->from.e.code == 0;
}

void campaign_body_done(struct campaign_body *b)
{
    audience_info_free(b->list);
    free(b->usual_hours);
    free(b->zones);
    free(b->senders);
    free(b->message);
    free(b->said);
    json_decref(b->from.errors);
    json_decref(b->from.root);
}
