/* What the pages look like and that names and texts cannot become markup: compared byte by byte
 * with golden/NAME.html, but for the versions of static files. After a wanted change: MUSTER_GOLDEN_WRITE=1 meson test 'unit pages', and
 * read the diff. */
#include "web/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

/* Closes what it can stand in: text, an attribute, a textarea, a template tag. */
#define EVIL "<script>alert(1)</script>\\\"'></textarea>&amp;{{csrf}}"

static const char list_data[] =
    "{\"title\": \"" EVIL "\", \"organisation\": \"" EVIL
    "\", \"csrf\": \"c-s-r-f\", \"problem\": \"" EVIL "\","
    " \"person\": {\"name\": \"" EVIL
    "\"}, \"empty\": \"none\", \"next\": \"/inbox?show=free&after=1-2\","
    " \"tabs\": [{\"label\": \"Waiting\", \"href\": \"/inbox\", \"current\": true},"
    "            {\"label\": \"Mine\", \"href\": \"/inbox?show=mine\", \"current\": false}],"
    " \"conversations\": [{\"id\": 7, \"display\": \"" EVIL
    "\", \"address\": \"+44••••••0123\", \"answerable\": true, \"group\": \"" EVIL "\","
    "   \"waiting\": \"12 min\", \"claimed_by\": \"" EVIL
    "\", \"mine\": false, \"doubt\": true, \"has_tags\": true, \"tags\": [\"yes\"]},"
    "  {\"id\": 8, \"display\": \"Ann\", \"address\": \"" EVIL "\", \"group\": \"main\", "
    "\"waiting\": null,"
    "   \"claimed_by\": null, \"mine\": false, \"has_tags\": false, \"tags\": []}]}";

static const char thread_data[] =
    "{\"coming\": [{\"session\": 12, \"place\": \"" EVIL "\", \"when\": \"Sat 28 Nov 10:00\"}],"
    " \"named\": {\"session\": 13, \"place\": \"" EVIL
    "\", \"when\": \"Sun 29 Nov 10:00\"}, \"title\": \"" EVIL "\", \"line\": \"" EVIL
    "\", \"app\": true,"
    " \"back\": {\"href\": \"/inbox\", \"label\": \"Inbox\"},"
    " \"aside\": {\"href\": \"#more\", \"label\": \"More\"},"
    " \"known\": \"" EVIL "\", \"has_fields\": true, \"fields\": [{\"name\": \"" EVIL
    "\", \"value\": \"" EVIL "\"}], \"suggestions\": [{\"tag\": null, \"text\": \"" EVIL "\"}],"
    " \"quick_tags\": [{\"tag\": \"yes\", \"label\": \"Yes\", \"on\": true},"
    "   {\"tag\": \"" EVIL "\", \"label\": \"" EVIL "\", \"on\": false}],"
    " \"organisation\": \"Us\", \"csrf\": \"c-s-r-f\", \"problem\": "
    "\"" EVIL "\", \"stopped\": \"" EVIL "\", \"memory\": \"" EVIL "\", \"kept\": \"" EVIL "\","
    " \"person\": {\"name\": \"Sam\"}, \"suppressed\": false, \"draft\": \"" EVIL
    "\", \"key\": \"" EVIL "\","
    " \"parts\": {\"parts\": \"1 part\", \"units\": 5, \"per_part\": 160, \"encoding\": \"GSM-7\"},"
    " \"conversation\": {\"id\": 7, \"display\": \"" EVIL
    "\", \"address\": \"+44••••••0123\", \"answerable\": true, \"group\": \"main\","
    "   \"campaign\": 3, \"state\": \"open\", \"open\": true, \"mine\": true, \"claimed_by\": "
    "\"Sam\", \"fence\": 2,"
    "   \"held_for\": \"10 min\", \"tags\": [\"yes\", \"" EVIL "\"]},"
    " \"messages\": [{\"dir\": \"out first\", \"campaign_name\": \"" EVIL
    "\", \"text\": null, \"template\": \"" EVIL "\", \"ago\": \"3 h ago\"},"
    "  {\"dir\": \"in\", \"text\": \"" EVIL "\", \"kind\": \"text\", \"note\": \"" EVIL
    "\", \"ago\": \"3 min ago\", \"media\": 1},"
    "  {\"dir\": \"out\", \"text\": \"" EVIL "\", \"kind\": \"reply\", \"by\": \"" EVIL
    "\", \"ago\": \"just now\","
    "   \"state\": \"refused\", \"fate\": \"" EVIL "\"},"
    "  {\"dir\": \"out\", \"text\": \"At 7\", \"kind\": \"reply\", \"by\": \"Sam\", \"ago\": "
    "\"just now\","
    "   \"index\": 12, \"resent\": 1, \"state\": \"unknown\", \"fate\": \"nobody knows\","
    "   \"unknown_for\": \"12 min\", \"may_resend\": true}]}";

static const char login_data[] =
    "{\"title\": \"Log in\", \"organisation\": \"Us\", \"csrf\": \"\", \"problem\": \"\","
    " \"token\": \"" EVIL "\", \"can_text\": true, \"by_token\": true}";

static const char join_data[] = "{\"title\": \"Come in\", \"organisation\": \"" EVIL
                                "\", \"csrf\": \"\", \"problem\": \"\", \"path\": \"/join/" EVIL
                                "\", \"shift\": true, \"by\": \"" EVIL "\", \"groups\": \"" EVIL
                                "\", \"typed\": \"" EVIL "\", \"number\": \"" EVIL "\"}";

static const char people_data[] =
    "{\"title\": \"People\", \"organisation\": \"Us\", \"csrf\": \"c-s-r-f\", \"problem\": \"\","
    " \"person\": {\"name\": \"Olive\"}, \"nav\": [], \"some_wait\": true, \"waiting_count\": 1,"
    " \"waiting\": [{\"id\": 8, \"name\": \"" EVIL "\", \"groups\": [\"leeds\"]}],"
    " \"people\": [{\"id\": 7, \"name\": \"" EVIL
    "\", \"role\": \"volunteer\", \"now\": \"\", \"groups\": [\"leeds\", \"york\"]}],"
    " \"q\": \"" EVIL "\", \"of_group\": \"" EVIL "\", \"next\": \"" EVIL
    "\", \"some_shifts\": true,"
    " \"shifts\": [{\"id\": \"a-b_c\", \"group\": \"leeds\", \"joined\": 1, \"max\": 50,"
    " \"left\": \"in 3 h\"}]}";

static char *read_golden(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f) return NULL;
    struct buf b = BUF_INIT(1 << 20);
    for (int c; (c = fgetc(f)) != EOF;)
        buf_add_char(&b, (char)c);
    (void)fclose(f);
    return b.p;
}

static void write_golden(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fputs(text, f);
    (void)fclose(f);
}

/* "style.css?v=0123456789ab" becomes "style.css": it is another one with each change of the file. */
static void drop_versions(char *html)
{
    for (char *at = html; (at = strstr(at, "?v=")) != NULL;) {
        size_t n = 3 + strspn(at + 3, "0123456789abcdef");
        memmove(at, at + n, strlen(at + n) + 1);
    }
}

static void compare(enum page page, const char *data, const char *name)
{
    struct pages *pages = pages_new();
    struct buf html = BUF_INIT(1 << 20);
    struct err e;
    json_t *json = json_loads(data, 0, NULL);
    assert_non_null(json);
    assert_int_equal(page_render(pages, page, json, &html, &e), 0);
    drop_versions(html.p);
    assert_null(strstr(html.p, "<script>"));
    assert_null(strstr(html.p, "alert(1)</"));
    assert_null(strstr(html.p, "\"'>"));
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.html", GOLDEN_FOLDER, name);
    if (getenv("MUSTER_GOLDEN_WRITE")) write_golden(path, html.p);
    char *golden = read_golden(path);
    assert_non_null(golden);
    assert_string_equal(html.p, golden);
    free(golden);
    buf_done(&html);
    pages_free(pages);
}

static void test_list(void **state)
{
    (void)state;
    compare(PAGE_INBOX, list_data, "list");
}

static void test_thread(void **state)
{
    (void)state;
    compare(PAGE_THREAD, thread_data, "thread");
}

/* All of the width is given away, and none twice. */
static void test_a_bar_adds_up(void **state)
{
    (void)state;
    static const struct page_bar_part parts[] = {
        {"arrived", "good", 1}, {"on the way", "going", 1}, {"not yet", "waiting", 1}};
    json_int_t x, width, at = 0;
    for (size_t count = 0; count <= COUNT_OF(parts); count++) {
        json_t *bar = page_bar("How far", parts, count);
        at = 0;
        for (size_t i = 0; i < count; i++) {
            const json_t *part = json_array_get(json_object_get(bar, "parts"), i);
            x = json_integer_value(json_object_get(part, "x"));
            width = json_integer_value(json_object_get(part, "width"));
            assert_int_equal(x, at);
            at += width;
        }
        assert_int_equal(at, count ? 1000 : 0);
        json_decref(bar);
    }
}

static void test_login(void **state)
{
    (void)state;
    compare(PAGE_LOGIN, login_data, "login");
}

static void test_join(void **state)
{
    (void)state;
    compare(PAGE_JOIN, join_data, "join");
}

static void test_people(void **state)
{
    (void)state;
    compare(PAGE_PEOPLE, people_data, "people");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),   cmocka_unit_test(test_thread),
        cmocka_unit_test(test_login),  cmocka_unit_test(test_join),
        cmocka_unit_test(test_people), cmocka_unit_test(test_a_bar_adds_up),
    };
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
