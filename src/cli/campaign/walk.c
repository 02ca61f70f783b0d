#include "walk.h"

#include <stdio.h>
#include <time.h>

enum {
    PATH_BYTES = 128,
    BLOCKS =
        4, /* of 256 people, in one page: the server makes it in one go, and others wait meanwhile */
    TRIES = 6,
    FIRST_WAIT_MS = 200,
};

static int get_page(struct verb_call *c, const char *path, json_t **ret, struct err *e)
{
    int64_t wait_ms = FIRST_WAIT_MS;
    for (int try = 1;; try++, wait_ms *= 2) {
        int r = verb_ask(c, "GET", path, NULL, ret, e);
        if (r != ERR_UNREACHABLE || try == TRIES) return r;
        json_decref(*ret);
        *ret = NULL;
        (void)nanosleep(
            &(struct timespec){.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000},
            NULL);
    }
}

/* *ret_next is -1 behind the last page. */
static int read_page(const json_t *page, int64_t block, campaign_person_cb *cb, void *arg,
                     int64_t *ret_next, struct err *e)
{
    size_t i;
    const json_t *person, *people = json_object_get(page, "people"),
                          *next = json_object_get(page, "next");
    if (!json_is_array(people))
        return err_set(e, ERR_REFUSED, "the server's answer has no people: is it another version?");
    json_array_foreach(people, i, person)
    {
        int r = cb(arg, person, e);
        if (r != 0) return r;
    }
    *ret_next = json_is_integer(next) ? json_integer_value(next) : -1;
    if (*ret_next >= 0 && *ret_next <= block)
        return err_set(e, ERR_REFUSED, "the server's pages go round in circles");
    return 0;
}

int campaign_walk(struct verb_call *c, uint32_t id, const char *state, campaign_person_cb *cb,
                  void *arg, struct err *e)
{
    int r = 0;
    for (int64_t block = 0, next; r == 0 && block >= 0; block = next) {
        char path[PATH_BYTES];
        json_t *page = NULL;
        next = -1;
        (void)snprintf(path, sizeof path,
                       "/api/v1/campaigns/%u/people?outcome=1&cursor=%lld&blocks=%d%s%s", id,
                       (long long)block, BLOCKS, state ? "&state=" : "", state ? state : "");
        r = get_page(c, path, &page, e);
        if (r == 0) r = read_page(page, block, cb, arg, &next, e);
        json_decref(page);
    }
    return r;
}
