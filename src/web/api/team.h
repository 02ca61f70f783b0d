#pragma once
/* What volunteers do among themselves: rows of inbox.c. */
#include "base/slice.h"

struct web_call;

void team_post_tag(struct web_call *c);
void team_post_note(struct web_call *c);
void team_put_draft(struct web_call *c);
void team_get_waiting(struct web_call *c);
void team_get_tags(struct web_call *c);
void team_post_own_tag(struct web_call *c);
void team_delete_tag(struct web_call *c);

/* Whether the member may change what that group keeps at hand (tags, suggested answers, templates). The group "" stands for all: for
 * members of every group alone. False: c has its response. */
bool team_group_is_mine(struct web_call *c, struct slice group);
