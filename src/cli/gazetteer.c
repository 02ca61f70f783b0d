/* muster gazetteer: postcodes and towns, from the files in which they are published; muster near: asks. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/form.h"
#include "core/json.h"
#include "flow/gazetteer_file.h"

#include "list_open.h"
#include "say.h"
#include "verb.h"

enum { CODES = 1000, TOWNS = 300, PATH_BYTES = 64, PIECE_BYTES = 256 * 1024 };

/* ---- import ---- */

struct run {
    struct verb_call *c;
    const char *country;
    int64_t import;
    struct gazetteer_file *file;
    json_t *codes, *towns; /* that wait to be sent; owned */
    uint64_t sent, towns_sent;
    struct err e;
};

static int post(struct run *r, const char *what, json_t *body, json_t **ret)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/api/v1/gazetteers/%s%s", r->country, what);
    int result = verb_ask(r->c, "POST", path, body, ret, &r->e);
    json_decref(body);
    return result;
}

static int send_page(struct run *r)
{
    json_t *body = json_pack("{s:I,s:o,s:o}", "import", (json_int_t)r->import, "codes", r->codes,
                             "towns", r->towns);
    r->codes = json_array();
    r->towns = json_array();
    return post(r, "/rows", body, NULL);
}

static int on_row(void *arg, const struct gazetteer_row *row)
{
    struct run *r = arg;
    char at[POINT_TEXT_BYTES];
    point_to_text(row->at, at);
    if (row->code) {
        json_list_add(r->codes, json_pack("{s:s,s:s}", "code", row->code, "at", at));
        r->sent++;
    } else {
        json_list_add(r->towns, json_pack("{s:o,s:o,s:s}", "name", json_text(row->town), "county",
                                          json_text(row->county), "at", at));
        r->towns_sent++;
    }
    bool full = json_array_size(r->codes) == CODES || json_array_size(r->towns) == TOWNS;
    return full ? send_page(r) : 0;
}

static int on_record(void *arg, const struct csv_record *record)
{
    struct run *r = arg;
    return gazetteer_file_take(r->file, record, &r->e);
}

static int read_file(struct run *r, FILE *in)
{
    char *piece = xmalloc(PIECE_BYTES);
    struct csv_reader *csv = csv_reader_new(0, on_record, r);
    int result = 0;
    for (size_t n; result == 0 && (n = fread(piece, 1, PIECE_BYTES, in)) > 0;)
        result = csv_reader_feed(csv, slice_make(piece, n));
    if (result == 0) result = csv_reader_end(csv);
    csv_reader_free(csv);
    free(piece);
    return result;
}

static int read_one(struct run *r, const char *path)
{
    FILE *in;
    int result = list_open(path, &in, &r->e);
    if (result < 0) return result;
    r->file = gazetteer_file_new(r->country, on_row, r);
    result = read_file(r, in);
    (void)fclose(in);
    if (result == 0) result = gazetteer_file_end(r->file);
    if (result < 0) (void)err_prefix(&r->e, "%s", path);
    return result;
}

static int begin(struct run *r)
{
    json_t *reply = NULL;
    int result = post(r, "", json_object(), &reply);
    r->import = json_integer_value(json_object_get(reply, "import"));
    json_decref(reply);
    return result;
}

static int read_all(struct run *r)
{
    int result = begin(r);
    for (int i = 0; result == 0 && i < r->c->arg_count; i++) {
        if (r->file) gazetteer_file_free(r->file);
        r->file = NULL;
        result = read_one(r, r->c->args[i]);
    }
    if (result == 0) result = send_page(r);
    if (result < 0) return result;
    return post(r, "/end",
                json_pack("{s:I,s:s}", "import", (json_int_t)r->import, "from",
                          gazetteer_file_format(r->file)),
                NULL);
}

static const char *country_of(const struct verb_call *c)
{
    const char *country = verb_option(c, "country");
    return country && strlen(country) == 2 ? country : NULL;
}

static int import(struct verb_call *c)
{
    struct run r = {.c = c, .country = country_of(c), .codes = json_array(), .towns = json_array()};
    if (!r.country) {
        json_decref(r.codes);
        json_decref(r.towns);
        return verb_misuse(c, "say whose postcodes they are: --country GB");
    }
    char codes[SAY_COUNT_BYTES], towns[SAY_COUNT_BYTES], left_out[SAY_COUNT_BYTES];
    int result = read_all(&r);
    int exit_code = EXIT_DONE;
    if (result < 0)
        exit_code = verb_fail(c, result, &r.e);
    else if (c->json)
        exit_code = say_json(json_object());
    else
        (void)printf("%s and %s of %s are known now (%s; of the last file's rows "
                     "%s say nothing of use)\n",
                     say_counted((int64_t)r.sent, "postcode", "postcodes", codes),
                     say_counted((int64_t)r.towns_sent, "town", "towns", towns), r.country,
                     gazetteer_file_format(r.file),
                     say_count((int64_t)gazetteer_file_left_out(r.file), left_out));
    gazetteer_file_free(r.file);
    json_decref(r.codes);
    json_decref(r.towns);
    return exit_code;
}

/* ---- list, remove ---- */

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *g;
    (void)c;
    json_array_foreach(json_object_get(reply, "gazetteers"), i, g)
    {
        char codes[SAY_COUNT_BYTES], towns[SAY_COUNT_BYTES];
        (void)printf("%s  %s, %s; ", say_string(g, "country"),
                     say_counted(say_int(g, "codes"), "postcode", "postcodes", codes),
                     say_counted(say_int(g, "towns"), "town", "towns", towns));
        say_text(stdout, say_string(g, "from"));
        (void)puts("");
    }
    if (i == 0) (void)puts("no postcodes and no towns are known: muster gazetteer import --help");
}

static int list(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/gazetteers", NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

static void print_removed(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    (void)printf("%s: removed\n", say_string(reply, "country"));
}

static int drop(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    struct buf path = BUF_INIT(1024);
    buf_add_cstr(&path, "/api/v1/gazetteers/");
    form_encode(&path, slice_of(c->args[0]));
    int r = verb_ask_at(c, "DELETE", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_removed);
}

static const struct verb_option import_options[] = {
    {"country", "COUNTRY", "whose they are, such as GB"},
    {NULL, NULL, NULL},
};

static const struct verb verbs[] = {
    {"import", "FILE... --country COUNTRY", 1, VERB_ARGS_ANY,
     "Reads postcodes and towns; they take the place of what was known.\n"
     "Files: the ONS Postcode Directory or Code-Point Open (CSV), or postal codes of GeoNames "
     "(TSV).",
     "import ONSPD_NOV_2026_UK.csv --country GB", import_options, import},
    {"list", "", 0, 0, "Of which countries postcodes and towns are known.", "list", NULL, list},
    {"remove", "COUNTRY", 1, 1, "They are not known any more.", "remove DE", NULL, drop},
    {.name = NULL},
};
const struct verb_group gazetteer_group = {"gazetteer", "Where postcodes and towns are.", verbs};

/* ---- near ---- */

static void print_found(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *found;
    (void)c;
    json_array_foreach(json_object_get(reply, "sessions"), i, found)
    {
        char when[SAY_TIME_BYTES];
        const json_t *session = json_object_get(found, "session");
        (void)printf("%s  ", say_when(say_string(session, "start"), when));
        say_text(stdout, say_string(json_object_get(found, "place"), "name"));
        (void)printf(" (session %lld): %s\n", (long long)say_int(session, "id"),
                     say_string(found, "words"));
    }
    if (i == 0) (void)puts("no session that needs people is in reach");
}

static int near(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    struct buf path = BUF_INIT(4096);
    buf_add_cstr(&path, "/api/v1/near?q=");
    form_encode(&path, slice_of(c->args[0]));
    verb_add_query(&path, "on", verb_option(c, "on"));
    verb_add_query(&path, "accessible", verb_option(c, "accessible") ? "1" : NULL);
    int r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_found);
}

static const struct verb_option near_options[] = {
    {"on", "DAY", "only what begins then, e.g. 2026-11-28"},
    {"accessible", NULL, "only what has no steps"},
    {NULL, NULL, NULL},
};

static const struct verb near_verbs[] = {
    {"", "WHERE", 1, 1, "The sessions that need people near a postcode, a town or a point.",
     "\"M14 5TA\" --on 2026-11-28", near_options, near},
    {.name = NULL},
};
const struct verb_group near_group = {"near", "Where people are needed, near somebody.",
                                      near_verbs};
