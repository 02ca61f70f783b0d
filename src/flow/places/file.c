#include "file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/iso8601.h"
#include "flow/zone_book.h"
#include "io/csv.h"

enum { WORD_BYTES = 32, TIME_BYTES = 40, WHERE_BYTES = 32 };

/* name, the words that a header may have for it */
#define COLUMN_TABLE(X)                                                                            \
    X(COLUMN_PLACE, "place,seat,constituency,ward")                                                \
    X(COLUMN_NAME, "name,title")                                                                   \
    X(COLUMN_GROUP, "group")                                                                       \
    X(COLUMN_AT, "at,point,coordinates,lat_lon")                                                   \
    X(COLUMN_LAT, "lat,latitude")                                                                  \
    X(COLUMN_LON, "lon,lng,long,longitude")                                                        \
    X(COLUMN_POSTCODE, "postcode,post_code,zip")                                                   \
    X(COLUMN_TOWN, "town,city")                                                                    \
    X(COLUMN_PRIORITY, "priority")                                                                 \
    X(COLUMN_NEEDED, "needed,people_needed")                                                       \
    X(COLUMN_CODE, "code,id")                                                                      \
    X(COLUMN_DATE, "date,day")                                                                     \
    X(COLUMN_START, "start,starts,begin,from,start_time")                                          \
    X(COLUMN_END, "end,ends,until,to,end_time")                                                    \
    X(COLUMN_MEETING_POINT, "meeting_point,where,location,address")                                \
    X(COLUMN_ORGANISER, "organiser,organizer,contact,host")                                        \
    X(COLUMN_NOTE, "note,notes,description")                                                       \
    X(COLUMN_CAPACITY, "capacity,spaces,max")                                                      \
    X(COLUMN_ACCESSIBLE, "accessible,step_free")                                                   \
    X(COLUMN_LIFTS, "lifts,lift")                                                                  \
    X(COLUMN_CANCELLED, "cancelled,canceled")

enum column {
#define X(name, words) name,
    COLUMN_TABLE(X)
#undef X
        COLUMN_COUNT
};

struct reader {
    const struct place_file_how *how;
    struct place_file *file;
    int at[COLUMN_COUNT]; /* -1: there is none */
    bool has_header;
    const struct csv_record *record;
    struct err e; /* what is wrong with the record; code 0: nothing */
};

/* ---- the header ---- */

/* "Meeting point" → "meeting_point" */
static void word_of(struct slice cell, char out[WORD_BYTES])
{
    size_t n = 0;
    cell = slice_trim(cell);
    for (size_t i = 0; i < cell.n && n < WORD_BYTES - 1; i++)
        out[n++] =
            isalnum((unsigned char)cell.p[i]) ? (char)tolower((unsigned char)cell.p[i]) : '_';
    out[n] = '\0';
}

static bool is_word(const char *list, const char *word)
{
    struct slice rest = slice_of(list), one;
    while (slice_cut(&rest, ',', &one))
        if (slice_is(one, word)) return true;
    return false;
}

static int read_header(struct reader *r, struct err *e)
{
    static const char *const words[COLUMN_COUNT] = {
#define X(name, words) words,
        COLUMN_TABLE(X)
#undef X
    };
    char word[WORD_BYTES];
    for (int i = 0; i < COLUMN_COUNT; i++) {
        r->at[i] = -1;
        for (size_t k = 0; k < r->record->count && r->at[i] < 0; k++) {
            word_of(r->record->fields[k], word);
            if (is_word(words[i], word)) r->at[i] = (int)k;
        }
    }
    r->has_header = true;
    if (r->at[COLUMN_START] >= 0 && r->at[COLUMN_PLACE] < 0)
        return err_set(e, ERR_INVALID,
                       "line 1: no column 'place': the code or the name of each session's place");
    if (r->at[COLUMN_START] < 0 && r->at[COLUMN_NAME] < 0 && r->at[COLUMN_PLACE] < 0)
        return err_set(e, ERR_INVALID,
                       "line 1: neither a column 'name' (of places) nor 'start' (of sessions)");
    return 0;
}

/* ---- cells ---- */

static struct slice cell(const struct reader *r, enum column column)
{
    int i = r->at[column];
    return i >= 0 && (size_t)i < r->record->count ? slice_trim(r->record->fields[i]) : SLICE_NONE;
}

static void put_text(const struct reader *r, json_t *row, const char *key, enum column column)
{
    if (cell(r, column).n) json_put(row, key, json_text(cell(r, column)));
}

static void put_number(struct reader *r, json_t *row, const char *key, enum column column)
{
    uint64_t n;
    struct slice text = cell(r, column);
    if (text.n == 0) return;
    if (slice_to_u64(text, UINT32_MAX, &n))
        json_put_count(row, key, n);
    else
        (void)err_set(&r->e, ERR_INVALID, "'%s' must be a whole number, such as 20", key);
}

static void put_whether(struct reader *r, json_t *row, const char *key, enum column column)
{
    static const char *const words[] = {"no", "n", "false", "0", "yes", "y", "true", "1", "x"};
    char word[WORD_BYTES];
    struct slice text = cell(r, column);
    if (text.n == 0) return;
    word_of(text, word);
    int i = slice_index(slice_of(word), words, COUNT_OF(words));
    if (i >= 0)
        json_put(row, key, json_boolean(i >= 4));
    else
        (void)err_set(&r->e, ERR_INVALID, "'%s' must be yes or no", key);
}

/* ---- times ---- */

/* [s] a clock's time, as if it were UTC: "2026-12-03 18:00", with a T, with seconds. */
static bool read_clock(struct slice date, struct slice time, int64_t *ret_s)
{
    char text[TIME_BYTES];
    int64_t ms;
    if (date.n > 10 || time.n > 8 || !memchr(time.p ? time.p : "", ':', time.n)) return false;
    (void)snprintf(text, sizeof text, "%.*sT%s%.*sZ", SLICE_ARG(date), time.p[1] == ':' ? "0" : "",
                   SLICE_ARG(time));
    if (!iso8601_parse(slice_of(text), &ms)) return false;
    *ret_s = ms / 1000;
    return true;
}

static int64_t moment_ms(struct reader *r, int64_t clock_s)
{
    struct slice zone = slice_of(r->how->zone);
    const struct zone_set *set = zone.n ? zone_book_named(r->how->zones, zone) : NULL;
    if (set && set->n == 1) return zone_moment_s(set->zones[0], clock_s) * 1000;
    (void)err_set(&r->e, ERR_INVALID,
                  "whose clock is that? Say the time zone, or write \"2026-12-03T18:00:00Z\"");
    return 0;
}

/* Date and time of a cell that may have both; date: of the one before, or of a column of its own. */
static int64_t read_time(struct reader *r, const char *key, struct slice text, struct slice *date)
{
    int64_t ms, clock_s;
    struct slice time = text;
    if (iso8601_parse(text, &ms)) {
        *date = slice_make(text.p, 10);
        return ms;
    }
    if (text.n > 11 && (text.p[10] == 'T' || text.p[10] == ' ')) {
        *date = slice_make(text.p, 10);
        time = slice_from(text, 11);
    }
    if (date->n && time.n && read_clock(*date, time, &clock_s)) return moment_ms(r, clock_s);
    (void)err_set(&r->e, ERR_INVALID, "'%s' must be a time, such as \"2026-12-03 18:00\"", key);
    return 0;
}

static void put_times(struct reader *r, json_t *row)
{
    const int64_t day_ms = 24 * 3600 * INT64_C(1000);
    struct slice date = cell(r, COLUMN_DATE), end = cell(r, COLUMN_END);
    int64_t start_ms = read_time(r, "start", cell(r, COLUMN_START), &date);
    if (r->e.code) return;
    int64_t end_ms = read_time(r, "end", end, &date);
    if (r->e.code) return;
    if (end.n <= 8 && end_ms <= start_ms) end_ms += day_ms; /* "22:00" to "01:00" */
    json_put_time(row, "start", start_ms);
    json_put_time(row, "end", end_ms);
}

/* ---- rows ---- */

/* In place of a point. In a file of sessions it may be where they meet, and says nothing of the place. */
static void put_postcode(const struct reader *r, json_t *row)
{
    if (json_object_get(row, "at") || r->at[COLUMN_START] >= 0) return;
    put_text(r, row, "postcode", cell(r, COLUMN_POSTCODE).n ? COLUMN_POSTCODE : COLUMN_TOWN);
}

static json_t *read_place(struct reader *r)
{
    json_t *row = json_object();
    char at[2 * WORD_BYTES];
    struct slice lat = cell(r, COLUMN_LAT), lon = cell(r, COLUMN_LON);
    put_text(r, row, "name", cell(r, COLUMN_NAME).n ? COLUMN_NAME : COLUMN_PLACE);
    put_text(r, row, "group", COLUMN_GROUP);
    put_text(r, row, "at", COLUMN_AT);
    if (lat.n && lon.n && lat.n < WORD_BYTES && lon.n < WORD_BYTES) {
        (void)snprintf(at, sizeof at, "%.*s,%.*s", SLICE_ARG(lat), SLICE_ARG(lon));
        json_put(row, "at", json_string(at));
    }
    put_postcode(r, row);
    put_text(r, row, "priority", COLUMN_PRIORITY);
    put_number(r, row, "needed", COLUMN_NEEDED);
    if (r->at[COLUMN_START] < 0) put_text(r, row, "code", COLUMN_CODE);
    return row;
}

static json_t *read_session(struct reader *r)
{
    json_t *row = json_object();
    put_text(r, row, "place", COLUMN_PLACE);
    put_times(r, row);
    put_text(r, row, "meeting_point", COLUMN_MEETING_POINT);
    put_text(r, row, "organiser", COLUMN_ORGANISER);
    put_text(r, row, "note", COLUMN_NOTE);
    put_text(r, row, "code", COLUMN_CODE);
    put_number(r, row, "capacity", COLUMN_CAPACITY);
    put_whether(r, row, "accessible", COLUMN_ACCESSIBLE);
    put_whether(r, row, "lifts", COLUMN_LIFTS);
    put_whether(r, row, "cancelled", COLUMN_CANCELLED);
    return row;
}

static void refuse(struct reader *r, const char *where, const char *why)
{
    json_list_add(r->file->refused, json_pack("{s:s,s:s}", "where", where, "why", why));
}

/* The same place stands in each row of its sessions: it is said once. */
static bool is_said(const struct reader *r, const json_t *row)
{
    size_t n = json_array_size(r->file->places);
    return n > 0 && json_equal(json_array_get(r->file->places, n - 1), row);
}

static void add(struct reader *r, json_t *list, json_t *lines, json_t *row)
{
    char where[WHERE_BYTES];
    (void)snprintf(where, sizeof where, "line %llu", (unsigned long long)r->record->line);
    if (r->e.code) {
        refuse(r, where, r->e.text);
        json_decref(row);
        return;
    }
    json_list_add(list, row);
    json_list_add(lines, json_string(where));
}

static void read_rows(struct reader *r)
{
    struct place_file *f = r->file;
    bool has_point = cell(r, COLUMN_AT).n || cell(r, COLUMN_LAT).n;
    if (r->at[COLUMN_START] < 0 || has_point) {
        json_t *row = read_place(r);
        if (is_said(r, row))
            json_decref(row);
        else
            add(r, f->places, f->place_lines, row);
    }
    if (cell(r, COLUMN_START).n && r->e.code == 0)
        add(r, f->sessions, f->session_lines, read_session(r));
}

static int on_record(void *arg, const struct csv_record *record)
{
    struct reader *r = arg;
    char where[WHERE_BYTES];
    r->record = record;
    r->e.code = 0;
    if (record->fault != CSV_FINE) {
        (void)snprintf(where, sizeof where, "line %llu", (unsigned long long)record->line);
        refuse(r, where, csv_fault_text(record->fault));
        return 0;
    }
    if (!r->has_header) return read_header(r, &r->e);
    if (json_array_size(r->file->places) + json_array_size(r->file->sessions) >=
        PLACE_FILE_ROWS_MAX)
        return err_set(&r->e, ERR_INVALID, "more than %d rows: split the file",
                       PLACE_FILE_ROWS_MAX);
    read_rows(r);
    return 0;
}

static int read_csv(struct slice text, struct reader *r, struct err *e)
{
    struct csv_reader *csv = csv_reader_new(0, on_record, r);
    int rc = csv_reader_feed(csv, text);
    if (rc == 0) rc = csv_reader_end(csv);
    if (rc == 0 && !r->has_header) rc = err_set(&r->e, ERR_INVALID, "there is nothing in it");
    if (rc < 0) *e = r->e;
    csv_reader_free(csv);
    return rc;
}

int place_file_read(struct slice text, const struct place_file_how *how, struct place_file *ret,
                    struct err *e)
{
    struct reader r = {.how = how, .file = ret};
    *ret =
        (struct place_file){json_array(), json_array(), json_array(), json_array(), json_array()};
    if (slice_starts(text, "\xef\xbb\xbf")) text = slice_from(text, 3);
    bool is_calendar = slice_starts(slice_trim(text), "BEGIN:VCALENDAR");
    int rc = is_calendar ? places_read_calendar(text, how, ret, e) : read_csv(text, &r, e);
    if (rc < 0) place_file_done(ret);
    return rc;
}

void place_file_done(struct place_file *f)
{
    json_decref(f->places);
    json_decref(f->place_lines);
    json_decref(f->sessions);
    json_decref(f->session_lines);
    json_decref(f->refused);
    *f = (struct place_file){0};
}
