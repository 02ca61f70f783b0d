#include "core/crawler.h"

#include "base/check.h"

enum { USER_AGENT_BYTES_MAX = 1024 }; /* that are looked at */

/* How messengers, networks and search engines call the program that fetches a page for a preview or
 * an index. Where a messenger's name stands inside a browser's line too (its own browser, in which
 * people read), only the beginning counts. */
static const struct {
    const char *text;
    bool begins;
    const char *name;
} crawlers[] = {
    {"WhatsApp/", true, "WhatsApp"}, /* Signal says so, too: "WhatsApp/2" */
    {"TelegramBot", false, "Telegram"},
    {"facebookexternalhit", false, "Facebook, Messenger, iMessage"},
    {"Facebot", false, "Facebook"},
    {"meta-external", false, "Meta"}, /* -agent, -fetcher, -ads */
    {"Twitterbot", false, "X"},
    {"Slackbot", false, "Slack"},
    {"Slack-ImgProxy", false, "Slack"},
    {"SkypeUriPreview", false, "Skype, Teams"},
    {"Viber/", true, "Viber"},
    {"kakaotalk-scrap", false, "KakaoTalk"},
    {"line-poker", false, "LINE"},
    {"Line/", true, "LINE"},
    {"vkShare", false, "VK"},
    {"Snap URL Preview", false, "Snapchat"},
    {"Cardyb", false, "Bluesky"},
    {"Mastodon/", false, "Mastodon"},
    {"Google-PageRenderer", false, "Google"},
    {"GoogleMessages", false, "Google Messages"},
    {"GoogleOther", false, "Google"},
    {"Google-InspectionTool", false, "Google"},
    {"BingPreview", false, "Bing"},
    {"Applebot", false, "Apple"},
    {"Embedly", false, "Embedly"},
    {"Iframely", false, "Iframely"},
    {"Bytespider", false, "Bytespider"},
    /* what says where to complain, as programs do and browsers do not */
    {"+http", false, "a program"},
    {"bot/", false, "a program"},
    {"crawler", false, "a program"},
    {"spider/", false, "a program"},
    /* libraries */
    {"curl/", true, "a program"},
    {"Wget/", true, "a program"},
    {"python-", true, "a program"},
    {"Python/", true, "a program"},
    {"Go-http-client", true, "a program"},
    {"okhttp/", true, "a program"},
    {"Dalvik/", true, "a program"},
    {"Java/", true, "a program"},
    {"Apache-HttpClient", true, "a program"},
    {"axios/", true, "a program"},
    {"node", true, "a program"},
    {"libwww-perl", true, "a program"},
    {"Ruby", true, "a program"},
    {"PHP/", true, "a program"},
    {"GuzzleHttp", true, "a program"},
};

static bool has(struct slice user_agent, size_t i)
{
    struct slice text = slice_of(crawlers[i].text);
    if (!crawlers[i].begins) return slice_holds_nocase(user_agent, text);
    return user_agent.n >= text.n && slice_eq_nocase(slice_make(user_agent.p, text.n), text);
}

const char *crawler_name(struct slice user_agent)
{
    if (user_agent.n > USER_AGENT_BYTES_MAX) user_agent.n = USER_AGENT_BYTES_MAX;
    if (user_agent.n == 0) return "a program";
    for (size_t i = 0; i < COUNT_OF(crawlers); i++)
        if (has(user_agent, i)) return crawlers[i].name;
    return NULL;
}

bool crawler_is_early(struct slice purpose)
{
    static const char *const words[] = {"prefetch", "prerender", "preview"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_holds_nocase(purpose, slice_of(words[i]))) return true;
    return false;
}
