/* Erasure: all of a person, but that they must not be texted. */
#include "web/api/api.h"

#include "core/number.h"
#include "store/forget.h"
#include "store/inbox.h"
#include "store/suppress.h"
#include "web/call.h"
#include "web/hooks.h"

#include <string.h>

static void on_forgotten(void *arg, int result, const struct forgotten *f, const struct err *e)
{
    struct web_call *c = arg;
    struct err failed;
    if (!web_ok(c, result, e)) return;
    int files = c->web->hooks ? hooks_forget(c->web->hooks, f->names, f->name_count, &failed) : 0;
    if (files < 0) {
        web_error(c, 500, "internal", "all of them in the store is gone, but %s", failed.text);
        return;
    }
    web_answer(c, 200,
               json_pack("{s:I,s:I,s:I,s:i,s:b}", "rows", (json_int_t)f->rows, "conversations",
                         (json_int_t)f->conversations, "messages", (json_int_t)f->messages, "files",
                         files, "suppressed", f->suppressed));
}

/* The trail is to say who forgot somebody, and not whom. */
static bool names_them(struct slice why, struct slice key)
{
    return key.n && why.n && memmem(why.p, why.n, key.p, key.n);
}

static void post_forget(struct web_call *c)
{
    char digits[NUMBER_TEXT_BYTES];
    struct slice key, person = body_text(&c->body, "person", PERSON_KEY_BYTES, BODY_NEEDED);
    struct slice why = body_text(&c->body, "why", SUPPRESS_EVIDENCE_BYTES_MAX, BODY_NEEDED);
    uint64_t number;
    if (!web_body_ok(c) || !api_read_person(c, person, digits, &key, &number)) return;
    if (names_them(why, key))
        web_error(c, 400, "invalid", "'why' stays in the audit trail: leave the number out of it");
    else if (c->web->hooks && !hooks_are_caught_up(c->web->hooks))
        web_error(c, 409, "conflict",
                  "webhooks wait in the spool, and what they wrote may be among them: again when "
                  "it is empty "
                  "(muster_spool_records)");
    else
        forget_person(c->config->store, key, number, web_deed_for(c, why), on_forgotten, c);
}

static const struct route rows[] = {
    {"POST", "/api/v1/forget", MAY_FORGET, NEEDS_STORE | AUDITED, KEYS("person", "why"),
     post_forget},
};

const struct routes forget_routes = {rows, COUNT_OF(rows)};
