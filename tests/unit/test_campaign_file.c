/* Campaign files as people write them: what becomes of good ones, and the exact words about bad
 * ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/campaign/file.h"
#include "flow/aside.h"
#include "flow/message.h"
#include "cli/when.h"

/* 2026-11-20T12:00:00Z */
static const int64_t now_ms = 1795176000000;

struct folder {
    char path[64], campaign[96], template[96];
};

static struct folder folder;

static int make_folder(void **state)
{
    (void)state;
    (void)setenv("TZ", "Europe/London", 1);
    tzset();
    (void)snprintf(folder.path, sizeof folder.path, "/tmp/test_campaign_file.XXXXXX");
    if (!mkdtemp(folder.path)) return -1;
    (void)snprintf(folder.campaign, sizeof folder.campaign, "%s/thursday.yaml", folder.path);
    (void)snprintf(folder.template, sizeof folder.template, "%s/t.yaml", folder.path);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(folder.campaign);
    (void)unlink(folder.template);
    return rmdir(folder.path);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static json_t *load_fine(const char *text, const char *want_notes)
{
    struct buf notes = BUF_INIT(CAMPAIGN_NOTES_BYTES_MAX);
    struct err e = {0};
    json_t *body = NULL;
    write_file(folder.campaign, text);
    int r = campaign_file_load(folder.campaign, now_ms, &body, &notes, &e);
    if (r < 0) print_error("%s\n", e.text);
    assert_int_equal(r, 0);
    assert_string_equal(notes.p ? notes.p : "", want_notes);
    buf_done(&notes);
    return body;
}

/* What is said without the folder before it. */
static void assert_refused(const char *text, const char *want)
{
    struct buf notes = BUF_INIT(CAMPAIGN_NOTES_BYTES_MAX);
    struct err e = {0};
    json_t *body = NULL;
    write_file(folder.campaign, text);
    assert_true(campaign_file_load(folder.campaign, now_ms, &body, &notes, &e) < 0);
    assert_null(body);
    size_t n = strlen(folder.path) + 1;
    assert_string_equal(strncmp(e.text, folder.path, n - 1) == 0 ? e.text + n : e.text, want);
    buf_done(&notes);
}

static void assert_json(const json_t *body, const char *want)
{
    char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, want);
    free(text);
}

/* What the server does with it. */
static void assert_compiles(const json_t *body, const char *channel)
{
    static const struct slice columns[] = {{"first_name", 10}};
    struct message *m;
    struct err e = {0};
    char *text = json_dumps(json_object_get(body, "message"), JSON_COMPACT);
    int r = message_compile(slice_of(text), slice_of(channel), columns, 1, &m, &e);
    if (r < 0) print_error("%s\n", e.text);
    assert_int_equal(r, 0);
    message_free(m);
    free(text);
}

#define HEAD "audience: members\ngateway: main\n"

static void test_the_least(void **state)
{
    (void)state;
    json_t *body = load_fine(HEAD "text: \"Hi {{first_name}}\"\n", "");
    assert_json(body, "{\"audience\":\"members\",\"gateway\":\"main\",\"lane\":\"blast\","
                      "\"message\":{\"default\":\"en\",\"sms\":{"
                      "\"en\":{\"text\":\"Hi {{first_name}}\"}}},\"name\":\"thursday\"}");
    assert_compiles(body, "sms");
    json_decref(body);
}

static void test_everything(void **state)
{
    (void)state;
    json_t *body = load_fine(
        "name: Thursday's meeting\nlane: reminder\nstart: 2026-11-27 18:00\n"
        "deadline: 2026-11-27T20:00:30+01:00\nsmart: true\n" HEAD "text: \u201cHi\u201d \u2026\n",
        "start: 2026-11-27 18:00 is read in this machine's time zone, GMT (+00:00)\n");
    assert_json(body, "{\"audience\":\"members\",\"deadline\":\"2026-11-27T19:00:30Z\",\"gateway\":"
                      "\"main\",\"lane\":\"reminder\","
                      "\"message\":{\"default\":\"en\",\"sms\":{\"en\":{\"text\":\"\\\"Hi\\\" "
                      "...\"}}},\"name\":\"Thursday's meeting\","
                      "\"start\":\"2026-11-27T18:00:00Z\"}");
    json_decref(body);
}

static void test_hours(void **state)
{
    (void)state;
    json_t *body = load_fine(HEAD "hours: mon-fri 09:00-20:30, sat 10:00-18:00\ntext: Hi\n", "");
    assert_string_equal(json_string_value(json_object_get(body, "hours")),
                        "mon-fri 09:00-20:30, sat 10:00-18:00");
    json_decref(body);
    body = load_fine(HEAD "text: Hi\n", ""); /* the organisation's */
    assert_null(json_object_get(body, "hours"));
    json_decref(body);
}

static void test_now_and_nothing(void **state)
{
    (void)state;
    json_t *body = load_fine(HEAD "start: now\ndeadline:\ntext: Hi\n", "");
    assert_null(json_object_get(body, "start"));
    assert_null(json_object_get(body, "deadline"));
    json_decref(body);
}

static void test_a_template(void **state)
{
    (void)state;
    write_file(folder.template, "default: en\nsms:\n  en: {text: Hi}\n  cy: Helo\nwhatsapp:\n  "
                                "en:\n    template: t\n    language: en_GB\n"
                                "    params: [\"{{first_name}}\", {name: day, value: Thursday}]\n");
    json_t *body = load_fine(HEAD "template: t.yaml\n", "");
    assert_json(json_object_get(body, "message"),
                "{\"default\":\"en\",\"sms\":{\"cy\":{\"text\":\"Helo\"},\"en\":{\"text\":\"Hi\"}},"
                "\"whatsapp\":{\"en\":{\"language\":"
                "\"en_GB\",\"params\":[\"{{first_name}}\",{\"name\":\"day\",\"value\":\"Thursday\"}"
                "],\"template\":\"t\"}}}");
    assert_compiles(body, "sms");
    assert_compiles(body, "whatsapp");
    json_decref(body);
}

/* What `muster campaign file` prints: the same in its place, as JSON. */
static void test_a_template_in_its_place(void **state)
{
    (void)state;
    json_t *body = load_fine("{\"name\": \"n\", \"audience\": \"m\", \"gateway\": \"g\",\n"
                             " \"template\": {\"default\": \"en\", \"sms\": {\"en\": {\"text\": "
                             "\"Hi\"}, \"fr\": {\"text\": \"Salut\"}}}}\n",
                             "");
    assert_json(
        json_object_get(body, "message"),
        "{\"default\":\"en\",\"sms\":{\"en\":{\"text\":\"Hi\"},\"fr\":{\"text\":\"Salut\"}}}");
    json_decref(body);
}

static const char *compile_error(const char *message)
{
    static const struct slice columns[] = {{"first_name", 10}, {"ward", 4}};
    static struct err e;
    struct message *m = NULL;
    e = (struct err){0};
    int r = message_compile(slice_of(message), SLICE_LIT("sms"), columns, 2, &m, &e);
    message_free(m);
    return r < 0 ? e.text : "";
}

/* Those of the campaign file come in the place of the template's. */
static void test_what_volunteers_get(void **state)
{
    (void)state;
    write_file(folder.template, "sms:\n  en: Hi\nshow: [town]\nsuggestions: [See you]\n");
    json_t *body = load_fine(HEAD "template: t.yaml\nshow: [first_name]\n", "");
    assert_json(json_object_get(body, "message"),
                "{\"show\":[\"first_name\"],\"sms\":{\"en\":{\"text\":\"Hi\"}},"
                "\"suggestions\":[{\"text\":\"See you\"}]}");
    assert_compiles(body, "sms");
    json_decref(body);
    body = load_fine(HEAD "text: Hi\nsuggestions:\n"
                          "  - {tag: \"yes\", text: \"Thank you, {{first_name}}\"}\n",
                     "");
    assert_json(json_object_get(json_object_get(body, "message"), "suggestions"),
                "[{\"tag\":\"yes\",\"text\":\"Thank you, {{first_name}}\"}]");
    assert_compiles(body, "sms");
    json_decref(body);
}

#define MESSAGE(more) "{\"sms\":{\"en\":{\"text\":\"Hi\"}}," more "}"

static void test_what_volunteers_cannot_get(void **state)
{
    (void)state;
    static const struct {
        const char *message, *want;
    } cases[] = {
        {MESSAGE("\"show\":[\"ward\",\"first_name\"]"), ""},
        {MESSAGE("\"show\":[\"frist_name\"]"),
         "show: the list has no column 'frist_name'; did you mean 'first_name'?"},
        {MESSAGE("\"show\":\"ward\""), "show: a list is needed"},
        {MESSAGE("\"show\":[7]"), "show: the list has no column ''"},
        {MESSAGE(
             "\"show\":[\"ward\",\"ward\",\"ward\",\"ward\",\"ward\",\"ward\",\"ward\",\"ward\","
             "\"ward\"]"),
         "show: at most 8"},
        {MESSAGE("\"suggestions\":[{\"text\":\"a\"},{\"text\":\"{{wrad}}\"}]"),
         "suggestions[1]: the list has no column 'wrad'; did you mean 'ward'?"},
        {MESSAGE("\"suggestions\":[{\"text\":\"{{#ward}}\"}]"),
         "suggestions[0]:1:1: section 'ward' opened at line 1 is never closed; add {{/ward}}"},
        {MESSAGE("\"suggestions\":[{\"text\":\" \"}]"),
         "suggestions[0]: {text} or {tag, text} is needed"},
        {MESSAGE("\"suggestions\":[{\"text\":\"a\",\"tga\":\"yes\"}]"),
         "suggestions[0]: {text} or {tag, text} is needed"},
        {MESSAGE("\"suggestions\":[{\"text\":\"a\",\"tag\":\"Yes!\"}]"),
         "suggestions[0]: a tag is 1 to 32 of a-z 0-9 _ -"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(compile_error(cases[i].message), cases[i].want);
}

static void test_bounds_of_suggestions(void **state)
{
    (void)state;
    char longest[ASIDE_SUGGESTION_BYTES_MAX + 2], message[8192];
    for (size_t more = 0; more < 2; more++) {
        memset(longest, 'a', sizeof longest);
        longest[ASIDE_SUGGESTION_BYTES_MAX + more] = '\0';
        (void)snprintf(message, sizeof message, MESSAGE("\"suggestions\":[{\"text\":\"%s\"}]"),
                       longest);
        assert_string_equal(compile_error(message),
                            more ? "suggestions[0]: longer than 1600 bytes" : "");
        size_t n = (size_t)snprintf(message, sizeof message,
                                    "{\"sms\":{\"en\":{\"text\":\"Hi\"}},\"suggestions\":[");
        for (size_t i = 0; i < ASIDE_SUGGESTIONS_MAX + more; i++)
            n += (size_t)snprintf(message + n, sizeof message - n, "%s{\"text\":\"a\"}",
                                  i ? "," : "");
        (void)snprintf(message + n, sizeof message - n, "]}");
        assert_string_equal(compile_error(message), more ? "suggestions: at most 20" : "");
    }
}

static void test_the_shipped_example(void **state)
{
    (void)state;
    struct buf notes = BUF_INIT(CAMPAIGN_NOTES_BYTES_MAX);
    struct err e = {0};
    json_t *body = NULL;
    int r = campaign_file_load(MUSTER_EXAMPLE, now_ms, &body, &notes, &e);
    if (r < 0) print_error("%s\n", e.text);
    assert_int_equal(r, 0);
    assert_compiles(body, "sms");
    assert_compiles(body, "whatsapp");
    json_decref(body);
    buf_done(&notes);
}

static void test_bad_campaigns(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "thursday.yaml:1:1: 'audience' is missing: the name of an imported audience (muster "
             "audience list)"},
        {"audience: m\ntext: Hi\n", "thursday.yaml:1:1: 'gateway' is missing: the account to send "
                                    "through (muster gateway list)"},
        {HEAD, "thursday.yaml:1:1: no message: 'text' is one for SMS, 'template' names a file of "
               "templates/, or has `sms:` and `whatsapp:` below it"},
        {HEAD "template: {sms: {en: Hi}, text: Hi}\n",
         "thursday.yaml:3:27: unknown key 'text'; known here: default, sms, whatsapp, show, "
         "suggestions"},
        {HEAD "tekst: Hi\n", "thursday.yaml:3:1: unknown key 'tekst'; did you mean 'text'?"},
        {HEAD "text: Hi\nevery: thu 09:00\n",
         "thursday.yaml:4:8: 'every' makes this a schedule: muster schedule add FILE; or leave it "
         "out"},
        {HEAD "audience: other\ntext: Hi\n",
         "thursday.yaml:3:1: 'audience' stands here a second time (first in line 1); keep one"},
        {HEAD "text: Hi\nlane: fast\n",
         "thursday.yaml:4:7: lane: blast or reminder (which goes first), not 'fast'"},
        {HEAD "text: Hi\nlane: reply\n",
         "thursday.yaml:4:7: lane: blast or reminder (which goes first), not 'reply'"},
        {HEAD "text: Hi\ntemplate: t.yaml\n",
         "thursday.yaml:4:11: either 'text' or 'template', not both"},
        {HEAD "text: Hi\nsmart: perhaps\n",
         "thursday.yaml:4:8: expected true or false, not 'perhaps'"},
        {HEAD "text: \"  \"\n", "thursday.yaml:3:7: text: a text is needed"},
        {HEAD "text: [a]\n", "thursday.yaml:3:7: text: a text is needed"},
        {HEAD "name: [a]\ntext: Hi\n", "thursday.yaml:3:7: name: one value is needed, not a list"},
        {HEAD "text: \"Hi {{#first_name}}\"\n",
         "thursday.yaml:3:7: text:1:4: section 'first_name' opened at line 1 is never closed; add "
         "{{/first_name}}"},
        {HEAD "text: Hi\nstart: tomorrow\n",
         "thursday.yaml:4:8: start: 'tomorrow' is no time; write it as 2026-11-27T18:00:00Z, "
         "2026-11-27T18:00+01:00, or "
         "2026-11-27 18:00 (this machine's zone)"},
        {HEAD "text: Hi\nstart: 2026-02-30 18:00\n",
         "thursday.yaml:4:8: start: '2026-02-30 18:00': there is no such day or time"},
        {HEAD "text: Hi\ndeadline: 2026-11-20T11:00Z\n",
         "thursday.yaml:4:11: deadline: it is over already (now it is Fri 20 Nov 2026 12:00 GMT)"},
        {HEAD "text: Hi\nstart: 2026-11-20T11:58Z\n",
         "thursday.yaml:4:8: start: it is over already (now it is Fri 20 Nov 2026 12:00 GMT); "
         "leave it out to start at "
         "once"},
        {HEAD "text: Hi\nstart: 2026-11-28T11:00Z\ndeadline: 2026-11-27T11:00Z\n",
         "thursday.yaml:5:11: deadline: it must be later than the start"},
        {HEAD "text: Hi\ndeadline: now\n", "thursday.yaml:4:11: deadline: 'now' is no time; write "
                                           "it as 2026-11-27T18:00:00Z, 2026-11-27T18:00+01:00, or "
                                           "2026-11-27 18:00 (this machine's zone)"},
        {HEAD "text: Hi\nhours: 07:00-20:30\n", "thursday.yaml:4:8: hours: before 08:00 and after "
                                                "21:00 nobody is texted; only where the people "
                                                "expressly agreed to it, write \"\u2026 agreed\""},
        {HEAD "text: Hi\nshow: ward\n",
         "thursday.yaml:4:7: show: a list is needed, such as [first_name]"},
        {HEAD "text: Hi\nsuggestions: [{txt: Yes}]\n",
         "thursday.yaml:4:16: unknown key 'txt'; did you mean 'text'?"},
        {HEAD "text: Hi\nsuggestions: [\"{{#a}}\"]\n",
         "thursday.yaml:4:15: a suggestion:1:1: section 'a' opened at line 1 is never closed; add "
         "{{/a}}"},
        {HEAD "text: Hi\nhours: [9, 17]\n",
         "thursday.yaml:4:8: hours: a text like \"09:00-20:30\" is needed"},
        {"- a\n", "thursday.yaml:1:1: expected a mapping (key: value lines), not a list"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_refused(cases[i].text, cases[i].want);
}

static void test_bad_templates(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"default: en\n", "t.yaml:1:1: a template needs `sms:` or `whatsapp:`"},
        {"smss:\n  en: Hi\n", "t.yaml:1:1: unknown key 'smss'; did you mean 'sms'?"},
        {"sms: Hi\n",
         "t.yaml:1:6: sms: a message by language is needed, such as `en: \"Hi {{first_name}}\"`"},
        {"sms:\n  en: Hi\n  cy: Helo\n", "t.yaml:2:3: sms has several languages: say who gets "
                                         "which with `default:`, the one for everybody else"},
        {"default: fr\nsms:\n  en: Hi\n", "t.yaml:1:10: default: sms has no 'fr'"},
        {"sms:\n  en: {txt: Hi}\n", "t.yaml:2:8: unknown key 'txt'; did you mean 'text'?"},
        {"sms:\n  en: {}\n", "t.yaml:2:7: text: a text is needed"},
        {"sms: {}\n", "t.yaml:1:6: sms: no language"},
        {"sms:\n  en: |-\n    Hi\n    {{/x}}\n",
         "t.yaml:2:7: text:2:1: nothing is open that '/x' could close; remove it, or open the "
         "section with {{#x}}"},
        {"whatsapp:\n  en: {template: t, parms: []}\n",
         "t.yaml:2:21: unknown key 'parms'; did you mean 'params'?"},
        {"whatsapp:\n  en: {template: t, params: x}\n",
         "t.yaml:2:29: params: a list of texts is needed, such as [\"{{first_name}}\"]"},
        {"whatsapp:\n  en: {template: t, params: [{value: x}]}\n",
         "t.yaml:2:30: a parameter is a text, or {name: \u2026, value: \u2026}"},
        {"whatsapp:\n  en: {template: []}\n",
         "t.yaml:2:18: template: the name of a template that the provider holds"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        write_file(folder.template, cases[i].text);
        assert_refused(HEAD "template: t.yaml\n", cases[i].want);
    }
}

static void test_a_template_that_is_not_there(void **state)
{
    (void)state;
    char want[256];
    (void)snprintf(want, sizeof want,
                   "thursday.yaml:3:11: template: %s/none.yaml cannot be read: No such file or "
                   "directory: see that its name and its folder are right",
                   folder.path);
    assert_refused(HEAD "template: none.yaml\n", want);
}

static void assert_when(const char *text, int64_t want_ms)
{
    struct when w;
    struct err e = {0};
    if (when_parse(slice_of(text), &w, &e) < 0) print_error("%s\n", e.text);
    assert_int_equal(w.ms, want_ms);
}

static void test_times(void **state)
{
    (void)state;
    struct when w;
    struct err e;
    char shown[64];
    assert_when("2026-11-20T12:00:00Z", now_ms);
    assert_when("2026-11-20T12:00:00.250Z", now_ms);
    assert_when("2026-11-20t12:00z", now_ms);
    assert_when("2026-11-20 13:30+0130", now_ms);
    assert_when("2026-11-20T04:00-08:00", now_ms);
    assert_when("2026-11-20 12:00", now_ms);
    assert_when("2026-07-01 12:00", 1782903600000); /* summer: 11:00Z */
    assert_int_equal(when_parse(slice_of("2026-03-29 01:30"), &w, &e), ERR_INVALID);
    assert_non_null(strstr(e.text, "the clocks go forward"));
    assert_int_equal(when_parse(slice_of("2026-10-25 01:30"), &w, &e), ERR_INVALID);
    assert_non_null(strstr(e.text, "comes twice here"));
    static const char *const bad[] = {"",
                                      "2026-11-20",
                                      "2026-11-20 24:00",
                                      "2026-13-01 10:00",
                                      "2026-11-20 12:60",
                                      "2026-11-20 12:00 ",
                                      "2026-11-20 12:00+1",
                                      "2026-11-20 12:00+15:00",
                                      "20261120T1200Z",
                                      "2026-11-20 12:00Zz"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_true(when_parse(slice_of(bad[i]), &w, &e) < 0);
    when_show(now_ms, shown, sizeof shown);
    assert_string_equal(shown, "Fri 20 Nov 2026 12:00 GMT");
    when_show(now_ms + 5000, shown, sizeof shown);
    assert_string_equal(shown, "Fri 20 Nov 2026 12:00:05 GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_least),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_hours),
        cmocka_unit_test(test_now_and_nothing),
        cmocka_unit_test(test_a_template),
        cmocka_unit_test(test_a_template_in_its_place),
        cmocka_unit_test(test_what_volunteers_get),
        cmocka_unit_test(test_what_volunteers_cannot_get),
        cmocka_unit_test(test_bounds_of_suggestions),
        cmocka_unit_test(test_the_shipped_example),
        cmocka_unit_test(test_bad_campaigns),
        cmocka_unit_test(test_bad_templates),
        cmocka_unit_test(test_a_template_that_is_not_there),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
