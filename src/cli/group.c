/* muster group: the groups of the organisation, and what is said of each. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "core/form.h"
#include "core/json.h"

#include "say.h"
#include "verb.h"

enum { PATH_BYTES = 4096 };

static const char *const texts[] = {
    "title",        "country",           "zone",        "language",      "hours",
    "month_budget", "stop_confirmation", "help_answer", "pledge_gateway"};

static const struct {
    const char *key, *option, *label;
} lists[] = {{"gateways", "gateways", "sends by"},
             {"senders", "senders", "from"},
             {"stop_words", "stop-words", "STOP too"}};

static void print_group(const json_t *g)
{
    size_t i;
    const json_t *one;
    (void)printf("%s", say_string(g, "name"));
    for (size_t k = 0; k < COUNT_OF(texts); k++)
        if (*say_string(g, texts[k])) (void)printf("\t%s: %s", texts[k], say_string(g, texts[k]));
    if (say_int(g, "answer_within_minutes"))
        (void)printf("\tanswers within: %lld min", (long long)say_int(g, "answer_within_minutes"));
    for (size_t k = 0; k < COUNT_OF(lists); k++)
        json_array_foreach(json_object_get(g, lists[k].key), i, one)(void)
            printf("%s%s%s%s", i ? ", " : "\t", i ? "" : lists[k].label, i ? "" : ": ",
                   json_string_value(one));
    (void)puts("");
}

static void print_one(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    print_group(reply);
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one;
    (void)c;
    json_array_foreach(json_object_get(reply, "groups"), i, one) print_group(one);
}

static int list(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/groups", NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

/* "main,backup" → ["main", "backup"]; "any" and "": none, which is any. */
static json_t *names_json(const char *words)
{
    json_t *list = json_array();
    struct slice rest = slice_of(words), one;
    if (slice_is(rest, "any")) return list;
    while (rest.n > 0 && slice_cut(&rest, ',', &one))
        if (slice_trim(one).n) json_list_add(list, json_text(slice_trim(one)));
    return list;
}

enum { OPTION_BYTES = 32 };
/* The key is one word, and the option is written as options are. */
static const char *option_of(const char *key, char out[OPTION_BYTES])
{
    (void)snprintf(out, OPTION_BYTES, "%s", key);
    for (char *p = out; *p; p++)
        if (*p == '_') *p = '-';
    return out;
}

/* What is no number is sent as it is: the server says what it should be. */
static void put_within(json_t *body, const char *said)
{
    uint64_t minutes = 0;
    if (!said) return;
    bool is_number = !*said || slice_to_u64(slice_of(said), INT32_MAX, &minutes);
    json_put(body, "answer_within_minutes",
             is_number ? json_integer((json_int_t)minutes) : json_string(said));
}

static json_t *body_of(const struct verb_call *c)
{
    char option[OPTION_BYTES];
    json_t *body = json_object();
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (verb_option(c, option_of(texts[i], option)))
            json_put(body, texts[i], json_string(verb_option(c, option)));
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        if (verb_option(c, lists[i].option))
            json_put(body, lists[i].key, names_json(verb_option(c, lists[i].option)));
    put_within(body, verb_option(c, "answer-within"));
    return body;
}

static int add(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL, *body = body_of(c);
    json_put(body, "name", json_string(c->args[0]));
    int r = verb_ask(c, "POST", "/api/v1/groups", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_one);
}

/* Of the group: a part of it ("" = itself), and one thing in that part (NULL = all). */
static int ask_part(struct verb_call *c, const char *method, const char *part, const char *id,
                    const json_t *body, verb_print_cb *print)
{
    struct err e;
    json_t *reply = NULL;
    struct buf path = BUF_INIT(PATH_BYTES);
    buf_add_cstr(&path, "/api/v1/groups/");
    form_encode(&path, slice_of(c->args[0]));
    buf_add_cstr(&path, part);
    if (id) {
        buf_add_char(&path, '/');
        form_encode(&path, slice_of(id));
    }
    int r = verb_ask_at(c, method, &path, body, &reply, &e);
    return verb_print(c, r, reply, &e, print);
}

static int ask_one(struct verb_call *c, const char *method, const json_t *body,
                   verb_print_cb *print)
{
    return ask_part(c, method, "", NULL, body, print);
}

static int set(struct verb_call *c)
{
    json_t *body = body_of(c);
    if (json_object_size(body) == 0) {
        json_decref(body);
        return verb_misuse(c, "say what is to change: one of the options");
    }
    int r = ask_one(c, "POST", body, print_one);
    json_decref(body);
    return r;
}

/* ---- twin ---- */

static void print_twin(const json_t *t)
{
    say_text(stdout, say_string(t, "home_title"));
    (void)fputs(" adopted ", stdout);
    say_text(stdout, say_string(json_object_get(t, "place"), "name"));
    const json_t *brought = json_object_get(t, "brought");
    (void)printf(" (place %lld) of %s: %lld coming, %lld places left; of %s %lld coming, %lld "
                 "waiting, %lld came, "
                 "%lld missed; %lld answers given; %s, %s\n",
                 (long long)say_int(json_object_get(t, "place"), "id"),
                 *say_string(t, "group") ? say_string(t, "group") : "the organisation",
                 (long long)say_int(t, "pledged"), (long long)say_int(t, "left"),
                 say_string(t, "home"), (long long)say_int(brought, "coming"),
                 (long long)say_int(brought, "waiting"), (long long)say_int(brought, "came"),
                 (long long)say_int(brought, "missed"), (long long)say_int(t, "answers"),
                 json_is_true(json_object_get(t, "helps")) ? "offers its volunteers"
                                                           : "offers no volunteers",
                 json_is_true(json_object_get(t, "lends")) ? "the inbox is lent"
                                                           : "the inbox is not lent");
}

static void print_twins(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one, *own = json_object_get(reply, "twins");
    json_array_foreach(own, i, one) print_twin(one);
    if (json_array_size(own) == 0) (void)printf("%s adopted no place\n", c->args[0]);
    json_array_foreach(json_object_get(reply, "adopted_by"), i, one) print_twin(one);
}

/* "7,9" → [7, 9]; "none": none. What is no number is sent as it is: the server says what it should be. */
static json_t *places_json(const char *words)
{
    uint64_t place;
    json_t *list = json_array();
    struct slice rest = slice_of(words), one;
    if (slice_is(rest, "none")) return list;
    while (rest.n > 0 && slice_cut(&rest, ',', &one))
        json_list_add(list, slice_to_u64(slice_trim(one), UINT32_MAX, &place)
                                ? json_integer((json_int_t)place)
                                : json_text(one));
    return list;
}

/* What is no yes is sent as it is, too. */
static json_t *twin_body(const struct verb_call *c)
{
    json_t *body = json_object();
    const char *said = verb_option(c, "place"), *helps = verb_option(c, "helps"),
               *lends = verb_option(c, "lends-inbox");
    if (said) json_put(body, "twins", places_json(said));
    if (helps)
        json_put(body, "helps",
                 strcmp(helps, "yes") == 0 || strcmp(helps, "no") == 0
                     ? json_boolean(*helps == 'y')
                     : json_text(slice_of(helps)));
    if (lends) json_put(body, "lends_inbox", names_json(lends));
    return body;
}

static void print_nothing(const struct verb_call *c, const json_t *reply)
{
    (void)c, (void)reply;
}

static int ask_twin(struct verb_call *c)
{
    return ask_part(c, "GET", "/twin", NULL, NULL, print_twins);
}

/* Says it first, where something is said, and shows what it is then. */
static int twin(struct verb_call *c)
{
    int r = EXIT_DONE;
    bool json = c->json;
    json_t *body = twin_body(c);
    c->json = false;
    if (json_object_size(body) > 0) r = ask_one(c, "POST", body, print_nothing);
    c->json = json;
    json_decref(body);
    return r == EXIT_DONE ? ask_twin(c) : r;
}

/* ---- suggested answers ---- */

static void print_answers(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one, *all = json_object_get(reply, "suggestions");
    json_array_foreach(all, i, one)
    {
        (void)printf("%4lld  %s%s  ", (long long)say_int(one, "id"),
                     *say_string(one, "tag") ? "#" : "", say_string(one, "tag"));
        say_text(stdout, say_string(one, "text"));
        (void)puts("");
    }
    if (json_array_size(all) == 0) (void)printf("%s suggests no answers\n", c->args[0]);
}

static int ask_answers(struct verb_call *c, const char *method, const char *id, const json_t *body,
                       verb_print_cb *print)
{
    return ask_part(c, method, "/suggestions", id, body, print);
}

static int answers(struct verb_call *c)
{
    const char *text = verb_option(c, "text"), *tag = verb_option(c, "tag"),
               *change = verb_option(c, "change"), *remove = verb_option(c, "remove");
    int r = EXIT_DONE;
    bool json = c->json;
    if ((tag || change) && !text) return verb_misuse(c, "--tag and --change need a --text");
    if (remove && text) return verb_misuse(c, "--text or --remove, not both");
    c->json = false;
    if (remove) r = ask_answers(c, "DELETE", remove, NULL, print_nothing);
    if (text) {
        json_t *body = json_pack("{s:s}", "text", text);
        if (tag) json_put(body, "tag", json_string(tag));
        r = ask_answers(c, "POST", change, body, print_nothing);
        json_decref(body);
    }
    c->json = json;
    return r == EXIT_DONE ? ask_answers(c, "GET", NULL, NULL, print_answers) : r;
}

static void print_removed(const struct verb_call *c, const json_t *reply)
{
    (void)reply;
    (void)printf("The group %s is gone.\n", c->args[0]);
}

static int remove_group(struct verb_call *c)
{
    return ask_one(c, "DELETE", NULL, print_removed);
}

static const struct verb_option options[] = {
    {"title", "TEXT", "what people call it"},
    {"country", "CC", "of numbers without + in its lists, e.g. GB"},
    {"zone", "ZONE", "where its people are, e.g. Europe/London"},
    {"language", "CODE", "e.g. en"},
    {"hours", "HOURS", "when its campaigns text people, e.g. \"09:00-20:30\""},
    {"month-budget", "AMOUNT", "what its campaigns may cost in a month, e.g. \"500 GBP\""},
    {"gateways", "NAMES", "that its campaigns may use, with commas; \"any\" = all"},
    {"senders", "NAMES", "numbers or names that its messages leave from; \"any\" = all"},
    {"stop-words", "PHRASES", "that mean STOP when its people say them, with commas"},
    {"stop-confirmation", "TEXT", "what it says to STOP"},
    {"help-answer", "TEXT", "what it says to HELP"},
    {"answer-within", "MINUTES",
     "in which its people are to be answered, else they are overdue; \"\" = as the organisation "
     "says"},
    {"pledge-gateway", "NAME", "the SMS account that texts who says \"I am coming\""},
    {NULL, NULL, NULL},
};

static const struct verb_option twin_options[] = {
    {"place", "IDS",
     "the places of other groups that it adopts, with commas; \"none\" = no place any more"},
    {"helps", "yes|no",
     "its volunteers answer the people of these groups, once their inbox is lent"},
    {"lends-inbox", "GROUPS", "whose volunteers may answer its people, with commas; \"\" = none"},
    {NULL, NULL, NULL},
};

static const struct verb_option answer_options[] = {
    {"text", "TEXT", "one more answer"},
    {"tag", "TAG", "with --text: it comes first for people with this tag"},
    {"change", "ID", "with --text: in place of that one"},
    {"remove", "ID", "takes that one away"},
    {NULL, NULL, NULL},
};

static const struct verb verbs[] = {
    {"list", "", 0, 0, "Your groups, and what is said of each.", "list", NULL, list},
    {"add", "NAME", 1, 1, "Makes a group.", "add leeds --title \"Leeds North\" --country GB",
     options, add},
    {"set", "NAME", 1, 1, "Changes what is said of a group; \"\" = what the organisation says.",
     "set leeds --hours \"09:00-20:00\"", options, set},
    {"twin", "NAME", 1, 1,
     "The places that a group adopted, who adopted its own, and what came of it; options change "
     "it.",
     "twin leeds --place 7,9 --helps yes", twin_options, twin},
    {"answers", "NAME", 1, 1,
     "The answers that a group suggests to whoever answers its people; options change them.",
     "answers leeds --text \"We meet at 10 at the library.\" --tag question", answer_options,
     answers},
    {"remove", "NAME", 1, 1, "Removes a group that has nothing and nobody any more.",
     "remove leeds", NULL, remove_group},
    {.name = NULL},
};

const struct verb_group group_group = {
    "group", "Groups: where they are, when and by what they send.", verbs};
