#include "flow/campaign_body.h"

#include "core/answer_pace.h"
#include "flow/account.h"
#include "flow/check.h"
#include "flow/senders.h"
#include "store/group.h"

#include <stdio.h>
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

/* ---- a function for each row ---- */

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
    uint64_t minutes = body_uint(&b->from, key, CAMPAIGN_ANSWER_MINUTES_MAX, BODY_OPTIONAL);
    const json_t *said = json_object_get(b->from.root, key);
    if (minutes == 0 && json_is_integer(said))
        body_note(&b->from, key, "'%s' is 1 to %d", key, CAMPAIGN_ANSWER_MINUTES_MAX);
    else if (minutes && b->campaign.answer_ms == 0)
        body_note(&b->from, key, "'%s' goes with \"pace_by\": \"answers\"", key);
    else if (minutes)
        b->campaign.answer_ms = (int64_t)minutes * 60000;
}

static void read_force_late(struct campaign_body *b)
{
    b->late_why =
        slice_trim(body_text(&b->from, "force_late", CAMPAIGN_LATE_BYTES_MAX, BODY_OPTIONAL));
    if (!is_one_line(b->late_why))
        body_note(&b->from, "force_late", "'force_late' is why, in one line");
}

static void read_budget(struct campaign_body *b)
{
    struct slice text = read_word(b, "budget", BODY_OPTIONAL);
    if (text.n && !money_parse(text, &b->budget))
        body_note(&b->from, "budget", "'budget' is " MONEY_RULE);
}

static void read_of(struct campaign_body *b)
{
    b->campaign.of = (uint32_t)body_uint(&b->from, "of", UINT32_MAX, BODY_OPTIONAL);
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
    b->consent.months =
        (unsigned)body_uint(&b->from, "consent_months", CONSENT_MONTHS_MAX, BODY_OPTIONAL);
}

static void read_min_age(struct campaign_body *b)
{
    b->consent.min_age = (unsigned)body_uint(&b->from, "min_age", CONSENT_AGE_MAX, BODY_OPTIONAL);
}

static void read_kind(struct campaign_body *b)
{
    if (!law_purpose_from_string(read_word(b, "kind", BODY_OPTIONAL), &b->purpose))
        body_note(&b->from, "kind", "'kind' is reminder, election, fundraising, survey or service");
}

static void read_confirmed(struct campaign_body *b)
{
    const json_t *list = body_list(&b->from, "confirmed", CAMPAIGN_CONFIRMED_MAX, BODY_OPTIONAL);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_int_t n = json_integer_value(json_array_get(list, i));
        if (n >= 1 && n <= LAW_RULES)
            b->confirmed[n / 64] |= UINT64_C(1) << n % 64;
        else
            body_note(&b->from, "confirmed", "'confirmed' is a list of numbers of rules");
    }
}

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

/* ---- what it said ---- */

static const char *const keys[] = {CAMPAIGN_BODY_KEYS};

/* All rows but the message, which is kept apart. */
static void note_said(struct campaign_body *b)
{
    json_t *said = json_object();
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        json_t *value = json_object_get(b->from.root, keys[i]);
        if (value && !json_is_null(value) && strcmp(keys[i], "message") != 0)
            json_put(said, keys[i], json_incref(value));
    }
    b->said = json_dumps(said, JSON_COMPACT);
    check(b->said);
    b->campaign.said = slice_of(b->said);
    json_decref(said);
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

static const char *const changeable[] = {"message", "deadline",   "hours",
                                         "gateway", "sender",     "pace_by",
                                         "start",   "force_late", "answer_within_minutes"};

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
    json_t *to;
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

/* ---- all ---- */

bool campaign_body_read(struct campaign_body *b, json_t *root, enum campaign_body_need need)
{
#define ROW(key, read) read,
    static void (*const reads[])(struct campaign_body *) = {CAMPAIGN_BODY_ROWS(ROW)};
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

bool campaign_body_account(struct campaign_body *b, const struct accounts *accounts)
{
    b->account = accounts_find(accounts, b->campaign.gateway);
    return b->account != NULL;
}

int campaign_body_take_of(struct campaign_body *b, const struct campaign *of, struct err *e)
{
    bool over = of->status == CAMPAIGN_DONE || of->status == CAMPAIGN_CANCELLED ||
                of->status == CAMPAIGN_EXPIRED;
    uint64_t people = 0;
    for (int s = 0; s < STATE_COUNT; s++)
        if (b->campaign.only & 1u << s) people += of->counts[s];
    if (!over || campaign_waiting(of) || of->made < of->blocks)
        return err_set(e, ERR_CONFLICT,
                       "campaign %u is not over yet: nobody knows who will not have got it",
                       of->id);
    if (of->trimmed_ms)
        return err_set(e, ERR_CONFLICT, "who stood where in campaign %u is not kept any more",
                       of->id);
    if (!slice_eq(b->audience, of->audience_name))
        return err_set(e, ERR_CONFLICT, "campaign %u went to the list '%.*s': name that one",
                       of->id, SLICE_ARG(of->audience_name));
    if (people == 0) return err_set(e, ERR_CONFLICT, "nobody stands so in campaign %u", of->id);
    b->campaign.people = people;
    return 0;
}

/* What it does not say, the group says, or else the organisation. */
static int take_usual_hours(struct campaign_body *b, const struct group_info *group,
                            const char *usual, struct err *e)
{
    if (!b->hours_unsaid) return 0;
    if (!usual) usual = "any";
    free(b->usual_hours);
    b->usual_hours = xstrdup(group && *group->hours ? group->hours : usual);
    b->campaign.hours = slice_of(b->usual_hours);
    return hours_parse(b->campaign.hours, &b->hours, e);
}

/* The organisation's word, where the campaign says none. */
static void take_usual_consent(struct campaign_body *b, const char *usual)
{
    if (b->consent_unsaid && usual && strcmp(usual, "no") != 0 && consent_word_ok(slice_of(usual)))
        (void)snprintf(b->consent.what, sizeof b->consent.what, "%s", usual);
    consent_need_write(&b->consent, b->consent_text);
    b->campaign.consent = slice_of(b->consent_text);
}

static int refuse_account(const struct campaign_body *b, const struct group_info *group,
                          struct err *e)
{
    struct buf list = BUF_INIT(700);
    for (size_t i = 0; i < group->gateway_count; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", group->gateways[i]);
    int rc = err_set(e, ERR_CONFLICT, "the group '%s' cannot send by '%.*s': it may use %.*s",
                     group->name, SLICE_ARG(b->campaign.gateway), SLICE_ARG(buf_slice(&list)));
    buf_done(&list);
    return rc;
}

static int refuse_sender(const struct campaign_body *b, const struct senders *may, struct err *e)
{
    char names[SENDERS_BYTES_MAX];
    struct slice list = senders_names(b->account, may, names);
    if (list.n == 0) /* all of the account's */
        return err_set(e, ERR_INVALID,
                       "gateway '%s' has no sender '%.*s'; `muster gateway list` shows them",
                       b->account->name, SLICE_ARG(b->sender));
    for (size_t i = 0; i < list.n; i++)
        if (names[i] == '\n') names[i] = ' ';
    return err_set(e, ERR_CONFLICT, "the group '%.*s' cannot send from '%.*s': it may use %.*s",
                   SLICE_ARG(b->campaign.group), SLICE_ARG(b->sender), SLICE_ARG(list));
}

static int find_sender(const struct campaign_body *b, const struct senders *may,
                       struct senders *ret, struct err *e)
{
    for (size_t i = 0; i < may->count; i++)
        if (slice_is(b->sender, b->account->senders[may->at[i]])) {
            *ret = (struct senders){.at = {may->at[i]}, .count = 1};
            return 0;
        }
    return refuse_sender(b, may, e);
}

/* The one that it says, or all that its group may use. */
static int take_senders(struct campaign_body *b, const struct groups *groups, struct err *e)
{
    char names[SENDERS_BYTES_MAX];
    int rc = 0;
    if (!b->account) return 0;
    struct senders use = senders_of_group(b->account, groups, b->campaign.group), may = use;
    if (use.count == 0)
        return err_set(e, ERR_CONFLICT,
                       "the gateway '%s' has no sender that the group '%.*s' may use",
                       b->account->name, SLICE_ARG(b->campaign.group));
    if (b->sender.n) rc = find_sender(b, &may, &use, e);
    free(b->senders);
    b->senders = slice_strdup(senders_names(b->account, &use, names));
    b->campaign.sender = slice_of(b->senders);
    return rc;
}

int campaign_body_take(struct campaign_body *b, const struct audience_info *info,
                       const struct groups *groups, const char *usual_hours,
                       const char *usual_consent, struct err *e)
{
    if (info->frozen_ms == 0)
        return err_set(e, ERR_CONFLICT,
                       "audience %u is still being imported: freeze it, or wait for the import",
                       info->id);
    audience_info_free(b->list);
    b->list = audience_info_dup(info);
    b->campaign.group = b->list->group;
    b->campaign.audience = b->list->id;
    b->campaign.audience_name = b->list->name;
    b->campaign.blocks = b->list->blocks;
    b->campaign.people = b->list->total;
    const struct group_info *group = groups_find(groups, info->group);
    if (group && !groups_may_use(groups, info->group, b->campaign.gateway))
        return refuse_account(b, group, e);
    int rc = take_senders(b, groups, e);
    if (rc < 0) return rc;
    take_usual_consent(b, usual_consent);
    return take_usual_hours(b, group, usual_hours, e);
}

void campaign_body_priced(struct campaign_body *b, const struct check_report *report)
{
    b->campaign.prices = check_report_prices(report);
    if (!b->campaign.prices) return;
    b->campaign.currency = slice_of(b->account->price.currency);
    b->campaign.price = check_report_price(report);
    b->campaign.budget = (uint64_t)b->budget.millionths;
}
