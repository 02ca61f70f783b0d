/* Lists that say themselves who must not be texted: beside a number, in a column for it, above people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "flow/list_number.h"

static char reason[512]; /* of the last row that was left out */

static int store_all(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                     enum audience_outcome *ret_outcomes, struct err *e)
{
    (void)arg, (void)seq, (void)rows, (void)e;
    for (size_t i = 0; i < count; i++)
        ret_outcomes[i] = AUDIENCE_STORED;
    return 0;
}

static void keep_reason(void *arg, const struct import_left_out *row)
{
    (void)arg;
    (void)snprintf(reason, sizeof reason, "%s", row->reason);
}

/* A list of people who are to be texted or not: how many are taken; -1 when it is refused as a whole. */
static int taken_of(const char *text, bool to_be_texted)
{
    struct list_number how = {.country = "GB"};
    const struct import_config config = {.name = "list.csv",
                                         .phone_words = "--phone",
                                         .to_be_texted = to_be_texted,
                                         .number = list_number_read,
                                         .chunk = store_all,
                                         .left_out = keep_reason,
                                         .arg = &how};
    struct err e = {0};
    reason[0] = '\0';
    struct import *im = import_new(&config);
    int r = import_feed(im, slice_of(text), &e);
    if (r == 0) r = import_end(im, &e);
    int taken = r == 0 ? (int)import_stats(im)->stored : -1;
    if (r < 0) assert_non_null(strstr(e.text, "must not be texted, as it looks"));
    import_free(im);
    return taken;
}

static void test_rows_that_say_do_not_text(void **state)
{
    (void)state;
    static const struct {
        const char *title, *cell;
        bool taken;
    } cases[] = {
        {"Status", "Opted out", false},
        {"Status", "Active", true},
        {"SMS Marketing Status", "Unsubscribed", false},
        {"Section", "Do not text", false},
        {"Notes", "DO NOT TEXT - rang to complain", false},
        {"Notes", "do not text him before 9", true},
        {"Notes", "Don\xe2\x80\x99t text!", false},
        {"Notes", "Not contacted", true},
        {"Notes", "No contact", true},
        {"Notes", "Left", true},
        {"Surname", "Stop", true},
        {"Surname", "Optima (Leeds)", true},
        {"Name", "Ann (do not text)", false},
        {"Bemerkung", "Bitte nicht anschreiben", false},
        {"Nota", "N\xc3\xa3o enviar SMS", false},
        {"Notatka", "Nie pisa\xc4\x87!", false},
        {"\xd0\xa1\xd1\x82\xd0\xb0\xd1\x82\xd1\x83\xd1\x81",
         "\xd0\x9e\xd1\x82\xd0\xbf\xd0\xb8\xd1\x81\xd0\xb0\xd0\xbb\xd0\xb0\xd1\x81\xd1\x8c", false},
        {"Do Not Sms", "1", false},
        {"Do Not Sms", "0", true},
        {"Global Opted Out", "FALSE", true},
        {"contact[optOut]", "true", false},
        {"sms_opt_out", "2026-01-31", false},
        {"Unsubscribed", "\xe2\x9c\x93", false},
        {"Unsubscribed", "-", true},
        {"Is deceased", "Yes", false},
        {"Do not call", "Yes", true}, /* of what is not a text it says nothing */
        {"Email opt out", "Yes", true},
        {"Email marketing status", "Unsubscribed", true}, /* of something else than texts */
        {"Newsletter", "Unsubscribed", true},
        {"Gift aid", "Opted out", true},
        {"Political fund", "Opted out", true},
        {"Landline", "Wrong number", true},
        {"Next of kin", "Deceased", true},
        {"Email status", "Do not contact", false},
        {"Email notes", "do not text", false},
        {"Email and SMS status", "Unsubscribed", false},
        {"Mobile status", "Wrong number", false},
        {"Mailing list", "Unsubscribed", false},
        {"Do not text", "OK to text", true},
        {"Unsubscribed", "Not unsubscribed", true},
        {"opted_out_at", "2026-01-31T10:00:00Z", false},
        {"Unsubscribed on", "31 Jan 2026", false},
        {"Unsubscribed on", "", true},
        {"Status", "Unsubscribed by text", false},
        {"Notes", "Do not text or call!", false},
        {"Notes", "Asked to be removed", false},
        {"Tags", "member; do not text", false},
        {"Tags", "\"VIP, No SMS, York\"", false},
        {"Tags", "VIP|do_not_contact", false},
        {"Tags", "\"member, opted out of email\"", true},
        {"Notes", "\"widow of Tom, deceased\"", true},
        {"Notes", "\"shifts, no texts before 9\"", true},
        {"Bemerkung", "Keine SMS mehr", false},
        {"Accepts SMS Marketing", "no", false},
        {"Accepts SMS Marketing", "yes", true},
        {"Accepts email marketing", "no", true},
        {"Opted in", "FALSE", false},
        {"Can we text you?", "No", false},
        {"Can we text you?", "Yes please", true},
        {"Bus stop", "Stop 4", true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "Phone,%s\n07400 000101,\n07400 000102,%s\n",
                       cases[i].title, cases[i].cell);
        int taken = taken_of(text, true);
        bool said = strstr(reason, "not to be texted, as it looks") != NULL;
        if (taken != 1 + cases[i].taken || said == cases[i].taken)
            fail_msg("%s: %s: %d, %s", cases[i].title, cases[i].cell, taken, reason);
        assert_int_equal(taken_of(text, false), 2); /* a list of opt-outs has such people */
    }
}

/* Words above people. The same person may stand above them, too: the list is refused. */
static void test_people_below_do_not_text(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int taken;
    } cases[] = {
        {"Do not text:,", -1},
        {"--- DO NOT CONTACT ---,", -1},
        {",OPTED OUT", -1},
        {"Opt-outs (3),Opt-outs", -1},
        {"STOP", -1},
        {"Removed from the list,", -1},
        {"Deceased / moved away,", -1},
        {"People who asked not to be texted,", -1},
        {"Nicht anschreiben:,", -1},
        {"Ne pas contacter :,", -1},
        {"Peidiwch \xc3\xa2 thecstio:,", -1},
        {"These people have opted out:,", -1},
        {"The following have opted out,", -1},
        {"--- do not text below this line ---,", -1},
        {"Opt-outs: 10,", -1},
        {"STOP (12),", -1},
        {"Opted out: 0,", 2},
        {"Unsubscribed (0),", 2},
        {"Stop 12,", 2},
        {"The Left,", 2},
        {"Leeds:,", 2},
        {"Bus stop crew:,", 2},
        {"Still members,", 2},
        {"Can be texted,", 2},
        {"Do not text:,Ann", 2}, /* more than the words: somebody's row */
        {"Opt-outs removed,", 2},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[256];
        (void)snprintf(text, sizeof text,
                       "Name,Phone\nAnn,07400 000101\n%s\nName,Phone\nEve,07400 000102\n",
                       cases[i].line);
        int taken = taken_of(text, true);
        if (taken != cases[i].taken) fail_msg("%s: %d", cases[i].line, taken);
        assert_int_equal(taken_of(text, false), 2);
    }
    /* Somebody of whom only that is left. */
    assert_int_equal(taken_of("Name,Phone,Status\n,,Unsubscribed\nEve,07400 000102,Member\n", true),
                     1);
    assert_int_equal(taken_of("Do not text list\nName,Phone\nEve,07400 000102\n", true), -1);
    assert_int_equal(taken_of("Name,Phone\nAnn,07400 000101\nOpted out\nEve,\n", true), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_that_say_do_not_text),
        cmocka_unit_test(test_people_below_do_not_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
