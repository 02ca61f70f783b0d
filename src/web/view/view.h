#pragma once
/* What the store knows as JSON: what the API answers and what the pages are rendered from. All of it
 * is returned owned. */
#include "core/access.h"
#include "core/json.h"
#include "store/inbox.h"

struct audit_entry;
struct campaign;

/* Who a member is to the inbox's store: it shows them what is in their groups. Borrows from the
 * member. */
struct inbox_actor view_actor(const struct member *m);

/* Numbers are masked for volunteers; the fence is shown to the holder only. */
json_t *view_conversation(const struct inbox_conversation *c, const struct member *m,
                          int64_t now_ms);
/* What a person calls themselves; a number in it is masked as their number is. */
json_t *view_name(const struct inbox_conversation *c, const struct member *m);
/* {conversation, held, free_at}: who was taken, or when somebody may be. */
json_t *view_next(const struct inbox_next *n, const struct member *m, int64_t now_ms);
json_t *view_messages(const struct inbox_thread *t, const struct member *m, int64_t now_ms);
/* "+447700900123", "+44••••••0123" (masked), "GB.13…2942", "a group chat": who it is, where a name
 * is not enough. */
enum { VIEW_PERSON_BYTES = 192 };
void view_person(const struct inbox_conversation *c, bool masked, char out[VIEW_PERSON_BYTES]);
/* "under 1 min", "12 min", "3 h", "2 days". */
void view_duration(int64_t ms, char out[32]);

/* AuditEntry of openapi.yaml. */
json_t *view_audit(const struct audit_entry *e);
/* STATUS of openapi.yaml. */
json_t *view_campaign(const struct campaign *c, int64_t now_ms);
