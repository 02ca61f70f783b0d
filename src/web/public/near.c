/* Postcode in, sessions out: for anybody. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/form.h"
#include "core/sketch.h"
#include "flow/nearest.h"
#include "web/near_only.h"
#include "web/public/say.h"
#include "web/public/session_view.h"

enum {
    ASKED_BYTES_MAX = 80,
    DAY_BYTES_MAX = 40,
    SHOWN = 6,
    OF_A_PLACE = 2,
    KM_M = 1000,
    MILE_M = 1609,
    NUMBERS_BYTES = 8,
    BELOW = 15, /* units from the middle of a line of words to its foot */
    WORDS_BYTES = 256,
    HREF_BYTES_MAX = 512,
    LABEL_BYTES_MAX = 2048,
};

/* What was typed; none where it cannot be a place. */
static struct slice asked(const struct web_call *c)
{
    struct slice q = slice_trim(web_query(c, "q"));
    return q.n <= ASKED_BYTES_MAX && slice_is_utf8(q, NULL) ? q : SLICE_NONE;
}

static bool is_narrowed(const struct web_call *c)
{
    return slice_trim(web_query(c, "on")).n > 0 || slice_is(web_query(c, "accessible"), "1");
}

/* What they can go to stays in the form. */
static void put_only(const struct web_call *c, json_t *data)
{
    struct slice on = slice_trim(web_query(c, "on"));
    bool no_steps = slice_is(web_query(c, "accessible"), "1");
    bool is_shown = on.n <= DAY_BYTES_MAX && slice_is_utf8(on, NULL);
    json_put(data, "on", json_text(is_shown ? on : SLICE_NONE));
    json_put(data, "no_steps", json_boolean(no_steps));
    json_put(data, "narrowed", json_boolean(is_narrowed(c)));
}

static json_t *form_data(const struct web_call *c)
{
    struct point at; /* of their phone: no words that they wrote */
    json_t *data = public_data(c, public_say(c, WORD_where_title));
    json_put(data, "about", json_string(public_say(c, WORD_where_about)));
    json_put(data, "languages", public_languages(public_language_of(c)));
    json_put(data, "q", json_text(point_from_text(asked(c), &at) ? SLICE_NONE : asked(c)));
    put_only(c, data);
    public_put_via(c, data);
    return data;
}

static void show_problem(struct web_call *c, const char *problem)
{
    json_t *data = form_data(c);
    json_put(data, "problem", json_string(problem));
    public_answer(c, PAGE_NEAR, 200, data);
}

static void show_unknown(struct web_call *c)
{
    char problem[WORDS_BYTES];
    (void)snprintf(problem, sizeof problem, "%s%.*s%s", public_say(c, WORD_unknown_before),
                   SLICE_ARG(asked(c)), public_say(c, WORD_unknown_after));
    show_problem(c, problem);
}

/* Where that is stands before it, as the gazetteer says it. */
static void show_nothing(struct web_call *c, const char *where)
{
    char problem[WORDS_BYTES];
    (void)snprintf(problem, sizeof problem, "%s%s%s", where, *where ? ": " : "",
                   public_say(c, is_narrowed(c) ? WORD_nothing_like : WORD_nothing_near));
    show_problem(c, problem);
}

static void add_only(const struct web_call *c, struct buf *href)
{
    struct slice on = slice_trim(web_query(c, "on"));
    if (on.n) buf_add_cstr(href, "&on=");
    form_encode(href, on);
    if (slice_is(web_query(c, "accessible"), "1")) buf_add_cstr(href, "&accessible=1");
}

/* "several places are called that: Newport (Gwent); Newport (Devon)": each is a link. */
static void show_choices(struct web_call *c, struct slice told)
{
    json_t *data = form_data(c), *list = json_array();
    struct slice names, name;
    (void)slice_cut(&told, ':', &names);
    while (told.p && slice_cut(&told, ';', &name)) {
        struct buf href = BUF_INIT(HREF_BYTES_MAX);
        buf_add_cstr(&href, "/near?q=");
        form_encode(&href, slice_trim(name));
        add_only(c, &href);
        json_list_add(list, json_pack("{s:o,s:o}", "href", json_text(buf_slice(&href)), "label",
                                      json_text(slice_trim(name))));
        buf_done(&href);
    }
    json_put(data, "problem", json_string(public_say(c, WORD_which_one)));
    json_put(data, "choices", json_pack("{s:o}", "list", list));
    public_answer(c, PAGE_NEAR, 200, data);
}

/* ---- the sketch: a dot for each place, with the numbers of its sessions in the list ---- */

struct spots {
    const struct near_found *first[SHOWN]; /* of each place */
    char numbers[SHOWN][NUMBERS_BYTES];    /* "2", "2,3" */
    size_t n;
};

static void spots_of(const struct nearest_answer *a, struct spots *s)
{
    *s = (struct spots){.n = 0};
    for (size_t i = 0; i < a->n; i++) {
        size_t at = 0;
        while (at < s->n && s->first[at]->place != a->found[i].place)
            at++;
        char *numbers = s->numbers[at];
        (void)snprintf(numbers + strlen(numbers), NUMBERS_BYTES - strlen(numbers), "%s%zu",
                       at < s->n ? "," : "", i + 1);
        if (at == s->n) s->first[s->n++] = &a->found[i];
    }
}

/* The foot of a ring's words: above its upper end, or below the lower one where a dot is in the way. */
static int words_y(const struct sketch *s, int radius)
{
    int upper = SKETCH_SIDE / 2 - radius;
    for (size_t i = 0; i < s->dot_count; i++)
        if (abs(s->dots[i].x - SKETCH_SIDE / 2) < 3 * SKETCH_DOT &&
            abs(s->dots[i].y - upper) < 2 * SKETCH_DOT)
            return SKETCH_SIDE / 2 + radius + 3 * BELOW;
    return upper - BELOW;
}

static json_t *rings_json(enum public_language l, const struct sketch *s, bool miles)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->ring_count; i++) {
        char far[SAY_FAR_BYTES];
        int radius = s->rings[i].radius;
        json_list_add(list, json_pack("{s:i,s:i,s:s}", "radius", radius, "y", words_y(s, radius),
                                      "far", public_far(l, s->rings[i].metres, miles, far)));
    }
    return list;
}

static json_t *dots_json(const struct sketch *s, const struct spots *spots)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->dot_count; i++)
        json_list_add(list, json_pack("{s:i,s:i,s:i,s:s}", "x", s->dots[i].x, "y", s->dots[i].y,
                                      "below", s->dots[i].y + BELOW, "n", spots->numbers[i]));
    return list;
}

/* "1: Northfield, 12 km north-east. 2,3: …" for who does not see it. */
static json_t *label_json(enum public_language l, struct point middle, const struct spots *s,
                          bool miles)
{
    struct buf label = BUF_INIT(LABEL_BYTES_MAX);
    buf_add_cstr(&label, public_word(l, WORD_sketch));
    for (size_t i = 0; i < s->n; i++) {
        char far[SAY_FAR_BYTES];
        const struct place *p = s->first[i]->place;
        bool english = l == PUBLIC_EN; /* directions are said in it alone */
        buf_addf(&label, " %s: %s%s%s%s%s.", s->numbers[i], p->name, public_word(l, WORD_comma),
                 public_far(l, s->first[i]->metres, miles, far), english ? " " : "",
                 english ? sketch_direction(middle, p->at) : "");
    }
    json_t *text = json_text(buf_slice(&label));
    buf_done(&label);
    return text;
}

static json_t *map_json(enum public_language l, const struct nearest_answer *a, bool miles)
{
    struct point points[SHOWN];
    struct sketch sketch;
    struct spots spots;
    spots_of(a, &spots);
    for (size_t i = 0; i < spots.n; i++)
        points[i] = spots.first[i]->place->at;
    sketch_make(a->at, points, spots.n, miles ? MILE_M : KM_M, &sketch);
    return json_pack("{s:o,s:o,s:o}", "rings", rings_json(l, &sketch, miles), "dots",
                     dots_json(&sketch, &spots), "label", label_json(l, a->at, &spots, miles));
}

/* ---- the list ---- */

static json_t *found_json(const struct web_call *c, const struct near_found *f, size_t i,
                          bool miles)
{
    char path[SESSION_PATH_BYTES], words[SAY_NEAR_BYTES];
    json_t *view = session_view(c, f->place, f->session);
    session_path(c, f->session, path);
    json_put(view, "n", json_integer((json_int_t)i + 1));
    json_put(view, "first", json_boolean(i == 0));
    json_put(view, "href", json_string(path));
    json_put(view, "words", json_string(public_near(public_language_of(c), f, miles, words)));
    return view;
}

static void show(struct web_call *c, const struct nearest_answer *a)
{
    bool miles = nearest_rules(c->config->nearest)->miles;
    char line[WORDS_BYTES];
    json_t *list = json_array(), *data = form_data(c);
    for (size_t i = 0; i < a->n; i++)
        json_list_add(list, found_json(c, &a->found[i], i, miles));
    (void)snprintf(line, sizeof line, "%s%s%s",
                   public_say(c, *a->where ? WORD_near_before : WORD_near_you), a->where,
                   public_say(c, WORD_near_after));
    json_put(data, "found",
             json_pack("{s:s,s:o,s:o}", "line", line, "list", list, "map",
                       map_json(public_language_of(c), a, miles)));
    public_answer(c, PAGE_NEAR, 200, data);
}

static void on_found(void *arg, int result, const struct nearest_answer *a, const struct err *e)
{
    struct web_call *c = arg;
    if (result == ERR_INVALID || result == ERR_NOT_FOUND)
        show_unknown(c);
    else if (result == ERR_CONFLICT)
        show_choices(c, slice_of(e->text));
    else if (!web_ok(c, result, e))
        return;
    else if (a->n == 0)
        show_nothing(c, a->where);
    else
        show(c, a);
}

static void get_near(struct web_call *c)
{
    struct nearest_ask ask = {.text = asked(c), .per_place = OF_A_PLACE, .max = SHOWN};
    struct err e;
    if (near_only_read(c, &ask.only, &e) < 0)
        show_problem(c, public_say(c, WORD_day_wrong));
    else if (ask.text.n == 0 || !c->config->nearest)
        public_answer(c, PAGE_NEAR, 200, form_data(c));
    else
        nearest_find(c->config->nearest, &ask, on_found, c);
}

static const struct route rows[] = {
    {"GET", "/near", MAY_ANYBODY, PUBLIC | PAGE, NULL, get_near},
};

const struct routes near_page_routes = {rows, COUNT_OF(rows)};
