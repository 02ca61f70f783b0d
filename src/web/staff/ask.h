#pragma once
/* What API and pages ask of people, read alike: from a JSON body or a form. Each read notes the
 * first thing that is wrong; ask_ok answers it once. */
#include "store/staff.h"
#include "web/call.h"

enum { ASK_CODE_BYTES = 24 };

struct ask { /* the state of a call */
    struct err e;
    const char *groups[MEMBER_GROUPS_MAX];
    char *texts[MEMBER_GROUPS_MAX]; /* the same, owned */
    struct staff_groups set;
    char code[ASK_CODE_BYTES], hash[AUTH_ID_BYTES];
    int64_t until_ms;
    size_t left, done; /* of many */
    char **ids;        /* the same, owned */
    int max;
    bool people_too;
};

/* The state of c, freed with it. */
struct ask *ask_new(struct web_call *c);
bool ask_is_page(const struct web_call *c); /* its response is a page, not JSON */

struct slice ask_text(struct web_call *c, const char *key, size_t bytes_max, enum body_need need);
bool ask_flag(struct web_call *c, const char *key); /* true; "1", "on" of a form */
/* A name of a person: one line, not "local". */
struct slice ask_name(struct web_call *c, const char *key);
enum role ask_role(struct web_call *c);
/* "groups": a list, and "everywhere". Of a form what was chosen, which may be ASK_EVERYWHERE, and "more", a
 * text with commas. */
#define ASK_EVERYWHERE "*"
const struct staff_groups *ask_groups(struct web_call *c);
/* As people write it, or in E.164; 0 when it is absent. */
bool ask_read_number(const struct web_call *c, struct slice text, uint64_t *ret);
uint64_t ask_mobile(struct web_call *c, const char *key);
/* [wall ms] later than now and within `max_ms`; of a form hours from now, in `hours`. */
int64_t ask_until(struct web_call *c, int64_t max_ms, enum body_need need);
/* A whole number from 1 to max; `otherwise` when absent. */
int ask_count(struct web_call *c, const char *key, int max, int otherwise);
/* Notes a problem of the caller's, if there is none yet. */
void ask_wrong(struct web_call *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool ask_ok(struct web_call *c);

/* A fresh code and its hash. */
void ask_make_code(struct web_call *c);
/* "https://…/join/CODE" */
enum { ASK_URL_BYTES = 256 };
void ask_url(const struct web_call *c, const char *path, char out[ASK_URL_BYTES]);

/* Who asks. NULL: they came by the unix socket, which is nobody's own; c is answered. */
const struct staff_member *ask_self(struct web_call *c);
/* Whom the asking member sees: people of their groups. */
bool ask_sees(const struct web_call *c, const struct staff_member *m);
bool ask_may_run(const struct web_call *c, const struct staff_member *m);
/* {id}: one whom they see, else c is answered, and NULL. With `run`, whom they may change. */
enum ask_for { ASK_TO_SEE, ASK_TO_RUN };
const struct staff_member *ask_member(struct web_call *c, enum ask_for what);
/* Whether a form comes from another site, which could sign somebody in as somebody else; then c is
 * answered. */
bool ask_is_foreign(struct web_call *c);
