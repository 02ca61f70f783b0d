#include "web/api/place_where.h"

#include <stdlib.h>

#include "core/json.h"
#include "flow/gazetteer.h"
#include "flow/launch.h"

enum { WHERE_BYTES_MAX = 120 };

struct looking {
    json_t *row;
    place_where_cb *then;
    void *arg;
};

static int say_mend(int result, const struct err *e, struct err *why)
{
    if (result == ERR_CONFLICT)
        return err_set(why, ERR_INVALID, "%s; say which, in these words", e->text);
    if (result == ERR_INVALID || result == ERR_NOT_FOUND)
        return err_set(why, ERR_INVALID, "%s", e->text);
    return err_set(why, result, "%s", e->text);
}

static void on_spot(void *arg, int result, const struct gazetteer_spot *spot, const struct err *e)
{
    struct looking l = *(struct looking *)arg;
    struct err why = {.code = 0};
    char at[POINT_TEXT_BYTES];
    free(arg);
    if (result < 0)
        (void)say_mend(result, e, &why);
    else
        json_put(l.row, "at", json_string(point_to_text(spot->at, at)));
    l.then(l.arg, &why);
}

/* The postcode or town that the row has in place of a point. Empty without an error: it has none. */
static struct slice where_of(const json_t *row, struct err *e)
{
    const json_t *said = json_object_get(row, "postcode"), *at = json_object_get(row, "at");
    struct slice text = slice_trim(json_slice(said));
    if (!said || json_is_null(said)) return SLICE_NONE;
    if (at && !json_is_null(at))
        (void)err_set(e, ERR_INVALID, "say 'at' or 'postcode', not both");
    else if (!json_is_string(said) || text.n == 0 || text.n > WHERE_BYTES_MAX)
        (void)err_set(e, ERR_INVALID,
                      "'postcode' must be a postcode or a town, such as \"LS1 1AA\" or \"Leeds\"");
    return text;
}

void place_where(struct web_call *c, json_t *row, place_where_cb *then, void *arg)
{
    struct err e = {.code = 0};
    struct gazetteer *gazetteer = c->config->means ? c->config->means->gazetteer : NULL;
    struct slice text = where_of(row, &e);
    if (text.n && !e.code && !gazetteer)
        (void)err_set(&e, ERR_INVALID, "no postcodes are known here; say 'at'");
    if (text.n == 0 || e.code) {
        then(arg, &e);
        return;
    }
    struct looking *l = xmalloc(sizeof *l);
    *l = (struct looking){row, then, arg};
    gazetteer_find(gazetteer, text, on_spot, l);
}
