/* /places/import: a file of places and sessions. It is read at once, sent to the API a page at a time,
 * and what became of each is told on the same page. */
#include "web/organiser/organiser.h"

#include <stdio.h>

#include "base/buf.h"
#include "core/json.h"
#include "flow/launch.h"
#include "flow/place_book.h"
#include "flow/place_file.h"
#include "flow/zone_book.h"
#include "store/group.h"
#include "store/place.h"
#include "web/local_time.h"
#include "web/organiser/upload_form.h"
#include "web/page.h"
#include "web/page_words.h"
#include "web/upload.h"

enum { BYTES_MAX = 2 << 20, REFUSED_SHOWN = 50 };

static const char *const kinds[] = {"places", "sessions"};
static const char *const words[] = {"made", "changed", "same", "refused"};

/* ---- the page ---- */

static json_t *group_field(const struct web_call *c)
{
    const struct group_set mine = access_groups(c->member, MAY_RUN_PLACES);
    if (!mine.all && mine.count == 1) return NULL;
    return upload_field(c, "group", "Group", "Whose they are, where the file does not say.",
                        mine.all ? "main" : mine.names[0]);
}

/* c->asked, if there is one: what became of the file. */
static void show(struct web_call *c, int status, const char *problem)
{
    json_t *data = page_data(c, "Import places", problem), *fields = json_array();
    json_t *group = group_field(c);
    if (group) json_list_add(fields, group);
    json_put(data, "fields", fields);
    json_put(data, "zone", json_string(local_zone_name(c)));
    json_t *refused = json_object_get(c->asked, words[3]);
    json_put(data, "some_refused", json_boolean(json_integer_value(refused) > 0));
    json_put(data, "done", c->asked ? json_copy(c->asked) : json_null());
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/places", "label", "Places"));
    page_answer(c, PAGE_PLACE_IMPORT, status, data);
}

static void get_import(struct web_call *c)
{
    show(c, 200, "");
}

/* ---- a page of rows after the other ---- */

static void count(json_t *asked, const char *word)
{
    json_put(asked, word, json_integer(json_integer_value(json_object_get(asked, word)) + 1));
}

static void refuse(json_t *asked, const json_t *where, const json_t *why)
{
    json_t *list = json_object_get(asked, "refusals");
    count(asked, "refused");
    if (json_array_size(list) < REFUSED_SHOWN)
        json_list_add(list, json_pack("{s:O,s:O}", "where", where, "why", why));
}

static void send_next(struct web_call *c);

static void on_page(struct web_call *c, int status, const json_t *body)
{
    size_t i;
    const json_t *one, *kind = json_object_get(c->asked, "kind");
    const json_t *lines = json_object_get(c->asked, "page_lines");
    if (status != 200) {
        json_decref(c->asked);
        c->asked = NULL;
        show(c, 422, page_detail(body));
        return;
    }
    json_array_foreach(json_object_get(body, json_string_value(kind)), i, one)
    {
        const char *did = json_string_value(json_object_get(one, "did"));
        if (strcmp(did, words[3]) == 0)
            refuse(c->asked, json_array_get(lines, i), json_object_get(one, "why"));
        else
            count(c->asked, did);
    }
    send_next(c);
}

/* Moves up to a page from the front of a list into a new one. */
static json_t *page_of(json_t *asked, const char *key)
{
    json_t *list = json_object_get(asked, key), *page = json_array(), *rest = json_array();
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
        json_list_add(i < PLACE_PAGE_MAX ? page : rest, json_incref(one));
    json_put(asked, key, rest);
    return page;
}

static void send_next(struct web_call *c)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const char *lines = i ? "session_lines" : "place_lines";
        if (json_array_size(json_object_get(c->asked, kinds[i])) == 0) continue;
        json_t *body = json_object();
        json_put(body, kinds[i], page_of(c->asked, kinds[i]));
        json_put(body, "group", json_incref(json_object_get(c->asked, "group")));
        json_put(c->asked, "page_lines", page_of(c->asked, lines));
        json_put(c->asked, "kind", json_string(kinds[i]));
        web_ask(c, on_page, body, "POST", "/api/v1/places/import");
        return;
    }
    show(c, 200, "");
}

/* ---- the file ---- */

static const char *zone_of(const struct web_call *c, struct slice group)
{
    const struct group_info *info = groups_find(c->config->groups, group);
    return info && *info->zone ? info->zone : local_zone_name(c);
}

static bool read_text(struct web_call *c, struct buf *text, struct err *e)
{
    struct slice name;
    FILE *in = web_upload_take(c, &name, e);
    if (!in) return false;
    char *room = buf_reserve(text, BYTES_MAX + 1);
    text->n += room ? fread(room, 1, BYTES_MAX + 1, in) : 0;
    (void)fclose(in);
    if (text->n > BYTES_MAX)
        (void)err_set(e, ERR_LIMIT, "The file is larger than %d MB: split it.", BYTES_MAX >> 20);
    return text->n <= BYTES_MAX;
}

/* What the file says becomes c->asked. */
static void begin(struct web_call *c, struct place_file *f)
{
    size_t i;
    const json_t *one;
    c->asked = json_pack("{s:O,s:O,s:O,s:O,s:[],s:o}", "places", f->places, "place_lines",
                         f->place_lines, "sessions", f->sessions, "session_lines", f->session_lines,
                         "refusals", "group", json_text(web_typed(c, "group")));
    for (i = 0; i < COUNT_OF(words); i++)
        json_put(c->asked, words[i], json_integer(0));
    json_array_foreach(f->refused, i, one)
        refuse(c->asked, json_object_get(one, "where"), json_object_get(one, "why"));
    place_file_done(f);
    send_next(c);
}

/* As the API finds it for a member who says none. */
static struct slice group_of(const struct web_call *c)
{
    struct slice typed = web_typed(c, "group");
    if (typed.n) return typed;
    return c->member->group_count == 1 ? slice_of(c->member->groups[0]) : SLICE_LIT("main");
}

struct asked_place {
    struct web_call *c;
    struct slice group;
};

static bool knows_place(void *arg, struct slice name)
{
    const struct asked_place *asked = arg;
    return place_book_named(asked->c->config->places, asked->group, name) != NULL;
}

static void post_import(struct web_call *c)
{
    struct buf text = BUF_INIT(BYTES_MAX + 1);
    struct place_file file = {0};
    struct err e = {0};
    struct asked_place asked = {c, group_of(c)};
    const struct place_file_how how = {.zones = c->config->means->zones,
                                       .zone = zone_of(c, asked.group),
                                       .now_ms = c->now_ms,
                                       .knows = knows_place,
                                       .arg = &asked};
    bool ok = read_text(c, &text, &e) && place_file_read(buf_slice(&text), &how, &file, &e) == 0;
    buf_done(&text);
    if (ok)
        begin(c, &file);
    else
        show(c, 422, e.text);
}

enum { SEES = NEEDS_STORE | IN_GROUP | PAGE };

static const struct route rows[] = {
    {"GET", "/places/import", MAY_RUN_PLACES, SEES, NULL, get_import},
    {"POST", "/places/import", MAY_RUN_PLACES, SEES | FORM | UPLOAD | AUDITED, NULL, post_import},
};

const struct routes place_import_page_routes = {rows, COUNT_OF(rows)};
