#include "file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "template.h"
#include "core/hours.h"
#include "core/json.h"
#include "core/law.h"
#include "core/money.h"
#include "flow/campaign_keys.h"
#include "flow/check.h"
#include "io/yaml.h"
#include "cli/when.h"

enum { PATH_BYTES_MAX = 4096, SHOWN_BYTES = 64, MORE_KEYS_MAX = 16 };

struct file {
    const char *path;
    const struct yaml_doc *d;
    const struct yaml_node *root;
    json_t *body;
    struct buf *notes;
    struct err *e;
    int64_t now_ms, start_ms, deadline_ms; /* [wall ms] at once; none: INT64_MAX */
    const struct campaign_file_more *more; /* NULL: a campaign and no more */
};

static void set(struct file *f, const char *key, struct slice text)
{
    json_put(f->body, key, json_text(text));
}

/* A word or name; `missing` says what belongs there, NULL = it may be left out. */
static int read_word(struct file *f, const char *key, const char *missing)
{
    const struct yaml_node *n = yaml_get(f->root, key);
    if (yaml_kind_of(n) != YAML_SCALAR)
        return yaml_error(f->d, n, ERR_INVALID, f->e, "%s: one value is needed, not a list", key);
    if (yaml_is_null(n) || yaml_text(n).n == 0) {
        if (missing)
            return yaml_error(f->d, n ? n : f->root, ERR_INVALID, f->e, "'%s' is missing: %s", key,
                              missing);
        return 0;
    }
    set(f, key, yaml_text(n));
    return 0;
}

/* thursday.yaml is called thursday. */
static void name_by_path(struct file *f)
{
    const char *slash = strrchr(f->path, '/');
    struct slice name = slice_of(slash ? slash + 1 : f->path);
    if (slice_ends(name, ".yaml")) name.n -= strlen(".yaml");
    if (slice_ends(name, ".yml")) name.n -= strlen(".yml");
    set(f, "name", name);
}

static int read_name(struct file *f)
{
    int rc = read_word(f, "name", NULL);
    if (rc == 0 && !json_object_get(f->body, "name")) name_by_path(f);
    return rc;
}

static int read_audience(struct file *f)
{
    return read_word(f, "audience", "the name of an imported audience (muster audience list)");
}

static int read_gateway(struct file *f)
{
    return read_word(f, "gateway", "the account to send through (muster gateway list)");
}

static int read_lane(struct file *f)
{
    const struct yaml_node *n = yaml_get(f->root, "lane");
    struct slice lane = yaml_is_null(n) ? SLICE_LIT("blast") : yaml_text(n);
    if (!slice_is(lane, "blast") && !slice_is(lane, "reminder"))
        return yaml_error(f->d, n, ERR_INVALID, f->e,
                          "lane: blast or reminder (which goes first), not '%.*s'",
                          SLICE_ARG(lane));
    set(f, "lane", lane);
    return 0;
}

/* ---- times ---- */

/* *ret_ms stays as it is when there is none. */
static int read_time(struct file *f, const char *key, int64_t *ret_ms)
{
    const struct yaml_node *n = yaml_get(f->root, key);
    struct when w;
    struct err inner;
    char iso[CLOCK_ISO_BYTES];
    if (yaml_is_null(n)) return 0;
    if (when_parse(yaml_text(n), &w, &inner) < 0)
        return yaml_error(f->d, n, ERR_INVALID, f->e, "%s: %s", key, inner.text);
    if (w.local)
        buf_addf(f->notes, "%s: %.*s is read in this machine's time zone, %s\n", key,
                 SLICE_ARG(yaml_text(n)), w.zone);
    clock_iso(w.ms, iso);
    set(f, key, slice_of(iso));
    *ret_ms = w.ms;
    return 0;
}

static int read_start(struct file *f)
{
    bool now = slice_is(yaml_text(yaml_get(f->root, "start")), "now");
    return now ? 0 : read_time(f, "start", &f->start_ms);
}

static int read_deadline(struct file *f)
{
    return read_time(f, "deadline", &f->deadline_ms);
}

static int check_times(const struct file *f)
{
    const struct yaml_node *n = yaml_get(f->root, "deadline");
    char shown[SHOWN_BYTES];
    when_show(f->now_ms, shown, sizeof shown);
    if (f->start_ms < f->now_ms - CHECK_LATE_START_MS)
        return yaml_error(f->d, yaml_get(f->root, "start"), ERR_INVALID, f->e,
                          "start: it is over already (now it is %s); leave it out to start at once",
                          shown);
    if (f->deadline_ms <= f->now_ms)
        return yaml_error(f->d, n, ERR_INVALID, f->e, "deadline: it is over already (now it is %s)",
                          shown);
    if (f->deadline_ms <= f->start_ms)
        return yaml_error(f->d, n, ERR_INVALID, f->e, "deadline: it must be later than the start");
    return 0;
}

static int read_hours(struct file *f)
{
    const struct yaml_node *n = yaml_get(f->root, "hours");
    struct hours ignored;
    struct err inner;
    if (yaml_is_null(n)) return 0;
    if (yaml_kind_of(n) != YAML_SCALAR || hours_parse(yaml_text(n), &ignored, &inner) < 0)
        return yaml_error(f->d, n, ERR_INVALID, f->e, "hours: %s",
                          yaml_kind_of(n) == YAML_SCALAR ? inner.text
                                                         : "a text like \"09:00-20:30\" is needed");
    set(f, "hours", slice_trim(yaml_text(n)));
    return 0;
}

static int read_budget(struct file *f)
{
    const struct yaml_node *n = yaml_get(f->root, "budget");
    struct money ignored;
    if (yaml_is_null(n)) return 0;
    if (yaml_kind_of(n) != YAML_SCALAR || !money_parse(yaml_text(n), &ignored))
        return yaml_error(f->d, n, ERR_INVALID, f->e, "budget: it is " MONEY_RULE);
    set(f, "budget", slice_trim(yaml_text(n)));
    return 0;
}

static int read_number(struct file *f, const struct campaign_key *k)
{
    const struct yaml_node *n = yaml_get(f->root, k->name);
    uint64_t value;
    if (yaml_is_null(n)) return 0;
    if (!slice_to_u64(yaml_text(n), k->most, &value) || value < k->least)
        return yaml_error(f->d, n, ERR_INVALID, f->e,
                          "%s: a whole number from %llu to %llu is needed", k->name,
                          (unsigned long long)k->least, (unsigned long long)k->most);
    json_put_count(f->body, k->name, value);
    return 0;
}

/* "kind: reminder" */
static int read_kind(struct file *f)
{
    enum law_purpose ignored;
    const struct yaml_node *n = yaml_get(f->root, "kind");
    if (yaml_is_null(n)) return 0;
    if (yaml_text(n).n == 0 || !law_purpose_from_string(yaml_text(n), &ignored))
        return yaml_error(f->d, n, ERR_INVALID, f->e,
                          "kind: one word is needed: reminder, election, fundraising, survey, "
                          "service, news or action");
    set(f, "kind", yaml_text(n));
    return 0;
}

/* One that nobody is asked about would be ignored for ever. */
static int read_rule(struct file *f, const struct yaml_node *n, json_t *list)
{
    uint64_t rule;
    if (!slice_to_u64(yaml_text(n), LAW_RULES, &rule) || rule == 0)
        return yaml_error(f->d, n, ERR_INVALID, f->e,
                          "confirmed: '%.*s' is no rule: they are 1 to %d (muster law list)",
                          SLICE_ARG(yaml_text(n)), LAW_RULES);
    if (!law_number_may_be_confirmed((int)rule))
        return yaml_error(
            f->d, n, ERR_INVALID, f->e,
            "confirmed: rule %d is none of those that the check asks you about; leave "
            "it out (an owner may switch it off: muster law off)",
            (int)rule);
    json_list_add(list, json_integer((json_int_t)rule));
    return 0;
}

/* "confirmed: [33]" */
static int read_confirmed(struct file *f)
{
    const struct yaml_node *n = yaml_get(f->root, "confirmed");
    int r = 0;
    if (yaml_is_null(n)) return 0;
    if (yaml_kind_of(n) != YAML_SEQUENCE)
        return yaml_error(f->d, n, ERR_INVALID, f->e,
                          "confirmed: a list of rules is needed, such as [33] (muster law list)");
    json_t *list = json_array();
    json_put(f->body, "confirmed", list);
    for (size_t i = 0; r == 0 && i < yaml_count(n); i++)
        r = read_rule(f, yaml_at(n, i), list);
    return r;
}

/* The two go together. */
static int check_cap(const struct file *f)
{
    const struct yaml_node *cap = yaml_get(f->root, "cap"), *why = yaml_get(f->root, "cap_why");
    if (yaml_is_null(cap) && yaml_is_null(why)) return 0;
    if (!slice_is(yaml_text(cap), "exempt"))
        return yaml_error(f->d, cap, ERR_INVALID, f->e,
                          "cap: it is exempt, with cap_why, or left out");
    if (slice_trim(yaml_text(why)).n == 0)
        return yaml_error(f->d, cap, ERR_INVALID, f->e,
                          "cap: cap_why is missing: why is it exempt?");
    return 0;
}

/* ---- the message ---- */

static int load_template(struct file *f, const struct yaml_node *n, bool smart, json_t **ret)
{
    char path[PATH_BYTES_MAX];
    struct slice given = yaml_text(n);
    struct err inner;
    const char *slash = strrchr(f->path, '/');
    int folder = slash && given.p[0] != '/' ? (int)(slash - f->path) + 1 : 0;
    int length = snprintf(path, sizeof path, "%.*s%.*s", folder, f->path, SLICE_ARG(given));
    if (length < 0 || (size_t)length >= sizeof path)
        return yaml_error(f->d, n, ERR_LIMIT, f->e, "template: the path is too long");
    int rc = campaign_template_load(path, smart, ret, &inner);
    /* a mistake inside the template has its own place; one of opening it belongs to this line */
    bool inside = rc == ERR_SYNTAX || rc == ERR_INVALID || rc == ERR_LIMIT;
    if (rc < 0 && inside) return err_set(f->e, rc, "%s", inner.text);
    return rc < 0 ? yaml_error(f->d, n, rc, f->e, "template: %s", inner.text) : 0;
}

static int load_message(struct file *f, bool smart, json_t **ret)
{
    const struct yaml_node *text = yaml_get(f->root, "text"),
                           *template = yaml_get(f->root, "template");
    if (text && template)
        return yaml_error(f->d, template, ERR_INVALID, f->e,
                          "either 'text' or 'template', not both");
    if (text) return campaign_template_text(f->d, text, smart, ret, f->e);
    if (yaml_kind_of(template) == YAML_SCALAR && yaml_text(template).n)
        return load_template(f, template, smart, ret);
    if (yaml_kind_of(template) == YAML_MAPPING)
        return campaign_template_here(f->d, template, smart, ret, f->e);
    return yaml_error(f->d, template ? template : f->root, ERR_INVALID, f->e,
                      "no message: 'text' is one for SMS, 'template' names a file of templates/, "
                      "or has `sms:` and `whatsapp:` below it");
}

static int read_message(struct file *f)
{
    const struct yaml_node *smart_node = yaml_get(f->root, "smart");
    bool smart = false;
    json_t *message = NULL;
    int rc = smart_node ? yaml_bool(f->d, smart_node, &smart, f->e) : 0;
    if (rc == 0) rc = load_message(f, smart, &message);
    if (rc < 0) return rc;
    json_put(f->body, "message", message);
    return campaign_template_aside(f->d, f->root, message, f->e);
}

/* ---- all of it ---- */

static int check_no_schedule(const struct file *f)
{
    static const char *const when[] = {"every", "dates", "event"}; /* docs/REPEATING.md */
    for (size_t i = 0; i < COUNT_OF(when); i++)
        if (yaml_get(f->root, when[i]))
            return yaml_error(
                f->d, yaml_get(f->root, when[i]), ERR_INVALID, f->e,
                "'%s' makes this a schedule: muster schedule add FILE; or leave it out", when[i]);
    return 0;
}

/* What may stand there, and nothing else. */
static int check_keys(const struct file *f)
{
    static const char *const of_message[] = {"text", "smart", "template", "show", "suggestions"};
    const char *all[CAMPAIGN_KEYS_COUNT + COUNT_OF(of_message) + MORE_KEYS_MAX + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++)
        if (campaign_keys[i].where & CAMPAIGN_IN_FILE) all[n++] = campaign_keys[i].name;
    for (size_t i = 0; i < COUNT_OF(of_message); i++)
        all[n++] = of_message[i];
    for (size_t i = 0; f->more && f->more->keys[i]; i++) {
        check(i < MORE_KEYS_MAX);
        all[n++] = f->more->keys[i];
    }
    return yaml_only_keys(f->d, f->root, all, f->e);
}

/* Where a mistake is told best at its line, or something else stands there than the API takes. */
static const struct {
    const char *key;
    int (*read)(struct file *f);
} own[] = {
    {"name", read_name},           {"audience", read_audience}, {"gateway", read_gateway},
    {"lane", read_lane},           {"deadline", read_deadline}, {"start", read_start},
    {"hours", read_hours},         {"budget", read_budget},     {"kind", read_kind},
    {"confirmed", read_confirmed},
};

static int read_key(struct file *f, const struct campaign_key *k)
{
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (strcmp(own[i].key, k->name) == 0) return own[i].read(f);
    check(k->kind == CAMPAIGN_KEY_TEXT || k->kind == CAMPAIGN_KEY_NUMBER);
    return k->kind == CAMPAIGN_KEY_TEXT ? read_word(f, k->name, NULL) : read_number(f, k);
}

static int read_keys(struct file *f)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < CAMPAIGN_KEYS_COUNT; i++)
        if (campaign_keys[i].where & CAMPAIGN_IN_FILE) rc = read_key(f, &campaign_keys[i]);
    return rc;
}

static int read_all(struct file *f)
{
    int rc = f->more ? 0 : check_no_schedule(f);
    if (rc == 0) rc = check_keys(f);
    if (rc == 0 && f->more) rc = f->more->read(f->more->arg, f->d, f->root, f->e);
    if (rc == 0) rc = read_keys(f);
    if (rc == 0) rc = check_times(f);
    if (rc == 0) rc = check_cap(f);
    return rc < 0 ? rc : read_message(f);
}

int campaign_file_load(const char *path, int64_t now_ms, json_t **ret, struct buf *notes,
                       struct err *e)
{
    return campaign_file_load_more(path, now_ms, NULL, ret, notes, e);
}

int campaign_file_load_more(const char *path, int64_t now_ms, const struct campaign_file_more *more,
                            json_t **ret, struct buf *notes, struct err *e)
{
    struct yaml_doc *d;
    int rc = yaml_load(path, &d, e);
    if (rc < 0) return rc;
    struct file f = {.path = path,
                     .d = d,
                     .root = yaml_root(d),
                     .body = json_object(),
                     .notes = notes,
                     .e = e,
                     .now_ms = now_ms,
                     .start_ms = now_ms,
                     .deadline_ms = INT64_MAX,
                     .more = more};
    rc = read_all(&f);
    yaml_doc_free(d);
    if (rc < 0)
        json_decref(f.body);
    else
        *ret = f.body;
    return rc;
}
