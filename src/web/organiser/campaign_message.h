#pragma once
/* The message of a campaign's form, both ways: the fields text, template, language and params, and of
 * each further language text.LANGUAGE, or template.LANGUAGE and so on. The field base is the message as it was when the form was
 * filled: what has no field (what volunteers see) stays as it is there. */
#include "web/call.h"

/* Returns owned; what is missing goes to *wrong: {field: sentence}. */
json_t *campaign_message_read(const struct web_call *c, bool by_template, json_t **wrong);
/* The fields of the further languages, of SMS or of templates, with what was typed: [{name, label, value, line}, …]; line: one is
 * enough. Returns owned. */
json_t *campaign_message_more(const struct web_call *c, bool by_template);

/* Whether the campaign's message is still what the field base says. */
bool campaign_message_is_base(const struct web_call *c, const json_t *message);

/* What somebody would have typed: tells each field. */
typedef void campaign_field_cb(void *arg, const char *name, struct slice value);
void campaign_message_fields(const json_t *message, campaign_field_cb *cb, void *arg);

/* As a page shows it, {{>organiser/bubbles}}: [{language, text}, …]; language: "" where there is one only. Returns owned. */
json_t *campaign_message_bubbles(const json_t *message);
