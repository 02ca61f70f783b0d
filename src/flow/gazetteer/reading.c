#include "reading.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

enum { TEXT_BYTES_MAX = 120, DIGITS = 10, TOWN_IS_ONE_M = 20000 };

static void add_field(struct gazetteer_question *q, struct slice field)
{
    check(q->n < GAZETTEER_AREAS_MAX && field.n <= TOWN_BYTES_MAX);
    memcpy(q->fields[q->n], field.p, field.n);
    q->fields[q->n++][field.n] = '\0';
}

static int not_found(const struct gazetteer_question *q, struct gazetteer_found *found)
{
    return err_set(&found->e, ERR_NOT_FOUND,
                   q->is_town ? "no town of that name is known; try the postcode"
                              : "that postcode is not known; look at it again, or try the town");
}

/* ---- postcodes ---- */

static struct slice area_of(const struct gazetteer_question *q)
{
    return slice_make(q->said, strlen(q->said) - POSTCODE_UNIT_CHARS);
}

static bool has_area(const struct gazetteer_question *q)
{
    return strlen(q->said) >= POSTCODE_CHARS_MIN;
}

/* Its own entries, and those of the ten that go on with a digit: what is in "M14" is in "M140" to "M149". */
static void ask_wide(struct gazetteer_question *q)
{
    char field[TOWN_BYTES_MAX + 2];
    q->is_wide = true;
    q->n = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
        (void)snprintf(field, sizeof field, "%s%d", q->said, digit);
        add_field(q, slice_of(field));
    }
    add_field(q, slice_of(q->said));
    if (has_area(q)) add_field(q, area_of(q));
}

static bool middle_of_fields(const struct gazetteer_values *values, size_t from, size_t n,
                             struct point *ret)
{
    struct middle m = {0};
    for (size_t i = from; i < from + n; i++)
        middle_add_entries(&m, values->list[i]);
    return middle_of(&m, ret);
}

/* "M1 4" is a sector, "M14" a district; of a whole code that is not there, its area is better than nothing. */
static int judge_wide(const char *country, const struct gazetteer_question *q,
                      const struct gazetteer_values *values, struct gazetteer_found *found)
{
    struct slice said = slice_of(q->said);
    found->is_exact = false;
    if (q->is_sector && middle_of_fields(values, DIGITS, 1, &found->at)) {
        postcode_say_area(country, said, found->where);
        return 0;
    }
    postcode_say(country, said, found->where);
    if (middle_of_fields(values, 0, DIGITS, &found->at)) return 0;
    postcode_say_area(country, said, found->where);
    if (middle_of_fields(values, DIGITS, 1, &found->at)) return 0;
    if (q->n > DIGITS + 1 && said.n > POSTCODE_CHARS_MIN &&
        middle_of_fields(values, DIGITS + 1, 1, &found->at)) {
        postcode_say_area(country, area_of(q), found->where);
        return 0;
    }
    return 1;
}

static int judge_code(const char *country, struct gazetteer_question *q,
                      const struct gazetteer_values *values, struct gazetteer_found *found)
{
    if (q->is_wide) return judge_wide(country, q, values, found) == 0 ? 0 : not_found(q, found);
    struct slice area = area_of(q);
    if (postcode_find(values->list[0], area.p + area.n, &found->at)) {
        found->is_exact = true;
        postcode_say(country, slice_of(q->said), found->where);
        return 0;
    }
    ask_wide(q);
    return GAZETTEER_ASK_MORE;
}

/* ---- towns ---- */

/* "newport isle of wight", "newport isle of", …: a county may stand behind the name. */
static void ask_town(struct gazetteer_question *q)
{
    enum { WORDS_MAX = 8 };
    struct slice name = slice_of(q->said);
    for (int i = 0; i < WORDS_MAX; i++) {
        add_field(q, name);
        while (name.n && name.p[name.n - 1] != ' ')
            name.n--;
        if (name.n == 0) return;
        name.n--;
    }
}

struct namesake {
    struct slice label;
    struct point at;
};

static bool read_e5(struct slice *line, int32_t *ret)
{
    struct slice word = SLICE_NONE;
    uint64_t n;
    if (!slice_cut(line, ' ', &word)) return false;
    bool is_minus = slice_starts(word, "-");
    if (!slice_to_u64(slice_from(word, is_minus), INT32_MAX, &n)) return false;
    *ret = is_minus ? -(int32_t)n : (int32_t)n;
    return true;
}

static bool read_line(struct slice line, struct namesake *ret)
{
    if (!read_e5(&line, &ret->at.lat_e5) || !read_e5(&line, &ret->at.lon_e5)) return false;
    ret->label = line;
    return point_ok(ret->at);
}

static bool is_label(struct slice label, const char *said)
{
    char folded[TOWN_BYTES_MAX + 1];
    return town_fold(label, folded) && strcmp(folded, said) == 0;
}

/* Those that are meant by it. whole: the name alone was said. */
static size_t namesakes(struct slice lines, const char *said, bool whole, struct namesake *list)
{
    size_t n = 0;
    struct slice line;
    while (n < GAZETTEER_NAMESAKES_MAX && slice_cut(&lines, '\n', &line))
        n += read_line(line, &list[n]) && (whole || is_label(list[n].label, said));
    return n;
}

static bool are_one(const struct namesake *list, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (point_metres(list[0].at, list[i].at) > TOWN_IS_ONE_M) return false;
    return true;
}

static int by_label(const void *a, const void *b)
{
    struct slice x = ((const struct namesake *)a)->label, y = ((const struct namesake *)b)->label;
    int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
    return order ? order : (x.n > y.n) - (x.n < y.n);
}

/* By name, as people look for it; they came in any order. Those that find no room are reached by their county. */
static int ask_which(struct namesake *list, size_t n, struct gazetteer_found *found)
{
    struct buf b = BUF_INIT(ERR_TEXT_BYTES - 100);
    size_t told = 0;
    qsort(list, n, sizeof *list, by_label);
    for (; told < n && b.n + strlen("; ") + list[told].label.n < b.max; told++) {
        buf_add_cstr(&b, told ? "; " : "");
        buf_add_slice(&b, list[told].label);
    }
    const char *more = told < n ? " (or write the county behind the name)" : "";
    int r = err_set(&found->e, ERR_CONFLICT, "several places are called that%s: %s", more, b.p);
    buf_done(&b);
    return r;
}

static int judge_town(const struct gazetteer_question *q, const struct gazetteer_values *values,
                      struct gazetteer_found *found)
{
    struct namesake list[GAZETTEER_NAMESAKES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < q->n && n == 0; i++)
        n = namesakes(values->list[i], q->said, i == 0, list);
    if (n == 0) return not_found(q, found);
    if (!are_one(list, n)) return ask_which(list, n, found);
    found->at = list[0].at;
    (void)snprintf(found->where, sizeof found->where, "%.*s", SLICE_ARG(list[0].label));
    return 0;
}

/* ---- both ---- */

int gazetteer_ask(const char *country, struct slice text, struct gazetteer_question *q,
                  struct err *e)
{
    char code[POSTCODE_CHARS_MAX + 1];
    text = slice_trim(text);
    *q = (struct gazetteer_question){.is_sector = postcode_is_sector(country, text)};
    if (text.n <= TEXT_BYTES_MAX && postcode_fold(text, code)) {
        memcpy(q->said, code, sizeof code);
        if (has_area(q))
            add_field(q, area_of(q));
        else
            ask_wide(q);
        return 0;
    }
    q->is_town = true;
    if (text.n > TEXT_BYTES_MAX || !town_fold(text, q->said))
        return err_set(e, ERR_INVALID, "say a postcode or a town");
    ask_town(q);
    return 0;
}

int gazetteer_judge(const char *country, struct gazetteer_question *q,
                    const struct gazetteer_values *values, struct gazetteer_found *found)
{
    return q->is_town ? judge_town(q, values, found) : judge_code(country, q, values, found);
}
