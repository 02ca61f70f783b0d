/* How a store stands that went back, and what somebody says becomes of it. */
#include "web/api/api.h"

#include "flow/check_in.h"
#include "store/restore.h"
#include "web/call.h"

enum { WHY_BYTES_MAX = 512 };

static json_t *tally_json(const struct restore_tally *t)
{
    json_t *o = json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "granted", (json_int_t)t->granted,
                          "outcomes", (json_int_t)t->outcomes, "optouts", (json_int_t)t->optouts,
                          "unknown", (json_int_t)t->unknown, "settled", (json_int_t)t->settled,
                          "lost", (json_int_t)t->lost, "moves", (json_int_t)t->moves, "taken",
                          (json_int_t)t->taken);
    check(o);
    return o;
}

static json_t *peers_json(const struct restore_status *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->peer_n; i++) {
        const struct restore_peer *p = &s->peers[i];
        json_t *o = json_object();
        json_put(o, "instance", json_text(p->name));
        json_put_time(o, "heard", p->heard_ms);
        json_put(o, "brought", json_boolean(p->has_brought));
        json_put(o, "journal", p->has_told ? tally_json(&p->tally) : json_null());
        json_list_add(list, o);
    }
    return list;
}

static json_t *lost_json(const struct restore_status *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->lost_n; i++)
        json_list_add(list, json_pack("{s:I,s:I,s:I}", "campaign", (json_int_t)s->lost[i].campaign,
                                      "stamp", (json_int_t)s->lost[i].stamp, "people",
                                      (json_int_t)s->lost[i].people));
    return list;
}

static json_t *back_json(const struct restore_status *s)
{
    if (!s->is_back) return json_null();
    json_t *o = json_object();
    json_put(o, "why", json_text(s->back));
    json_put_time(o, "since", s->since_ms);
    json_put(o, "noticed_by", json_text(s->by));
    json_put(o, "had", json_integer((json_int_t)s->had));
    json_put(o, "seen", json_integer((json_int_t)s->seen));
    json_put(o, "applying", json_boolean(s->apply));
    json_put(o, "accepted", json_boolean(s->accept));
    return o;
}

static void on_status(void *arg, int result, const struct restore_status *s, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    struct err problem = {0};
    if (c->config->check_in) (void)check_in_problem(c->config->check_in, &problem);
    json_t *o = json_object();
    json_put(o, "problem", problem.text[0] ? json_text(slice_of(problem.text)) : json_null());
    json_put(o, "mark", json_integer((json_int_t)s->mark));
    json_put(o, "back", back_json(s));
    json_put(o, "processes", peers_json(s));
    json_put(o, "lost_campaigns", lost_json(s));
    if (s->restored_ms) {
        json_put_time(o, "restored", s->restored_ms);
        json_put(o, "restored_how", json_text(s->restored_how));
    }
    web_answer(c, 200, o);
}

static void get_restore(struct web_call *c)
{
    restore_status(c->config->store, on_status, c);
}

static void on_asked(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) restore_status(c->config->store, on_status, c);
}

static void post_apply(struct web_call *c)
{
    struct slice why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_OPTIONAL);
    if (web_body_ok(c)) restore_ask(c->config->store, RESTORE_APPLY, web_by(c), why, on_asked, c);
}

static void post_accept(struct web_call *c)
{
    struct slice why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_NEEDED);
    if (!web_body_ok(c)) return;
    if (slice_trim(why).n == 0)
        web_error(c, 400, "invalid",
                  "'why' is empty; say why what is missing does not come, for the record");
    else
        restore_ask(c->config->store, RESTORE_ACCEPT, web_by(c), why, on_asked, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/restore", MAY_RESTORE, NEEDS_STORE, NULL, get_restore},
    {"POST", "/api/v1/restore/apply", MAY_RESTORE, NEEDS_STORE | AUDITED, KEYS("why"), post_apply},
    {"POST", "/api/v1/restore/accept", MAY_RESTORE, NEEDS_STORE | AUDITED, KEYS("why"),
     post_accept},
};

const struct routes restore_routes = {rows, COUNT_OF(rows)};
