#pragma once
/* What the verbs of `muster campaign` share. */
#include "status.h"
#include "cli/verb.h"

/* The verb's FILE (args[0]) by campaign_file_notes, at the time of now. */
int campaign_load_file(const struct verb_call *c, json_t **ret, struct err *e) MUST_USE;
int campaign_rehearse(struct verb_call *c);
int campaign_check(struct verb_call *c);
int campaign_test(struct verb_call *c);
int campaign_launch(struct verb_call *c);
int campaign_approve(struct verb_call *c);
int campaign_send_back(struct verb_call *c);
int campaign_watch(struct verb_call *c);
int campaign_report(struct verb_call *c);
int campaign_print_people(struct verb_call *c);
int campaign_resolve(struct verb_call *c);
int campaign_audit(struct verb_call *c);
int campaign_move_all(struct verb_call *c);
int campaign_file_of(struct verb_call *c);
int campaign_edit_by_file(struct verb_call *c);
int campaign_reschedule(struct verb_call *c);
int campaign_share(struct verb_call *c);
int campaign_unshare(struct verb_call *c);

/* "ERROR: …", with how it is confirmed where one may. Owned. */
json_t *campaign_finding_words(const json_t *finding);
/* What blocks it, of a report of a check; NULL is fine. */
void campaign_print_errors(const json_t *report);
/* A message: {"sms": {"en": {"text": …}}, "whatsapp": {"en": {"template": …}}}. */
void campaign_print_message(const json_t *message);
/* What it said before it was changed, to how many people, and what it says. */
void campaign_print_texts(struct verb_call *c, uint32_t id);
/* campaign_file_load, which also says on stderr how local times were read. *ret owned. */
int campaign_file_notes(const char *path, int64_t now_ms, json_t **ret, struct err *e) MUST_USE;

/* The campaign's id is args[0]; false after a message about misuse. */
bool campaign_id(const struct verb_call *c, uint32_t *ret);
/* GET …/{id}; *ret owned. */
int campaign_get(struct verb_call *c, uint32_t id, json_t **ret, struct err *e) MUST_USE;
/* What a check says of a campaign: its name, audience, gateway and lane. */
void campaign_print_report(const json_t *campaign, const json_t *check);
