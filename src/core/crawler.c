#include "core/crawler.h"

#include <ctype.h>
#include <string.h>

#include "base/check.h"

enum { USER_AGENT_BYTES_MAX = 1024 }; /* that are looked at */

/* In small letters: how messengers, networks and search engines call the program that fetches a page for a preview or
 * an index. Where a messenger's name stands inside a browser's line too (its own browser, in which
 * people read), only the beginning counts. */
static const struct {
    const char *text;
    bool begins;
    const char *name;
} crawlers[] = {
    {"whatsapp/", true, "WhatsApp"}, /* Signal says so, too: "WhatsApp/2" */
    {"telegrambot", false, "Telegram"},
    {"facebookexternalhit", false, "Facebook, Messenger, iMessage"},
    {"facebot", false, "Facebook"},
    {"meta-external", false, "Meta"}, /* -agent, -fetcher, -ads */
    {"twitterbot", false, "X"},
    {"slackbot", false, "Slack"},
    {"slack-imgproxy", false, "Slack"},
    {"skypeuripreview", false, "Skype, Teams"},
    {"viber/", true, "Viber"},
    {"kakaotalk-scrap", false, "KakaoTalk"},
    {"line-poker", false, "LINE"},
    {"line/", true, "LINE"},
    {"vkshare", false, "VK"},
    {"snap url preview", false, "Snapchat"},
    {"cardyb", false, "Bluesky"},
    {"mastodon/", false, "Mastodon"},
    {"google-pagerenderer", false, "Google"},
    {"googlemessages", false, "Google Messages"},
    {"googleother", false, "Google"},
    {"google-inspectiontool", false, "Google"},
    {"bingpreview", false, "Bing"},
    {"applebot", false, "Apple"},
    {"embedly", false, "Embedly"},
    {"iframely", false, "Iframely"},
    {"bytespider", false, "Bytespider"},
    /* what says where to complain, as programs do and browsers do not */
    {"+http", false, "a program"},
    {"bot/", false, "a program"},
    {"crawler", false, "a program"},
    {"spider/", false, "a program"},
    /* libraries */
    {"curl/", true, "a program"},
    {"wget/", true, "a program"},
    {"python-", true, "a program"},
    {"python/", true, "a program"},
    {"go-http-client", true, "a program"},
    {"okhttp/", true, "a program"},
    {"dalvik/", true, "a program"},
    {"java/", true, "a program"},
    {"apache-httpclient", true, "a program"},
    {"axios/", true, "a program"},
    {"node", true, "a program"},
    {"libwww-perl", true, "a program"},
    {"ruby", true, "a program"},
    {"php/", true, "a program"},
    {"guzzlehttp", true, "a program"},
};

static bool has(struct slice folded, size_t i)
{
    struct slice text = slice_of(crawlers[i].text);
    if (!crawlers[i].begins) return memmem(folded.p, folded.n, text.p, text.n) != NULL;
    return slice_starts(folded, crawlers[i].text);
}

/* Every open of a link asks: so it is brought to small letters once, and not for each of the words. */
const char *crawler_name(struct slice user_agent)
{
    char folded[USER_AGENT_BYTES_MAX];
    size_t n = user_agent.n < sizeof folded ? user_agent.n : sizeof folded;
    if (n == 0) return "a program";
    for (size_t i = 0; i < n; i++)
        folded[i] = (char)tolower((unsigned char)user_agent.p[i]);
    for (size_t i = 0; i < COUNT_OF(crawlers); i++)
        if (has(slice_make(folded, n), i)) return crawlers[i].name;
    return NULL;
}

bool crawler_is_early(struct slice purpose)
{
    static const char *const words[] = {"prefetch", "prerender", "preview"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_holds_nocase(purpose, slice_of(words[i]))) return true;
    return false;
}
