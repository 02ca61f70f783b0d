/* Answers, and what becomes of one of which nobody knows whether it arrived. */
#include "inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include <sodium.h>

#include "core/parts.h"
#include "cli/text_file.h"

enum {
    REPLY_BYTES_MAX = 16 * 1024, /* read from stdin; the server knows what a provider takes */
    KEY_BYTES = 16,
    REPLY_TRIES = 4,
    RETRY_MS = 500,
};

/* ---- reply ---- */

/* The fence of our claim: the one that we hold, or a new one. */
static int get_fence(struct verb_call *c, uint32_t id, json_int_t *ret, struct err *e)
{
    json_t *thread = NULL, *claim = NULL, *body = json_object();
    int r = inbox_cli_ask(c, "GET", id, "", NULL, &thread, e);
    const json_t *fence = json_object_get(json_object_get(thread, "conversation"), "fence");
    if (r == 0 && !json_is_integer(fence)) {
        r = inbox_cli_ask(c, "POST", id, "/claim", body, &claim, e);
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
static void put_key(json_t *body, json_int_t fence)
{
    unsigned char bytes[KEY_BYTES];
    char key[2 * KEY_BYTES + 1];
    check(getrandom(bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes);
    sodium_bin2hex(key, sizeof key, bytes, sizeof bytes);
    json_put(body, "fence", json_integer(fence));
    json_put(body, "key", json_string(key));
}

int inbox_cli_answer(struct verb_call *c, uint32_t id, json_t *said, json_t **ret_reply,
                     struct err *e)
{
    json_int_t fence = 0;
    int r = get_fence(c, id, &fence, e);
    if (r == 0) put_key(said, fence);
    for (int try = 1; r == 0; try++) {
        r = inbox_cli_ask(c, "POST", id, "/reply", said, ret_reply, e);
        if (r != ERR_UNREACHABLE || try == REPLY_TRIES) break;
        json_decref(*ret_reply);
        *ret_reply = NULL;
        r = 0;
        (void)nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * 1000000L}, NULL);
    }
    json_decref(said);
    return r;
}

static int send_reply(struct verb_call *c, uint32_t id, const char *text, json_t **ret_reply,
                      struct err *e)
{
    json_t *said = json_pack("{s:s}", "text", text);
    if (!said) return err_set(e, ERR_INVALID, "the text is not UTF-8");
    if (verb_option(c, "anyway")) json_put(said, "anyway", json_true());
    return inbox_cli_answer(c, id, said, ret_reply, e);
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
    char count[SAY_COUNT_BYTES];
    (void)answer;
    parts_count(slice_of(c->args[1]), &parts);
    (void)printf("Your answer is on its way (%s). Conversation %s stays yours for now: "
                 "muster inbox close %s when it is done.\n",
                 say_counted(parts.parts, "SMS part", "SMS parts", count), c->args[0], c->args[0]);
}

int inbox_cli_reply(struct verb_call *c)
{
    struct buf from = BUF_INIT(REPLY_BYTES_MAX);
    struct err e;
    uint32_t id;
    json_t *answer = NULL;
    if (!inbox_cli_id(c, &id)) return EXIT_USAGE;
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
        if (!inbox_cli_is_unknown(m) || (named && (uint64_t)say_int(m, "index") != index)) continue;
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
        r = inbox_cli_ask(c, "POST", id, "/resolve", body, &reply, &e);
    }
    json_decref(body);
    return verb_print(c, r, reply, &e, print_resolved);
}

int inbox_cli_resolve(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *thread = NULL;
    bool resend = verb_option(c, "resend") != NULL;
    if (!inbox_cli_id(c, &id)) return EXIT_USAGE;
    if (resend == (verb_option(c, "leave") != NULL))
        return verb_misuse(c, "say --resend (who has it gets it twice) or --leave (it stays as it "
                              "is)");
    int r = inbox_cli_ask(c, "GET", id, "", NULL, &thread, &e), exit_code = EXIT_DONE;
    if (r < 0) {
        exit_code = verb_fail(c, r, &e);
    } else {
        const json_t *message = unknown_answer(c, thread, &exit_code);
        if (message) exit_code = resolve_answer(c, id, message, resend);
    }
    json_decref(thread);
    return exit_code;
}
