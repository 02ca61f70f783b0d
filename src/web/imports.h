#pragma once
/* Lists that were uploaded, for API and pages: what may be asked of them, the job that reads one
 * (flow/list_job.h), and the note that says what became of it. */
#include "store/audience.h"
#include "web/call.h"

/* A value of the request, by name: web_query or web_field. */
typedef struct slice imports_get(const struct web_call *c, const char *name);
struct imports_answers {
    /* The list is on the disk, and its first note is written. */
    void (*started)(struct web_call *c, const char *id);
    /* It is not read: a sentence for the person. NULL: a problem is answered. */
    void (*refused)(struct web_call *c, int status, const char *why);
};

/* Options: name, group, country, delimiter, encoding, phone, keep_unlisted. What is wrong with them is
 * said before anything is read. */
void imports_new_list(struct web_call *c, imports_get *get, const struct imports_answers *to);
/* A change of the list {id}; options: change (add, merge, replace, remove; add where it is not said),
 * country, delimiter, encoding, phone, keep_unlisted. */
void imports_change(struct web_call *c, imports_get *get, const struct imports_answers *to);
/* The same of one person, with a file of one row that was made for them: its phone column, and
 * AUDIENCE_MERGE or AUDIENCE_REMOVE. Takes file. base: what {id} is, borrowed for the call. */
void imports_person(struct web_call *c, const struct audience_info *base,
                    enum audience_change change, FILE *file, const char *phone,
                    const struct imports_answers *to);
/* Numbers of people who must not be texted in that scope, which the member may change: they wait in a
 * batch (flow/list_optouts.h). Options: country, delimiter, encoding, phone. */
void imports_optouts(struct web_call *c, imports_get *get, struct slice scope,
                     const struct imports_answers *to);

/* The note of {import} as API and pages show it, owned by the callback; whoever may not make lists in
 * its group gets a 404, and c has its response. */
typedef void imports_note(struct web_call *c, json_t *note);
void imports_load(struct web_call *c, imports_note *cb);
/* Answers with the rows that were left out, as a file. */
void imports_send_rejects(struct web_call *c);

/* Jobs that still read are given up: the process ends. */
void imports_free(struct web *w);
