#pragma once
/* How the page to pass on looks, and what it hands to the phone. The page is rendered once for each cascade: only the link in
 * it differs, and all links have the same length. */
#include "core/link.h"
#include "web/public/public.h"

struct cascade;
struct visitors;

enum { SHARE_ADDRESS_BYTES = 1024, SHARE_MESSAGE_BYTES = 2048 };

/* How much each address may open and pass on: see share.c. */
enum { SHARE_AT_ONCE = 200, SHARE_FULL_MS = 20000 };
struct visitors *share_openers(const struct web_call *c);

/* Answers c with the page of that link. */
void share_page_answer(struct web_call *c, const struct cascade *is, const struct link *link);

/* The whole address of a link, "https://…/s/AwAAAA…". */
void share_address(const struct web_call *c, const struct link *link,
                   char out[SHARE_ADDRESS_BYTES]);
/* The ready message: the text, and the link's address behind it. */
void share_message(const struct web_call *c, const struct cascade *is, const struct link *link,
                   char out[SHARE_MESSAGE_BYTES]);
