/* The whole thread with one person. */
#include "inbox.h"

#include <stdio.h>

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

bool inbox_cli_is_unknown(const json_t *m)
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

/* What they answer to. */
static void print_asked(const json_t *asked)
{
    char when[SAY_TIME_BYTES];
    if (!json_is_object(asked)) return;
    (void)printf("< %s  ", say_when(say_string(asked, "at"), when));
    say_text(stdout, say_string(asked, "name"));
    (void)fputs("\n    ", stdout);
    if (*say_string(asked, "template")) (void)fputs("template ", stdout);
    say_text(stdout, say_string(asked, "template"));
    say_lines(stdout, say_string(asked, "text"), "    ");
    (void)puts("");
}

static void print_pledges(const json_t *list)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        char when[SAY_TIME_BYTES];
        (void)printf(
            "%s %s: ", strcmp(say_string(one, "state"), "waiting") == 0 ? "Waits for" : "Comes to",
            say_when(say_string(one, "start"), when));
        say_text(stdout, say_string(one, "place"));
        (void)printf("   (muster pledge cancel %lld %lld)\n", (long long)say_int(one, "session"),
                     (long long)say_int(one, "pledge"));
    }
}

/* WhatsApp takes no free words any more. */
static void print_closed(const json_t *thread, long long id)
{
    const json_t *templates = json_object_get(thread, "templates");
    if (json_array_size(templates) == 0) {
        (void)puts("WhatsApp takes free words for a day after theirs, and no template is at hand: "
                   "muster inbox "
                   "add-template --help");
        return;
    }
    (void)puts(
        "WhatsApp takes free words for a day after theirs. Until they write again, one of these:");
    inbox_cli_print_templates(templates, "value");
    (void)printf("To send one: muster inbox send-template %lld TEMPLATE VALUE…\n", id);
}

static void print_no_more(const json_t *thread, long long id)
{
    size_t i;
    const json_t *one, *words = json_object_get(thread, "no_more_of");
    json_array_foreach(json_object_get(thread, "no_more"), i, one)
    {
        (void)printf("They want no more %s", say_string(one, "consent"));
        if (*say_string(one, "by")) (void)fputs(", noted by ", stdout);
        say_text(stdout, say_string(one, "by"));
        (void)puts(".");
    }
    if (json_array_size(words) == 0) return;
    (void)printf("No more of one thing: muster inbox no-more %lld --of ", id);
    json_array_foreach(words, i, one)(void) printf("%s%s", i ? "|" : "", json_string_value(one));
    (void)puts("");
}

static void print_thread(const struct verb_call *c, const json_t *thread)
{
    (void)c;
    size_t i;
    const json_t *message, *o = json_object_get(thread, "conversation");
    inbox_cli_print_row(o);
    print_asked(json_object_get(thread, "asked"));
    json_array_foreach(json_object_get(thread, "messages"), i, message)
    {
        print_message(message);
        if (inbox_cli_is_unknown(message)) print_doubt((long long)say_int(o, "id"), message);
    }
    print_pledges(json_object_get(thread, "pledges"));
    print_no_more(thread, (long long)say_int(o, "id"));
    if (json_is_true(json_object_get(thread, "on_hold")))
        (void)printf("What they wrote sounds like STOP: no campaign texts them until somebody "
                     "decides.\n    muster inbox take-off %lld\n    muster inbox keep %lld\n    "
                     "muster inbox no-more %lld --of WORD   (keeps them for the rest)\n",
                     (long long)say_int(o, "id"), (long long)say_int(o, "id"),
                     (long long)say_int(o, "id"));
    const json_t *off = json_object_get(thread, "taken_off");
    if (json_is_true(json_object_get(off, "may_undo")))
        (void)printf("%s took them off the list; to undo it, within %s:\n    muster inbox "
                     "undo-take-off %lld\n",
                     say_string(off, "by"), say_string(off, "for"), (long long)say_int(o, "id"));
    if (*say_string(thread, "suppressed"))
        (void)printf("This person opted out (%s): nothing can be sent.\n",
                     say_string(thread, "suppressed"));
    else if (*say_string(o, "why_not"))
        (void)printf("This cannot be answered from here: %s.\n", say_string(o, "why_not"));
    else if (json_is_true(json_object_get(o, "window_closed")))
        print_closed(thread, (long long)say_int(o, "id"));
    else
        (void)printf("To answer: muster inbox reply %lld \"…\"\n", (long long)say_int(o, "id"));
}

int inbox_cli_show(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *thread = NULL;
    if (!inbox_cli_id(c, &id)) return EXIT_USAGE;
    int r = inbox_cli_ask(c, "GET", id, "", NULL, &thread, &e);
    return verb_print(c, r, thread, &e, print_thread);
}
