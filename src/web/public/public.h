#pragma once
/* The room of pages for anybody: who opens a link on a phone, and signs in nowhere. A row of it is
 * PUBLIC (web/route.h), so the door bounds how much each address may ask (core/visitors.h), problems are
 * pages of this frame, and no cookie is read or set.
 *
 * A page here: a template public/NAME.mustache with {{>public/head}}, one <h1>, one main button,
 * {{>public/foot}}; a row {"GET", "/address", MAY_ANYBODY, PUBLIC | PAGE | NEEDS_STORE, NULL, get_it};
 * then public_answer(c, PAGE_NAME, 200, public_data(c, "Title")). A form is POST with FORM, carries no
 * csrf, since there is no session that somebody could borrow, and has WEB_PUBLIC_BYTES_MAX. */
#include "web/page.h"
#include "web/public/words.h"

/* How often strangers may make us text one number, which they type; all of it again a day later. */
enum { PUBLIC_TEXTS_MAX = 8, PUBLIC_TEXTS_MS = 24 * 3600 * 1000 };
/* So many numbers may be typed at one address at once, and one more a minute: nobody makes us text a whole book of strangers
 * from one place, and a stall in the street, or the phones of one network, get through. */
enum { PUBLIC_TYPED_MAX = 30, PUBLIC_TYPED_MS = 1800 * 1000 };

/* What every page here shows: title, organisation, imprint, the picture for previews. Owned. Put besides:
 * "about": a sentence for previews in messengers; "address": the whole URL of the page, for the same; "unlisted": true where search engines have no business. */
json_t *public_data(const struct web_call *c, const char *title);
/* The language of c (words.h), and what it is called for a word there. */
enum public_language public_language_of(const struct web_call *c);
const char *public_say(const struct web_call *c, enum public_word w);
/* Answers c with the page. Takes data. */
void public_answer(struct web_call *c, enum page page, int status, json_t *data);
/* The whole URL of a path of ours, "https://…": for what leaves the browser. Owned. */
char *public_address(const struct web_call *c, const char *path);

/* ---- the page that people pass on (share.c) ---- */

/* What is kept for it: who opened how much lately, and pages as they are sent. */
struct shares *shares_new(void);
void shares_free(struct shares *s); /* NULL is fine */
/* Who comes to another page by the one that people pass on has that link in ?via=, and forms keep it in a field `via`: puts it as
 * "via", where it is one of ours; the language that somebody asked for as "lang"; and both as "keep", for addresses: "?via=…&lang=cy". */
void public_put_via(const struct web_call *c, json_t *data);
/* They said that they come: it counts with that link. */
void public_via_pledged(struct web_call *c);

/* ---- for the door ---- */

/* per_s [requests/s] of one address; 0 = VISITORS_PER_S. */
struct visitors *public_visitors_new(uint32_t per_s);

/* False: the address asked too much, and q has its response. */
bool public_comes_in(struct web *w, struct http_request *q, const struct route *route,
                     int64_t now_ms);
/* A problem as a page of this frame. What is ours (5xx) is told without its cause. */
void public_problem(struct web *w, struct http_request *q, int status, const char *message);
