#include "redis_sentinels.h"

#include "redis_wire.h"

#include "io/loop.h"

#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

enum {
    ASK_US = 1000 * 1000,
    ANSWER_US = 2000 * 1000,
    HEARD_US = 5 * 1000 * 1000, /* whoever was silent for longer does not count */
    WHY_BYTES = 256,
};

/* What comes back of one asking, in this order; pushed messages come between. */
enum step { STEP_AUTH, STEP_UNSUBSCRIBED, STEP_EPOCH, STEP_ADDRESS, STEP_SUBSCRIBED, STEP_NONE };

struct seat {
    struct redis_sentinels *all;
    const struct url_place *place;
    struct redis_wire *wire;
    struct loop_timer *timer; /* the next asking, or the end of our patience */
    enum step step;
    unsigned attempt;
    bool again; /* +switch-master came while it was being asked */
    bool tried;
    int64_t epoch, said_epoch; /* said: of the asking under way */
    int64_t heard_us;          /* 0 = never */
    struct url_place master;
    char why[WHY_BYTES];
};

struct redis_sentinels {
    struct loop *loop;
    const struct redis_address *at;
    struct redis_tls *tls;
    const char *user, *password;
    redis_sentinels_cb *cb;
    void *arg;
    struct url_place told; /* the master that cb was last called for */
    bool told_tried;
    struct seat seats[REDIS_SENTINELS_MAX];
};

/* ---- what they know ---- */

static bool is_heard(const struct seat *s)
{
    return s->heard_us && loop_awake_us(s->all->loop) - s->heard_us <= HEARD_US;
}

static bool is_better(const struct seat *a, const struct seat *b)
{
    if (!b) return true;
    if (is_heard(a) != is_heard(b)) return is_heard(a);
    if (a->epoch != b->epoch) return a->epoch > b->epoch;
    return a->heard_us > b->heard_us;
}

static const struct seat *best(const struct redis_sentinels *s)
{
    const struct seat *found = NULL;
    for (size_t i = 0; i < s->at->seat_n; i++)
        if (s->seats[i].heard_us && is_better(&s->seats[i], found)) found = &s->seats[i];
    return found;
}

const struct url_place *redis_sentinels_master(const struct redis_sentinels *s)
{
    const struct seat *found = best(s);
    return found ? &found->master : NULL;
}

void redis_sentinels_source(const struct redis_sentinels *s, char *to, size_t n)
{
    char place[URL_HOST_BYTES + 16];
    const struct seat *found = best(s);
    to[0] = '\0';
    if (!found) return;
    redis_place_text(found->place, place, sizeof place);
    (void)snprintf(to, n, "sentinel %s, epoch %lld", place, (long long)found->epoch);
}

void redis_sentinels_why(const struct redis_sentinels *s, char *to, size_t n)
{
    size_t used = 0;
    for (size_t i = 0; i < s->at->seat_n && used < n; i++) {
        char place[URL_HOST_BYTES + 16];
        const struct seat *seat = &s->seats[i];
        redis_place_text(seat->place, place, sizeof place);
        int more = snprintf(to + used, n - used, "%s%s: %s", i ? "; " : "", place,
                            seat->why[0] ? seat->why : "no answer yet");
        if (more > 0) used += (size_t)more;
    }
}

bool redis_sentinels_tried(const struct redis_sentinels *s)
{
    bool all = true;
    for (size_t i = 0; i < s->at->seat_n; i++)
        all = all && s->seats[i].tried;
    return all;
}

static void tell(struct redis_sentinels *s)
{
    const struct url_place *master = redis_sentinels_master(s);
    bool news = master && (master->port != s->told.port || strcmp(master->host, s->told.host) != 0);
    bool in_vain = !master && redis_sentinels_tried(s) && !s->told_tried;
    if (!news && !in_vain) return;
    if (news) s->told = *master;
    s->told_tried = in_vain;
    s->cb(s->arg);
}

/* ---- asking one ---- */

static void give_up(struct seat *s, const char *why)
{
    redis_wire_free(s->wire);
    s->wire = NULL;
    s->step = STEP_NONE;
    s->tried = true;
    (void)snprintf(s->why, sizeof s->why, "%.*s", (int)sizeof s->why - 1, why);
    loop_timer_in(s->timer, ASK_US);
    tell(s->all);
}

static bool is_given(const char *text)
{
    return text && *text;
}

static void put(struct seat *s, const char *words, const char *name)
{
    struct slice argv[3], rest = slice_of(words);
    size_t n = 0;
    while (n < COUNT_OF(argv) - 1 && slice_cut(&rest, ' ', &argv[n]))
        n++;
    argv[n++] = slice_of(name);
    redis_wire_put(s->wire, n, argv);
}

static void ask(struct seat *s)
{
    s->again = false;
    s->step = STEP_UNSUBSCRIBED;
    put(s, "UNSUBSCRIBE", "+switch-master"); /* commands do not go while one listens */
    put(s, "SENTINEL MASTER", s->all->at->master);
    put(s, "SENTINEL GET-MASTER-ADDR-BY-NAME", s->all->at->master);
    put(s, "SUBSCRIBE", "+switch-master");
    loop_timer_in(s->timer, ANSWER_US);
    redis_wire_flush(s->wire);
}

static void on_opened(void *arg)
{
    struct seat *s = arg;
    const struct redis_sentinels *all = s->all;
    if (is_given(all->password)) {
        struct slice auth[3] = {SLICE_LIT("AUTH")};
        size_t n = 1;
        if (is_given(all->user)) auth[n++] = slice_of(all->user);
        auth[n++] = slice_of(all->password);
        redis_wire_put(s->wire, n, auth);
    }
    ask(s);
    if (is_given(all->password) && s->wire) s->step = STEP_AUTH;
}

/* ---- its replies ---- */

static struct slice field(const struct redisReply *reply, const char *name)
{
    return redis_field(reply, name);
}

/* One that may not be asked for its epoch is believed, but after those who may. */
static void take_epoch(struct seat *s, const struct redisReply *reply)
{
    uint64_t epoch = 0;
    (void)slice_to_u64(field(reply, "config-epoch"), INT64_MAX, &epoch);
    s->said_epoch = (int64_t)epoch;
}

/* Whether it knows one. */
static bool take_address(struct seat *s, const struct redisReply *reply)
{
    struct slice host = redis_str(redis_at(reply, 0));
    int64_t port = redis_int(redis_at(reply, 1), 0);
    if (host.n == 0 || host.n >= sizeof s->master.host || port <= 0 || port > UINT16_MAX)
        return false;
    (void)snprintf(s->master.host, sizeof s->master.host, "%.*s", SLICE_ARG(host));
    s->master.port = (int)port;
    s->epoch = s->said_epoch;
    s->heard_us = loop_awake_us(s->all->loop);
    s->tried = true;
    s->why[0] = '\0';
    return true;
}

static void asked(struct seat *s)
{
    s->step = STEP_NONE;
    if (s->again)
        ask(s);
    else
        loop_timer_in(s->timer, ASK_US);
}

static bool is_pushed(const struct redisReply *reply)
{
    return slice_is(redis_str(redis_at(reply, 0)), "message");
}

static void take(struct seat *s, const struct redisReply *reply)
{
    struct slice text;
    char why[WHY_BYTES];
    if (is_pushed(reply)) {
        s->again = true;
        if (s->step == STEP_NONE) ask(s);
        return;
    }
    bool matters = s->step != STEP_EPOCH;
    if (matters && redis_is_error(reply, &text)) {
        (void)snprintf(why, sizeof why, "%.*s", SLICE_ARG(text));
        give_up(s, why);
        return;
    }
    if (s->step == STEP_EPOCH) take_epoch(s, reply);
    if (s->step == STEP_ADDRESS && !take_address(s, reply)) {
        (void)snprintf(why, sizeof why, "it knows no master called '%s'", s->all->at->master);
        give_up(s, why);
        return;
    }
    bool news = s->step == STEP_ADDRESS;
    if (s->step == STEP_SUBSCRIBED)
        asked(s);
    else if (s->step != STEP_NONE)
        s->step++;
    if (news) tell(s->all);
}

static void on_reply(void *arg, struct redisReply *reply)
{
    take(arg, reply);
    freeReplyObject(reply);
}

static void on_closed(void *arg, int failure, const char *why)
{
    (void)failure;
    give_up(arg, why);
}

static void open_seat(struct seat *s)
{
    const struct redis_wire_owner owner = {on_opened, on_reply, on_closed, s};
    struct err e;
    if (redis_wire_open(s->all->loop, s->place, s->attempt++, s->all->tls, &owner, &s->wire, &e) <
        0)
        give_up(s, e.text);
    else
        loop_timer_in(s->timer, ANSWER_US);
}

static void on_timer(void *arg)
{
    struct seat *s = arg;
    if (!s->wire)
        open_seat(s);
    else if (s->heard_us && s->step == STEP_NONE)
        ask(s);
    else
        give_up(s, "no answer in time");
}

/* ---- life ---- */

struct redis_sentinels *redis_sentinels_new(struct loop *l, const struct redis_address *at,
                                            struct redis_tls *tls, const char *user,
                                            const char *password, redis_sentinels_cb *cb, void *arg)
{
    struct redis_sentinels *all = xcalloc(1, sizeof *all);
    *all = (struct redis_sentinels){
        .loop = l, .at = at, .tls = tls, .user = user, .password = password, .cb = cb, .arg = arg};
    for (size_t i = 0; i < at->seat_n; i++) {
        struct seat *s = &all->seats[i];
        *s = (struct seat){.all = all, .place = &at->seats[i], .step = STEP_NONE};
        s->timer = loop_timer_new(l, on_timer, s);
        loop_timer_in(s->timer, 0);
    }
    return all;
}

void redis_sentinels_free(struct redis_sentinels *all)
{
    if (!all) return;
    for (size_t i = 0; i < all->at->seat_n; i++) {
        redis_wire_free(all->seats[i].wire);
        loop_timer_free(all->seats[i].timer);
    }
    free(all);
}
