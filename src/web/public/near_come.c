/* "I am coming". */
#include <stdio.h>
#include <string.h>

#include "base/plain.h"
#include "core/law.h"
#include "core/visitors.h"
#include "flow/launch.h"
#include "flow/list_number.h"
#include "io/phone.h"
#include "web/public/near_session.h"

enum { PATH_BYTES = SESSION_PATH_BYTES + 16 };

/* ---- what is typed ---- */

static bool is_texted_country(const struct web_call *c, const char *country)
{
    const struct law_organisation *law = c->config->means->law;
    if (!law || law->country_count == 0) return strcmp(country, c->config->country) == 0;
    return slice_index(slice_of(country), law->countries, law->country_count) >= 0;
}

/* As the cell of a list: the right number or none. A stranger makes us text it, so it is a mobile one of a
 * country that we text anyway: none of those that cost a fortune. */
static bool read_number(const struct web_call *c, uint64_t *ret)
{
    struct phone phone;
    struct list_number how = {.country = c->config->country};
    return list_number_read(&how, web_field(c, "number"), ret) == IMPORT_FINE &&
           phone_of(*ret, &phone) && is_texted_country(c, phone.country);
}

static bool read_name(const struct web_call *c, struct slice *ret)
{
    *ret = web_typed(c, "name");
    return ret->n > 0 && ret->n <= PLEDGE_NAME_BYTES_MAX && plain_is(*ret, PLAIN_LINE);
}

/* And only so often in a day, whoever it is that types it. */
static bool may_text(const struct web_call *c, uint64_t number)
{
    uint64_t key = auth_short_key(c->web->auth, slice_make(&number, sizeof number));
    return visitors_ask(c->web->texted, key, 1, c->now_ms) == 0;
}

static bool may_type(const struct web_call *c)
{
    uint64_t address = auth_address_key(c->web->auth, c->q);
    return visitors_ask(c->web->typed, address, 1, c->now_ms) == 0;
}

/* ---- it is said ---- */

/* False: c has its response. */
static bool is_made(struct web_call *c, int result, const struct err *e)
{
    if (result == ERR_LIMIT)
        web_error(c, 409, "conflict",
                  "Too many people want to come to this one. Please choose another one.");
    else if (result == ERR_CONFLICT)
        web_error(c, 409, "conflict", "This one is cancelled or over. Please choose another one.");
    else
        return web_ok(c, result, e);
    return false;
}

/* Whoever types a number is shown nothing of what that number said before, since it may be another's: it
 * is the same page for the first time and for the tenth. */
static void on_made_by_form(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    struct web_call *c = arg;
    char path[PATH_BYTES];
    if (!is_made(c, result, e)) return;
    if (!d->again) public_via_pledged(c);
    (void)snprintf(path, sizeof path, "/near/%.*s?thanks=1", SLICE_ARG(web_param(c, "link")));
    web_answer_redirect(c, path);
}

void meeting_come_by_form(struct web_call *c, uint32_t session)
{
    struct pledge_ask ask = {.session = session, .way = PLEDGE_BY_PAGE};
    if (!read_name(c, &ask.name))
        meeting_show(c, session, 0, 400, public_say(c, WORD_name_missing));
    else if (!read_number(c, &ask.person))
        meeting_show(c, session, 0, 400, public_say(c, WORD_number_wrong));
    else if (!may_type(c))
        meeting_show(c, session, 0, 429,
                     "Many numbers were written from your network. Please wait a few minutes, then "
                     "try again.");
    else if (!may_text(c, ask.person))
        meeting_show(c, session, 0, 429,
                     "We texted that number often today. Please use the link in one of our texts.");
    else
        pledge_make(c->config->store, &ask, c->now_ms, on_made_by_form, c);
}

static void on_made(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    struct web_call *c = arg;
    char path[MEETING_MINE_BYTES];
    if (!is_made(c, result, e)) return;
    if (!d->again) public_via_pledged(c);
    meeting_mine_path(c, d->session, d->number, path);
    web_answer_redirect(c, path);
}

void meeting_come(struct web_call *c, const struct pledge_ask *ask)
{
    pledge_make(c->config->store, ask, c->now_ms, on_made, c);
}
