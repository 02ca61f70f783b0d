#pragma once
/* What the verbs of `muster inbox` share. */
#include "core/json.h"
#include "cli/say.h"
#include "cli/verb.h"

enum { INBOX_PATH_BYTES = 512 };

int inbox_cli_list(struct verb_call *c);
int inbox_cli_export(struct verb_call *c);
int inbox_cli_next(struct verb_call *c);
int inbox_cli_show(struct verb_call *c);
int inbox_cli_reply(struct verb_call *c);
int inbox_cli_resolve(struct verb_call *c);
int inbox_cli_hand_over(struct verb_call *c);
int inbox_cli_templates(struct verb_call *c);
int inbox_cli_add_template(struct verb_call *c);
int inbox_cli_remove_template(struct verb_call *c);
int inbox_cli_send_template(struct verb_call *c);

/* The conversation's id is args[0]; false after a message about misuse. */
bool inbox_cli_id(const struct verb_call *c, uint32_t *ret);
/* …/conversations/{id}{action}; *ret_reply owned. */
int inbox_cli_ask(struct verb_call *c, const char *method, uint32_t id, const char *action,
                  const json_t *body, json_t **ret_reply, struct err *e) MUST_USE;
/* Sends what `said` says ({"text"}, or {"template", "values"}; taken), claiming the conversation first when it is not
 * ours. *ret_reply owned. */
int inbox_cli_answer(struct verb_call *c, uint32_t id, json_t *said, json_t **ret_reply,
                     struct err *e) MUST_USE;
/* `key`: of a gap, what stands in it: "fill", or "value" of a conversation's. */
void inbox_cli_print_templates(const json_t *list, const char *key);
void inbox_cli_print_row(const json_t *conversation);
bool inbox_cli_is_unknown(const json_t *message);
