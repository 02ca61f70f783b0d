/* Each text is judged by itself, with the country of whoever gets it; what is the same for a whole country,
 * once. */
#include "law.h"

#include "law_words.h"
#include "report.h"
#include "states.h"

#include "core/memo.h"
#include "flow/polls.h"

#include <stdlib.h>

enum { WHAT_BYTES = 64, WHERE_BYTES = 96, COUNTRIES_MAX = 64 };

struct law_country {
    const char *name; /* NULL: of no country */
    unsigned topics;  /* bits: all that the texts to its people are about */
    uint64_t people;
    struct tally_finding first;
};

struct law_tally {
    struct check_law input;
    struct law_organisation organisation; /* its times of an election are filled in here */
    struct law_campaign campaign;
    const char *senders[SENDERS_MAX];            /* of the campaign */
    int name_column, email_column, state_column; /* -1: none */
    bool sms, own_text; /* own_text: it is free text and no template, so it can be sent as a test */
    struct consent_columns consent;
    struct tally_finding found[LAW_FINDINGS];
    struct tally_finding in_states,
        maybe_in_states;       /* of the US, that allow fewer hours; whose state is not said */
    const struct hours *hours; /* borrowed from the report */
    char what[LAW_FINDINGS][WHAT_BYTES];   /* the words of the first text that it is about */
    char where[LAW_FINDINGS][WHERE_BYTES]; /* countries of its people: "FR, XK" */
    bool strict[LAW_FINDINGS];             /* some of its people are where the rule is stricter */
    struct law_country countries[COUNTRIES_MAX];
    size_t country_count;
    char *off[LAW_RULES + 1]; /* owned; why a rule is switched off; NULL: it is not */
    /* the person who is being judged: */
    uint32_t index;
    uint64_t number;
    const char *country;
    struct law_country *of;
};

/* ---- beginning ---- */

static int column_of(const struct audience_info *a, const char *const *names, size_t n)
{
    for (size_t i = 0; i < a->column_count; i++)
        if (slice_index(a->columns[i], names, n) >= 0) return (int)i;
    return -1;
}

static const struct zone_set *zones_of_election(const struct check_report *r,
                                                const struct law_election *e)
{
    enum { NOBODY = 1 };
    return r->zones && e->zone && *e->zone ? zone_book_of(r->zones, NOBODY, slice_of(e->zone))
                                           : NULL;
}

static int32_t offset_at(const struct zone_set *set, int64_t at_ms)
{
    int64_t until;
    return set && set->n ? zone_offset_s(set->zones[0], at_ms / 1000, &until) : 0;
}

static void place_election(struct law_tally *t, const struct check_report *r)
{
    struct law_election *e = &t->organisation.election;
    polls_place(e, r->zones);
    if (e->closes_ms) t->campaign.offset_s = offset_at(zones_of_election(r, e), r->start_ms);
}

/* What a text's "today" is judged by: roughly, since the people are not counted yet. */
static void place_campaign(struct law_tally *t, const struct check_report *r)
{
    struct law_campaign *c = &t->campaign;
    struct hours_window w = {0};
    const struct zone_set *set = zones_of_election(r, &t->organisation.election);
    bool waits =
        set && !r->hours.any && hours_window(&r->hours, set->zones, set->n, 1000 * r->start_ms, &w);
    c->first_ms = waits ? w.open_us / 1000 : r->start_ms;
    c->last_ms = c->first_ms + (int64_t)(1000 * (double)r->audience->total / r->rate_per_s);
    if (r->deadline_ms && c->last_ms > r->deadline_ms) c->last_ms = r->deadline_ms;
    c->deadline_ms = r->deadline_ms;
}

struct law_tally *law_tally_new(struct check_report *r, const struct check_input *input)
{
    static const char *const names[] = {"first_name", "firstname",  "First name", "first name",
                                        "forename",   "given_name", "name"};
    static const char *const emails[] = {"email", "Email", "e-mail", "email_address", "mail"};
    static const char *const states[] = {"state", "State", "us_state"};
    if (!input->law.words || !input->law.organisation) return NULL;
    struct law_tally *t = xcalloc(1, sizeof *t);
    t->input = input->law;
    t->organisation = *input->law.organisation;
    t->sms = r->tally.sms;
    t->consent = r->consent_columns;
    t->hours = &r->hours;
    t->name_column = column_of(r->audience, names, COUNT_OF(names));
    t->email_column = column_of(r->audience, emails, COUNT_OF(emails));
    t->state_column = column_of(r->audience, states, COUNT_OF(states));
    for (size_t i = 0; i < r->senders.count; i++)
        t->senders[i] = r->account->senders[r->senders.at[i]];
    t->campaign = (struct law_campaign){
        .organisation = &t->organisation,
        .purpose = t->input.purpose,
        .whatsapp = !t->sms,
        .senders = t->senders,
        .sender_count = r->senders.count,
    };
    place_election(t, r);
    place_campaign(t, r);
    for (int i = 1; t->input.off_why && i <= LAW_RULES; i++)
        t->off[i] = t->input.off_why(t->input.off_arg, i, r->audience->group);
    return t;
}

void law_tally_free(struct law_tally *t)
{
    for (size_t i = 0; t && i < COUNT_OF(t->off); i++)
        free(t->off[i]);
    free(t);
}

/* ---- counting ---- */

static void keep_text(char *out, size_t bytes, struct slice s)
{
    if (s.n >= bytes) s.n = bytes - 1;
    while (s.n > 0 && !slice_is_utf8(s, NULL))
        s.n--;
    if (s.n) memcpy(out, s.p, s.n);
}

static void add_where(char *out, const char *country)
{
    size_t n = strlen(out);
    if (!country) country = "no country";
    if (strstr(out, country) || n + strlen(country) + 3 > WHERE_BYTES) return;
    (void)snprintf(out + n, WHERE_BYTES - n, "%s%s", n ? ", " : "", country);
}

static void count(struct law_tally *t, enum law_finding f)
{
    tally_found(&t->found[f], t->index, t->number);
    add_where(t->where[f], t->country);
    t->strict[f] |= law_pack_of(t->country) == LAW_US;
}

/* Of the person who is being judged. */
static void on_found(void *arg, enum law_finding f, struct slice what)
{
    struct law_tally *t = arg;
    if (t->found[f].count == 0) keep_text(t->what[f], WHAT_BYTES, what);
    count(t, f);
}

/* What a text says, of whoever gets it: bits of enum law_finding. */
struct saying {
    struct law_tally *t;
    uint64_t *said;
};

/* It may say so twice. */
static void on_said(void *arg, enum law_finding f, struct slice what)
{
    const struct saying *s = arg;
    bool first = s->t->found[f].count == 0 && !(*s->said >> f & 1);
    if (first) keep_text(s->t->what[f], WHAT_BYTES, what);
    *s->said |= UINT64_C(1) << f;
}

static void count_said(struct law_tally *t, uint64_t said)
{
    _Static_assert(LAW_FINDINGS <= 64, "a bit each");
    for (int f = 0; f < LAW_FINDINGS && said >> f; f++)
        if (said >> f & 1) count(t, (enum law_finding)f);
}

void law_tally_look(struct law_tally *t, const char *country, struct slice text, struct look *look)
{
    enum { PARTS_GOOD = 2 };
    struct saying s = {t, &look->law};
    if (!t) return;
    if (look->parts > PARTS_GOOD) on_said(&s, LAW_LONG, SLICE_NONE);
    if (look->extended) on_said(&s, LAW_EXTENDED, SLICE_NONE);
    look->topics = law_text(t->input.words, &t->campaign, country, text, on_said, &s);
}

static struct law_country *country_of(struct law_tally *t, const char *name)
{
    for (size_t i = 0; i < t->country_count; i++)
        if (t->countries[i].name == name ||
            (name && t->countries[i].name && strcmp(t->countries[i].name, name) == 0))
            return &t->countries[i];
    if (t->country_count == COUNTRIES_MAX) return &t->countries[COUNTRIES_MAX - 1];
    t->countries[t->country_count].name = name;
    return &t->countries[t->country_count++];
}

static struct slice field(const struct check_person *p, int column)
{
    return column < 0 ? SLICE_NONE : slice_trim(block_field(p->block, p->row, (size_t)column));
}

static bool is_own_number(const struct law_tally *t, uint64_t number)
{
    const struct accounts *a = t->input.accounts;
    for (size_t i = 0; a && i < a->count; i++)
        for (size_t k = 0; k < a->list[i].sender_count; k++) {
            const char *sender = a->list[i].senders[k];
            if (!law_sender_is_word(sender) &&
                strtoull(*sender == '+' ? sender + 1 : sender, NULL, 10) == number)
                return true;
        }
    return false;
}

static void add_text(struct law_tally *t, const struct check_person *p, struct slice text,
                     const struct look *look)
{
    struct law_person person = {p->number, field(p, t->email_column), field(p, t->name_column)};
    t->of->topics |= look->topics;
    count_said(t, look->law);
    law_personal(&person, look->topics, text, on_found, t);
}

/* Most people of a list agreed in the same words: those are gone through once. */
static void add_source(struct law_tally *t, struct memo *consents, struct slice source)
{
    bool known;
    uint64_t *said = memo_of(consents, "source", source, &known);
    struct saying s = {t, said};
    if (!known) law_source(t->input.words, source, on_said, &s);
    count_said(t, *said);
}

static void add_wording(struct law_tally *t, struct memo *consents, struct slice wording)
{
    bool known;
    uint64_t *said = memo_of(consents, "wording", wording, &known);
    struct saying s = {t, said};
    if (!known) law_wording(t->input.words, &t->organisation, wording, on_said, &s);
    count_said(t, *said);
}

/* Of a list without those columns only who said what they are is asked. */
static void add_consent(struct law_tally *t, struct memo *consents, const struct check_person *p)
{
    struct slice source = field(p, t->consent.at[CONSENT_SOURCE]);
    struct slice wording = field(p, t->consent.at[CONSENT_WORDING]);
    bool asked = t->organisation.kind && t->campaign.purpose != LAW_SERVICE;
    if (!source.n && !wording.n && !asked) return;
    add_source(t, consents, source);
    add_wording(t, consents, wording);
}

/* A template that the provider holds: what is known of it is its parameters. */
static void add_params(struct law_tally *t, const struct check_person *p,
                       const struct outgoing *out)
{
    struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    struct look look = {0};
    for (size_t i = 0; i < out->param_count; i++) {
        if (i) buf_add_char(&text, '\n');
        buf_add_slice(&text, out->params[i].value);
    }
    law_tally_look(t, p->country, buf_slice(&text), &look);
    add_text(t, p, buf_slice(&text), &look);
    buf_done(&text);
}

static void add_state(struct law_tally *t, struct slice state)
{
    if (!state_allows(state, t->hours))
        tally_found(state.n ? &t->in_states : &t->maybe_in_states, t->index, t->number);
}

void law_tally_add(struct law_tally *t, struct memo *consents, const struct check_person *p,
                   const struct outgoing *out, const struct look *look)
{
    if (!t || !out) return;
    t->index = p->index;
    t->number = p->number;
    t->country = p->country;
    t->of = country_of(t, p->country);
    if (t->of->people++ < CHECK_EXAMPLES_MAX) tally_found(&t->of->first, p->index, p->number);
    if (is_own_number(t, p->number)) on_found(t, LAW_OWN_NUMBER, SLICE_NONE);
    add_consent(t, consents, p);
    if (law_pack_of(p->country) == LAW_US) add_state(t, field(p, t->state_column));
    t->own_text |= look != NULL;
    if (look)
        add_text(t, p, out->text, look);
    else
        add_params(t, p, out);
}

/* ---- what a whole country says ---- */

static void add_hours(struct law_tally *t, const struct check_report *r)
{
    enum { TEN = 10 * 60, NINE_PM = 21 * 60 };
    if (law_pack_of(t->country) == LAW_IN && !hours_are_within(&r->hours, TEN, NINE_PM, TEN))
        on_found(t, LAW_INDIA_HOURS, SLICE_NONE);
}

/* Who is known to live there comes before who may. */
static void place_states(struct law_tally *t)
{
    t->strict[LAW_STATE_HOURS] = t->in_states.count > 0;
    t->found[LAW_STATE_HOURS] = t->in_states.count ? t->in_states : t->maybe_in_states;
}

/* A finding of a country is one of all its people. */
static void add_country(struct law_tally *t, const struct check_report *r,
                        const struct law_country *of)
{
    struct tally_finding before[LAW_FINDINGS];
    memcpy(before, t->found, sizeof before);
    t->country = of->name;
    t->index = of->first.people[0].index;
    t->number = of->first.people[0].number;
    law_sender(&t->campaign, of->name, on_found, t);
    law_country(&t->campaign, of->name, of->topics, on_found, t);
    law_times(&t->campaign, of->name, of->topics, on_found, t);
    add_hours(t, r);
    for (size_t i = 0; i < LAW_FINDINGS; i++) {
        if (t->found[i].count == before[i].count) continue;
        t->found[i] = before[i];
        for (size_t k = 0; k < of->first.shown; k++)
            tally_found(&t->found[i], of->first.people[k].index, of->first.people[k].number);
        t->found[i].count += of->people - of->first.shown;
    }
}

static void place_finish(struct law_tally *t, const struct check_report *r)
{
    if (!r->eta.likely.ends) return;
    t->campaign.first_ms = r->eta.likely.first_us > 0 ? r->eta.likely.first_us / 1000 : r->start_ms;
    t->campaign.last_ms = report_finish_ms(r, &r->eta.likely);
    if (r->deadline_ms && t->campaign.last_ms > r->deadline_ms)
        t->campaign.last_ms = r->deadline_ms;
}

/* What has to be done before the launch. */
static void add_tried(struct law_tally *t, const struct check_report *r)
{
    if (!r->tried_known) return;
    if (r->tried.first_campaign && !r->tried.opt_outs)
        on_found(t, LAW_NO_OPT_OUTS_BROUGHT, SLICE_NONE);
    if (t->own_text && !r->tried.tested && !t->input.lent) on_found(t, LAW_UNTESTED, SLICE_NONE);
}

/* ---- saying it ---- */

const char *law_off_why(const struct check_report *r, int rule)
{
    return r->law ? r->law->off[rule] : NULL;
}

static bool is_confirmed(const struct law_tally *t, enum law_finding f)
{
    int n = law_number(f);
    return law_may_be_confirmed(f) && (t->input.confirmed[n / 64] >> n % 64 & 1);
}

/* Rules that are one thing in the US and another elsewhere, or that only the people's state decides. */
static bool is_milder(const struct law_tally *t, enum law_finding f)
{
    if (f == LAW_NO_RULES) return true;
    if (f == LAW_NO_OPT_OUT) return t->campaign.purpose == LAW_SERVICE;
    if (f == LAW_UNSOURCED) return true;
    if (f == LAW_UNTESTED) return t->input.scheduled;
    return (f == LAW_SHORTENER || f == LAW_STATE_HOURS) && !t->strict[f];
}

enum finding_level law_level(const struct check_report *r, enum law_finding f)
{
    enum finding_level level = law_rule(law_number(f))->level;
    if (r->law && is_confirmed(r->law, f)) return FINDING_NOTE;
    if (!r->law ||
        ((r->law->organisation.kind == 0 || is_milder(r->law, f)) && level < FINDING_WARN))
        return FINDING_WARN;
    return level;
}

/* What a finding is about. Who borrows the list reads their own words in it, and nothing that stands in a row. */
static const char *what_of(const struct check_report *r, enum law_finding f)
{
    const char *what = r->law->what[f];
    bool sender = f == LAW_SENDER_FORMAT || f == LAW_SENDER_COUNTRY;
    bool shown = !r->nameless || sender || slice_holds_nocase(slice_of(r->written), slice_of(what));
    return shown ? what : "…";
}

static void add_sentence(struct buf *b, const struct check_report *r, enum law_finding f)
{
    const struct law_tally *t = r->law;
    char who[WHOM_BYTES];
    const char *p = law_sentence(f);
    for (; *p; p++) {
        struct slice rest = slice_of(p);
        const char *text = slice_starts(rest, "$whom")    ? report_whom(r, &t->found[f], who)
                           : slice_starts(rest, "$what")  ? what_of(r, f)
                           : slice_starts(rest, "$where") ? t->where[f]
                           : slice_starts(rest, "$are")   ? report_are(&t->found[f])
                                                          : NULL;
        if (text)
            buf_add_cstr(b, text), p += strcspn(p + 1, " ,.:;)'");
        else
            buf_add_char(b, *p);
    }
    if (is_confirmed(t, f)) buf_add_cstr(b, " (confirmed by whoever launches it)");
}

static void say(struct check_report *r, enum law_finding f)
{
    const struct law_tally *t = r->law;
    struct buf b = BUF_INIT(2048);
    add_sentence(&b, r, f);
    report_say_of(r, &t->found[f], law_level(r, f), law_code(f), "%.*s", SLICE_ARG(buf_slice(&b)));
    buf_done(&b);
}

void judge_law(struct check_report *r)
{
    struct law_tally *t = r->law;
    if (!t) return;
    place_finish(t, r);
    for (size_t i = 0; i < t->country_count; i++)
        add_country(t, r, &t->countries[i]);
    place_states(t);
    add_tried(t, r);
    for (size_t i = 0; i < LAW_FINDINGS; i++)
        if (t->found[i].count && law_sentence((enum law_finding)i)) say(r, (enum law_finding)i);
    if (t->organisation.kind == 0)
        report_say(r, FINDING_NOTE, "kind_unsaid",
                   "nobody has said what kind of organisation this is (`organisation.kind`): until "
                   "then what the law "
                   "forbids is only a warning");
}
