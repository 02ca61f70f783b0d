/* What really stands in User-Agent: programs of messengers, and browsers of people. */
#include "core/crawler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"

static const struct {
    const char *user_agent, *name;
} programs[] = {
    {"WhatsApp/2.23.20.0 A", "WhatsApp"},
    {"WhatsApp/2.2407.9 W", "WhatsApp"},
    {"WhatsApp/0.3.2386 N", "WhatsApp"},
    {"WhatsApp/2", "WhatsApp"}, /* Signal */
    {"TelegramBot (like TwitterBot)", "Telegram"},
    {"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
     "Facebook, Messenger, iMessage"},
    {"facebookexternalhit/1.1", "Facebook, Messenger, iMessage"},
    /* iMessage, on the phone of whoever writes and of whoever gets it */
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) "
     "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
     "Facebook, Messenger, iMessage"},
    {"meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
     "Meta"},
    {"Twitterbot/1.0", "X"},
    {"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Slack"},
    {"Slackbot 1.0 (+https://api.slack.com/robots)", "Slack"},
    {"Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 "
     "skype-url-preview@microsoft.com",
     "Skype, Teams"},
    {"Viber/22.2.0.0 CFNetwork/1496.0.7 Darwin/23.5.0", "Viber"},
    {"facebookexternalhit/1.1; kakaotalk-scrap/1.0; "
     "+https://devtalk.kakao.com/t/scrap/33984",
     "Facebook, Messenger, iMessage"},
    {"facebookexternalhit/1.1;line-poker/1.0", "Facebook, Messenger, iMessage"},
    {"Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)", "VK"},
    {"Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots", "Snapchat"},
    {"Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)", "Bluesky"},
    {"http.rb/5.1.1 (Mastodon/4.2.10; +https://mastodon.social/)", "Mastodon"},
    {"LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
     "a program"},
    {"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "a program"},
    {"Synapse (bot; +https://github.com/matrix-org/synapse)", "a program"},
    {"Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)", "a program"},
    {"Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)",
     "a program"},
    {"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like "
     "Gecko) Chrome/124.0.6367.207 Mobile Safari/537.36 (compatible; Googlebot/2.1; "
     "+http://www.google.com/bot.html)",
     "a program"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
     "Apple"},
    {"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
     "Bing"},
    {"curl/8.5.0", "a program"},
    {"Wget/1.21.4", "a program"},
    {"python-requests/2.32.3", "a program"},
    {"Python/3.12 aiohttp/3.9.5", "a program"},
    {"Go-http-client/2.0", "a program"},
    {"okhttp/4.12.0", "a program"},
    {"Dalvik/2.1.0 (Linux; U; Android 14; SM-S911B Build/UP1A.231005.007)", "a program"},
    {"", "a program"},
};

static const char *const people[] = {
    /* phones of today */
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
    "Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
    /* browsers inside messengers: people */
    "Mozilla/5.0 (Linux; Android 13; Pixel 6 Build/TQ3A.230901.001; wv) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Version/4.0 Chrome/126.0.6478.71 Mobile Safari/537.36 "
    "[FB_IAB/FB4A;FBAV/468.0.0.51.67;]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_4; en_GB; scale=3.00)",
    "Mozilla/5.0 (Linux; Android 14; Pixel 7 Build/UQ1A.240205.004; wv) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Version/4.0 Chrome/126.0.6478.72 Mobile Safari/537.36 Telegram-Android/10.14.3 "
    "(Google Pixel 7; Android 14; SDK 34; HIGH)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 Safari Line/13.5.0",
    "Mozilla/5.0 (Linux; Android 12; M2101K6G; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/107.0 Mobile Safari/537.36 MicroMessenger/8.0.30 WeChat/arm64",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 Snapchat/12.70.0.27 (like Safari/8617.1.17.10.9, panda)",
    "Mozilla/5.0 (Linux; Android 11; Infinix X688B; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/119.0 Mobile Safari/537.36 WhatsApp/2.24.6.77",
    /* a make of phones that has the word in its name */
    "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/87.0.4280.101 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/96.0.4664.45 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; U; Android 5.1; en-gb; CUBOT; CUBOT X15 Build/LMY47D) "
    "AppleWebKit/537.36 Mobile Safari/537.36",
    /* old ones */
    "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; en) Presto/2.12.423 Version/12.16",
    "Nokia2690/2.0 (10.10) Profile/MIDP-2.1 Configuration/CLDC-1.1 UCWEB/2.0 (Java; U; MIDP-2.0; "
    "en-US; nokia2690) U2/1.0.0 UCBrowser/8.8.1.252",
    "Mozilla/5.0 (Mobile; LYF/F90M/LYF-F90M-000-02-28-130318; Android; rv:48.0) Gecko/48.0 "
    "Firefox/48.0 KAIOS/2.5",
    "BlackBerry8520/5.0.0.681 Profile/MIDP-2.1 Configuration/CLDC-1.1 VendorID/600",
};

static void test_programs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        const char *name = crawler_name(slice_of(programs[i].user_agent));
        if (!name) print_error("a person? %s\n", programs[i].user_agent);
        assert_non_null(name);
        assert_string_equal(name, programs[i].name);
    }
    assert_non_null(crawler_name(SLICE_NONE));
}

static void test_people(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        const char *name = crawler_name(slice_of(people[i]));
        if (name) print_error("%s? %s\n", name, people[i]);
        assert_null(name);
    }
}

static void test_early(void **state)
{
    (void)state;
    assert_true(crawler_is_early(SLICE_LIT("prefetch")));
    assert_true(crawler_is_early(SLICE_LIT("prefetch;prerender")));
    assert_true(crawler_is_early(SLICE_LIT("prefetch;anonymous-client-ip")));
    assert_true(crawler_is_early(SLICE_LIT("preview")));
    assert_false(crawler_is_early(SLICE_LIT("")));
    assert_false(crawler_is_early(SLICE_NONE));
    assert_false(crawler_is_early(SLICE_LIT("document")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_programs),
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
