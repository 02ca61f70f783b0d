/* muster campaign check, test, launch: from a file to the server's opinion of it, and on. */
#include "campaign.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/finding.h"
#include "core/json.h"
#include "cli/ask.h"
#include "base/clock.h"
#include "file.h"
#include "core/number.h"
#include "cli/number_arg.h"
#include "cli/say.h"

enum { BAR_CELLS = 30, QUESTION_BYTES = 128, FINDING_WORDS_MAX = 64 * 1024 };

int campaign_file_notes(const char *path, int64_t now_ms, json_t **ret, struct err *e)
{
    struct buf notes = BUF_INIT(CAMPAIGN_NOTES_BYTES_MAX);
    int r = campaign_file_load(path, now_ms, ret, &notes, e);
    struct slice rest = buf_slice(&notes), line;
    while (slice_cut(&rest, '\n', &line) && line.n) {
        char *text = slice_strdup(line);
        say_note("campaign", text);
        free(text);
    }
    buf_done(&notes);
    return r;
}

int campaign_load_file(const struct verb_call *c, json_t **ret, struct err *e)
{
    return campaign_file_notes(c->args[0], clock_wall_ms(), ret, e);
}

/* "undelivered,expired" of an earlier campaign. */
static int load_only(const struct verb_call *c, json_t **ret, struct err *e)
{
    uint64_t of = 0;
    const char *text = verb_option(c, "only"), *id = verb_option(c, "of");
    struct slice only = slice_of(text ? text : ""), state;
    if (!text != !id) return err_set(e, ERR_INVALID, "--only and --of go together");
    if (id && (!slice_to_u64(slice_of(id), UINT32_MAX, &of) || of == 0))
        return err_set(e, ERR_INVALID, "--of is the id of a campaign");
    int r = campaign_load_file(c, ret, e);
    if (r < 0 || !id) return r;
    json_t *list = json_array();
    while (only.n && slice_cut(&only, ',', &state))
        json_list_add(list, json_text(slice_trim(state)));
    json_put(*ret, "only", list);
    json_put_count(*ret, "of", of);
    return 0;
}

/* ---- the report ---- */

static void print_sample(const json_t *check)
{
    const char *text = say_string(check, "sample");
    if (!*text) return;
    (void)fputs("\n  the first person gets:\n    | ", stdout);
    say_lines(stdout, text, "    | ");
    (void)puts("");
}

static void print_parts(const json_t *check)
{
    char count[SAY_COUNT_BYTES];
    const char *parts, *encoding;
    json_t *n;
    bool any = false;
    json_object_foreach(json_object_get(check, "parts"), parts, n)
    {
        (void)printf("%s%3s %s  ", any ? "         " : "\n  parts  ", parts,
                     strcmp(parts, "1") == 0 ? "part " : "parts");
        say_bar(stdout, json_integer_value(n), say_int(check, "recipients"), BAR_CELLS);
        (void)printf("  %s\n", say_people(json_integer_value(n), count));
        any = true;
    }
    if (!any) return;
    (void)printf("         %s in all",
                 say_counted(say_int(check, "parts_total"), "part", "parts", count));
    json_object_foreach(json_object_get(check, "encodings"), encoding,
                        n) if (json_integer_value(n))(void)
        printf(", %s for %s", encoding, say_count(json_integer_value(n), count));
    (void)puts("");
}

static void print_missing(const json_t *check)
{
    char count[SAY_COUNT_BYTES];
    size_t i, k;
    const json_t *missing, *example;
    json_array_foreach(json_object_get(check, "missing"), i, missing)
    {
        (void)printf("  missing  {{");
        say_text(stdout, say_string(missing, "field"));
        (void)printf("}} is empty for %s", say_people(say_int(missing, "count"), count));
        json_array_foreach(json_object_get(missing, "examples"), k, example)
        {
            (void)fputs(k ? ", " : ", such as ", stdout);
            say_text(stdout, say_string(example, "number"));
        }
        (void)puts("");
    }
}

static void print_budgets(const json_t *check)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(check, "budgets"), i, one)(void)
        printf("         %s is left of the budget of the %s\n", say_string(one, "left"),
               say_string(one, "which"));
}

static void print_price(const json_t *check)
{
    char count[SAY_COUNT_BYTES];
    const json_t *price = json_object_get(check, "price");
    const char *country, *currency = say_string(price, "currency");
    json_t *one, *countries = json_object_get(price, "by_country");
    (void)printf("  price  %.2f %s\n", json_number_value(json_object_get(price, "amount")),
                 currency);
    if (json_object_size(countries) < 2) return;
    json_object_foreach(countries, country, one)(void) printf(
        "         %s: %.2f %s for %s\n", country, json_number_value(json_object_get(one, "amount")),
        currency, say_people(say_int(one, "recipients"), count));
}

static void print_finish(const json_t *check)
{
    char duration[SAY_TIME_BYTES], when[SAY_TIME_BYTES];
    const json_t *finish = json_object_get(check, "finish");
    (void)fputs("  hours  ", stdout);
    say_text(stdout, say_string(check, "hours"));
    (void)puts(strcmp(say_string(check, "hours"), "any") == 0 ? ": at night too"
                                                              : ", by each person's own clock");
    const json_t *start = json_object_get(check, "start");
    (void)printf("  start  %s\n",
                 json_is_string(start) ? say_when(json_string_value(start), when) : "at once");
    if (!json_is_object(finish)) return;
    (void)printf("  finish %s after the start: about %s\n",
                 say_duration(say_int(finish, "seconds"), duration),
                 say_when(say_string(finish, "at"), when));
    const char *early = say_string(finish, "early"), *late = say_string(finish, "late");
    if (!*early || !*late || strcmp(early, late) == 0) return;
    (void)printf("         between %s", say_when(early, when));
    (void)printf(" and %s\n", say_when(late, when));
}

/* What a program does not know is a warning. */
static enum finding_level level_of(const json_t *finding)
{
    enum finding_level level = FINDING_WARN;
    (void)finding_level_from_string(slice_of(say_string(finding, "level")), &level);
    return level;
}

json_t *campaign_finding_words(const json_t *finding)
{
    static const char *const words[] = {[FINDING_NOTE] = "note",
                                        [FINDING_WARN] = "warning",
                                        [FINDING_APPROVE] = "second person",
                                        [FINDING_BLOCK] = "ERROR"};
    enum finding_level level = level_of(finding);
    struct buf b = BUF_INIT(FINDING_WORDS_MAX);
    char *message = say_times(say_string(finding, "message"));
    buf_addf(&b, "%s: %s", words[level], message);
    free(message);
    if (json_is_true(json_object_get(finding, "confirm")) && level != FINDING_NOTE)
        buf_addf(&b, " (to confirm it: confirmed: [%lld] in the file)",
                 (long long)say_int(finding, "rule"));
    json_t *text = json_text(buf_slice(&b));
    buf_done(&b);
    return text;
}

static void print_level(const json_t *check, enum finding_level wanted)
{
    size_t i;
    const json_t *finding;
    json_array_foreach(json_object_get(check, "findings"), i, finding)
    {
        if (level_of(finding) != wanted) continue;
        json_t *words = campaign_finding_words(finding);
        (void)fputs("  ", stdout);
        say_text(stdout, json_string_value(words));
        (void)puts(strcmp(say_string(finding, "code"), "too_late") == 0 ? " (--force-late WHY)"
                                                                        : "");
        json_decref(words);
    }
}

void campaign_print_errors(const json_t *report)
{
    print_level(report, FINDING_BLOCK);
}

/* The gravest last, where one looks. */
static void print_findings(const json_t *check)
{
    print_level(check, FINDING_NOTE);
    print_level(check, FINDING_WARN);
    print_level(check, FINDING_APPROVE);
    print_level(check, FINDING_BLOCK);
}

static void print_left_out(const json_t *check)
{
    char count[SAY_COUNT_BYTES];
    if (say_int(check, "suppressed") > 0)
        (void)printf("  left out: %s opted out since the import\n",
                     say_count(say_int(check, "suppressed"), count));
    if (say_int(check, "unagreed") > 0)
        (void)printf("  left out: %s not agreed to it, or %s too young\n",
                     say_counted(say_int(check, "unagreed"), "has", "have", count),
                     say_int(check, "unagreed") == 1 ? "is" : "are");
    if (say_int(check, "texted_enough") > 0)
        (void)printf("  left out: %s our campaigns have texted often enough\n",
                     say_count(say_int(check, "texted_enough"), count));
    if (say_int(check, "held") > 0)
        (void)printf("  left out: %s held, since what they wrote sounds like STOP and nobody has "
                     "decided (muster inbox list)\n",
                     say_count(say_int(check, "held"), count));
}

static void print_approval(const json_t *check)
{
    if (*say_string(check, "approval"))
        (void)printf("  a second person has to approve it: %s\n", say_string(check, "approval"));
}

void campaign_print_report(const json_t *body, const json_t *check)
{
    char count[SAY_COUNT_BYTES];
    say_text(stdout, say_string(body, "name"));
    (void)printf(": %s of audience ", say_people(say_int(check, "recipients"), count));
    say_text(stdout, say_string(body, "audience"));
    (void)fputs(", gateway ", stdout);
    say_text(stdout, say_string(body, "gateway"));
    (void)printf(", lane %s\n", say_string(body, "lane"));
    print_left_out(check);
    print_sample(check);
    print_parts(check);
    print_price(check);
    print_budgets(check);
    print_finish(check);
    print_missing(check);
    print_approval(check);
    print_findings(check);
}

static bool is_report(const json_t *reply)
{
    return json_is_boolean(json_object_get(reply, "ok"));
}

/* The server's opinion of the file; *ret is NULL or owned, also after an error. */
static int ask_check(struct verb_call *c, const json_t *body, json_t **ret, struct err *e)
{
    int r = verb_ask(c, "POST", "/api/v1/campaigns/check", body, ret, e);
    if (r == 0 && !is_report(*ret))
        return err_set(e, ERR_REFUSED, "the server's answer is no report: is it another version?");
    return r;
}

/* ---- check ---- */

int campaign_check(struct verb_call *c)
{
    struct err e;
    json_t *body = NULL, *check = NULL;
    int r = load_only(c, &body, &e), exit_code;
    if (r == 0) r = ask_check(c, body, &check, &e);
    bool fine = json_is_true(json_object_get(check, "ok"));
    if (r < 0)
        exit_code = verb_fail(c, r, &e);
    else if (c->json)
        exit_code = say_json(check);
    else
        exit_code = EXIT_DONE;
    if (r == 0 && !c->json) {
        campaign_print_report(body, check);
        (void)printf(
            fine ? "\nIt can be launched: muster campaign launch %s\n"
                 : "\nIt cannot be launched like this: mend the errors in %s or its list.\n",
            c->args[0]);
    }
    json_decref(body);
    json_decref(check);
    return exit_code == EXIT_DONE && !fine ? EXIT_REFUSED : exit_code;
}

/* ---- test ---- */

/* Puts the number in E.164 into body. 0, or the exit code. */
static int set_recipient(struct verb_call *c, json_t *body)
{
    char text[NUMBER_TEXT_BYTES];
    uint64_t number;
    int exit_code = number_arg_read(c, verb_option(c, "to"), false, &number);
    if (exit_code) return exit_code;
    number_format(number, text);
    json_put(body, "to", json_string(text));
    return EXIT_DONE;
}

static void print_test(const json_t *body, const json_t *reply)
{
    (void)printf("On its way to %s:\n    | ", say_string(body, "to"));
    say_lines(stdout, say_string(reply, "text"), "    | ");
    (void)puts("");
}

int campaign_test(struct verb_call *c)
{
    struct err e;
    json_t *body = NULL, *reply = NULL;
    int r = campaign_load_file(c, &body, &e);
    if (r < 0) return verb_fail(c, r, &e);
    int exit_code = set_recipient(c, body);
    if (exit_code == 0) {
        r = verb_ask(c, "POST", "/api/v1/campaigns/test", body, &reply, &e);
        exit_code = r < 0 ? verb_fail(c, r, &e) : c->json ? say_json(reply) : EXIT_DONE;
    }
    if (exit_code == EXIT_DONE && !c->json) print_test(body, reply);
    json_decref(body);
    json_decref(reply);
    return exit_code;
}

/* ---- launch ---- */

static bool person_agrees(int64_t people)
{
    char count[SAY_COUNT_BYTES], question[QUESTION_BYTES];
    (void)snprintf(question, sizeof question,
                   "\nText %s? Type the number to go: ", say_people(people, count));
    return ask_number(question, people);
}

static bool must_ask(const struct verb_call *c)
{
    return !verb_option(c, "yes") && !c->json && ask_somebody_is_there();
}

static void print_launched(const json_t *reply)
{
    char when[SAY_TIME_BYTES];
    long long id = say_int(reply, "id");
    if (campaign_is(reply, 1u << CAMPAIGN_PROPOSED))
        (void)printf("\ncampaign %lld waits for a second person: %s\n"
                     "  they look and decide: muster campaign approve %lld, or the page "
                     "/campaigns/%lld/approve\n",
                     id, say_string(json_object_get(reply, "approval"), "why"), id, id);
    else if (campaign_waits_for_start(reply))
        (void)printf("\ncampaign %lld is scheduled: it starts %s\n  muster campaign status %lld\n"
                     "  muster campaign cancel %lld\n",
                     id, say_when(say_string(reply, "start"), when), id, id);
    else
        (void)printf("\ncampaign %lld has started\n  muster campaign watch %lld\n"
                     "  muster campaign pause %lld\n",
                     id, id, id);
}

static int start(struct verb_call *c, const json_t *body)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "POST", "/api/v1/campaigns", body, &reply, &e), exit_code;
    const json_t *report = json_object_get(reply, "report");
    if (r < 0 && report) { /* the list or the rates have changed since the check */
        print_level(report, FINDING_BLOCK);
        exit_code = EXIT_REFUSED;
    } else if (r < 0) {
        exit_code = verb_fail(c, r, &e);
        if (r == ERR_UNREACHABLE && !say_is_json())
            (void)fputs("It may have started: muster campaign list. A name is used once, so "
                        "launching again cannot text anybody twice.\n",
                        stderr);
    } else if (c->json) {
        exit_code = say_json(reply);
    } else {
        print_launched(reply);
        exit_code = EXIT_DONE;
    }
    json_decref(reply);
    return exit_code;
}

static int check_and_start(struct verb_call *c, const json_t *body)
{
    struct err e;
    json_t *check = NULL;
    int r = ask_check(c, body, &check, &e), exit_code;
    bool fine = json_is_true(json_object_get(check, "ok"));
    int64_t people = say_int(check, "recipients");
    if (r == 0 && !c->json) campaign_print_report(body, check);
    if (r < 0) {
        exit_code = verb_fail(c, r, &e);
    } else if (!fine) {
        exit_code = c->json ? say_json(check) : EXIT_REFUSED;
        if (exit_code == EXIT_DONE) exit_code = EXIT_REFUSED;
        say_error("campaign launch", ERR_REFUSED, NULL, "not launched: the check has errors");
    } else if (must_ask(c) && !person_agrees(people)) {
        (void)puts("Not launched.");
        exit_code = EXIT_REFUSED;
    } else {
        exit_code = start(c, body);
    }
    json_decref(check);
    return exit_code;
}

int campaign_launch(struct verb_call *c)
{
    struct err e;
    json_t *body = NULL;
    const char *late = verb_option(c, "force-late");
    int r = load_only(c, &body, &e);
    if (r == 0 && late) json_put(body, "force_late", json_text(slice_of(late)));
    int exit_code = r < 0 ? verb_fail(c, r, &e) : check_and_start(c, body);
    json_decref(body);
    return exit_code;
}
