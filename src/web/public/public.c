#include "web/public/public.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "core/law.h"
#include "core/visitors.h"
#include "flow/launch.h"
#include "web/embedded.h"
#include "web/respond.h"

enum { PUBLIC_BYTES_MAX = 64 * 1024, FORM_COST = 10, SECOND_MS = 1000, MESSAGE_BYTES = 160 };

/* The whole URL of a path of ours. Owned. */
static char *address_of(const struct web *w, const char *path)
{
    struct slice base = slice_of(w->config.public_url ? w->config.public_url : "");
    while (slice_ends(base, "/"))
        base.n--;
    struct buf whole = BUF_INIT(PUBLIC_BYTES_MAX);
    buf_addf(&whole, "%.*s%s", SLICE_ARG(base), path);
    char *text = slice_strdup(buf_slice(&whole));
    buf_done(&whole);
    return text;
}

/* What messengers show beside a link, where the organisation has no picture of its own. */
static json_t *our_picture(const struct web *w)
{
    char path[WEB_HREF_BYTES];
    web_file_href("share.png", path);
    char *address = address_of(w, path);
    json_t *text = json_string(address);
    free(address);
    return text;
}

static json_t *frame_data(const struct web *w, enum public_language l, const char *title)
{
    const struct law_organisation *law = w->config.means->law;
    bool own = !w->config.picture || !*w->config.picture;
    return json_pack("{s:O,s:s,s:o,s:o,s:o,s:b}", "w", public_words_of(w->words, l), "title", title,
                     "organisation", json_text(slice_of(w->config.organisation)), "imprint",
                     json_text(slice_of(law && law->imprint ? law->imprint : "")), "image",
                     own ? our_picture(w) : json_text(slice_of(w->config.picture)), "image_is_ours",
                     (int)own);
}

static struct slice language_said(const struct web_call *c)
{
    struct slice said = web_field(c, "lang");
    return said.n ? said : web_query(c, "lang");
}

enum public_language public_language_of(const struct web_call *c)
{
    return public_language(c->q, language_said(c));
}

const char *public_say(const struct web_call *c, enum public_word w)
{
    return public_word(public_language_of(c), w);
}

json_t *public_data(const struct web_call *c, const char *title)
{
    return frame_data(c->web, public_language_of(c), title);
}

/* Takes data. A page that does not fit is a bug of its template: its parts have bounds. */
static void respond(struct web *w, struct http_request *q, enum page page, int status, json_t *data)
{
    struct buf html = BUF_INIT(PUBLIC_BYTES_MAX);
    struct err e;
    if (page_render(w->pages, page, data, &html, &e) < 0) {
        log_error("a page for anybody cannot be shown: %s", e.text);
        respond_problem(q, 500, "internal", public_word(PUBLIC_EN, WORD_our_fault));
    } else {
        respond_public(q, status, buf_slice(&html));
    }
    buf_done(&html);
}

void public_answer(struct web_call *c, enum page page, int status, json_t *data)
{
    respond(c->web, c->q, page, status, data);
    web_call_free(c);
}

char *public_address(const struct web_call *c, const char *path)
{
    return address_of(c->web, path);
}

/* ---- for the door ---- */

struct visitors *public_visitors_new(uint32_t per_s)
{
    uint32_t at_once = (per_s ? per_s : VISITORS_PER_S) * VISITORS_BURST_S;
    return visitors_new(at_once, VISITORS_BURST_S * SECOND_MS);
}

void public_problem(struct web *w, struct http_request *q, int status, const char *message)
{
    bool ours = status >= 500;
    enum public_language l = public_language(q, SLICE_NONE);
    json_t *data = frame_data(w, l, public_word(l, ours ? WORD_try_again : WORD_failed));
    json_put(data, "message", json_text(slice_of(ours ? public_word(l, WORD_our_fault) : message)));
    respond(w, q, PAGE_PUBLIC_PROBLEM, status, data);
}

static void refuse(struct web *w, struct http_request *q, int64_t wait_ms)
{
    char seconds[24], message[MESSAGE_BYTES];
    int64_t wait_s = (wait_ms + SECOND_MS - 1) / SECOND_MS;
    (void)snprintf(seconds, sizeof seconds, "%lld", (long long)wait_s);
    (void)snprintf(message, sizeof message,
                   "Too many people ask from your network at once. Please wait %s second%s, then "
                   "load this page again.",
                   seconds, wait_s == 1 ? "" : "s");
    http_request_set_header(q, "Retry-After", seconds);
    public_problem(w, q, 429, message);
}

bool public_comes_in(struct web *w, struct http_request *q, const struct route *route,
                     int64_t now_ms)
{
    if (http_request_is_unix(q)) return true;
    uint32_t cost = route->flags & FORM ? FORM_COST : 1;
    int64_t wait_ms = visitors_ask(w->visitors, auth_address_key(w->auth, q), cost, now_ms);
    if (wait_ms > 0) refuse(w, q, wait_ms);
    return wait_ms == 0;
}
