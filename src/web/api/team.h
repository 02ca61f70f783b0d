#pragma once
/* What volunteers do among themselves: rows of inbox.c. */
struct web_call;

void team_post_tag(struct web_call *c);
void team_post_note(struct web_call *c);
void team_post_hand_over(struct web_call *c);
void team_put_draft(struct web_call *c);
void team_get_waiting(struct web_call *c);
void team_get_tags(struct web_call *c);
void team_post_own_tag(struct web_call *c);
void team_delete_tag(struct web_call *c);
