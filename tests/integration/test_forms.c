/* What a page's form says when something typed is wrong: in the page's words, at the field, with all
 * that was typed. */
#include <string.h>

#include "api_world.h"

#include "core/form.h"

static json_int_t campaign;

static int set_up(void **state)
{
    (void)world_set_up(state);
    make_audience("list", 3);
    campaign =
        number_at(ask(201, "POST", "/api/v1/campaigns",
                      "{\"name\":\"meeting\",\"audience\":\"list\",\"gateway\":\"main\","
                      "\"message\":{\"sms\":{\"en\":{\"text\":\"Hi, Example Movement. STOP to "
                      "end\"}}}}"),
                  "id");
    return 0;
}

static void posts(int status, const char *path, const char *form)
{
    (void)ask_as(ORGANISER, status, "POST", path, form);
}

static void says(const char *words)
{
    if (!strstr(answer_text(), words)) fail_msg("it does not say \"%s\": %s", words, answer_text());
}

static void does_not_say(const char *words)
{
    if (strstr(answer_text(), words)) fail_msg("it says \"%s\": %s", words, answer_text());
}

/* ---- /schedules/new ---- */

static void repeats(int status, const char *form)
{
    char whole[512];
    (void)snprintf(whole, sizeof whole, "campaign=%lld&%s", (long long)campaign, form);
    posts(status, "/schedules/new", whole);
}

static void test_a_repeat_is_refused_at_its_fields(void **state)
{
    (void)state;
    repeats(422, "often=fortnight&day=tue&time=09:00&name=weekly");
    says("id=\"often-error\">Choose how often.");
    says("value=\"tue\" selected");
    repeats(422, "often=week&day=tue&time=09:00&name=+");
    says("id=\"name-error\">Give it a name.");
    does_not_say("value=\"meeting\"");
    repeats(422, "often=week&day=someday&time=&name=weekly");
    says("id=\"day-error\">Choose a day.");
    says("id=\"time-error\">Say at what time.");
    does_not_say("value=\"09:00\""); /* what was empty stays empty */
    repeats(422, "often=month&date=32&time=09:00&name=weekly");
    says("id=\"date-error\">Choose a day.");
    repeats(422, "often=dates&dates=+&name=weekly");
    says("Give one date at least, with its time.");
    repeats(422, "often=dates&dates=tomorrow&name=weekly");
    says(">\ntomorrow</textarea>");
    repeats(422, "often=event&event=&name=weekly");
    says("id=\"event-error\">Say when the event is.");
    says("Choose at least one.");
    assert_int_equal(
        json_array_size(json_object_get(ask(200, "GET", "/api/v1/schedules", NULL), "schedules")),
        0);
}

static void test_a_whole_repeat_is_made(void **state)
{
    (void)state;
    static const char *const whole[] = {
        "often=week&day=thu&time=09:00&name=a",
        "often=second&day=thu&time=09:00&name=b",
        "often=month&date=last&time=09:00&name=c",
        "often=day&time=09:00&name=d",
        "often=event&event=2027-12-03T19:00&remind2=1&name=e",
        "often=dates&dates=2027-12-03+19:00%0D%0A2028-01-07+19:00&name=f"};
    for (size_t i = 0; i < COUNT_OF(whole); i++)
        repeats(303, whole[i]);
}

static void test_an_event_is_moved(void **state)
{
    (void)state;
    repeats(303, "often=event&event=2027-12-03T19:00&remind0=1&remind2=1&name=before");
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("Move the event");
    says("value=\"2027-12-03T19:00\"");
    posts(303, "/schedules/1/event", "event=2027-12-10T20:30");
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("Before Fri 10 Dec 2027, 20:30: 1 day before at 11:00; 2 hours before");
    says("Thu 09 Dec 2027, 11:00");
    says("Fri 10 Dec 2027, 18:30");
    posts(422, "/schedules/1/event", "event=tomorrow");
    says("value=\"tomorrow\"");
    says("<details open>");
    posts(422, "/schedules/1/event", "event=2001-12-10T20:30"); /* which is over */
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/schedules/1/event", "event=2027-12-11T20:30");
    /* one that goes by the week has no event */
    repeats(303, "often=week&day=thu&time=09:00&name=weekly");
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/2", NULL);
    does_not_say("Move the event");
    (void)ask(400, "POST", "/api/v1/schedules/2", "{\"event\":\"2027-12-11 20:30\"}");
}

/* ---- /campaigns/check ---- */

#define GATEWAY "gateway=main&text=Hi,+Example+Movement.+STOP+to+end"

static void test_the_check_says_which_field(void **state)
{
    (void)state;
    posts(422, "/campaigns/check", "audience=list&" GATEWAY);
    says("Please look at: the name.");
    says("Give it a name.");
    posts(422, "/campaigns/check", "");
    says("Please look at: the name, who gets it, the provider account, the text.");
    posts(422, "/campaigns/check", "name=x&audience=list&min_age=old&" GATEWAY);
    says("Please look at: the age.");
}

static void test_what_the_api_refuses_is_in_words(void **state)
{
    (void)state;
    posts(400, "/campaigns/check", "name=x&audience=list&budget=much&" GATEWAY);
    says("id=\"budget-error\">What it may cost is ");
    does_not_say("'budget'");
    posts(404, "/campaigns/check", "name=x&audience=lost&" GATEWAY);
    says("There is no list &#39;lost&#39;");
    does_not_say("muster audience");
    (void)ask_as(ORGANISER, 404, "GET", "/campaigns/4711", NULL);
    says("There is no campaign 4711");
    does_not_say("muster campaign");
}

static void test_what_is_rare_is_in_the_form(void **state)
{
    (void)state;
    posts(400, "/campaigns/check", "name=x&audience=list&canary=few&" GATEWAY);
    says("With how many it begins is ");
    says("value=\"few\"");
    posts(200, "/campaigns/check",
          "name=x&audience=list&canary=50%25&canary_then=rule&brake_off=it+is+urgent&kind="
          "survey&" GATEWAY);
    says("name=\"brake_off\" value=\"it is urgent\"");
    posts(422, "/campaigns/check", "name=x&audience=list&pause_failed_percent=101&" GATEWAY);
    says(" open>\n<summary>With care");
    says("A whole number from 1 to 100, please.");
    posts(422, "/campaigns/check", "name=x&audience=list&pause_of_receipts=0&" GATEWAY);
    says("A whole number from 1 to 1000000, please.");
    posts(200, "/campaigns/check", "name=x&audience=list&pause_failed_percent=30&" GATEWAY);
    says("name=\"pause_failed_percent\" value=\"30\"");
    posts(422, "/campaigns/check", "name=x&audience=list&of=7&" GATEWAY);
    says("Choose whom: tick one at least.");
    posts(200, "/campaigns/new", "name=x&audience=list&of=7&only_expired=1&" GATEWAY);
    says("name=\"only_expired\" value=\"1\" checked");
    says("name=\"only_refused\" value=\"1\">");
    posts(200, "/campaigns/new", "canary=200&canary_then=rule&brake_off=it+is+urgent&kind=survey");
    says("value=\"200\"");
    says("value=\"rule\" checked");
    says("value=\"it is urgent\"");
    says("value=\"survey\" selected");
}

/* ---- what pages say of a campaign ---- */

static void on_set(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_true(redis_int(reply, -1) >= 0);
}

/* As the store has it of a campaign that is over, or that a schedule launched. */
static void set(json_int_t id, const char *field, const char *value)
{
    char key[64];
    struct err e;
    (void)snprintf(key, sizeof key, "%sc:%lld", world.prefix, (long long)id);
    const struct slice argv[] = {SLICE_LIT("HSET"), slice_of(key), slice_of(field),
                                 slice_of(value)};
    assert_int_equal(redis_wait(world.redis, on_set, NULL, &e, COUNT_OF(argv), argv), 0);
}

static void reads(json_int_t id, const char *page)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/campaigns/%lld%s", (long long)id, page);
    (void)ask_as(ORGANISER, 200, "GET", path, NULL);
}

static void test_who_approves_reads_whose_text_it_is(void **state)
{
    (void)state;
    char path[64];
    make_audience_in("leeds", "theirs", 3);
    json_int_t id = number_at(
        ask_as(ORGANISER_OF_LEEDS, 201, "POST", "/api/v1/campaigns",
               "{\"name\":\"theirs\",\"audience\":\"theirs\",\"gateway\":\"main\",\"start\":"
               "\"2026-11-27T18:00:00Z\",\"message\":{\"sms\":{\"en\":{\"text\":\"Hi, Example "
               "Movement. STOP to end\"}}}}"),
        "id");
    reads(id, "/approve");
    does_not_say("changed it");
    does_not_say("It is a repeat");
    start_campaign((uint32_t)id,
                   (uint32_t)number_at(ask(200, "GET", "/api/v1/audiences/theirs", NULL), "id"));
    set(id, "status", "paused");
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%lld/edit", (long long)id);
    (void)ask(200, "POST", path,
              "{\"message\":{\"sms\":{\"en\":{\"text\":\"Hello, Example Movement. STOP to "
              "end\"}}}}");
    set(id, "schedule", "Thursday meeting");
    does_not_say("Its own bounds");
    set(id, "pause_failed_percent", "90");
    set(id, "pause_account_refusals", "1");
    set(id, "brake_off", "Ada watches it");
    reads(id, "/approve");
    does_not_say("Its own bounds"); /* nobody is asked until it goes on */
    set(id, "status", "proposed");
    reads(id, "/approve");
    says("receipts pause it when 90 of 100 did not arrive, after 1 refusal of the whole account.");
    says("The brake is off: Ada watches it.");
    says("It is a repeat: “Thursday meeting”");
    says("The text is as ");
    reads(id, "");
    says("Its own bounds: receipts pause it when 90 of 100");
    reads(id, "/change");
    says("people who still wait.");
    does_not_say("keeps what they got"); /* nobody has got it */
}

/* ---- a template in several languages ---- */

#define TEMPLATES                                                                                  \
    "{\"name\":\"wa\",\"audience\":\"list\",\"gateway\":\"wa\",\"start\":\"2026-11-27T18:00:"      \
    "00Z\","                                                                                       \
    "\"message\":{\"default\":\"en\",\"whatsapp\":{"                                               \
    "\"en\":{\"template\":\"meeting\",\"language\":\"en_GB\",\"params\":[\"seven\"]},"             \
    "\"fr\":{\"template\":\"reunion\",\"language\":\"fr\",\"params\":[\"sept heures\"]}}}}"

/* POST /campaigns/{id}/change as a browser sends it: with what it said when the form was filled. */
static void posts_change(int status, json_int_t id, const char *fields, const char *form)
{
    char path[64];
    struct buf body = BUF_INIT(16384);
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%lld/body", (long long)id);
    char *base = json_dumps(json_object_get(ask(200, "GET", path, NULL), "message"), JSON_COMPACT);
    buf_add_cstr(&body, "base=");
    form_encode(&body, slice_of(base));
    buf_addf(&body, "&audience=list&%s&%s", fields, form);
    (void)snprintf(path, sizeof path, "/campaigns/%lld/change", (long long)id);
    char *text = slice_strdup(buf_slice(&body));
    posts(status, path, text);
    free(text);
    buf_done(&body);
    free(base);
}

static void changes(int status, json_int_t id, const char *form)
{
    posts_change(status, id, "name=wa&gateway=wa&template=meeting&language=en_GB&params=seven",
                 form);
}

static void test_a_template_of_another_language_is_changed(void **state)
{
    (void)state;
    json_int_t id = number_at(ask(201, "POST", "/api/v1/campaigns", TEMPLATES), "id");
    start_campaign((uint32_t)id,
                   (uint32_t)number_at(ask(200, "GET", "/api/v1/audiences/list", NULL), "id"));
    set(id, "status", "paused");
    reads(id, "/change");
    says("WhatsApp template in the usual language");
    says("WhatsApp template (fr)");
    says("name=\"template.fr\" type=\"text\" value=\"reunion\"");
    says("name=\"params.fr\" rows=\"3\">\nsept heures");
    changes(422, id, "template.fr=&language.fr=fr&params.fr=sept+heures");
    says("name the template, in each language");
    changes(200, id, "template.fr=reunion_2&language.fr=fr_FR&params.fr=huit+heures");
    says("name=\"params.fr\" value=\"huit heures\""); /* carried from page to page */
    changes(303, id, "confirmed=1&template.fr=reunion_2&language.fr=fr_FR&params.fr=huit+heures");
    reads(id, "/change");
    says("name=\"template.fr\" type=\"text\" value=\"reunion_2\"");
    says("name=\"language.fr\" type=\"text\" value=\"fr_FR\"");
    says("name=\"params.fr\" rows=\"3\">\nhuit heures");
    says("name=\"template\" type=\"text\" value=\"meeting\"");
}

/* ---- a changed text, on a phone of one's own first ---- */

#define NEW_TEXT "name=meeting&gateway=main&text=At+eight,+Example+Movement.+STOP+to+end&why=later"

/* Also of one that nobody has changed. */
static void test_a_report_says_what_they_got(void **state)
{
    (void)state;
    start_campaign((uint32_t)campaign,
                   (uint32_t)number_at(ask(200, "GET", "/api/v1/audiences/list", NULL), "id"));
    reads(campaign, "/report");
    says("<h2>What they got</h2>");
    says("dir=\"auto\">Hi, Example Movement. STOP to end</p>");
}

static void test_a_change_is_tried_where_it_is_checked(void **state)
{
    (void)state;
    start_campaign((uint32_t)campaign,
                   (uint32_t)number_at(ask(200, "GET", "/api/v1/audiences/list", NULL), "id"));
    set(campaign, "status", "paused");
    posts_change(200, campaign, NEW_TEXT, "");
    says("name=\"test\" value=\"1\">Send me a test</button>");
    says("<dt>Price</dt><dd>0.12 GBP, of those who still wait</dd>");
    posts_change(200, campaign, NEW_TEXT, "test=1&to=nobody");
    says("role=\"alert\"");
    does_not_say("On its way");
    posts_change(200, campaign, NEW_TEXT, "test=1&to=%2B447700900555");
    says("On its way to +447700900555.");
    says("name=\"why\" value=\"later\""); /* what was typed goes on */
    says("value=\"+447700900555\"");
    says("name=\"confirmed\" value=\"1\">Change it");
    (void)ask(200, "GET", world_text("/api/v1/campaigns/%lld/body", (long long)campaign), NULL);
    does_not_say("At eight"); /* nothing is changed by a test */
    (void)ask(200, "GET", "/api/v1/audit", NULL);
    says("test of a campaign's text sent");
}

static void test_what_is_over_is_not_paid_for_any_more(void **state)
{
    (void)state;
    reads(campaign, "");
    says("<summary>Budget</summary>");
    set(campaign, "status", "done");
    set(campaign, "done_ms", "1795716000000");
    reads(campaign, "");
    does_not_say("<summary>Budget</summary>");
    reads(campaign, "/report");
    says("<strong>Done</strong> · since ");
}

/* ---- from a list, and back from a mistake ---- */

static void test_a_list_leads_to_a_campaign(void **state)
{
    (void)state;
    char path[64], wanted[96];
    json_int_t id = make_audience("spring", 1);
    (void)snprintf(path, sizeof path, "/lists/%lld", (long long)id);
    (void)ask_as(ORGANISER, 200, "GET", path, NULL);
    (void)snprintf(wanted, sizeof wanted, "href=\"/campaigns/new?list=%lld\"", (long long)id);
    says(wanted);
    (void)snprintf(path, sizeof path, "/campaigns/new?list=%lld", (long long)id);
    (void)ask_as(ORGANISER, 200, "GET", path, NULL);
    says("<option value=\"spring\" selected>spring (1 person)</option>");
    does_not_say("value=\"list\" selected");
    (void)ask_as(ORGANISER, 200, "GET", "/lists", NULL);
    says("<p>1 person</p>");
    (void)ask_as(ORGANISER, 404, "GET", "/campaigns/new?list=999", NULL);
}

/* Who sees several groups may see one name twice. */
static void test_lists_of_one_name_are_told_apart(void **state)
{
    (void)state;
    char path[64], ours[96], theirs[96];
    json_int_t id = make_audience("twice", 3), other = make_audience_in("leeds", "twice", 2);
    (void)snprintf(path, sizeof path, "/campaigns/new?list=%lld", (long long)other);
    (void)snprintf(ours, sizeof ours, "value=\"%lld\">twice of main (3 people)", (long long)id);
    (void)snprintf(theirs, sizeof theirs, "value=\"%lld\" selected>twice of leeds (2 people)",
                   (long long)other);
    (void)ask_as(ORGANISER, 200, "GET", path, NULL);
    says(ours);
    says(theirs);
}

static void test_a_mistake_leads_back(void **state)
{
    (void)state;
    char path[64];
    json_int_t id = make_audience("lent", 1);
    (void)snprintf(path, sizeof path, "/lists/%lld/lend", (long long)id);
    posts(422, path, "to=leeds&until=soon&why=our+twin");
    says("<option value=\"leeds\" selected>");
    says("id=\"lend-until-error\"");
    says("value=\"our twin\"");
    posts(400, path, "to=leeds&until=2020-12-11T18%3A00&why=our+twin"); /* the API refuses it */
    says("Say until when: a time to come");
    says("value=\"2020-12-11T18:00\"");
    (void)snprintf(path, sizeof path, "/lists/%lld/take-back", (long long)id);
    posts(404, path, "loan=99");
    (void)snprintf(path, sizeof path, "<a class=\"button primary\" href=\"/lists/%lld\">Back</a>",
                   (long long)id);
    says(path);
    (void)ask_as(ORGANISER, 303, "GET", "/campaigns/check", NULL);
}

/* By the clock that the form names, and with the reason. */
static void test_a_time_that_has_passed_is_named(void **state)
{
    (void)state;
    char path[64];
    posts(200, "/campaigns/check",
          "name=x&audience=list&gateway=main&text=Hi&start=2020-07-01T10%3A00");
    says("The start Wed 01 Jul 2020, 10:00 has passed");
    json_int_t id = number_at(
        ask(201, "POST", "/api/v1/campaigns",
            "{\"name\":\"planned\",\"audience\":\"list\",\"gateway\":\"main\",\"start\":"
            "\"2030-01-01T10:00:00Z\",\"message\":{\"sms\":{\"en\":{\"text\":\"Hi, Example "
            "Movement. STOP to end\"}}}}"),
        "id");
    (void)snprintf(path, sizeof path, "/campaigns/%lld/start", (long long)id);
    posts(422, path, "start=2020-07-01T10%3A00");
    says("Not changed: the start Wed 01 Jul 2020, 10:00 has passed");
}

/* What is wrong with what is looked for stands above the list, with what was typed. */
static void test_a_search_that_is_wrong_keeps_the_inbox(void **state)
{
    (void)state;
    (void)ask_as(ORGANISER, 400, "GET", "/inbox?search=12", NULL);
    says("Type at least the last 4 digits of the number");
    says("value=\"12\"");
    says("Next person");
    (void)ask_as(ORGANISER, 400, "GET", "/api/v1/inbox?search=12", NULL);
    says("type at least the last 4 digits");
}

/* As a list of opt-outs reads it: a slip of the finger is no number, and no wish that is lost with a thank-you. */
static void test_a_number_that_is_none_is_said_why(void **state)
{
    static const struct {
        const char *typed, *why;
    } wrong[] = {{"085+123+4567+or+so", "letters in the number"},
                 {"085+123+4567/8", "more than one number in the cell"},
                 {"085+1", "no such number: too short or too long for its country"},
                 {"0999+123+4567", "not in the numbering plan of 20"},
                 {"4.474E%2B11", "a spreadsheet has rounded this number"}};
    char form[128];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        (void)ask_as(ORGANISER, 400, "GET", world_text("/optouts?number=%s", wrong[i].typed), NULL);
        says(world_text("The phone number: %s", wrong[i].why));
        (void)snprintf(form, sizeof form, "scope=all&why=x&number=%s", wrong[i].typed);
        posts(400, "/optouts/add", form);
        says(world_text("Nothing was changed. The phone number: %s", wrong[i].why));
    }
    posts(303, "/optouts/add", "scope=all&why=x&number=(085)+123+4567");
    posts(303, "/optouts/add", "scope=all&why=x&number=%2B3539991234567"); /* plans grow old */
}

/* "meeting" is the oldest of 51: its card is behind a link, and its name in the form only where a link chose it. */
static void test_older_campaigns_are_found(void **state)
{
    (void)state;
    enum { PAGE_OF_THEM = 50 };
    char body[256], path[128];
    for (int i = 0; i < PAGE_OF_THEM; i++) {
        (void)snprintf(
            body, sizeof body,
            "{\"name\":\"newer %d\",\"audience\":\"list\",\"gateway\":\"main\","
            "\"message\":{\"sms\":{\"en\":{\"text\":\"Hi, Example Movement. STOP to end\"}}}}",
            i);
        (void)ask(201, "POST", "/api/v1/campaigns", body);
    }
    (void)ask(200, "GET", "/campaigns", NULL);
    says(">newer 0</a>");
    does_not_say(">meeting</a>");
    const char *link = strstr(answer_text(), "/campaigns?cursor=");
    assert_non_null(link);
    (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(link, "\""), link);
    (void)ask(200, "GET", path, NULL);
    says(">meeting</a>");
    does_not_say("/campaigns?cursor=");
    (void)ask(200, "GET", "/lists/from", NULL);
    says(">newer 49</option>");
    does_not_say(" selected");
    (void)ask(200, "GET", "/lists/from?campaign=1", NULL);
    says("<option value=\"1\" selected>Campaign 1</option>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_repeat_is_refused_at_its_fields, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_a_whole_repeat_is_made, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_an_event_is_moved, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_a_template_of_another_language_is_changed, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_the_check_says_which_field, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_what_the_api_refuses_is_in_words, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_rare_is_in_the_form, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_who_approves_reads_whose_text_it_is, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_a_report_says_what_they_got, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_a_change_is_tried_where_it_is_checked, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_over_is_not_paid_for_any_more, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_a_list_leads_to_a_campaign, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_lists_of_one_name_are_told_apart, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_a_mistake_leads_back, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_a_time_that_has_passed_is_named, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_a_search_that_is_wrong_keeps_the_inbox, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_a_number_that_is_none_is_said_why, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_older_campaigns_are_found, set_up, world_tear_down),
    };
    return world_run("forms", tests, COUNT_OF(tests));
}
