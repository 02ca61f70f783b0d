#pragma once
/* What belongs to a group, and whether the member who asks has to do with it. Rows that are IN_GROUP
 * ask here. A thing of a group that one does not belong to does not exist for them: the response is
 * that of an id that nobody has. */
#include "web/call.h"

struct account;
struct audience_info;
struct campaign;

/* In place of web_ok, for what the store tells of a campaign or of an audience. False: c has its
 * response. Whoever borrows a list (store/loan.h) has no part in it, and of a campaign to it only in what asks
 * own_or_lent_campaign: its counts, and that it stops and goes on. */
bool own_campaign(struct web_call *c, int result, const struct campaign *campaign,
                  const struct err *e);
bool own_or_lent_campaign(struct web_call *c, int result, const struct campaign *campaign,
                          const struct err *e);
bool own_audience(struct web_call *c, int result, const struct audience_info *info,
                  const struct err *e);

/* The groups in which the member may do what the row says. Borrows from the member. */
struct group_set own_groups(const struct web_call *c);

/* Whether campaigns of one of the member's groups may leave by that account. */
bool own_account(const struct web_call *c, const struct account *a);

/* The group in which something is to be done. asked: what the body or the query says. Where that is empty it is the member's
 * only group; for a member of every group it is "main". False: c has its response. */
bool own_group(struct web_call *c, struct slice asked, struct slice *ret);

/* "leeds, york", for people; "every group". */
enum { OWN_GROUPS_BYTES = 512 };
void own_say_groups(const struct member *m, char out[OWN_GROUPS_BYTES]);
