#pragma once
/* The page of one session, which several links lead to. */
#include "core/link.h"
#include "web/public/session_view.h"

/* Both of the book: borrowed until the loop turns. */
struct looked {
    const struct session *session;
    const struct place *place;
};

/* The session of that id. False: it is not there any more, and c has its response. */
bool near_session_find(struct web_call *c, uint32_t id, struct looked *ret);
/* The same by the link of the path, which has to be of that kind. */
bool near_session_look(struct web_call *c, enum link_kind kind, struct looked *ret);
/* "That link leads nowhere." */
void near_session_none(struct web_call *c);

/* What every page of a session shows; `form` and `known` are for the caller. Owned. */
json_t *near_session_data(const struct web_call *c, const struct looked *l);
/* The page with its form, what was typed, and what is wrong with it ("" is nothing). */
void near_session_show(struct web_call *c, const struct looked *l, int status, const char *problem);
