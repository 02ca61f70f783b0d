#include "file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "template.h"
#include "core/consent.h"
#include "core/hours.h"
#include "core/json.h"
#include "core/law.h"
#include "core/money.h"
#include "flow/check.h"
#include "io/yaml.h"
#include "cli/when.h"

enum { PATH_BYTES_MAX = 4096, SHOWN_BYTES = 64 };

struct file {
    const char *path;
    const struct yaml_doc *d;
    const struct yaml_node *root;
    json_t *body;
    struct buf *notes;
    struct err *e;
    int64_t now_ms;
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
        return yaml_error(f->d, n, ERR_INVALID, f->e, "%s: one name is needed", key);
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

static int read_times(struct file *f)
{
    int64_t start_ms = f->now_ms, deadline_ms = INT64_MAX;
    char shown[SHOWN_BYTES];
    int rc = slice_is(yaml_text(yaml_get(f->root, "start")), "now")
                 ? 0
                 : read_time(f, "start", &start_ms);
    if (rc == 0) rc = read_time(f, "deadline", &deadline_ms);
    if (rc < 0) return rc;
    const struct yaml_node *n = yaml_get(f->root, "deadline");
    when_show(f->now_ms, shown, sizeof shown);
    if (start_ms < f->now_ms - CHECK_LATE_START_MS)
        return yaml_error(f->d, yaml_get(f->root, "start"), ERR_INVALID, f->e,
                          "start: it is over already (now it is %s); leave it out to start at once",
                          shown);
    if (deadline_ms <= f->now_ms)
        return yaml_error(f->d, n, ERR_INVALID, f->e, "deadline: it is over already (now it is %s)",
                          shown);
    if (deadline_ms <= start_ms)
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

static int read_pace(struct file *f)
{
    const struct yaml_node *by = yaml_get(f->root, "pace_by"),
                           *within = yaml_get(f->root, "answer_within_minutes");
    uint64_t minutes;
    if (!yaml_is_null(by)) set(f, "pace_by", yaml_text(by));
    if (yaml_is_null(within)) return 0;
    if (!slice_to_u64(yaml_text(within), 24 * 60, &minutes) || minutes == 0)
        return yaml_error(f->d, within, ERR_INVALID, f->e,
                          "answer_within_minutes: a number from 1 to 1440 is needed");
    json_put_count(f->body, "answer_within_minutes", minutes);
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

static int read_whole(struct file *f, const char *key, uint64_t max)
{
    const struct yaml_node *n = yaml_get(f->root, key);
    uint64_t value;
    if (yaml_is_null(n)) return 0;
    if (!slice_to_u64(yaml_text(n), max, &value))
        return yaml_error(f->d, n, ERR_INVALID, f->e, "%s: a number up to %u is needed", key,
                          (unsigned)max);
    json_put_count(f->body, key, value);
    return 0;
}

static int read_consent(struct file *f)
{
    int rc = read_word(f, "needs_consent", NULL);
    if (rc == 0) rc = read_whole(f, "consent_months", CONSENT_MONTHS_MAX);
    return rc == 0 ? read_whole(f, "min_age", CONSENT_AGE_MAX) : rc;
}

/* "kind: reminder" */
static int read_kind(struct file *f)
{
    enum law_purpose ignored;
    const struct yaml_node *n = yaml_get(f->root, "kind");
    if (yaml_is_null(n)) return 0;
    if (yaml_text(n).n == 0 || !law_purpose_from_string(yaml_text(n), &ignored))
        return yaml_error(f->d, n, ERR_INVALID, f->e,
                          "kind: reminder, election, fundraising, survey or service, not '%.*s'",
                          SLICE_ARG(yaml_text(n)));
    set(f, "kind", yaml_text(n));
    return 0;
}

/* "confirmed: [33]" */
static int read_confirmed(struct file *f)
{
    const struct yaml_node *n = yaml_get(f->root, "confirmed");
    json_t *list = json_array();
    uint64_t rule;
    if (!yaml_is_null(n)) json_put(f->body, "confirmed", list);
    if (yaml_is_null(n)) json_decref(list);
    for (size_t i = 0; !yaml_is_null(n) && i < yaml_count(n); i++) {
        if (!slice_to_u64(yaml_text(yaml_at(n, i)), LAW_RULES, &rule) || rule == 0)
            return yaml_error(f->d, yaml_at(n, i), ERR_INVALID, f->e,
                              "confirmed: numbers of rules, such as [33] (muster law list)");
        json_list_add(list, json_integer((json_int_t)rule));
    }
    return 0;
}

static int read_cap(struct file *f)
{
    const struct yaml_node *cap = yaml_get(f->root, "cap"), *why = yaml_get(f->root, "cap_why");
    if (yaml_is_null(cap) && yaml_is_null(why)) return 0;
    if (!slice_is(yaml_text(cap), "exempt"))
        return yaml_error(f->d, cap, ERR_INVALID, f->e,
                          "cap: it is exempt, with cap_why, or left out");
    if (slice_trim(yaml_text(why)).n == 0)
        return yaml_error(f->d, cap, ERR_INVALID, f->e,
                          "cap: cap_why is missing: why is it exempt?");
    set(f, "cap", yaml_text(cap));
    set(f, "cap_why", slice_trim(yaml_text(why)));
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

static int read_message(struct file *f)
{
    const struct yaml_node *text = yaml_get(f->root, "text"),
                           *template = yaml_get(f->root, "template");
    const struct yaml_node *smart_node = yaml_get(f->root, "smart");
    bool smart = false;
    json_t *message = NULL;
    int rc = smart_node ? yaml_bool(f->d, smart_node, &smart, f->e) : 0;
    if (rc < 0) return rc;
    if (text && template)
        return yaml_error(f->d, template, ERR_INVALID, f->e,
                          "either 'text' or 'template', not both");
    if (text)
        rc = campaign_template_text(f->d, text, smart, &message, f->e);
    else if (yaml_kind_of(template) == YAML_SCALAR && yaml_text(template).n)
        rc = load_template(f, template, smart, &message);
    else
        rc = yaml_error(f->d, template ? template : f->root, ERR_INVALID, f->e,
                        "no message: 'text' is one for SMS, 'template' names a file of templates/");
    if (rc < 0) return rc;
    json_put(f->body, "message", message);
    return campaign_template_aside(f->d, f->root, message, f->e);
}

/* What may stand there, and nothing else. */
static int check_keys(struct file *f)
{
    static const char *const keys[] = {"name",           "audience",    "gateway",
                                       "lane",           "start",       "deadline",
                                       "hours",          "text",        "smart",
                                       "template",       "pace_by",     "answer_within_minutes",
                                       "budget",         "kind",        "confirmed",
                                       "show",           "suggestions", "needs_consent",
                                       "consent_months", "min_age",     "cap",
                                       "cap_why",        "canary",      "canary_then",
                                       "brake_off",      "sender",      NULL};
    static const char *const when[] = {"every", "dates", "event"}; /* docs/REPEATING.md */
    for (size_t i = 0; !f->more && i < COUNT_OF(when); i++)
        if (yaml_get(f->root, when[i]))
            return yaml_error(
                f->d, yaml_get(f->root, when[i]), ERR_INVALID, f->e,
                "'%s' makes this a schedule: muster schedule add FILE; or leave it out", when[i]);
    const char *all[2 * COUNT_OF(keys)] = {NULL};
    size_t n = 0;
    for (; keys[n]; n++)
        all[n] = keys[n];
    for (size_t i = 0; f->more && f->more->keys[i]; i++) {
        check(n + 1 < COUNT_OF(all));
        all[n++] = f->more->keys[i];
    }
    return yaml_only_keys(f->d, f->root, all, f->e);
}

static int read_all(struct file *f)
{
    int rc = check_keys(f);
    if (rc == 0 && f->more) rc = f->more->read(f->more->arg, f->d, f->root, f->e);
    if (rc == 0) rc = read_name(f);
    if (rc == 0)
        rc = read_word(f, "audience", "the name of an imported audience (muster audience list)");
    if (rc == 0) rc = read_word(f, "gateway", "the account to send through (muster gateway list)");
    if (rc == 0) rc = read_word(f, "sender", NULL);
    if (rc == 0) rc = read_lane(f);
    if (rc == 0) rc = read_times(f);
    if (rc == 0) rc = read_hours(f);
    if (rc == 0) rc = read_pace(f);
    if (rc == 0) rc = read_word(f, "canary", NULL);
    if (rc == 0) rc = read_word(f, "canary_then", NULL);
    if (rc == 0) rc = read_word(f, "brake_off", NULL);
    if (rc == 0) rc = read_budget(f);
    if (rc == 0) rc = read_consent(f);
    if (rc == 0) rc = read_kind(f);
    if (rc == 0) rc = read_confirmed(f);
    if (rc == 0) rc = read_cap(f);
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
                     .more = more};
    rc = read_all(&f);
    yaml_doc_free(d);
    if (rc < 0)
        json_decref(f.body);
    else
        *ret = f.body;
    return rc;
}
