#pragma once
/* What belongs to a group, and whether the member who asks has to do with it. Rows that are IN_GROUP
 * ask here. A thing of a group that one does not belong to does not exist for them: the response is
 * that of an id that nobody has. */
#include "web/call.h"

struct account;
struct audience_info;
struct campaign;

/* In place of web_ok, for what the store tells of a campaign or of an audience. False: c has its
 * response. own_audience refuses one that is lent, too: whoever borrows a list launches to it and
 * does nothing else with it (audience_find, and no more, is for them). */
bool own_campaign(struct web_call *c, int result, const struct campaign *campaign,
                  const struct err *e);
bool own_audience(struct web_call *c, int result, const struct audience_info *info,
                  const struct err *e);

/* The groups in which the member may do what the row says. Borrows from the member. */
struct group_set own_groups(const struct web_call *c);

/* Whether campaigns of one of the member's groups may leave by that account. */
bool own_account(const struct web_call *c, const struct account *a);

/* In which group something is to be done that the body or query names, or does not: then it is the
 * member's only one, or "main" of who is everywhere. False: c has its response. */
bool own_group(struct web_call *c, struct slice asked, struct slice *ret);

/* "leeds, york", for people; "every group". */
enum { OWN_GROUPS_BYTES = 512 };
void own_say_groups(const struct member *m, char out[OWN_GROUPS_BYTES]);
