/* muster campaign report and people: what became of everyone. */
#include "campaign.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/nearest.h"
#include "walk.h"
#include "core/json.h"
#include "cli/out_file.h"
#include "cli/say.h"
#include "flow/report_sheet.h"

/* ---- the rows ---- */

static int add_person(void *arg, const json_t *person, struct err *e)
{
    return report_sheet_add(arg, person, e);
}

static int write_sheet(struct verb_call *c, uint32_t id, const char *path, int64_t *ret_rows,
                       struct err *e)
{
    struct out_file *out;
    int r = out_file_open(path, &out, e);
    if (r < 0) return r;
    /* The columns are the first person's: the list may have others by now. */
    struct report_sheet *s = report_sheet_new(out_file_stream(out), NULL);
    r = campaign_walk(c, id, NULL, add_person, s, e);
    if (r == 0) r = report_sheet_end(s, e);
    r = out_file_end(out, r, e);
    *ret_rows = report_sheet_rows(s);
    report_sheet_free(s);
    return r;
}

/* ---- report ---- */

static int fail_sum(const struct verb_call *c, const char *what, int64_t found, int64_t all)
{
    struct err e;
    char count[SAY_COUNT_BYTES];
    return verb_fail(c,
                     err_set(&e, ERR_REFUSED, "%s are %lld of %s: it does not add up", what,
                             (long long)found, say_people(all, count)),
                     &e);
}

/* Says whether the states add up to the audience. */
static int print_sum(const struct verb_call *c, FILE *to, const json_t *status)
{
    char sum[SAY_COUNT_BYTES], total[SAY_COUNT_BYTES];
    int64_t all = say_int(status, "total"), found = campaign_sum(status);
    if (c->json) return found == all ? EXIT_DONE : fail_sum(c, "the states", found, all);
    (void)fprintf(to, "  %-12s%12s  of %s: ", "sum", say_count(found, sum), say_people(all, total));
    (void)fputs(found == all ? "it adds up\n" : "IT DOES NOT ADD UP\n", to);
    return found == all ? EXIT_DONE : EXIT_REFUSED;
}

/* A row for each person, or the totals would not be theirs. */
static int print_rows(const struct verb_call *c, FILE *to, const json_t *status, const char *path,
                      int64_t rows)
{
    char count[SAY_COUNT_BYTES];
    bool all = rows == say_int(status, "total");
    if (c->json) return all ? EXIT_DONE : fail_sum(c, "the rows", rows, say_int(status, "total"));
    (void)fprintf(to, "  %s, one for each person, %s in %s%s\n",
                  say_counted(rows, "row", "rows", count), rows == 1 ? "is" : "are", path,
                  all ? "" : ": NOT ALL OF THEM");
    return all ? EXIT_DONE : EXIT_REFUSED;
}

static int print_status(struct verb_call *c, uint32_t id, const json_t *status)
{
    if (c->json) {
        int said = say_json(status);
        return said == EXIT_DONE ? print_sum(c, stdout, status) : said;
    }
    campaign_print_head(status);
    campaign_print_counts(status);
    int exit_code = print_sum(c, stdout, status);
    campaign_print_texts(c, id);
    return exit_code;
}

/* With --csv -, stdout holds nothing else. */
static int report(struct verb_call *c, uint32_t id, const json_t *status)
{
    struct err e;
    const char *csv = verb_option(c, "csv");
    bool to_stdout = csv && strcmp(csv, "-") == 0;
    int64_t rows = 0;
    if (c->json && to_stdout) return verb_misuse(c, "either --json or --csv - on stdout");
    int exit_code = to_stdout ? print_sum(c, stderr, status) : print_status(c, id, status);
    if (!csv) return exit_code;
    int r = write_sheet(c, id, csv, &rows, &e);
    if (r < 0) return verb_fail(c, r, &e);
    int rows_code = print_rows(c, to_stdout ? stderr : stdout, status, csv, rows);
    return exit_code == EXIT_DONE ? rows_code : exit_code;
}

int campaign_report(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *status = NULL;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    int r = campaign_get(c, id, &status, &e);
    int exit_code = r < 0 ? verb_fail(c, r, &e) : report(c, id, status);
    json_decref(status);
    return exit_code;
}

/* ---- people ---- */

struct listing {
    bool json;
    int64_t people;
};

static int print_person(void *arg, const json_t *person, struct err *e)
{
    struct listing *l = arg;
    if (l->json) {
        (void)fputs(l->people++ ? ",\n" : "{\"people\":[", stdout);
        return json_dumpf(person, stdout, JSON_COMPACT) == 0 ? 0 : err_set(e, -EIO, "cannot write");
    }
    l->people++;
    (void)printf("%-16s  %-12s", say_string(person, "number"), say_string(person, "state"));
    if (*say_string(person, "reason")) (void)fputs("  ", stdout);
    say_text(stdout, say_string(person, "reason"));
    if (*say_string(person, "since")) (void)printf("  since %s", say_string(person, "since"));
    return putchar('\n') == EOF ? err_set(e, -errno, "cannot write: %s", strerror(errno)) : 0;
}

static int unknown_state(const struct verb_call *c, const char *state)
{
    const char *names[STATE_COUNT + 1] = {NULL};
    for (int s = 0; s < STATE_COUNT; s++)
        names[s] = state_to_string((enum state)s);
    const char *meant = nearest_word(slice_of(state), names);
    return verb_misuse(c, "there is no state '%s'%s%s%s", state, meant ? "; did you mean '" : "",
                       meant ? meant : "", meant ? "'?" : "");
}

int campaign_print_people(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    enum state s;
    struct listing l = {.json = c->json};
    const char *state = verb_option(c, "state");
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    if (state && !state_from_string(slice_of(state), &s)) return unknown_state(c, state);
    int r = campaign_walk(c, id, state, print_person, &l, &e);
    if (c->json && (r == 0 || l.people)) (void)puts(l.people ? "]}" : "{\"people\":[]}");
    return r < 0 ? verb_fail(c, r, &e) : EXIT_DONE;
}
