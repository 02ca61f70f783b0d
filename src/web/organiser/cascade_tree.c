#include "web/organiser/cascade_tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/iso8601.h"
#include "store/cascade.h"
#include "web/organiser/campaign_words.h"
#include "web/local_time.h"

enum {
    COLUMN = 110, /* between two generations */
    ROW = 22,     /* between two links of one */
    EDGE = 30,
    COLUMNS_MAX = 12,
    ROWS_MAX = 24, /* links that are drawn of a generation: the strongest */
    DOT_MIN = 3,
    DOT_MAX = 10,
    LABEL_BYTES = 256,
    CURVE_WIDTH = 900,
    CURVE_HEIGHT = 140,
    POINTS_BYTES = 64 * CASCADE_BARS_MAX,
    BARS_MIN = 30, /* few bars are not wide */
};

/* ---- the tree ---- */

struct node {
    json_int_t link, parent, generation, opens;
    double x, y;
    bool is_drawn;
};

struct tree {
    struct node *list; /* by number, so a parent stands before its links */
    size_t n;
    json_int_t most; /* opens of one */
    size_t rows, columns;
};

static json_int_t count_of(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

static struct tree tree_read(const json_t *links)
{
    struct tree t = {.n = json_array_size(links)};
    t.list = xcalloc(t.n + 1, sizeof *t.list);
    for (size_t i = 0; i < t.n; i++) {
        const json_t *one = json_array_get(links, i);
        t.list[i] = (struct node){.link = count_of(one, "link"),
                                  .parent = count_of(one, "parent"),
                                  .generation = count_of(one, "generation"),
                                  .opens = count_of(one, "opens")};
        if (t.list[i].opens > t.most) t.most = t.list[i].opens;
    }
    return t;
}

static struct node *node_of(const struct tree *t, json_int_t link)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].link == link) return &t->list[i];
    return NULL;
}

/* Whether fewer of its generation are stronger than have room. */
static bool is_strong(const struct tree *t, const struct node *n)
{
    size_t stronger = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct node *o = &t->list[i];
        if (o->generation == n->generation &&
            (o->opens > n->opens || (o->opens == n->opens && o->link < n->link)))
            stronger++;
    }
    return stronger < ROWS_MAX;
}

/* Those of one parent stand together, beside it as far as there is room; the strongest first. */
static int by_place(const void *a, const void *b)
{
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
    if (x->y != y->y) return x->y < y->y ? -1 : 1; /* still of the parent */
    if (x->opens != y->opens) return x->opens > y->opens ? -1 : 1;
    return (x->link > y->link) - (x->link < y->link);
}

/* The links of a generation that are drawn: strong ones, whose parent is drawn. */
static size_t column_of(const struct tree *t, json_int_t generation, struct node **out)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct node *one = &t->list[i];
        const struct node *parent = node_of(t, one->parent);
        if (one->generation != generation || !is_strong(t, one) || (parent && !parent->is_drawn))
            continue;
        one->y = parent ? parent->y : 0;
        out[n++] = one;
    }
    if (n > 1) qsort(out, n, sizeof(struct node *), by_place);
    return n;
}

static void place(struct tree *t)
{
    struct node *column[ROWS_MAX];
    for (size_t g = 0; g < COLUMNS_MAX; g++) {
        size_t n = column_of(t, (json_int_t)g, column);
        for (size_t i = 0; i < n; i++) {
            column[i]->is_drawn = true;
            column[i]->x = EDGE + (double)(COLUMN * g);
            column[i]->y = EDGE + (double)(ROW * i);
        }
        if (n > t->rows) t->rows = n;
        if (n > 0) t->columns = g + 1;
    }
}

/* As large as its part of the strongest. */
static double radius(const struct tree *t, const struct node *n)
{
    double part = t->most ? sqrt((double)n->opens / (double)t->most) : 0;
    return DOT_MIN + (DOT_MAX - DOT_MIN) * part;
}

static void add_node(const struct tree *t, const struct node *n, json_t *lines, json_t *dots)
{
    const struct node *parent = node_of(t, n->parent);
    if (parent)
        json_list_add(lines, json_pack("{s:f,s:f,s:f,s:f}", "x1", parent->x, "y1", parent->y, "x2",
                                       n->x, "y2", n->y));
    json_list_add(dots, json_pack("{s:f,s:f,s:f,s:I,s:b}", "x", n->x, "y", n->y, "r", radius(t, n),
                                  "opens", n->opens, "first", n->parent == 0));
}

void cascade_put_tree(json_t *data, const json_t *links)
{
    struct tree t = tree_read(links);
    json_t *lines = json_array(), *dots = json_array();
    size_t drawn = 0;
    char label[LABEL_BYTES];
    place(&t);
    for (size_t i = 0; i < t.n; i++) {
        if (!t.list[i].is_drawn) continue;
        add_node(&t, &t.list[i], lines, dots);
        drawn++;
    }
    (void)snprintf(label, sizeof label,
                   "The %zu links that were opened most, over %zu generations from left to right. "
                   "The largest was opened %lld times.",
                   drawn, t.columns, (long long)t.most);
    if (drawn > 1)
        json_put(data, "tree",
                 json_pack("{s:s,s:I,s:I,s:O,s:O}", "label", label, "width",
                           (json_int_t)(2 * EDGE + COLUMN * (t.columns - 1)), "height",
                           (json_int_t)(2 * EDGE + ROW * (t.rows - 1)), "lines", lines, "dots",
                           dots));
    json_decref(lines);
    json_decref(dots);
    free(t.list);
}

/* ---- the curve ---- */

struct curve {
    const json_t *bars;
    size_t n;
    int64_t from_ms, step; /* [wall ms], [minutes] */
    json_int_t all, most;  /* opens: of all, of one bar */
};

static json_int_t opens_at(const struct curve *v, size_t i)
{
    return count_of(json_array_get(v->bars, i), "opens");
}

static bool curve_read(struct curve *v, const json_t *cascade)
{
    *v = (struct curve){.bars = json_object_get(cascade, "bars"),
                        .step = count_of(cascade, "step_minutes")};
    v->n = json_array_size(v->bars);
    for (size_t i = 0; i < v->n; i++) {
        v->all += opens_at(v, i);
        if (opens_at(v, i) > v->most) v->most = opens_at(v, i);
    }
    return v->all > 0 && iso8601_parse(json_slice(json_object_get(cascade, "from")), &v->from_ms);
}

static double width_of(const struct curve *v)
{
    return (double)CURVE_WIDTH / (double)(v->n < BARS_MIN ? BARS_MIN : v->n);
}

/* All opens up to there, as a line from the lower left. */
static json_t *points_of(const struct curve *v)
{
    struct buf b = BUF_INIT(POINTS_BYTES);
    json_int_t sum = 0;
    buf_addf(&b, "0,%d", CURVE_HEIGHT);
    for (size_t i = 0; i < v->n; i++) {
        sum += opens_at(v, i);
        buf_addf(&b, " %.1f,%.1f", (double)(i + 1) * width_of(v),
                 CURVE_HEIGHT - (double)(CURVE_HEIGHT - 4) * (double)sum / (double)v->all);
    }
    json_t *text = json_text(buf_slice(&b));
    buf_done(&b);
    return text;
}

static json_t *bars_of(const struct curve *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->n; i++) {
        double height = (double)(CURVE_HEIGHT * opens_at(v, i)) / (double)v->most / 2;
        if (height > 0)
            json_list_add(list, json_pack("{s:f,s:f,s:f,s:f}", "x", (double)i * width_of(v), "y",
                                          CURVE_HEIGHT - height, "width", width_of(v) * 0.9,
                                          "height", height));
    }
    return list;
}

static json_t *rows_of(const struct web_call *c, const struct curve *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->n; i++) {
        const json_t *bar = json_array_get(v->bars, i);
        char when[LOCAL_TIME_BYTES];
        local_time_show(c, v->from_ms + (int64_t)i * v->step * 60000, when);
        json_list_add(list, json_pack("{s:s,s:o,s:o,s:o}", "at", when, "opens",
                                      words_count(json_object_get(bar, "opens")), "shares",
                                      words_count(json_object_get(bar, "shares")), "pledges",
                                      words_count(json_object_get(bar, "pledges"))));
    }
    return list;
}

void cascade_put_curve(const struct web_call *c, json_t *data, const json_t *cascade)
{
    struct curve v;
    char label[LABEL_BYTES], when[LOCAL_TIME_BYTES];
    if (!curve_read(&v, cascade)) return;
    local_time_show(c, v.from_ms, when);
    (void)snprintf(
        label, sizeof label,
        "Opened %lld times since %s. A bar is %lld min, the highest is %lld; the line is "
        "all of them.",
        (long long)v.all, when, (long long)v.step, (long long)v.most);
    json_put(data, "curve",
             json_pack("{s:s,s:o,s:o,s:o}", "label", label, "points", points_of(&v), "bars",
                       bars_of(&v), "rows", rows_of(c, &v)));
}
