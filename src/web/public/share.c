/* The page that people pass on (docs/adr/0054). Who opens a link is counted, gets a link of their own, and is led to the
 * page of that one: loading that again counts nothing. Programs of messengers, and what is opened too often from one place,
 * get the page of the link itself. */
#include "core/crawler.h"
#include "core/link.h"
#include "core/template.h"
#include "core/visitors.h"
#include "io/redis.h"
#include "store/cascade.h"
#include "web/public/share_page.h"

#include <stdio.h>

enum {
    /* What an address may open: five links a second in all, and the same one once a second; of each twenty
     * seconds' worth at once (SHARE_AT_ONCE, SHARE_FULL_MS). */
    OPEN_COST = 2,
    SAME_COST = 10,
    PATH_BYTES = LINK_CHARS + 16,
    TARGET_BYTES_MAX = 4 * SHARE_MESSAGE_BYTES,
    KEEP_BYTES = LINK_CHARS + 32,
};

/* ---- which link ---- */

/* The link of the path and its cascade; NULL: c has its response. */
static const struct cascade *find(struct web_call *c, struct link *link)
{
    if (!link_read(c->config->link_key, LINK_SHARE, web_param(c, "link"), link)) {
        web_error(c, 404, "not_found", "%s", public_say(c, WORD_share_none));
        return NULL;
    }
    if (!cascades_are_read(c->config->cascades)) {
        web_error(c, 503, "unavailable", "Try again in a moment.");
        return NULL;
    }
    const struct cascade *is = cascades_find(c->config->cascades, link->a);
    if (is && (is->until_ms == 0 || c->now_ms < is->until_ms)) return is;
    web_error(c, 404, "not_found", "%s", public_say(c, WORD_share_over));
    return NULL;
}

/* ---- who counts ---- */

static bool is_program(const struct http_request *q)
{
    static const char *const early[] = {"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"};
    if (!slice_is(http_request_method(q), "GET")) return true;
    for (size_t i = 0; i < COUNT_OF(early); i++)
        if (crawler_is_early(http_request_header(q, early[i]))) return true;
    return crawler_name(http_request_header(q, "User-Agent")) != NULL;
}

/* Whether the address may be counted again: with that link, and at all. */
static bool may_count(const struct web_call *c, const struct link *link)
{
    const uint64_t address = auth_address_key(c->web->auth, c->q);
    const uint64_t same = (address ^ link->b ^ (uint64_t)link->a << 32) * 0x9e3779b97f4a7c15;
    struct visitors *openers = share_openers(c);
    if (http_request_is_unix(c->q)) return true;
    return visitors_ask(openers, same ^ same >> 29, SAME_COST, c->now_ms) == 0 &&
           visitors_ask(openers, address, OPEN_COST, c->now_ms) == 0;
}

/* False: it is noted, and counts as nothing else. */
static bool counts(struct web_call *c, const struct link *link)
{
    struct err e;
    bool program = is_program(c->q);
    if (redis_why_away(c->config->redis, &e) < 0) return false;
    if (!program && may_count(c, link)) return true;
    cascades_note(c->config->cascades, link->a, link->b, program ? CASCADE_PROGRAM : CASCADE_OVER,
                  c->now_ms);
    return false;
}

/* ---- opening ---- */

struct opening {
    struct link link;
};

/* That it could not be counted is nothing to the person: they get the page. */
static void on_opened(void *arg, int result, uint32_t mine)
{
    struct web_call *c = arg;
    const struct opening *o = c->state;
    char token[LINK_CHARS + 1], path[PATH_BYTES];
    link_make(c->config->link_key,
              &(struct link){LINK_SHARE, o->link.a, result < 0 ? o->link.b : mine}, token);
    (void)snprintf(path, sizeof path, "/s/%s/me", token);
    web_answer_redirect(c, path);
}

static void get_link(struct web_call *c)
{
    struct opening *o = web_call_state(c, sizeof *o, NULL);
    const struct cascade *is = find(c, &o->link);
    if (!is) return;
    if (counts(c, &o->link))
        cascades_open(c->config->cascades, o->link.a, o->link.b, c->now_ms, on_opened, c);
    else
        share_page_answer(c, is, &o->link);
}

static void get_own(struct web_call *c)
{
    struct link link;
    const struct cascade *is = find(c, &link);
    if (is) share_page_answer(c, is, &link);
}

/* ---- passing it on ---- */

static void lead_to(struct buf *to, const char *address, const char *text)
{
    buf_add_cstr(to, address);
    template_escape_add(to, slice_of(text), TEMPLATE_ESCAPE_URL);
}

/* Where that way leads; false: there is no such way. */
static bool lead(const struct web_call *c, const struct cascade *is, const struct link *link,
                 struct slice way, struct buf *to)
{
    char token[LINK_CHARS + 1], address[SHARE_ADDRESS_BYTES], message[SHARE_MESSAGE_BYTES];
    if (slice_is(way, "whatsapp")) {
        share_message(c, is, link, message);
        lead_to(to, "https://wa.me/?text=", message);
    } else if (slice_is(way, "telegram")) {
        share_address(c, link, address);
        lead_to(to, "https://t.me/share/url?url=", address);
        lead_to(to, "&text=", is->text);
    } else if (slice_is(way, "text") || slice_is(way, "copy") || slice_is(way, "phone")) {
        link_make(c->config->link_key, link, token);
        buf_addf(to, "/s/%s/me", token); /* it left without us, and is counted here */
    } else {
        return false;
    }
    return true;
}

static void get_way(struct web_call *c)
{
    struct link link;
    const struct cascade *is = find(c, &link);
    struct buf to = BUF_INIT(TARGET_BYTES_MAX);
    if (!is) return;
    if (!lead(c, is, &link, web_param(c, "way"), &to)) {
        web_error(c, 404, "not_found", "There is no such way to pass it on.");
    } else {
        if (counts(c, &link))
            cascades_note(c->config->cascades, link.a, link.b, CASCADE_SHARED, c->now_ms);
        buf_add_char(&to, '\0');
        web_answer_redirect(c, to.p);
    }
    buf_done(&to);
}

/* ---- what came of it ---- */

static bool read_via(const struct web_call *c, struct link *ret)
{
    struct slice via = web_field(c, "via");
    return link_read(c->config->link_key, LINK_SHARE, via.n ? via : web_query(c, "via"), ret);
}

void public_put_via(const struct web_call *c, json_t *data)
{
    struct link link;
    char token[LINK_CHARS + 1] = "", keep[KEEP_BYTES];
    struct slice said = web_field(c, "lang").n ? web_field(c, "lang") : web_query(c, "lang");
    const char *lang = said.n ? public_language_code(public_language_of(c)) : "";
    if (read_via(c, &link)) link_make(c->config->link_key, &link, token);
    (void)snprintf(keep, sizeof keep, "%s%s%s%s%s", *token ? "?via=" : "", token,
                   !*lang   ? ""
                   : *token ? "&lang="
                            : "?lang=",
                   lang, "");
    if (*token) json_put(data, "via", json_string(token));
    if (*lang) json_put(data, "lang", json_string(lang));
    json_put(data, "keep", json_string(keep));
}

void public_via_pledged(struct web_call *c)
{
    struct link link;
    if (read_via(c, &link) && cascades_find(c->config->cascades, link.a))
        cascades_note(c->config->cascades, link.a, link.b, CASCADE_PLEDGED, c->now_ms);
}

static const struct route rows[] = {
    {"GET", "/s/{link}", MAY_ANYBODY, PUBLIC | PAGE, NULL, get_link},
    {"GET", "/s/{link}/me", MAY_ANYBODY, PUBLIC | PAGE, NULL, get_own},
    {"GET", "/s/{link}/to/{way}", MAY_ANYBODY, PUBLIC | PAGE, NULL, get_way},
};

const struct routes share_routes = {rows, COUNT_OF(rows)};
