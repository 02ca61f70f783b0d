#include "verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "core/form.h"
#include "say.h"

enum { VERBS_MAX = 32, HELP_COLUMN = 20, VERB_COLUMN = 24, PAGE_PATH_BYTES = 4096 };

/* main has taken --server and --token out before anybody else reads the command line; they stand
 * here for help. */
static const struct verb_option common[] = {
    {"json", NULL, "print JSON"},
    {"server", "URL",
     "http://…, https://… or unix:/path (default: $MUSTER_URL, $MUSTER_SOCKET,\n"
     "or " API_SOCKET_DEFAULT ")"},
    {"token", "TOKEN",
     "of the person who asks, for a URL (better: $MUSTER_TOKEN, which nobody else sees)"},
    {"help", NULL, "this text"},
    {NULL, NULL, NULL},
};

static bool is_single(const struct verb_group *g)
{
    return *g->verbs[0].name == '\0';
}

/* "campaign launch", or "doctor". */
static void add_name(struct buf *b, const struct verb_group *g, const struct verb *v)
{
    buf_addf(b, "%s%s%s", g->name, *v->name ? " " : "", v->name);
}

/* ---- help ---- */

static void print_options(const struct verb_option *o)
{
    for (; o && o->name; o++) {
        int n = printf("  --%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        (void)printf("%*s  ", n < HELP_COLUMN ? HELP_COLUMN - n : 0, "");
        for (const char *c = o->what; *c; c++) {
            (void)putchar(*c);
            if (*c == '\n') (void)printf("%*s  ", HELP_COLUMN, "");
        }
        (void)putchar('\n');
    }
}

static bool is_needed(const struct verb *v, const struct verb_option *o)
{
    struct slice rest = slice_of(v->args), word;
    while (slice_cut(&rest, ' ', &word))
        if (slice_starts(word, "--") && slice_is(slice_from(word, 2), o->name)) return true;
    return false;
}

static void print_usage(FILE *to, const struct verb_group *g, const struct verb *v)
{
    struct buf name = BUF_INIT(128);
    add_name(&name, g, v);
    (void)fprintf(to, "usage: muster %s%s%s", name.p, *v->args ? " " : "", v->args);
    for (const struct verb_option *o = v->options; o && o->name; o++)
        if (!is_needed(v, o))
            (void)fprintf(to, " [--%s%s%s]", o->name, o->value ? " " : "",
                          o->value ? o->value : "");
    (void)fputs(" [--json]\n", to);
    buf_done(&name);
}

static int print_verb_help(const struct verb_group *g, const struct verb *v)
{
    print_usage(stdout, g, v);
    (void)printf("\n%s\n\n", v->what);
    print_options(v->options);
    print_options(common);
    (void)printf("\nexample:\n  muster %s%s%s\n", g->name, *v->example ? " " : "", v->example);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_REFUSED;
}

/* The first line of what a verb does. */
static struct slice first_line(const char *what)
{
    struct slice rest = slice_of(what), line = SLICE_NONE;
    (void)slice_cut(&rest, '\n', &line);
    return line;
}

static void print_verbs(FILE *to, const struct verb_group *g)
{
    (void)fprintf(to, "usage: muster %s VERB ...\n\n%s\n\n", g->name, g->what);
    for (const struct verb *v = g->verbs; v->name; v++) {
        int n = fprintf(to, "  %s %s", v->name, v->args);
        struct slice what = first_line(v->what);
        (void)fprintf(to, "%*s  %.*s\n", n < VERB_COLUMN ? VERB_COLUMN - n : 0, "",
                      SLICE_ARG(what));
    }
    (void)fprintf(to, "\nMore about one: muster %s VERB --help\n", g->name);
}

/* ---- the command line ---- */

int verb_misuse(const struct verb_call *c, const char *fmt, ...)
{
    struct buf text = BUF_INIT(ERR_TEXT_BYTES), name = BUF_INIT(128);
    va_list ap;
    va_start(ap, fmt);
    buf_addv(&text, fmt, ap);
    va_end(ap);
    add_name(&name, c->group, c->verb);
    (void)say_misuse(name.p, "%s", text.p ? text.p : "this cannot be");
    if (!say_is_json()) {
        print_usage(stderr, c->group, c->verb);
        (void)fprintf(stderr, "More: muster %s --help\n", name.p);
    }
    buf_done(&text);
    buf_done(&name);
    return EXIT_USAGE;
}

static int unknown_option(const struct verb_call *c, struct slice name)
{
    const char *names[VERB_OPTIONS_MAX + COUNT_OF(common) + 1];
    size_t n = 0;
    for (const struct verb_option *o = c->verb->options; o && o->name; o++)
        names[n++] = o->name;
    for (const struct verb_option *o = common; o->name; o++)
        names[n++] = o->name;
    names[n] = NULL;
    const char *meant = nearest_word(name, names);
    return verb_misuse(c, "there is no option --%.*s%s%s%s", SLICE_ARG(name),
                       meant ? "; did you mean --" : "", meant ? meant : "", meant ? "?" : "");
}

/* Which of its options, or -1. */
static int find_option(const struct verb *v, struct slice name)
{
    for (int i = 0; v->options && v->options[i].name; i++)
        if (slice_is(name, v->options[i].name)) return i;
    return -1;
}

/* The value of option o: behind its "=", where *ret is it already, or the next word. */
static int read_value(struct verb_call *c, const struct verb_option *o, int argc, char **argv,
                      int *i, const char **ret)
{
    if (!o->value) return *ret ? verb_misuse(c, "--%s takes no value", o->name) : 0;
    if (!*ret && ++*i < argc) *ret = argv[*i];
    return *ret ? 0 : verb_misuse(c, "--%s wants %s behind it", o->name, o->value);
}

/* One word that begins with "--"; *i moves on when the value is the next word. 0, or the exit code.
 */
static int read_option(struct verb_call *c, int argc, char **argv, int *i)
{
    struct slice rest = slice_of(argv[*i] + 2), name = rest;
    const char *value = NULL;
    long equals = slice_find(rest, '=');
    if (equals >= 0) {
        name = slice_make(rest.p, (size_t)equals);
        value = rest.p + equals + 1;
    }
    if (slice_is(name, "json") && !value) {
        c->json = true;
        return 0;
    }
    int which = find_option(c->verb, name);
    if (which < 0) return unknown_option(c, name);
    int wrong = read_value(c, &c->verb->options[which], argc, argv, i, &value);
    if (!wrong) c->values[which] = value ? value : "";
    return wrong;
}

static int want_options(const struct verb_call *c)
{
    for (int i = 0; c->verb->options && c->verb->options[i].name; i++) {
        const struct verb_option *o = &c->verb->options[i];
        if (is_needed(c->verb, o) && (!c->values[i] || !*c->values[i]))
            return verb_misuse(c, "--%s is missing. Add --%s %s: %.*s", o->name, o->name, o->value,
                               SLICE_ARG(first_line(o->what)));
    }
    return 0;
}

static int read_words(struct verb_call *c, int argc, char **argv)
{
    bool options = true;
    for (int i = 0; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (options && strncmp(argv[i], "--", 2) == 0) {
            int exit_code = read_option(c, argc, argv, &i);
            if (exit_code) return exit_code;
        } else {
            c->args[c->arg_count++] = argv[i];
        }
    }
    if (c->arg_count < c->verb->args_min) return verb_misuse(c, "it wants %s", c->verb->args);
    if (c->arg_count > c->verb->args_max)
        return verb_misuse(c, "'%s' is one word too many", c->args[c->verb->args_max]);
    return want_options(c);
}

/* Before "--" only: behind it, it is a word like any other. */
static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
    return false;
}

static int run_verb(const struct verb_group *g, const struct verb *v, int argc, char **argv)
{
    if (asks_for_help(argc, argv)) return print_verb_help(g, v);
    struct verb_call c = {.group = g, .verb = v, .args = xcalloc((size_t)argc + 1, sizeof *c.args)};
    int exit_code = read_words(&c, argc, argv);
    if (exit_code == 0) exit_code = v->run(&c);
    if (fflush(stdout) != 0 && exit_code == 0) exit_code = EXIT_REFUSED;
    api_free(c.api);
    free(c.args);
    return exit_code;
}

static int unknown_verb(const struct verb_group *g, const char *word)
{
    const char *names[VERBS_MAX];
    size_t n = 0;
    for (const struct verb *v = g->verbs; v->name; v++)
        names[n++] = v->name;
    names[n] = NULL;
    const char *meant = nearest_word(slice_of(word), names);
    if (meant)
        return say_misuse(g->name, "there is no '%s'; did you mean 'muster %s %s'?", word, g->name,
                          meant);
    (void)say_misuse(g->name, "there is no '%s'", word);
    if (say_is_json()) return EXIT_USAGE;
    (void)fputc('\n', stderr);
    print_verbs(stderr, g);
    return EXIT_USAGE;
}

static const struct verb *find_unnamed(const struct verb_group *g)
{
    const struct verb *v = g->verbs;
    while (v->name && *v->name)
        v++;
    return v->name ? v : NULL;
}

static int no_verb(const struct verb_group *g)
{
    if (say_is_json()) return say_misuse(g->name, "which verb? muster %s --help", g->name);
    print_verbs(stderr, g);
    return EXIT_USAGE;
}

static int print_group_help(const struct verb_group *g)
{
    print_verbs(stdout, g);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_REFUSED;
}

bool verb_is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int verb_group_run(const struct verb_group *g, int argc, char **argv)
{
    if (is_single(g)) return run_verb(g, g->verbs, argc - 1, argv + 1);
    /* --json before the verb is --json for it */
    bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
    if (json) argc--, argv++;
    if (argc < 2) return no_verb(g);
    if (verb_is_help(argv[1])) return print_group_help(g);
    for (const struct verb *v = g->verbs; v->name; v++) {
        if (strcmp(argv[1], v->name) != 0) continue;
        /* the verb's own word is done with, so its place can hold the option */
        static char option[] = "--json";
        if (json) argv[1] = option;
        return run_verb(g, v, argc - 2 + json, argv + 2 - json);
    }
    const struct verb *unnamed = find_unnamed(g);
    if (unnamed) return run_verb(g, unnamed, argc - 1 + json, argv + 1 - json);
    return unknown_verb(g, argv[1]);
}

/* ---- for the verbs ---- */

const char *verb_option(const struct verb_call *c, const char *name)
{
    int which = find_option(c->verb, slice_of(name));
    check(which >= 0);
    return c->values[which];
}

uint64_t verb_option_number(const struct verb_call *c, const char *name, uint64_t max,
                            uint64_t otherwise)
{
    const char *text = verb_option(c, name);
    uint64_t n = otherwise;
    if (text && (!slice_to_u64(slice_of(text), max, &n) || n == 0)) {
        (void)verb_misuse(c, "--%s is a number from 1 to %llu, not '%s'", name,
                          (unsigned long long)max, text);
        return 0;
    }
    return n;
}

bool verb_id(const struct verb_call *c, const char *what, uint32_t *ret)
{
    uint64_t id;
    if (!slice_to_u64(slice_of(c->args[0]), UINT32_MAX, &id) || id == 0) {
        (void)verb_misuse(c, "'%s' is no %s's id; `muster %s list` shows them", c->args[0], what,
                          c->group->name);
        return false;
    }
    *ret = (uint32_t)id;
    return true;
}

int verb_api(struct verb_call *c, struct err *e)
{
    return c->api ? 0 : api_new(NULL, &c->api, e);
}

int verb_ask(struct verb_call *c, const char *method, const char *path, const json_t *body,
             json_t **ret_reply, struct err *e)
{
    int r = verb_api(c, e);
    return r < 0 ? r : api_call(c->api, method, path, body, NULL, ret_reply, e);
}

int verb_ask_at(struct verb_call *c, const char *method, struct buf *path, const json_t *body,
                json_t **ret_reply, struct err *e)
{
    int r = path->failed ? err_set(e, ERR_LIMIT, "a name or an option is too long")
                         : verb_ask(c, method, path->p, body, ret_reply, e);
    buf_done(path);
    return r;
}

void verb_add_query(struct buf *path, const char *name, const char *value)
{
    if (!value || !*value) return;
    buf_addf(path, "&%s=", name);
    form_encode(path, slice_of(value));
}

/* One page; `cursor` becomes that of the next, "" behind the last. */
static int ask_page(struct verb_call *c, const struct buf *at, struct buf *cursor,
                    json_t **ret_reply, struct err *e)
{
    struct buf path = BUF_INIT(PAGE_PATH_BYTES);
    buf_add_slice(&path, buf_slice(at));
    path.failed = path.failed || at->failed;
    if (cursor->n) buf_addf(&path, "%ccursor=", memchr(at->p, '?', at->n) ? '&' : '?');
    form_encode(&path, buf_slice(cursor));
    int r = verb_ask_at(c, "GET", &path, NULL, ret_reply, e);
    buf_clear(cursor);
    if (r == 0) buf_add_cstr(cursor, say_string(*ret_reply, "next"));
    return r;
}

int verb_ask_all(struct verb_call *c, struct buf *path, const char *key, json_t *ret_list,
                 json_t **ret_first, struct err *e)
{
    int r;
    struct buf cursor = BUF_INIT(PAGE_PATH_BYTES);
    do {
        json_t *reply = NULL;
        r = ask_page(c, path, &cursor, &reply, e);
        if (r == 0) (void)json_array_extend(ret_list, json_object_get(reply, key));
        if (r == 0 && ret_first && !*ret_first) *ret_first = json_incref(reply);
        json_decref(reply);
    } while (r == 0 && cursor.n);
    buf_done(&cursor);
    buf_done(path);
    return r;
}

int verb_print(const struct verb_call *c, int result, json_t *reply, const struct err *e,
               verb_print_cb *print)
{
    int exit_code = result < 0 ? verb_fail(c, result, e) : c->json ? say_json(reply) : EXIT_DONE;
    if (result == 0 && !c->json) print(c, reply);
    json_decref(reply);
    return exit_code;
}

void verb_note(const struct verb_call *c, const char *text)
{
    struct buf name = BUF_INIT(128);
    add_name(&name, c->group, c->verb);
    say_note(name.p, text);
    buf_done(&name);
}

int verb_fail(const struct verb_call *c, int result, const struct err *e)
{
    struct buf name = BUF_INIT(128);
    add_name(&name, c->group, c->verb);
    say_error(name.p, result, c->api ? api_code(c->api, result) : NULL, e->text);
    buf_done(&name);
    return api_exit_code(result);
}
