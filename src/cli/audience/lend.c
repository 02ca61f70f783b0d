/* muster audience lend, lent, take-back: lists that one group lends to another. */
#include "lend.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/say.h"
#include "cli/when.h"
#include "core/form.h"
#include "core/json.h"

enum { PATH_BYTES = 4096, UNTIL_BYTES = 64, DATE_BYTES = 10 };

/* A date alone is the end of that day. */
static int read_until(const char *text, char iso[CLOCK_ISO_BYTES], struct err *e)
{
    struct when w;
    char whole[UNTIL_BYTES];
    (void)snprintf(whole, sizeof whole, "%s%s", text, strlen(text) == DATE_BYTES ? " 23:59" : "");
    int r = when_parse(slice_of(whole), &w, e);
    if (r == 0) clock_iso(w.ms, iso);
    return r < 0 ? err_prefix(e, "--until") : 0;
}

static void print_loan(const json_t *loan)
{
    char until[SAY_TIME_BYTES];
    (void)printf("@%lld\t%s of %s\tlent to %s until %s: %s\n", (long long)say_int(loan, "id"),
                 say_string(loan, "audience"), say_string(loan, "group"), say_string(loan, "to"),
                 say_when(say_string(loan, "until"), until), say_string(loan, "why"));
}

static void print_lent(const struct verb_call *c, const json_t *loan)
{
    (void)c;
    print_loan(loan);
}

int audience_lend(struct verb_call *c)
{
    char iso[CLOCK_ISO_BYTES];
    struct err e;
    struct buf path = BUF_INIT(PATH_BYTES);
    json_t *reply = NULL;
    const char *to = verb_option(c, "to"), *until = verb_option(c, "until"),
               *why = verb_option(c, "why");
    if (!to || !until || !why) return verb_misuse(c, "it wants --to, --until and --why");
    if (read_until(until, iso, &e) < 0) return verb_misuse(c, "%s", e.text);
    buf_add_cstr(&path, "/api/v1/audiences/");
    form_encode(&path, slice_of(c->args[0]));
    buf_add_cstr(&path, "/loans");
    json_t *body = json_pack("{s:o,s:s,s:o}", "to", json_text(slice_of(to)), "until", iso, "why",
                             json_text(slice_of(why)));
    int r = verb_ask_at(c, "POST", &path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_lent);
}

static void print_loans(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *loan, *list = json_object_get(reply, "loans");
    (void)c;
    if (json_array_size(list) == 0) (void)puts("No list is lent, by your groups or to them.");
    json_array_foreach(list, i, loan)
    {
        char people[SAY_COUNT_BYTES];
        print_loan(loan);
        (void)printf("\t%s\n", say_people(say_int(loan, "recipients"), people));
    }
}

int audience_lent(struct verb_call *c)
{
    struct err e;
    json_t *all = json_array();
    struct buf path = BUF_INIT(PATH_BYTES);
    buf_add_cstr(&path, "/api/v1/loans?limit=200");
    int r = verb_ask_all(c, &path, "loans", all, NULL, &e);
    return verb_print(c, r, json_pack("{s:o}", "loans", all), &e, print_loans);
}

static void print_back(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    (void)printf("Taken back. What ran by loan @%lld is paused.\n",
                 (long long)say_int(reply, "id"));
}

int audience_take_back(struct verb_call *c)
{
    char path[64];
    struct err e;
    uint64_t id;
    json_t *reply = NULL, *body = json_object();
    const char *text = c->args[0], *why = verb_option(c, "why");
    if (*text == '@') text++;
    if (!slice_to_u64(slice_of(text), UINT32_MAX, &id) || id == 0) {
        json_decref(body);
        return verb_misuse(c, "it wants the loan, as in @5; muster audience lent shows them");
    }
    if (why) json_put(body, "why", json_text(slice_of(why)));
    (void)snprintf(path, sizeof path, "/api/v1/loans/%llu/take-back", (unsigned long long)id);
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_back);
}
