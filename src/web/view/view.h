#pragma once
/* Conversations as JSON: what the API answers and what the pages are rendered from. */
#include <jansson.h>

#include "store/inbox.h"
#include "web/inbox_api.h"

/* Volunteers reach their group only. Borrows from the person. */
struct inbox_actor view_actor(const struct person *person);
int64_t view_now(const struct inbox_web_config *config);

/* Returns owned. Numbers are masked for volunteers; the fence is shown to the holder only. */
json_t *view_conversation(const struct inbox_conversation *c, const struct person *person,
                          int64_t now_ms);
/* What a person calls themselves; a number in it is masked as their number is. Returns owned. */
json_t *view_name(const struct inbox_conversation *c, const struct person *person);
json_t *view_messages(const struct inbox_thread *t, const struct person *person, int64_t now_ms);
/* "+447700900123", "+44••••••0123" (masked), "GB.13…2942", "a group chat": who it is, where a name
 * is not enough. */
enum { VIEW_PERSON_BYTES = 192 };
void view_person(const struct inbox_conversation *c, bool masked, char out[VIEW_PERSON_BYTES]);
/* A text from the store, which is UTF-8 unless somebody else wrote there. Returns owned. */
json_t *view_text(struct slice s);
/* "under 1 min", "12 min", "3 h", "2 days". */
void view_duration(int64_t ms, char out[32]);
