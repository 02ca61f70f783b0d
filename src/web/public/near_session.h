#pragma once
/* The page of one session, which several links lead to. */
#include "core/link.h"
#include "store/pledge.h"
#include "web/public/session_view.h"

/* Both of the book: borrowed until the loop turns. */
struct looked {
    const struct session *session;
    const struct place *place;
};

/* "That link leads nowhere." */
void meeting_none(struct web_call *c);
/* The session of that id. False: it is not there any more, and c has its response. */
bool meeting_find(struct web_call *c, uint32_t session, struct looked *ret);
/* Whether one may still say that one comes. */
bool meeting_is_open(const struct web_call *c, const struct session *s);

/* What every page of a session shows. Owned. */
json_t *meeting_data(const struct web_call *c, const struct looked *l);
/* The page with its form, what was typed, and what is wrong with it ("" is nothing). known: the number
 * that the link stands for; 0: it is typed. */
void meeting_show(struct web_call *c, uint32_t session, uint64_t known, int status,
                  const char *problem);

/* ---- the link of a campaign's text ---- */

/* The session that the text told them of, and their number. c has its response where there is none. */
typedef void meeting_offer_cb(struct web_call *c, uint32_t session, uint64_t number);
void meeting_offer(struct web_call *c, const struct link *link, meeting_offer_cb *cb);

/* ---- "I am coming" ---- */

/* Of the form of c, which says a name and a number; the page comes again with what is wrong. */
void meeting_come_by_form(struct web_call *c, uint32_t session);
/* Of a person whom the link stands for: their own page follows. */
void meeting_come(struct web_call *c, const struct pledge_ask *ask);

/* "/pledge/TOKEN": the page of what a person said. */
enum { MEETING_MINE_BYTES = 64 };
void meeting_mine_path(const struct web_call *c, uint32_t session, uint32_t number,
                       char out[MEETING_MINE_BYTES]);
