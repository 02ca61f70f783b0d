/* muster inbox: the people who wrote back, from a terminal. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include <sodium.h>

#include "core/form.h"
#include "core/json.h"
#include "core/parts.h"
#include "say.h"
#include "text_file.h"
#include "verb.h"

enum {
    PATH_BYTES = 512,
    LIST_MAX = 200,
    LIST_DEFAULT = 50,
    REPLY_BYTES_MAX = 16 * 1024, /* read from stdin; the server knows what a provider takes */
    KEY_BYTES = 16,
    REPLY_TRIES = 4,
    RETRY_MS = 500,
    ADDRESS_WIDTH = 15,
};

static bool conversation_id(const struct verb_call *c, uint32_t *ret)
{
    return verb_id(c, "conversation", ret);
}

static int ask_about(struct verb_call *c, const char *method, uint32_t id, const char *action,
                     const json_t *body, json_t **ret_reply, struct err *e)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/api/v1/conversations/%u%s", id, action);
    return verb_ask(c, method, path, body, ret_reply, e);
}

/* ---- list ---- */

static void print_tags(const json_t *conversation)
{
    size_t i;
    const json_t *tag;
    json_array_foreach(json_object_get(conversation, "tags"), i, tag)
    {
        (void)fputs(" #", stdout);
        say_text(stdout, json_string_value(tag));
    }
}

/* A number, or the provider's words for somebody without one. */
static void print_address(const char *address)
{
    size_t n = strlen(address);
    say_text(stdout, address);
    if (n < ADDRESS_WIDTH) (void)printf("%*s", (int)(ADDRESS_WIDTH - n), "");
}

/* Names come after the columns: nobody knows how wide a terminal draws them. */
static void print_row(const json_t *o)
{
    const char *by = say_string(o, "claimed_by"), *waiting = say_string(o, "waiting");
    char unread[32] = "", waits[64] = "";
    if (say_int(o, "unread"))
        (void)snprintf(unread, sizeof unread, "%lld new", (long long)say_int(o, "unread"));
    if (*waiting) (void)snprintf(waits, sizeof waits, "waits %s", waiting);
    (void)printf("%6lld  ", (long long)say_int(o, "id"));
    print_address(say_string(o, "address"));
    (void)printf("  %-6s  %-17s  ", unread, waits);
    say_text(stdout, *say_string(o, "name") ? say_string(o, "name") : "(no name)");
    if (*by) (void)fputs(json_is_true(json_object_get(o, "mine")) ? "  yours" : "  with ", stdout);
    if (*by && !json_is_true(json_object_get(o, "mine"))) say_text(stdout, by);
    print_tags(o);
    if (json_is_true(json_object_get(o, "doubt")))
        (void)fputs("  (unknown whether the last answer arrived)", stdout);
    (void)puts("");
}

static void add_parameter(struct buf *path, const char *name, const char *value)
{
    buf_addf(path, "&%s=", name);
    form_encode(path, slice_of(value));
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    size_t i;
    const json_t *one, *all = json_object_get(reply, "conversations");
    json_array_foreach(all, i, one) print_row(one);
    if (json_array_size(all) == 0) (void)puts("nobody is waiting");
    if (json_is_string(json_object_get(reply, "next")))
        (void)printf("more: muster inbox list --before %s\n", say_string(reply, "next"));
}

static int list(struct verb_call *c)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    struct err e;
    json_t *reply = NULL;
    const char *group = verb_option(c, "group"), *before = verb_option(c, "before");
    uint64_t limit = verb_option_number(c, "limit", LIST_MAX, LIST_DEFAULT);
    if (limit == 0) return EXIT_USAGE;
    buf_addf(&path, "/api/v1/inbox?limit=%llu", (unsigned long long)limit);
    if (group) add_parameter(&path, "group", group);
    if (before) add_parameter(&path, "before", before);
    if (verb_option(c, "closed")) add_parameter(&path, "state", "closed");
    if (verb_option(c, "mine")) add_parameter(&path, "mine", "1");
    if (verb_option(c, "free")) add_parameter(&path, "free", "1");
    if (verb_option(c, "unlinked")) add_parameter(&path, "unlinked", "1");
    int r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

/* ---- show ---- */

static void print_message(const json_t *m)
{
    bool out = strcmp(say_string(m, "dir"), "out") == 0;
    char when[SAY_TIME_BYTES];
    (void)printf("%s %s", out ? "<" : ">", say_when(say_string(m, "at"), when));
    if (out && *say_string(m, "by")) (void)fputs("  ", stdout);
    if (out) say_text(stdout, say_string(m, "by"));
    if (*say_string(m, "fate")) (void)fputs("  ", stdout);
    say_text(stdout, say_string(m, "fate"));
    if (*say_string(m, "note")) {
        (void)fputs("\n    (", stdout);
        say_text(stdout, say_string(m, "note"));
        (void)fputs(")", stdout);
    }
    if (*say_string(m, "text")) (void)fputs("\n    ", stdout);
    say_lines(stdout, say_string(m, "text"), "    ");
    if (say_int(m, "media"))
        (void)printf("\n    [%lld attachments]", (long long)say_int(m, "media"));
    (void)puts("");
}

static bool is_unknown(const json_t *m)
{
    return strcmp(say_string(m, "state"), "unknown") == 0;
}

/* What to do about one of which nobody knows whether it arrived. */
static void print_doubt(long long conversation, const json_t *m)
{
    long long index = (long long)say_int(m, "index");
    (void)printf("    The provider's answer was lost %s ago; it may still tell us. Nothing is sent "
                 "again by itself:\n",
                 say_string(m, "unknown_for"));
    if (json_is_true(json_object_get(m, "may_resend")))
        (void)printf("    muster inbox resolve %lld %lld --resend   (who has it gets it twice)\n",
                     conversation, index);
    (void)printf("    muster inbox resolve %lld %lld --leave\n", conversation, index);
}

static void print_thread(const struct verb_call *c, const json_t *thread)
{
    (void)c;
    size_t i;
    const json_t *message, *o = json_object_get(thread, "conversation");
    print_row(o);
    json_array_foreach(json_object_get(thread, "messages"), i, message)
    {
        print_message(message);
        if (is_unknown(message)) print_doubt((long long)say_int(o, "id"), message);
    }
    if (json_is_true(json_object_get(thread, "on_hold")))
        (void)printf("What they wrote sounds like STOP: no campaign texts them until somebody "
                     "decides.\n    muster inbox take-off %lld\n    muster inbox keep %lld\n",
                     (long long)say_int(o, "id"), (long long)say_int(o, "id"));
    if (*say_string(thread, "suppressed"))
        (void)printf("This person opted out (%s): nothing can be sent.\n",
                     say_string(thread, "suppressed"));
    else if (*say_string(o, "why_not"))
        (void)printf("This cannot be answered from here: %s.\n", say_string(o, "why_not"));
    else
        (void)printf("To answer: muster inbox reply %lld \"…\"\n", (long long)say_int(o, "id"));
}

static int show(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *thread = NULL;
    if (!conversation_id(c, &id)) return EXIT_USAGE;
    int r = ask_about(c, "GET", id, "", NULL, &thread, &e);
    return verb_print(c, r, thread, &e, print_thread);
}

/* ---- next ---- */

static void print_next(const struct verb_call *c, const json_t *reply)
{
    const json_t *o = json_object_get(reply, "conversation");
    char free_at[SAY_TIME_BYTES];
    (void)c;
    if (json_is_object(o)) {
        print_row(o);
        (void)printf("Yours until %s: muster inbox show %lld\n",
                     say_when(say_string(o, "claimed_until"), free_at),
                     (long long)say_int(o, "id"));
    } else if (*say_string(reply, "free_at")) {
        (void)printf("Nobody waits but %lld whom somebody holds; the first is free again at %s "
                     "unless they are answered.\n",
                     (long long)say_int(reply, "held"),
                     say_when(say_string(reply, "free_at"), free_at));
    } else {
        (void)puts("nobody is waiting");
    }
}

static void add_wish(const struct verb_call *c, json_t *body, const char *name)
{
    if (verb_option(c, name)) json_put(body, name, json_text(slice_of(verb_option(c, name))));
}

static int next(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL, *body = json_object();
    uint64_t campaign = 0;
    if (verb_option(c, "campaign")) {
        campaign = verb_option_number(c, "campaign", UINT32_MAX, 0);
        if (campaign == 0) return EXIT_USAGE;
        json_put(body, "campaign", json_integer((json_int_t)campaign));
    }
    add_wish(c, body, "group");
    add_wish(c, body, "tag");
    add_wish(c, body, "language");
    int r = verb_ask(c, "POST", "/api/v1/inbox/next", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_next);
}

/* ---- claim, release, close, reopen ---- */

static const char *moved_text(const char *verb)
{
    if (strcmp(verb, "release") == 0) return "free for others";
    if (strcmp(verb, "keep") == 0) return "kept: campaigns may text them";
    if (strcmp(verb, "take-off") == 0) return "off the list: no text reaches them any more";
    return strcmp(verb, "close") == 0 ? "closed; it opens again when they write" : "open again";
}

static void print_moved(const struct verb_call *c, const json_t *reply)
{
    char until[SAY_TIME_BYTES];
    if (strcmp(c->verb->name, "claim") == 0)
        (void)printf("Conversation %s is yours until %s.\n", c->args[0],
                     say_when(say_string(reply, "until"), until));
    else
        (void)printf("Conversation %s is %s.\n", c->args[0], moved_text(c->verb->name));
}

/* What the verb is called is what the API calls it. */
static int act(struct verb_call *c)
{
    char action[32];
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    if (!conversation_id(c, &id)) return EXIT_USAGE;
    json_t *body = json_object();
    (void)snprintf(action, sizeof action, "/%s", c->verb->name);
    int r = ask_about(c, "POST", id, action, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_moved);
}

/* ---- reply ---- */

/* The fence of our claim: the one that we hold, or a new one. */
static int get_fence(struct verb_call *c, uint32_t id, json_int_t *ret, struct err *e)
{
    json_t *thread = NULL, *claim = NULL, *body = json_object();
    int r = ask_about(c, "GET", id, "", NULL, &thread, e);
    const json_t *fence = json_object_get(json_object_get(thread, "conversation"), "fence");
    if (r == 0 && !json_is_integer(fence)) {
        r = ask_about(c, "POST", id, "/claim", body, &claim, e);
        fence = json_object_get(claim, "fence");
    }
    if (r == 0 && !json_is_integer(fence))
        r = err_set(e, ERR_REFUSED, "the server gave no claim: is it another version?");
    if (r == 0) *ret = json_integer_value(fence);
    json_decref(thread);
    json_decref(claim);
    json_decref(body);
    return r;
}

/* The key makes the same answer the same one: it can be sent again when nobody knows whether it
 * arrived. */
static json_t *reply_body(const char *text, json_int_t fence)
{
    unsigned char bytes[KEY_BYTES];
    char key[2 * KEY_BYTES + 1];
    check(getrandom(bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes);
    sodium_bin2hex(key, sizeof key, bytes, sizeof bytes);
    return json_pack("{s:s, s:I, s:s}", "text", text, "fence", fence, "key", key);
}

static int send_reply(struct verb_call *c, uint32_t id, const char *text, json_t **ret_reply,
                      struct err *e)
{
    json_int_t fence = 0;
    int r = get_fence(c, id, &fence, e);
    if (r < 0) return r;
    json_t *body = reply_body(text, fence);
    if (!body) return err_set(e, ERR_INVALID, "the text is not UTF-8");
    for (int try = 1;; try++) {
        r = ask_about(c, "POST", id, "/reply", body, ret_reply, e);
        if (r != ERR_UNREACHABLE || try == REPLY_TRIES) break;
        json_decref(*ret_reply);
        *ret_reply = NULL;
        (void)nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * 1000000L}, NULL);
    }
    json_decref(body);
    return r;
}

/* "-" is stdin, without the line end that an editor or echo leaves. *ret is owned by `from`, or
 * args. */
static int read_text(struct verb_call *c, struct buf *from, const char **ret, struct err *e)
{
    *ret = c->args[1];
    int r = strcmp(*ret, "-") == 0 ? text_file_read("-", from, e) : 0;
    if (r < 0) return r;
    if (from->n && from->p[from->n - 1] == '\n') from->p[--from->n] = '\0';
    if (strcmp(*ret, "-") == 0) *ret = from->p ? from->p : "";
    return **ret ? 0 : err_set(e, ERR_INVALID, "the answer is empty");
}

/* args[1] is the text by now. */
static void print_sent(const struct verb_call *c, const json_t *answer)
{
    struct parts parts;
    (void)answer;
    parts_count(slice_of(c->args[1]), &parts);
    (void)printf("Your answer is on its way (%u SMS part%s). Conversation %s stays yours for now: "
                 "muster inbox close %s when it is done.\n",
                 parts.parts, parts.parts == 1 ? "" : "s", c->args[0], c->args[0]);
}

static int reply(struct verb_call *c)
{
    struct buf from = BUF_INIT(REPLY_BYTES_MAX);
    struct err e;
    uint32_t id;
    json_t *answer = NULL;
    if (!conversation_id(c, &id)) return EXIT_USAGE;
    int r = read_text(c, &from, &c->args[1], &e);
    if (r == 0) r = send_reply(c, id, c->args[1], &answer, &e);
    int exit_code = verb_print(c, r, answer, &e, print_sent);
    buf_done(&from);
    return exit_code;
}

/* ---- resolve ---- */

/* The answer that is meant: named, or the only unknown one. NULL when it was said why not. */
static const json_t *unknown_answer(const struct verb_call *c, const json_t *thread, int *ret_exit)
{
    size_t i, n = 0;
    uint64_t index = 0;
    const json_t *m, *found = NULL;
    bool named = c->arg_count > 1;
    *ret_exit = EXIT_USAGE;
    if (named && !slice_to_u64(slice_of(c->args[1]), UINT32_MAX, &index)) {
        (void)verb_misuse(c, "'%s' is no answer's number; `muster inbox show %s` shows them",
                          c->args[1], c->args[0]);
        return NULL;
    }
    json_array_foreach(json_object_get(thread, "messages"), i, m)
    {
        if (!is_unknown(m) || (named && (uint64_t)say_int(m, "index") != index)) continue;
        found = m;
        n++;
    }
    if (n == 1) return found;
    if (n > 1) {
        (void)verb_misuse(c, "nobody knows about %zu answers; say which: `muster inbox show %s`", n,
                          c->args[0]);
        return NULL;
    }
    (void)puts(c->json ? "{}"
               : named ? "That answer is not unknown: there is nothing to decide."
                       : "No answer in it is unknown: there is nothing to decide.");
    *ret_exit = EXIT_DONE;
    return NULL;
}

static void print_resolved(const struct verb_call *c, const json_t *reply)
{
    bool resend = verb_option(c, "resend") != NULL;
    if (!json_is_true(json_object_get(reply, "resolved")))
        (void)puts("It was decided or settled before: nothing was changed.");
    else
        (void)puts(resend ? "Your answer is on its way again." : "It is left as it is.");
}

static int resolve_answer(struct verb_call *c, uint32_t id, const json_t *message, bool resend)
{
    struct err e;
    json_int_t fence = 0;
    json_t *reply = NULL, *body = NULL;
    int r = get_fence(c, id, &fence, &e);
    if (r == 0) {
        body = json_pack("{s:I, s:I, s:I, s:s}", "message", say_int(message, "index"), "resent",
                         say_int(message, "resent"), "fence", fence, "decision",
                         resend ? "resend" : "leave");
        r = ask_about(c, "POST", id, "/resolve", body, &reply, &e);
    }
    json_decref(body);
    return verb_print(c, r, reply, &e, print_resolved);
}

static int resolve(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *thread = NULL;
    bool resend = verb_option(c, "resend") != NULL;
    if (!conversation_id(c, &id)) return EXIT_USAGE;
    if (resend == (verb_option(c, "leave") != NULL))
        return verb_misuse(c, "say --resend (who has it gets it twice) or --leave (it stays as it "
                              "is)");
    int r = ask_about(c, "GET", id, "", NULL, &thread, &e), exit_code = EXIT_DONE;
    if (r < 0) {
        exit_code = verb_fail(c, r, &e);
    } else {
        const json_t *message = unknown_answer(c, thread, &exit_code);
        if (message) exit_code = resolve_answer(c, id, message, resend);
    }
    json_decref(thread);
    return exit_code;
}

/* ---- tag ---- */

static void add_tag(json_t *body, const char *key, const char *text)
{
    json_list_add(json_object_get(body, key), json_text(slice_of(text)));
}

static void print_tagged(const struct verb_call *c, const json_t *answer)
{
    (void)answer;
    (void)printf("Conversation %s is tagged.\n", c->args[0]);
}

static int tag(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *answer = NULL;
    if (!conversation_id(c, &id)) return EXIT_USAGE;
    json_t *body = json_pack("{s:[], s:[]}", "add", "remove");
    for (int i = 1; i < c->arg_count; i++) {
        bool gone = c->args[i][0] == '-';
        add_tag(body, gone ? "remove" : "add", c->args[i] + (gone || c->args[i][0] == '+'));
    }
    int r = ask_about(c, "POST", id, "/tag", body, &answer, &e);
    json_decref(body);
    return verb_print(c, r, answer, &e, print_tagged);
}

/* ---- the table ---- */

static const struct verb_option list_options[] = {
    {"group", "G", "of this group"},
    {"mine", NULL, "those that you have claimed"},
    {"free", NULL, "those that nobody has claimed"},
    {"unlinked", NULL, "those without a certain number: nobody can match them with a list"},
    {"closed", NULL, "the closed ones"},
    {"limit", "N", "at most so many (default: 50)"},
    {"before", "MARK", "the next page, as the page before names it"},
    {NULL, NULL, NULL}};

static const struct verb_option next_options[] = {{"group", "G", "of this group"},
                                                  {"tag", "T", "with this tag"},
                                                  {"language", "L", "who reads this language: cy"},
                                                  {"campaign", "ID", "who answered this campaign"},
                                                  {NULL, NULL, NULL}};

static const struct verb_option resolve_options[] = {
    {"resend", NULL, "send it again; who has it gets it twice"},
    {"leave", NULL, "it stays as it is, and is not sent again"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"list", "", 0, 0, "Who wrote back, and waits for an answer.", "list --free", list_options,
     list},
    {"next", "", 0, 0, "Makes the one who waits longest yours: nobody else gets the same one.",
     "next --group leeds", next_options, next},
    {"show", "ID", 1, 1, "The whole thread with one person.", "show 7", NULL, show},
    {"claim", "ID", 1, 1,
     "Makes a conversation yours for ten minutes, so that nobody answers beside you.", "claim 7",
     NULL, act},
    {"reply", "ID TEXT", 2, 2,
     "Answers; claims the conversation first when it is not yours.\nTEXT may be - for stdin. "
     "Answers overtake every campaign.",
     "reply 7 \"See you on Thursday!\"", NULL, reply},
    {"resolve", "ID [ANSWER]", 1, 2,
     "Decides about an answer of which nobody knows whether it arrived (show tells).\n"
     "Nothing is sent again without it.",
     "resolve 7 --resend", resolve_options, resolve},
    {"take-off", "ID", 1, 1,
     "Takes somebody off the list, because that is what they wrote: no text reaches them any more.",
     "take-off 7", NULL, act},
    {"keep", "ID", 1, 1,
     "Keeps somebody on the list who was held for what they wrote: campaigns may text them again.",
     "keep 7", NULL, act},
    {"release", "ID", 1, 1, "Gives a conversation back to the others.", "release 7", NULL, act},
    {"tag", "ID TAG...", 2, VERB_ARGS_ANY, "Adds tags; -TAG takes one away.", "tag 7 yes -maybe",
     NULL, tag},
    {"close", "ID", 1, 1, "Ends a conversation; it opens again when the person writes.", "close 7",
     NULL, act},
    {"reopen", "ID", 1, 1, "Opens a closed conversation.", "reopen 7", NULL, act},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group inbox_group = {"inbox", "People who wrote back, and answers to them.",
                                       verbs};
