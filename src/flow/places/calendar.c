/* Sessions from a calendar's file. Which place an event is at: the one that is said for all of them;
 * else the first that is known of its categories, its location, the first part of that, its title, and
 * what stands in the title before a colon or a dash. */
#include "file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/plain.h"
#include "core/place.h"
#include "flow/zone_book.h"
#include "io/calendar_read.h"

enum { DAY_S = 24 * 3600, AHEAD_DAYS = 366, WHERE_BYTES = 200, CODE_BYTES = 512 };

struct reader {
    const struct place_file_how *how;
    struct place_file *file;
    const struct calendar_found *found;
};

/* ---- which place ---- */

static bool knows(const struct reader *r, struct slice name)
{
    name = slice_trim(name);
    return name.n > 0 && r->how->knows && r->how->knows(r->how->arg, name);
}

static bool take(const struct reader *r, struct slice name, struct slice *ret)
{
    if (!knows(r, name)) return false;
    *ret = slice_trim(name);
    return true;
}

static bool take_category(const struct reader *r, struct slice *ret)
{
    for (const char *const *c = r->found->categories; *c; c++) {
        struct slice rest = slice_of(*c), one;
        while (slice_cut(&rest, ',', &one))
            if (take(r, one, ret)) return true;
    }
    return false;
}

/* What stands before the first of the signs. */
static bool take_before(const struct reader *r, const char *text, const char *sign,
                        struct slice *ret)
{
    const char *at = strstr(text, sign);
    return at && take(r, slice_make(text, (size_t)(at - text)), ret);
}

static bool place_of(const struct reader *r, struct slice *ret)
{
    const struct calendar_found *f = r->found;
    *ret = slice_of(r->how->place);
    return ret->n > 0 || take_category(r, ret) || take(r, slice_of(f->where), ret) ||
           take_before(r, f->where, ",", ret) || take(r, slice_of(f->title), ret) ||
           take_before(r, f->title, ":", ret) || take_before(r, f->title, " - ", ret) ||
           take_before(r, f->title, " \xe2\x80\x93 ", ret);
}

/* ---- a session ---- */

/* [ms] A zone that tzdata knows is taken from there; another one from the file; of none it is the
 * one that is said for the whole. False: nobody says. */
static bool moments_of(const struct reader *r, int64_t *ret_start_ms, int64_t *ret_end_ms)
{
    const struct calendar_found *f = r->found;
    const char *zone = *f->zone ? f->zone : r->how->zone ? r->how->zone : "";
    const struct zone_set *set = zone_book_named(r->how->zones, slice_of(zone));
    if (*zone && set->n == 1 && strcmp(zone, "UTC") != 0) {
        *ret_start_ms = zone_moment_s(set->zones[0], f->start_clock_s) * 1000;
        *ret_end_ms = zone_moment_s(set->zones[0], f->end_clock_s) * 1000;
        return true;
    }
    *ret_start_ms = f->start_s * 1000;
    *ret_end_ms = f->end_s * 1000;
    return f->is_known;
}

/* Cut where it is too long, and without what cannot be shown. */
static void put_text(json_t *row, const char *key, const char *text, size_t max,
                     enum plain_kind kind)
{
    char *out = xmalloc(max + 1);
    size_t n = plain_copy(out, max + 1, slice_trim(slice_of(text)), kind);
    if (n) json_put(row, key, json_text(slice_make(out, n)));
    free(out);
}

/* Google writes HTML: what stands in <> is left out. Owned. */
static char *without_tags(const char *text)
{
    char *out = xstrdup(text), *to = out;
    const char *end;
    while (*text) {
        bool tag = *text == '<' && (text[1] == '/' || (text[1] >= 'a' && text[1] <= 'z'));
        if (tag && (end = strchr(text, '>')) != NULL) {
            if (strncmp(text, "<br", 3) == 0) *to++ = '\n';
            text = end + 1;
        } else {
            *to++ = *text++;
        }
    }
    *to = '\0';
    return out;
}

static void put_note(json_t *row, const struct calendar_found *f)
{
    char *about = without_tags(f->about);
    struct buf note = BUF_INIT(2 * SESSION_NOTE_BYTES_MAX);
    buf_addf(&note, "%.*s", SESSION_NOTE_BYTES_MAX, f->title);
    if (*about) buf_addf(&note, "%s%.*s", note.n ? "\n" : "", SESSION_NOTE_BYTES_MAX, about);
    if (!note.failed && note.n) put_text(row, "note", note.p, SESSION_NOTE_BYTES_MAX, PLAIN_TEXT);
    buf_done(&note);
    free(about);
}

static json_t *row_of(const struct reader *r, struct slice place, int64_t start_ms, int64_t end_ms)
{
    char code[CODE_BYTES];
    const struct calendar_found *f = r->found;
    json_t *row = json_object();
    (void)snprintf(code, sizeof code, "%s%s%s", f->uid, *f->time ? "/" : "", f->time);
    json_put(row, "place", json_text(place));
    json_put_time(row, "start", start_ms);
    json_put_time(row, "end", end_ms);
    put_text(row, "meeting_point", f->where, SESSION_MEETING_POINT_BYTES_MAX, PLAIN_LINE);
    put_text(row, "organiser", f->organiser, SESSION_ORGANISER_BYTES_MAX, PLAIN_LINE);
    put_note(row, f);
    if (*f->uid) json_put(row, "code", json_text(slice_of(code)));
    json_put(row, "cancelled", json_boolean(f->is_cancelled));
    return row;
}

static void refuse(const struct reader *r, const char *where, const char *why)
{
    json_list_add(r->file->refused,
                  json_pack("{s:o,s:s}", "where", json_text(slice_of(where)), "why", why));
}

static void on_found(void *arg, const struct calendar_found *f)
{
    struct reader *r = arg;
    char where[WHERE_BYTES];
    struct slice place;
    int64_t start_ms, end_ms;
    r->found = f;
    (void)snprintf(where, sizeof where, "event '%.80s'%s%s", f->title, *f->time ? ", " : "",
                   f->time);
    if (json_array_size(r->file->sessions) >= PLACE_FILE_ROWS_MAX)
        return; /* said once, by who reads the whole */
    if (f->is_day)
        refuse(r, where, "it has no time of day: say when it begins and ends");
    else if (!place_of(r, &place))
        refuse(r, where,
               "which place is it? Give it a category, a location or a title that begins with the "
               "name of one");
    else if (!moments_of(r, &start_ms, &end_ms))
        refuse(r, where, "whose clock is that? Say the time zone");
    else {
        json_list_add(r->file->sessions, row_of(r, place, start_ms, end_ms));
        json_list_add(r->file->session_lines, json_text(slice_of(where)));
    }
}

int places_read_calendar(struct slice text, const struct place_file_how *how,
                         struct place_file *ret, struct err *e)
{
    struct reader r = {.how = how, .file = ret};
    int64_t now_s = how->now_ms / 1000;
    int rc =
        calendar_read(text, now_s - DAY_S, now_s + (int64_t)AHEAD_DAYS * DAY_S, on_found, &r, e);
    if (rc < 0) return err_set(e, ERR_INVALID, "it is no calendar: export it again as .ics");
    if (json_array_size(ret->sessions) >= PLACE_FILE_ROWS_MAX)
        return err_set(e, ERR_INVALID, "more than %d sessions: split the file",
                       PLACE_FILE_ROWS_MAX);
    return 0;
}
