/* What a journal knows is brought into a store that went back. */
#include "store/restore.h"
#include "mark.h"
#include "names.h"

#include "core/crc32c.h"
#include "core/index.h"
#include "store/ledger_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void people_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, PEOPLE_KEYS);
    SCRIPT_NAMES(b, PEOPLE_ARGS);
}

static void report_prelude(struct buf *b)
{
    SCRIPT_NAMES(b, REPORT_KEYS);
    SCRIPT_NAMES(b, REPORT_ARGS);
}

static const struct script people_script = {
    .name = "restore_people",
    .prelude = people_prelude,
    .parts = {LUA_LEDGER, &lua_money_text, &lua_money, &lua_contacts, &lua_restore_contacts,
              &lua_restore_offers, &lua_direct_stamp, &lua_restore_people}};
static const struct script optouts_script = {
    .name = "restore_optouts",
    .parts = {&lua_audit, &lua_conv_common, &lua_conv_queue, &lua_conv_tags, &lua_optouts,
              &lua_person_common, &lua_consent_take, &lua_restore_optouts}};
static const struct script move_script = {
    .name = "restore_moves",
    .prelude = campaign_status_lua_prelude,
    .parts = {&lua_look, &lua_audit, &lua_goes_on, &lua_restore_moves}};
static const struct script taken_script = {
    .name = "restore_taken",
    .parts = {&lua_follow_changed, &lua_audit, &lua_events, &lua_group_appear, &lua_mark,
              &lua_taken, &lua_staff_common, &lua_names, &lua_restore_taken}};
static const struct script ask_script = {.name = "restore_ask",
                                         .parts = {&lua_audit, &lua_restore_ask}};
static const struct script report_script = {
    .name = "restore_report",
    .prelude = report_prelude,
    .parts = {&lua_audit, &lua_direct_again, &lua_restore_report}};
static const struct script status_script = {.name = "restore_status",
                                            .parts = {&lua_restore_status}};

/* ---- people ---- */

static void on_people(struct call *c, const struct redisReply *reply)
{
    int r = call_failed(reply, NULL);
    enum restore_found found = call_says(reply, "lost")    ? RESTORE_LOST
                               : call_says(reply, "grows") ? RESTORE_GROWS
                                                           : RESTORE_DONE;
    call_back(c, restore_people_cb)(c->arg, r, found, (int)redis_int(redis_at(reply, 1), 0),
                                    (int)redis_int(redis_at(reply, 2), 0));
}

static struct slice put_sessions(const struct restore_people *p, char out[4 * BLOCK_ROWS])
{
    if (!p->sessions) return SLICE_NONE;
    for (size_t i = 0; i < p->n; i++)
        bytes_put(out + 4 * i, p->sessions[i], 4);
    return slice_make(out, 4 * p->n);
}

void restore_people(struct store *s, const struct restore_people *p, restore_people_cb *cb,
                    void *arg)
{
    char sessions[4 * BLOCK_ROWS]; /* a call borrows its texts until it runs */
    struct call *c = call_begin(s, &people_script);
    call_key(call_next_key(c, PEOPLE_KEY_CAMPAIGN), "c:%u", p->campaign);
    call_key(call_next_key(c, PEOPLE_KEY_LEDGER), "c:%u:l", p->campaign);
    call_key(call_next_key(c, PEOPLE_KEY_DETAILS), "c:%u:d", p->campaign);
    call_key(call_next_key(c, PEOPLE_KEY_WORDS), "store:words:%u", p->campaign);
    call_key(call_next_key(c, PEOPLE_KEY_TOUCHED), "store:words");
    call_key(call_next_key(c, PEOPLE_KEY_CONTACTS), "contacts");
    mark_key(call_next_key(c, PEOPLE_KEY_STORE));
    call_now(call_next(c, PEOPLE_ARG_NOW));
    call_str(call_next(c, PEOPLE_ARG_INSTANCE), mark_name(s, p->instance));
    call_u64(call_next(c, PEOPLE_ARG_CAMPAIGN_ID), p->campaign);
    call_u64(call_next(c, PEOPLE_ARG_STAMP), p->stamp);
    call_u64(call_next(c, PEOPLE_ARG_MARK), p->mark);
    call_str(call_next(c, PEOPLE_ARG_LATE), p->late ? "1" : "");
    call_u64(call_next(c, PEOPLE_ARG_FIRST), p->first);
    call_text(call_next(c, PEOPLE_ARG_OFFSETS), slice_make(p->offsets, p->n));
    call_text(call_next(c, PEOPLE_ARG_STATES), slice_make(p->states, p->states ? p->n : 0));
    call_text(call_next(c, PEOPLE_ARG_PRINT_OF), slice_make(p->contact_offsets, p->contact_n));
    call_text(call_next(c, PEOPLE_ARG_PRINTS),
              slice_make(p->contact_prints, p->contact_n * CAP_PRINT_BYTES));
    call_u64(call_next(c, PEOPLE_ARG_MINUTE), p->contact_minute);
    call_i64(call_next(c, PEOPLE_ARG_TIMES), cap_times(p->cap));
    call_text(call_next(c, PEOPLE_ARG_OFFERS), put_sessions(p, sessions));
    call_run(c, on_people, cb, arg);
}

/* ---- opt-outs ---- */

static void on_count(struct call *c, const struct redisReply *reply)
{
    int r = call_failed(reply, NULL);
    call_back(c, restore_count_cb)(c->arg, r, redis_int(reply, 0));
}

void restore_optouts(struct store *s, const struct restore_optout *list, size_t n,
                     restore_count_cb *cb, void *arg)
{
    check(n <= RESTORE_OPTOUTS_MAX);
    struct call *c = call_begin(s, &optouts_script);
    call_key(c, "store:words:optouts");
    call_prefix(c);
    for (size_t i = 0; i < n; i++) {
        call_str(c, list[i].lifted ? "lift" : "set");
        call_text(c, list[i].scope);
        call_text(c, list[i].key);
        call_i64(c, list[i].at_ms);
        call_text(c, list[i].why);
        call_u64(c, list[i].mark);
    }
    call_run(c, on_count, cb, arg);
}

/* ---- what was done to campaigns ---- */

static void on_moved(struct call *c, const struct redisReply *reply)
{
    int r = call_failed(reply, NULL);
    call_back(c, restore_move_cb)(c->arg, r, call_says(reply, "lost") ? RESTORE_LOST : RESTORE_DONE,
                                  call_says(reply, "ok"));
}

void restore_move(struct store *s, const struct restore_move *m, restore_move_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &move_script);
    call_key(c, "store:words:moves");
    call_key(c, "c:%u", m->campaign);
    call_key(c, "audit");
    call_now(c);
    call_u64(c, m->campaign);
    call_u64(c, m->stamp);
    call_str(c, campaign_move_name(m->move));
    call_u64(c, m->mark);
    call_run(c, on_moved, cb, arg);
}

/* ---- what was taken away ---- */

void restore_taken(struct store *s, const struct told_taken *what, uint64_t mark, int64_t now_ms,
                   restore_count_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &taken_script);
    call_prefix(c);
    call_i64(c, now_ms);
    call_str(c, "the journal");
    call_u64(c, mark);
    call_text(c, what->kind);
    call_text(c, what->id);
    call_i64(c, what->began_ms);
    call_text(c, what->more);
    call_run(c, on_count, cb, arg);
}

/* ---- asked for, done ---- */

static void on_asked(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "none"))
        r = err_set(&e, ERR_CONFLICT,
                    "the store did not go back: there is nothing to bring back. `muster restore "
                    "status` shows how it stands");
    call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

void restore_ask(struct store *s, enum restore_ask what, struct slice who, struct slice why,
                 store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &ask_script);
    mark_key(c);
    call_key(c, "audit");
    call_now(c);
    call_str(c, what == RESTORE_ACCEPT ? "accept" : "apply");
    call_text(c, who);
    call_text(c, why);
    call_run(c, on_asked, cb, arg);
}

static void on_reported(struct call *c, const struct redisReply *reply)
{
    int r = call_failed(reply, NULL);
    enum restore_verdict v = call_says(reply, "over")   ? RESTORE_OVER
                             : call_says(reply, "none") ? RESTORE_NONE
                                                        : RESTORE_WAITS;
    call_back(c, restore_report_cb)(c->arg, r, v);
}

void restore_report(struct store *s, const struct restore_report *r, restore_report_cb *cb,
                    void *arg)
{
    check(r->lost_n <= RESTORE_LOST_MAX);
    char id[MARK_ID_BYTES];
    const struct restore_tally *t = &r->tally;
    struct call *c = call_begin(s, &report_script);
    mark_key(call_next_key(c, REPORT_KEY_STORE));
    call_key(call_next_key(c, REPORT_KEY_PEERS), "store:peers");
    call_key(call_next_key(c, REPORT_KEY_FORMER), "store:former");
    call_key(call_next_key(c, REPORT_KEY_AUDIT), "audit");
    call_key(call_next_key(c, REPORT_KEY_CAMPAIGNS), "c:");
    call_key(call_next_key(c, REPORT_KEY_BOOK_LEDGER), "c:0:l");
    call_key(call_next_key(c, REPORT_KEY_UNQUEUED), "dm:pending");
    call_now(call_next(c, REPORT_ARG_NOW));
    call_str(call_next(c, REPORT_ARG_INSTANCE), mark_name(s, r->instance));
    call_str(call_next(c, REPORT_ARG_ID), mark_id(s));
    call_str(call_next(c, REPORT_ARG_NEW_ID), mark_new_id(id));
    call_i64(call_next(c, REPORT_ARG_SINCE), r->since_ms);
    call_str(call_next(c, REPORT_ARG_BROUGHT), r->brought ? "1" : "0");
    call_f(call_next(c, REPORT_ARG_SUMMARY),
           "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
           " %" PRIu64,
           t->granted, t->outcomes, t->optouts, t->unknown, t->settled, t->lost, t->moves,
           t->taken);
    for (size_t i = 0; i < r->lost_n; i++) {
        call_f(call_next(c, REPORT_ARG_LOST + 2 * i), "%u %u", r->lost[i].campaign,
               r->lost[i].stamp);
        call_u64(c, r->lost[i].people);
    }
    call_run(c, on_reported, cb, arg);
}

/* ---- how it stands ---- */

static struct restore_tally tally_of(struct slice text)
{
    struct restore_tally t = {0};
    uint64_t *const figures[] = {&t.granted, &t.outcomes, &t.optouts, &t.unknown,
                                 &t.settled, &t.lost,     &t.moves,   &t.taken};
    struct slice word;
    for (size_t i = 0; i < COUNT_OF(figures) && slice_cut(&text, ' ', &word); i++)
        (void)slice_to_u64(word, UINT64_MAX, figures[i]);
    return t;
}

static void add_peer(struct restore_status *s, const struct redisReply *reply, struct slice name,
                     struct slice heard)
{
    if (s->peer_n == MARK_PEERS_MAX) return;
    char key[MARK_NAME_BYTES];
    struct slice word, last = SLICE_NONE;
    uint64_t ms = 0;
    (void)snprintf(key, sizeof key, "%.*s", SLICE_ARG(name));
    while (slice_cut(&heard, ' ', &word))
        last = word;
    (void)slice_to_u64(last, INT64_MAX, &ms);
    struct slice missing = redis_field(redis_at(reply, 2), key);
    struct slice brought = redis_field(redis_at(reply, 3), key);
    s->peers[s->peer_n++] = (struct restore_peer){
        .name = name,
        .heard_ms = (int64_t)ms,
        .has_told = missing.p || brought.p,
        .has_brought = brought.p != NULL,
        .tally = tally_of(brought.p ? brought : missing),
    };
}

static void add_lost(struct restore_status *s, struct slice name, struct slice people)
{
    if (s->lost_n == RESTORE_LOST_MAX) return;
    uint64_t campaign = 0, stamp = 0, n = 0;
    struct slice word;
    if (slice_cut(&name, ' ', &word)) (void)slice_to_u64(word, UINT32_MAX, &campaign);
    if (slice_cut(&name, ' ', &word)) (void)slice_to_u64(word, UINT32_MAX, &stamp);
    (void)slice_to_u64(people, UINT64_MAX, &n);
    s->lost[s->lost_n++] = (struct restore_lost){(uint32_t)campaign, (uint32_t)stamp, n};
}

static uint64_t number_of(const struct redisReply *store, const char *field)
{
    uint64_t n = 0;
    (void)slice_to_u64(redis_field(store, field), UINT64_MAX, &n);
    return n;
}

static void on_status(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    restore_status_cb *cb = call_back(c, restore_status_cb);
    if (r < 0) {
        cb(c->arg, r, NULL, &e);
        return;
    }
    const struct redisReply *store = redis_at(reply, 0), *peers = redis_at(reply, 1),
                            *lost = redis_at(reply, 4);
    struct restore_status *s = xcalloc(1, sizeof *s);
    s->back = redis_field(store, "back");
    s->is_back = s->back.n > 0;
    s->by = redis_field(store, "back_by");
    s->apply = redis_field(store, "apply").n > 0;
    s->accept = redis_field(store, "accept").n > 0;
    s->since_ms = (int64_t)number_of(store, "back_ms");
    s->mark = number_of(store, "mark");
    s->had = number_of(store, "back_mark");
    s->seen = number_of(store, "back_seen");
    s->restored_ms = (int64_t)number_of(store, "restored_ms");
    s->restored_how = redis_field(store, "restored_how");
    for (size_t i = 0; i + 1 < redis_count(peers); i += 2)
        add_peer(s, reply, redis_str(redis_at(peers, i)), redis_str(redis_at(peers, i + 1)));
    for (size_t i = 0; i + 1 < redis_count(lost); i += 2)
        add_lost(s, redis_str(redis_at(lost, i)), redis_str(redis_at(lost, i + 1)));
    cb(c->arg, 0, s, NULL);
    free(s);
}

void restore_status(struct store *s, restore_status_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &status_script);
    mark_key(c);
    call_key(c, "store:peers");
    call_run(c, on_status, cb, arg);
}
