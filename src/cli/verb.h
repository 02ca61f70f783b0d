#pragma once
/* `muster GROUP VERB ARGS`: a table says what each verb takes; reading the command line, --help and
 * the words about mistakes are the same for all of them. Options may stand anywhere; "--" ends
 * them. */
#include "api.h"

#include <jansson.h>

struct verb_call;

struct verb_option {
    const char *name;  /* without the dashes */
    const char *value; /* what help calls it, NULL = a switch */
    const char *what;
};

enum { VERB_OPTIONS_MAX = 12, VERB_ARGS_ANY = 1 << 20 };

struct verb {
    const char *name;
    /* As the usage line shows them, "" = none. An option that is named here ("FILE --name N") is needed. */
    const char *args;
    int args_min, args_max;
    const char *what;    /* for help; may have several lines */
    const char *example; /* what to type, without "muster GROUP " */
    /* beside --json, --server, --token, --help; NULL-named last; NULL = none */
    const struct verb_option *options;
    int (*run)(struct verb_call *c); /* returns the exit code */
};

struct verb_group {
    const char *name; /* "campaign" */
    const char *what; /* one line */
    /* NULL-named last. One called "" is there for words that name no other: the only one of a group without verbs, or
     * the last of them. */
    const struct verb *verbs;
};

struct verb_call {
    const struct verb_group *group;
    const struct verb *verb;
    const char **args;
    int arg_count;
    const char *values[VERB_OPTIONS_MAX]; /* by position in verb->options */
    bool json;
    struct api *api; /* made by the first verb_ask */
};

/* argv[0] is the group's name. Returns the exit code. */
/* --help, -h */
bool verb_is_help(const char *word);
int verb_group_run(const struct verb_group *g, int argc, char **argv);

/* NULL when it was not given, "" for a switch that was. */
const char *verb_option(const struct verb_call *c, const char *name);
/* A number of at least 1; `otherwise` when it was not given; 0 (and a message) when it is none. */
uint64_t verb_option_number(const struct verb_call *c, const char *name, uint64_t max,
                            uint64_t otherwise);

/* args[0] is the id of a `what` ("campaign"); false after a message about misuse. */
bool verb_id(const struct verb_call *c, const char *what, uint32_t *ret);

/* Makes c->api, unless it is there. */
int verb_api(struct verb_call *c, struct err *e) MUST_USE;
/* api_call with the call's server. */
int verb_ask(struct verb_call *c, const char *method, const char *path, const json_t *body,
             json_t **ret_reply, struct err *e) MUST_USE;
/* The same at a path that holds words of the command line; done with `path`. */
int verb_ask_at(struct verb_call *c, const char *method, struct buf *path, const json_t *body,
                json_t **ret_reply, struct err *e) MUST_USE;
/* "&NAME=VALUE" behind a path, nothing where the value is NULL or "". */
void verb_add_query(struct buf *path, const char *name, const char *value);
/* GETs all pages of `path`: each has a list `key` and a `next`. ret_list gets all that was listed,
 * ret_first (unless it is NULL) the first page, owned. Done with `path`. */
int verb_ask_all(struct verb_call *c, struct buf *path, const char *key, json_t *ret_list,
                 json_t **ret_first, struct err *e) MUST_USE;
typedef void verb_print_cb(const struct verb_call *c, const json_t *reply);
/* What came of a question: verb_fail, the reply as it is with --json, or `print`. Takes the reply.
 * Returns the exit code. */
int verb_print(const struct verb_call *c, int result, json_t *reply, const struct err *e,
               verb_print_cb *print);
/* "muster campaign launch: …" on stderr (say_error); returns the exit code that belongs to result.
 */
int verb_fail(const struct verb_call *c, int result, const struct err *e);
/* say_note, in its name. */
void verb_note(const struct verb_call *c, const char *text);
/* verb_fail for a command line that makes no sense: EXIT_USAGE. */
int verb_misuse(const struct verb_call *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
