/* muster schedule: campaigns that are made again and again. */
#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "again.h"
#include "campaign.h"
#include "file.h"
#include "core/json.h"
#include "io/yaml.h"

#include "cli/say.h"
#include "cli/verb.h"

enum { PATH_BYTES = 96 };

/* ---- the file: a campaign's, with when ---- */

static const char *const texts[] = {"every", "until", "event", NULL};
static const char *const lists[] = {"dates", "remind", "except", NULL};
static const char *const numbers[] = {"count", "within_minutes", "late_minutes", NULL};
static const char *const keys[] = {"every", "until",          "event",        "dates",  "remind",
                                   "count", "within_minutes", "late_minutes", "except", NULL};

/* One text, or a list of them. */
static json_t *list_of(const struct yaml_node *n)
{
    json_t *list = json_array();
    if (yaml_kind_of(n) == YAML_SCALAR) json_list_add(list, json_text(yaml_text(n)));
    for (size_t i = 0; yaml_kind_of(n) == YAML_SEQUENCE && i < yaml_count(n); i++)
        json_list_add(list, json_text(yaml_text(yaml_at(n, i))));
    return list;
}

static int read_when(void *arg, const struct yaml_doc *d, const struct yaml_node *root,
                     struct err *e)
{
    json_t *body = arg;
    for (size_t i = 0; texts[i]; i++)
        if (!yaml_is_null(yaml_get(root, texts[i])))
            json_put(body, texts[i], json_text(yaml_text(yaml_get(root, texts[i]))));
    for (size_t i = 0; lists[i]; i++)
        if (!yaml_is_null(yaml_get(root, lists[i])))
            json_put(body, lists[i], list_of(yaml_get(root, lists[i])));
    for (size_t i = 0; numbers[i]; i++) {
        const struct yaml_node *n = yaml_get(root, numbers[i]);
        int64_t value;
        if (yaml_is_null(n)) continue;
        int rc = yaml_int(d, n, 1, INT32_MAX, &value, e);
        if (rc < 0) return rc;
        json_put(body, numbers[i], json_integer(value));
    }
    return 0;
}

static void say_notes(const struct verb_call *c, struct buf *notes)
{
    struct slice rest = buf_slice(notes), line;
    while (slice_cut(&rest, '\n', &line) && line.n) {
        char *text = slice_strdup(line);
        verb_note(c, text);
        free(text);
    }
    buf_done(notes);
}

/* The body of POST /api/v1/schedules; owned. */
static int load(const struct verb_call *c, const char *path, json_t **ret, struct err *e)
{
    struct buf notes = BUF_INIT(CAMPAIGN_NOTES_BYTES_MAX);
    json_t *body = json_object(), *campaign;
    const struct campaign_file_more more = {keys, read_when, body};
    int rc = campaign_file_load_more(path, clock_wall_ms(), &more, &campaign, &notes, e);
    say_notes(c, &notes);
    if (rc < 0) {
        json_decref(body);
        return rc;
    }
    json_put(body, "name", json_incref(json_object_get(campaign, "name")));
    (void)json_object_del(campaign, "name");
    json_put(body, "campaign", campaign);
    *ret = body;
    return 0;
}

/* ---- what is printed ---- */

static void print_plan(const json_t *s)
{
    size_t i;
    char count[SAY_COUNT_BYTES];
    const json_t *one, *plan = json_object_get(s, "plan");
    if (*say_string(plan, "every")) (void)printf("every %s", say_string(plan, "every"));
    if (*say_string(plan, "event")) (void)printf("before %s", say_string(plan, "event"));
    json_array_foreach(json_object_get(plan, "dates"), i, one)(void)
        printf("%s%s", i ? ", " : "", json_string_value(one));
    json_array_foreach(json_object_get(plan, "remind"), i, one)(void)
        printf("%s%s", i ? ", " : ": ", json_string_value(one));
    if (*say_string(plan, "until")) (void)printf(", until %s", say_string(plan, "until"));
    if (say_int(plan, "count"))
        (void)printf(", %s", say_counted(say_int(plan, "count"), "time", "times", count));
    json_array_foreach(json_object_get(plan, "except"), i, one)(void)
        printf("%s%s", i ? ", " : ", not on ", json_string_value(one));
    (void)printf(" (%s)", say_string(s, "zone"));
}

static void print_row(const json_t *s)
{
    (void)printf("%6lld  %-8s  ", (long long)say_int(s, "id"), say_string(s, "status"));
    say_text(stdout, say_string(s, "name"));
    (void)printf("  %s  ", say_string(s, "group"));
    print_plan(s);
    if (*say_string(s, "next_local")) (void)printf("  next: %s", say_string(s, "next_local"));
    if (say_int(s, "failed") || say_int(s, "missed"))
        (void)printf("  (%lld failed, %lld missed)", (long long)say_int(s, "failed"),
                     (long long)say_int(s, "missed"));
    (void)putchar('\n');
}

static void print_next(const json_t *s)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(s, "next_firings"), i, one)
    {
        (void)printf("  %s  ", say_string(one, "local"));
        say_text(stdout, say_string(one, "campaign"));
        (void)putchar('\n');
    }
}

/* What will be in the way of its next time. */
static void print_trouble(const json_t *s)
{
    if (json_is_null(json_object_get(s, "people"))) {
        (void)fputs("  the list '", stdout);
        say_text(stdout, say_string(json_object_get(s, "campaign"), "audience"));
        (void)printf("' is gone: nothing can be launched. Import it again under this name, or name "
                     "another one: `muster schedule file %lld > FILE`, then `muster schedule "
                     "change %lld FILE`\n",
                     (long long)say_int(s, "id"), (long long)say_int(s, "id"));
    }
    if (json_is_false(json_object_get(s, "maker_may"))) {
        (void)fputs("  ", stdout);
        say_text(stdout, say_string(s, "made_by"));
        (void)printf(", who answers for it, may not launch it any more: it will stop at its next "
                     "time. `muster schedule file %lld > FILE` and `muster schedule change %lld "
                     "FILE` make it yours\n",
                     (long long)say_int(s, "id"), (long long)say_int(s, "id"));
    }
}

static void print_one(const struct verb_call *c, const json_t *s)
{
    size_t i;
    char count[SAY_COUNT_BYTES];
    const json_t *one, *people = json_object_get(s, "people");
    (void)c;
    print_row(s);
    if (*say_string(s, "status_why")) {
        (void)fputs("  why: ", stdout);
        say_words(say_string(s, "status_why"));
        (void)putchar('\n');
    }
    if (json_is_integer(people))
        (void)printf("  %s of %s, as of now\n", say_people(json_integer_value(people), count),
                     say_string(json_object_get(s, "campaign"), "audience"));
    if (strcmp(say_string(s, "status"), "active") == 0) print_trouble(s);
    campaign_print_message(json_object_get(json_object_get(s, "campaign"), "message"));
    print_next(s);
    json_array_foreach(json_object_get(s, "firings"), i, one)
    {
        (void)printf("  %s  %s", say_string(one, "local"), say_string(one, "outcome"));
        if (say_int(one, "campaign"))
            (void)printf(": campaign %lld", (long long)say_int(one, "campaign"));
        if (*say_string(one, "why")) (void)fputs(": ", stdout);
        say_words(say_string(one, "why"));
        (void)putchar('\n');
    }
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one, *all = json_object_get(reply, "schedules");
    (void)c;
    json_array_foreach(all, i, one) print_row(one);
    if (json_array_size(all) == 0)
        (void)puts("no schedule yet: muster schedule add FILE makes one");
}

static void print_deleted(const struct verb_call *c, const json_t *reply)
{
    (void)reply;
    (void)printf("Schedule %s is gone. What it launched stays.\n", c->args[0]);
}

/* ---- verbs ---- */

static int ask_one(struct verb_call *c, const char *method, const char *and, const json_t *body,
                   verb_print_cb *print)
{
    char path[PATH_BYTES];
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    if (!verb_id(c, "schedule", &id)) return EXIT_USAGE;
    (void)snprintf(path, sizeof path, "/api/v1/schedules/%u%s", id, and);
    int r = verb_ask(c, method, path, body, &reply, &e);
    return verb_print(c, r, reply, &e, print);
}

static int list(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/schedules", NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

/* ---- what the check says of it ---- */

enum { CHECKED_NAME_BYTES = 160 };

static void say_found(const struct verb_call *c, const json_t *check)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(check, "findings"), i, one)
    {
        json_t *words = campaign_finding_words(one);
        verb_note(c, json_string_value(words));
        json_decref(words);
    }
}

/* As of now, for the next time. It is no reason not to make the schedule: its list is another one by then. */
static void check_now(struct verb_call *c, const json_t *schedule)
{
    struct err e;
    char name[CHECKED_NAME_BYTES]; /* that no campaign has */
    json_t *check = NULL, *campaign = json_deep_copy(json_object_get(schedule, "campaign"));
    (void)snprintf(name, sizeof name, "%.100s, again and again", say_string(schedule, "name"));
    json_put(campaign, "name", json_text(slice_of(name)));
    int r = verb_ask(c, "POST", "/api/v1/campaigns/check", campaign, &check, &e);
    if (r < 0) verb_note(c, "the schedule stands; what its campaign is like could not be checked");
    if (r == 0) say_found(c, check);
    if (r == 0 && !json_is_true(json_object_get(check, "ok")))
        verb_note(c, "as it is now, nothing would be launched: mend the errors in the file, then "
                     "muster schedule "
                     "change");
    json_decref(campaign);
    json_decref(check);
}

static int add(struct verb_call *c)
{
    struct err e;
    json_t *body = NULL, *reply = NULL;
    int r = load(c, c->args[0], &body, &e);
    if (r == 0) r = verb_ask(c, "POST", "/api/v1/schedules", body, &reply, &e);
    if (r == 0) check_now(c, body);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_one);
}

static int change(struct verb_call *c)
{
    struct err e;
    json_t *body = NULL;
    int r = load(c, c->args[1], &body, &e);
    if (r < 0) return verb_fail(c, r, &e);
    r = ask_one(c, "POST", "", body, print_one);
    if (r == EXIT_DONE && json_is_object(json_object_get(body, "campaign"))) check_now(c, body);
    json_decref(body);
    return r;
}

static int move_event(struct verb_call *c)
{
    json_t *body = json_pack("{s:s}", "event", c->args[1]);
    if (!body) return verb_misuse(c, "TIME must be UTF-8");
    int r = ask_one(c, "POST", "", body, print_one);
    json_decref(body);
    return r;
}

static int skip(struct verb_call *c)
{
    json_t *body =
        json_pack("{s:s,s:b}", "day", c->args[1], "after_all", verb_option(c, "after-all") != NULL);
    if (!body) return verb_misuse(c, "DAY must be UTF-8");
    int r = ask_one(c, "POST", "/except", body, print_one);
    json_decref(body);
    return r;
}

static int show(struct verb_call *c)
{
    return ask_one(c, "GET", "", NULL, print_one);
}

static void print_file(const struct verb_call *c, const json_t *s)
{
    json_t *value, *file = campaign_again(json_object_get(s, "campaign"));
    (void)c;
    json_put(file, "name", json_incref(json_object_get(s, "name")));
    (void)json_object_update(file, json_object_get(s, "plan"));
    for (size_t i = 0; numbers[i]; i++) {
        value = json_object_get(s, numbers[i]);
        if (json_is_integer(value)) json_put(file, numbers[i], json_incref(value));
    }
    campaign_again_print(file);
    json_decref(file);
}

static int file(struct verb_call *c)
{
    return ask_one(c, "GET", "", NULL, print_file);
}

static void print_only_next(const struct verb_call *c, const json_t *s)
{
    (void)c;
    print_next(s);
    if (json_array_size(json_object_get(s, "next_firings")) == 0)
        (void)printf("nothing: it is %s\n", say_string(s, "status"));
}

static int next(struct verb_call *c)
{
    return ask_one(c, "GET", "", NULL, print_only_next);
}

static int move(struct verb_call *c)
{
    char and[16];
    const char *why = verb_option(c, "why");
    json_t *body = json_pack("{s:s}", "why", why ? why : "");
    if (!body) return verb_misuse(c, "--why must be UTF-8");
    (void)snprintf(and, sizeof and, "/%s", c->verb->name);
    int r = ask_one(c, "POST", and, body, print_one);
    json_decref(body);
    return r;
}

static int delete (struct verb_call *c)
{
    return ask_one(c, "DELETE", "", NULL, print_deleted);
}

static const struct verb_option why_options[] = {
    {"why", "TEXT", "the reason, for the record and for the others"}, {NULL, NULL, NULL}};

static const struct verb_option skip_options[] = {{"after-all", NULL, "launches then after all"},
                                                  {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"add", "FILE", 1, 1,
     "Makes a schedule of a campaign's file that says when.\n"
     "`every: thu 09:00`, `dates:`, or `event:` and `remind:` say it. docs/REPEATING.md describes "
     "them. What the check finds is said; what blocks a launch is a reason to mend it in time.",
     "add thursday.yaml", NULL, add},
    {"change", "ID FILE", 2, 2,
     "Puts what FILE says in the place of what a schedule is; moving an event moves its reminders.",
     "change 3 thursday.yaml", NULL, change},
    {"move", "ID TIME", 2, 2,
     "Moves the event of a schedule that reminds of one, by the clock of its group. Its reminders "
     "move with it; what was launched "
     "already stays.",
     "move 3 \"2026-12-10 19:00\"", NULL, move_event},
    {"skip", "ID DAY", 2, 2,
     "Launches nothing on that day, or at that time of it (\"2026-12-24 09:00\"); with --after-all "
     "it does "
     "again. The others stay.",
     "skip 3 2026-12-24", skip_options, skip},
    {"list", "", 0, 0, "The schedules of your groups.", "list", NULL, list},
    {"show", "ID", 1, 1, "One: when it launches next, to how many, and what came of it until now.",
     "show 3", NULL, show},
    {"file", "ID", 1, 1, "Prints the file that it is, to be changed and given to change.",
     "file 3 > thursday.yaml", NULL, file},
    {"next", "ID", 1, 1, "When it launches next, and what the campaigns will be called.", "next 3",
     NULL, next},
    {"pause", "ID", 1, 1, "Launches nothing until it is resumed.",
     "pause 3 --why \"summer holidays\"", why_options, move},
    {"resume", "ID", 1, 1, "Goes on, from now; what was to be launched meanwhile is not.",
     "resume 3", why_options, move},
    {"delete", "ID", 1, 1, "Ends it. Campaigns that it launched stay.", "delete 3", NULL, delete},
    {.name = NULL},
};

const struct verb_group schedule_group = {
    "schedule", "Campaigns that are made again and again, and reminders of events.", verbs};
