#pragma once
/* The message of a campaign, from a file of templates/ or from a text in the campaign file, in the
 * JSON form of flow/message.h. Texts are compiled here already, so that a mistake in one is told
 * with its place in the file. */
#include "io/yaml.h"

#include <jansson.h>

/* smart: typographic characters become plain ones in SMS texts (core/parts.h), so that they stay
 * GSM-7. *ret is owned by the caller. Errors read "path:line:column: …". */
int campaign_template_load(const char *path, bool smart, json_t **ret, struct err *e) MUST_USE;
/* The same of a mapping that stands in the campaign's file. */
int campaign_template_here(const struct yaml_doc *d, const struct yaml_node *root, bool smart,
                           json_t **ret, struct err *e) MUST_USE;
/* The same from one text for SMS. */
int campaign_template_text(const struct yaml_doc *d, const struct yaml_node *text, bool smart,
                           json_t **ret, struct err *e) MUST_USE;
/* `show` and `suggestions` of a mapping (flow/aside.h), into a message; what it has of them is replaced.
 */
int campaign_template_aside(const struct yaml_doc *d, const struct yaml_node *root, json_t *message,
                            struct err *e) MUST_USE;
