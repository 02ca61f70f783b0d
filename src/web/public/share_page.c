#include "web/public/share_page.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/map.h"
#include "core/template.h"
#include "core/visitors.h"
#include "store/cascade.h"
#include "web/respond.h"

enum {
    PAGE_BYTES_MAX = 64 * 1024,
    LINKS_IN_PAGE_MAX = 32,
    PAGES_MAX = 128, /* that are kept */
};

/* The page is kept once for all. This stands in it where each visitor's own link is put: as long as a link, and nobody's. */
static const char any_link[] = "-----LINK-STANDS-HERE--";
_Static_assert(sizeof any_link == LINK_CHARS + 1, "as long as a link");

struct page_kept {
    uint64_t version; /* of its cascade */
    char *html;       /* owned */
    size_t n, at[LINKS_IN_PAGE_MAX], links;
};

struct shares {
    struct map *by_campaign; /* "7cy" → struct page_kept */
    struct visitors *openers;
};

/* ---- what is kept ---- */

struct shares *shares_new(void)
{
    struct shares *s = xcalloc(1, sizeof *s);
    s->by_campaign = map_new();
    s->openers = visitors_new(SHARE_AT_ONCE, SHARE_FULL_MS);
    return s;
}

struct visitors *share_openers(const struct web_call *c)
{
    return c->web->shares->openers;
}

static void kept_free(struct page_kept *k)
{
    if (!k) return;
    free(k->html);
    free(k);
}

static void forget_all(struct shares *s)
{
    size_t pos = 0;
    struct slice key;
    void *kept;
    while (map_next(s->by_campaign, &pos, &key, &kept))
        kept_free(map_del(s->by_campaign, key));
}

void shares_free(struct shares *s)
{
    if (!s) return;
    forget_all(s);
    map_free(s->by_campaign);
    visitors_free(s->openers);
    free(s);
}

/* ---- the message ---- */

static void address_of(const struct web_call *c, const char *token, char out[SHARE_ADDRESS_BYTES])
{
    char path[LINK_CHARS + 8];
    (void)snprintf(path, sizeof path, "/s/%s", token);
    char *whole = public_address(c, path);
    (void)snprintf(out, SHARE_ADDRESS_BYTES, "%s", whole);
    free(whole);
}

static void message_of(const struct web_call *c, const struct cascade *is, const char *token,
                       char out[SHARE_MESSAGE_BYTES])
{
    char address[SHARE_ADDRESS_BYTES];
    address_of(c, token, address);
    (void)snprintf(out, SHARE_MESSAGE_BYTES, "%s %s", is->text, address);
}

void share_address(const struct web_call *c, const struct link *link, char out[SHARE_ADDRESS_BYTES])
{
    char token[LINK_CHARS + 1];
    link_make(c->config->link_key, link, token);
    address_of(c, token, out);
}

void share_message(const struct web_call *c, const struct cascade *is, const struct link *link,
                   char out[SHARE_MESSAGE_BYTES])
{
    char token[LINK_CHARS + 1];
    link_make(c->config->link_key, link, token);
    message_of(c, is, token, out);
}

/* ---- the page ---- */

/* "sms:?&body=…" is what both large systems of phones take. */
static json_t *text_address(const char *message)
{
    struct buf b = BUF_INIT(4 * SHARE_MESSAGE_BYTES);
    buf_add_cstr(&b, "sms:?&body=");
    template_escape_add(&b, slice_of(message), TEMPLATE_ESCAPE_URL);
    json_t *text = json_text(buf_slice(&b));
    buf_done(&b);
    return text;
}

static json_t *page_of(const struct web_call *c, const struct cascade *is)
{
    char address[SHARE_ADDRESS_BYTES], message[SHARE_MESSAGE_BYTES];
    address_of(c, any_link, address);
    message_of(c, is, any_link, message);
    json_t *data = public_data(c, is->title);
    json_put(data, "about", json_string(is->text));
    json_put(data, "address", json_string(address));
    json_put(data, "unlisted", json_true());
    json_put(data, "text", json_string(is->text));
    json_put(data, "message", json_string(message));
    json_put(data, "link", json_string(any_link));
    json_put(data, "text_address", text_address(message));
    return data;
}

static void find_links(struct page_kept *k)
{
    const char *at = k->html;
    while (k->links < LINKS_IN_PAGE_MAX && (at = strstr(at, any_link)) != NULL) {
        k->at[k->links++] = (size_t)(at - k->html);
        at += LINK_CHARS;
    }
}

/* NULL: it cannot be shown, which is a bug of its template. */
static struct page_kept *render(const struct web_call *c, const struct cascade *is)
{
    struct buf html = BUF_INIT(PAGE_BYTES_MAX);
    struct err e;
    struct page_kept *k = NULL;
    if (page_render(c->web->pages, PAGE_SHARE, page_of(c, is), &html, &e) < 0) {
        log_error("a page to pass on cannot be shown: %s", e.text);
    } else {
        k = xcalloc(1, sizeof *k);
        *k = (struct page_kept){
            .version = is->version, .html = slice_strdup(buf_slice(&html)), .n = html.n};
        find_links(k);
    }
    buf_done(&html);
    return k;
}

static struct page_kept *kept(const struct web_call *c, const struct cascade *is)
{
    struct map *all = c->web->shares->by_campaign;
    char key[16];
    (void)snprintf(key, sizeof key, "%u%s", is->campaign,
                   public_language_code(public_language_of(c)));
    struct page_kept *k = map_get(all, slice_of(key));
    if (k && k->version == is->version) return k;
    kept_free(map_del(all, slice_of(key)));
    if (map_count(all) >= PAGES_MAX) forget_all(c->web->shares);
    k = render(c, is);
    if (k) (void)map_put(all, slice_of(key), k);
    return k;
}

void share_page_answer(struct web_call *c, const struct cascade *is, const struct link *link)
{
    char token[LINK_CHARS + 1];
    struct page_kept *k = kept(c, is);
    if (!k) {
        web_error(c, 500, "internal", "This page cannot be shown.");
        return;
    }
    link_make(c->config->link_key, link, token);
    for (size_t i = 0; i < k->links; i++)
        memcpy(k->html + k->at[i], token, LINK_CHARS);
    respond_public(c->q, 200, slice_make(k->html, k->n));
    web_call_free(c);
}
