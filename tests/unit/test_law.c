/* The texts and lists of cases.txt, each with what law and carriers say of it: expected findings come from the
 * sources, and are compared with the whole check of a campaign with that text to that list. */
#include "core/law.h"
#include "flow/check/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/iso8601.h"
#include "core/keywords.h"
#include "core/number.h"
#include "io/phone.h"

enum { CASES_BYTES_MAX = 1 << 20, PEOPLE_MAX = 16, LIST_MAX = 16, CASES_LEAST = 200 };

static struct keywords *keywords;
static struct law_words *words;
enum { COLUMNS = 5 };
static struct slice columns[COLUMNS] = {{"first_name", 10},
                                        {"email", 5},
                                        {"state", 5},
                                        {"consent_source", 14},
                                        {"consent_wording", 15}};

/* What is known beside text and list; each line that begins with @ says it anew. */
struct facts {
    struct law_organisation organisation;
    struct account account;
    const char *senders[LIST_MAX], *domains[LIST_MAX], *countries[LIST_MAX];
    const char *hours;
    enum law_purpose purpose;
    int64_t at_ms, deadline_ms;
    uint64_t confirmed[2];
    bool lent;
    int off; /* a rule that is switched off */
    struct tried tried;
};

struct person {
    uint64_t number;
    struct slice fields[COLUMNS];
};

static const char *keep(struct slice s) /* for the life of the test */
{
    static char *kept[4096];
    static size_t n;
    assert_true(n < 4096);
    kept[n] = slice_strdup(s);
    return kept[n++];
}

static size_t read_list(struct slice text, const char **list)
{
    size_t n = 0;
    struct slice one;
    while (text.n && slice_cut(&text, ',', &one))
        list[n++] = keep(slice_trim(one));
    return n;
}

static int minutes(struct slice s)
{
    return 60 * atoi(s.p) + atoi(s.p + 3);
}

static int64_t moment(struct slice s)
{
    int64_t ms = 0;
    assert_true(iso8601_parse(s, &ms));
    return ms;
}

static void read_fact(struct facts *f, struct slice key, struct slice value)
{
    struct law_organisation *o = &f->organisation;
    if (slice_is(key, "kind"))
        o->kind = law_kind_from_string(value);
    else if (slice_is(key, "channel"))
        f->account.channel = keep(value);
    else if (slice_is(key, "sender"))
        f->account.sender_count = read_list(value, f->senders);
    else if (slice_is(key, "domains"))
        o->domain_count = read_list(value, f->domains);
    else if (slice_is(key, "countries"))
        o->country_count = read_list(value, f->countries);
    else if (slice_is(key, "imprint"))
        o->imprint = keep(value);
    else if (slice_is(key, "us_campaign"))
        o->us_campaign = keep(value);
    else if (slice_is(key, "us_verify"))
        o->us_verify = keep(value);
    else if (slice_is(key, "india_entity"))
        o->india_entity = keep(value);
    else if (slice_is(key, "election"))
        assert_true(law_date_from_string(value, &o->election.date));
    else if (slice_is(key, "election_in"))
        o->election.country = keep(value);
    else if (slice_is(key, "zone"))
        o->election.zone = keep(value);
    else if (slice_is(key, "closes"))
        o->election.closes_min = minutes(value);
    else if (slice_is(key, "at"))
        f->at_ms = moment(value);
    else if (slice_is(key, "deadline"))
        f->deadline_ms = moment(value);
    else if (slice_is(key, "hours"))
        f->hours = keep(value);
    else if (slice_is(key, "is"))
        assert_true(law_purpose_from_string(value, &f->purpose));
    else if (slice_is(key, "confirmed"))
        f->confirmed[atoi(value.p) / 64] |= UINT64_C(1) << atoi(value.p) % 64;
    else if (slice_is(key, "off"))
        f->off = atoi(value.p);
    else if (slice_is(key, "tested"))
        f->tried.tested = slice_is(value, "yes");
    else if (slice_is(key, "lent"))
        f->lent = slice_is(value, "yes");
    else if (slice_is(key, "first"))
        f->tried.first_campaign = slice_is(value, "yes");
    else if (slice_is(key, "opt_outs"))
        f->tried.opt_outs = slice_is(value, "yes");
    else
        fail_msg("unknown fact '%.*s'", SLICE_ARG(key));
}

static void read_facts(struct facts *f, struct slice line)
{
    struct slice one, key;
    *f = (struct facts){
        .organisation = {.name = "Riverside",
                         .domains = f->domains,
                         .countries = f->countries,
                         .election = {.country = "GB",
                                      .zone = "Europe/London",
                                      .opens_min = 7 * 60,
                                      .closes_min = 22 * 60}},
        .account = {.rate_per_s = 10,
                    .channel = "sms",
                    .price = {"GBP", 40000, true, NULL, 0},
                    .validity = true,
                    .senders = f->senders,
                    .sender_count = 1},
        .senders = {"+447860001111"},
        .hours = "any",
        .tried = {.tested = true},
        .at_ms = INT64_C(1809072000000), /* 2027-04-30T12:00:00Z */
    };
    while (slice_cut(&line, ';', &one)) {
        one = slice_trim(one);
        if (one.n && slice_cut(&one, '=', &key)) read_fact(f, key, one);
    }
}

static char *off_why(const void *arg, int rule, struct slice group)
{
    (void)group;
    return *(const int *)arg == rule ? xstrdup("they agreed, by Ann") : NULL;
}

/* ---- the check ---- */

static struct slice message_of(const struct facts *f, struct slice text)
{
    bool whatsapp = strcmp(f->account.channel, "whatsapp") == 0;
    json_t *t = json_stringn(text.p, text.n);
    json_t *j =
        whatsapp ? json_pack("{s:{s:{s:s,s:[o]}}}", "whatsapp", "en", "template", "t", "params", t)
                 : json_pack("{s:{s:{s:o}}}", "sms", "en", "text", t);
    char *dump = json_dumps(j, JSON_COMPACT);
    struct slice ret = slice_of(keep(slice_of(dump)));
    free(dump);
    json_decref(j);
    return ret;
}

static void add_people(struct check_report *r, struct message *m, const struct person *people,
                       size_t n)
{
    struct buf bytes = BUF_INIT(BLOCK_BYTES_MAX), text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    struct block b;
    struct err e;
    block_begin(&bytes, COLUMNS);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(block_add_row(&bytes, people[i].number, people[i].fields, COLUMNS), 0);
    block_end(&bytes, 0, n);
    assert_int_equal(block_open(buf_slice(&bytes), &b, &e), 0);
    message_fields(m, tally_add_field, &r->tally);
    for (size_t i = 0; i < n; i++) {
        struct outgoing out = {0};
        int rc = message_render(m, &b, i, NULL, &text, &out, &e);
        const struct check_person p = {(uint32_t)i, block_number(&b, i),
                                       phone_country_of(block_number(&b, i)), &b, i};
        (void)report_add(r, &p, rc < 0 ? NULL : &out);
    }
    buf_done(&bytes);
    buf_done(&text);
}

static json_t *findings_of(const struct facts *f, struct slice text, const struct person *people,
                           size_t n)
{
    struct audience_info audience = {.id = 1,
                                     .name = SLICE_LIT("members"),
                                     .columns = columns,
                                     .column_count = COLUMNS,
                                     .total = (uint32_t)n};
    struct hours hours;
    struct err e;
    struct zone_book *zones = zone_book_new();
    assert_int_equal(hours_parse(slice_of(f->hours), &hours, &e), 0);
    const struct check_law law = {.words = words,
                                  .organisation = &f->organisation,
                                  .purpose = f->purpose,
                                  .confirmed = {f->confirmed[0], f->confirmed[1]},
                                  .lent = f->lent,
                                  .off_why = off_why,
                                  .off_arg = &f->off,
                                  .accounts = &(struct accounts){&f->account, 1}};
    const struct check_input input = {.message = message_of(f, text),
                                      .account = &f->account,
                                      .audience = &audience,
                                      .start_ms = f->at_ms,
                                      .now_ms = f->at_ms,
                                      .deadline_ms = f->deadline_ms,
                                      .organisation = f->organisation.name,
                                      .keywords = keywords,
                                      .law = law,
                                      .hours = &hours,
                                      .hours_text = slice_of(f->hours),
                                      .zones = zones};
    struct check_report *r = report_new(&input);
    struct message *m = NULL;
    if (message_compile(input.message, slice_of(f->account.channel), columns, COLUMNS, &m,
                        &r->message) == 0)
        add_people(r, m, people, n);
    r->tried = f->tried;
    r->tried_known = true;
    report_judge(r);
    json_t *list = report_findings_json(r, FINDING_BLOCK, FINDING_NOTE);
    message_free(m);
    zone_book_free(zones);
    r->zones = NULL;
    report_free(r);
    return list;
}

/* "no_opt_out! exit_poll? link kind_unsaid." in the order of the letters. */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *sorted(const char **list, size_t n)
{
    static char out[2][1024];
    static int which;
    char *text = out[which ^= 1];
    size_t at = 0;
    text[0] = '\0';
    qsort(list, n, sizeof *list, by_text);
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, 1024 - at, "%s%s", i ? " " : "", list[i]);
    return text;
}

static const char *found(const json_t *findings)
{
    static const char marks[] = "!? .";
    static const char *const not_here[] = {"hours_wait", "several_zones"};
    const char *list[64];
    size_t n = 0, i;
    const json_t *one;
    json_array_foreach((json_t *)findings, i, one)
    {
        enum finding_level level = FINDING_WARN;
        char code[64];
        const char *name = json_string_value(json_object_get(one, "code"));
        const char *said = json_string_value(json_object_get(one, "level"));
        if (slice_index(slice_of(name), not_here, COUNT_OF(not_here)) >= 0) continue;
        assert_true(finding_level_from_string(slice_of(said), &level));
        (void)snprintf(code, sizeof code, "%s%c", name, marks[level]);
        list[n++] = keep(slice_trim(slice_of(code)));
    }
    return sorted(list, n);
}

static const char *expected(struct slice line)
{
    const char *list[64];
    size_t n = 0;
    struct slice one;
    while (line.n && slice_cut(&line, ' ', &one))
        if (one.n) list[n++] = keep(one);
    return sorted(list, n);
}

/* ---- the file ---- */

static struct slice unescaped(struct slice text)
{
    char *out = xmalloc(text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool line = text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] == 'n';
        out[n++] = line ? '\n' : text.p[i];
        i += line;
    }
    struct slice ret = slice_of(keep(slice_make(out, n)));
    free(out);
    return ret;
}

/* "+447700900001 Ann ann@example.org TX"; "-" is an empty field, "_" a blank in one. */
static void read_person(struct slice line, struct person *p)
{
    struct slice one;
    *p = (struct person){.fields = {[3] = SLICE_LIT("sign-up form")}};
    assert_true(slice_cut(&line, ' ', &one) && number_parse(one, &p->number));
    for (size_t i = 0; i < COLUMNS && line.n && slice_cut(&line, ' ', &one); i++) {
        char *field = slice_strdup(slice_is(one, "-") ? SLICE_LIT("") : one);
        for (char *c = field; *c; c++)
            if (*c == '_') *c = ' ';
        p->fields[i] = slice_of(keep(slice_of(field)));
        free(field);
    }
}

static struct buf read_file(const char *path)
{
    struct buf b = BUF_INIT(CASES_BYTES_MAX);
    char part[4096];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        buf_add(&b, part, n);
    (void)fclose(f);
    return b;
}

/* A code that an answer is asked about, the first; "-" = none. */
static void on_answer(void *arg, enum law_finding f, struct slice what)
{
    const char **code = arg;
    (void)what;
    if (strcmp(*code, "-") == 0) *code = law_code(f);
}

/* "serious I want to die", "calm …": what somebody replied; "asks_private What's your bank details?": what a
 * volunteer is about to answer, and "fine …". False, and said: it is judged otherwise. */
static bool judge_reply(const struct facts *f, struct slice line, size_t number)
{
    struct slice want, text = line;
    assert_true(slice_cut(&text, ' ', &want));
    const char *got = "-";
    if (slice_is(want, "serious") || slice_is(want, "calm")) {
        got = law_is_serious(words, text) ? "serious" : "calm";
    } else {
        const struct law_campaign c = {.organisation = &f->organisation, .first_ms = f->at_ms};
        law_answer(words, &c, "GB", text, on_answer, &got);
        if (strcmp(got, "-") == 0) got = "fine";
    }
    if (slice_is(want, got)) return true;
    (void)fprintf(stderr, "# cases.txt:%zu: %.*s\n#   found:  %s\n", number, SLICE_ARG(line), got);
    return false;
}

static void test_cases(void **state)
{
    (void)state;
    static struct facts f;
    struct buf file = read_file(MUSTER_LAW_CASES);
    struct slice rest = buf_slice(&file), line, text = SLICE_NONE;
    struct person people[PEOPLE_MAX];
    size_t n = 0, cases = 0, wrong = 0, number = 0;
    bool used = true; /* the people of the last case are not those of the next */
    while (slice_cut(&rest, '\n', &line)) {
        number++;
        if (line.n < 1 || line.p[0] == '#') continue;
        struct slice body = slice_trim(slice_from(line, 1));
        if (line.p[0] == '@') {
            read_facts(&f, body);
        } else if (line.p[0] == '<') {
            if (used) n = 0;
            used = false;
            assert_true(n < PEOPLE_MAX);
            read_person(body, &people[n++]);
        } else if (line.p[0] == '>') {
            if (used || n == 0) {
                read_person(SLICE_LIT("+447700900123 Ann"), &people[0]);
                n = 1;
            }
            text = unescaped(body);
        } else if (line.p[0] == '=') {
            json_t *findings = findings_of(&f, text, people, n);
            const char *want = expected(body), *got = found(findings);
            if (strcmp(want, got) != 0) {
                (void)fprintf(stderr, "# cases.txt:%zu: %.*s\n#   wanted: %s\n#   found:  %s\n",
                              number, SLICE_ARG(text), want, got);
                wrong++;
            }
            json_decref(findings);
            cases++;
            used = true;
        } else if (line.p[0] == '"') {
            wrong += !judge_reply(&f, body, number);
            cases++;
        } else {
            fail_msg("cases.txt:%zu: what is this line?", number);
        }
    }
    buf_done(&file);
    assert_true(cases >= CASES_LEAST);
    assert_int_equal(wrong, 0);
}

/* ---- the table ---- */

/* A text with two links is one person's, as one with two notes to oneself is. */
static void test_a_person_counts_once(void **state)
{
    (void)state;
    static struct facts f;
    static const char *const codes[] = {"link", "link_personal", "placeholder"};
    size_t i, found = 0;
    struct person ann;
    json_t *one;
    read_facts(&f, SLICE_NONE);
    read_person(SLICE_LIT("+447700900123 Ann"), &ann);
    const char *text = "Riverside: riverside.org/?n=Ann riverside.org/?who=Ann lorem ipsum [TBC]";
    json_t *findings = findings_of(&f, slice_of(text), &ann, 1);
    json_array_foreach(findings, i, one)
    {
        const char *code = json_string_value(json_object_get(one, "code"));
        if (slice_index(slice_of(code), codes, COUNT_OF(codes)) < 0) continue;
        assert_int_equal(json_array_size(json_object_get(one, "people")), 1);
        found++;
    }
    assert_int_equal(found, COUNT_OF(codes));
    json_decref(findings);
}

static void test_table(void **state)
{
    (void)state;
    for (int i = 1; i <= LAW_RULES; i++) {
        const struct law_rule *rule = law_rule(i);
        assert_int_equal(rule->number, i);
        assert_true(*rule->name && *rule->words && *rule->source && rule->when && rule->kinds);
        assert_true(rule->how == LAW_SHOWN || *rule->where); /* who keeps it */
        for (int k = 1; k < i; k++)
            assert_string_not_equal(rule->name, law_rule(k)->name);
    }
    assert_null(law_rule(0));
    assert_null(law_rule(LAW_RULES + 1));
}

/* Each rule that the check keeps has a finding, and each finding a rule that the check keeps or asks for. */
static void test_findings_have_rules(void **state)
{
    (void)state;
    static const char *const elsewhere[] = {"too_late", "no_hours", "several_zones",
                                            "left_tag", "ucs2",     "empty_field"};
    bool found[LAW_RULES + 1] = {false};
    for (int i = 0; i < LAW_FINDINGS; i++) {
        int number = law_number((enum law_finding)i);
        assert_true(law_rule(number)->how == LAW_CHECKED || law_rule(number)->how == LAW_ASKED);
        found[number] = true;
    }
    for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
        found[law_number_of_code(slice_of(elsewhere[i]))] = true;
    for (int i = 1; i <= LAW_RULES; i++)
        if (law_rule(i)->how == LAW_CHECKED) assert_true(found[i]);
    assert_int_equal(law_number_of_code(SLICE_LIT("over_budget")), 66);
}

static void test_dates(void **state)
{
    (void)state;
    struct law_date d;
    assert_true(law_date_from_string(SLICE_LIT("2027-05-06"), &d));
    assert_int_equal(law_weekday(d), 3);
    assert_true(law_date_from_string(SLICE_LIT("2028-02-29"), &d));
    assert_int_equal(law_weekday(d), 1);
    assert_false(law_date_from_string(SLICE_LIT("2027-02-29"), &d));
    assert_false(law_date_from_string(SLICE_LIT("2027-5-6"), &d));
    assert_false(law_date_from_string(SLICE_LIT("6 May 2027"), &d));
}

/* A row of docs/LAW.md. */
static void add_row(struct buf *b, const struct law_rule *rule)
{
    char when[LAW_WHEN_BYTES];
    buf_addf(b, "| %d | %s | %s, %s | %s%s%s | %s | ", rule->number, rule->words,
             finding_level_to_string(rule->level), law_when_to_string(rule->when, when),
             law_how_to_string(rule->how), *rule->where ? ": " : "", rule->where, rule->countries);
    for (unsigned i = 1, n = 0; rule->kinds != LAW_ANYBODY && law_kind_names[i]; i++)
        if (rule->kinds & 1U << (i - 1)) buf_addf(b, "%s%s", n++ ? ", " : "", law_kind_names[i]);
    buf_addf(b, " | %s |\n", rule->source);
}

static int print_table(void)
{
    struct buf b = BUF_INIT(CASES_BYTES_MAX);
    for (int i = 1; i <= LAW_RULES; i++)
        add_row(&b, law_rule(i));
    (void)printf("%.*s", SLICE_ARG(buf_slice(&b)));
    buf_done(&b);
    return 0;
}

/* The document holds the table; `test_law table` prints it. */
static void test_document(void **state)
{
    (void)state;
    struct buf document = read_file(MUSTER_LAW_DOCUMENT), row = BUF_INIT(4096);
    buf_add_char(&document, '\0');
    for (int i = 1; i <= LAW_RULES; i++) {
        buf_clear(&row);
        add_row(&row, law_rule(i));
        buf_add_char(&row, '\0');
        if (!strstr(document.p, row.p)) fail_msg("docs/LAW.md has not: %s", row.p);
    }
    buf_done(&document);
    buf_done(&row);
}

static int set_up(void **state)
{
    (void)state;
    keywords = keywords_new();
    words = law_words_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keywords_free(keywords);
    law_words_free(words);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "table") == 0) return print_table();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_findings_have_rules),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_a_person_counts_once),
        cmocka_unit_test(test_document),
    };
    return cmocka_run_group_tests_name("law", tests, set_up, tear_down);
}
