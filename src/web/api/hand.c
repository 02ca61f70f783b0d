/* Handing a conversation over: to whom it can go, and that it goes there. Whoever gets it has to be able to answer there, so that
 * nobody is handed to a name that was mistyped, where they would wait for an hour. */
#include "web/api/api.h"

#include <stdlib.h>

#include "core/group.h"
#include "store/group.h"
#include "store/inbox.h"
#include "store/staff.h"
#include "store/there.h"
#include "web/call.h"
#include "web/lent.h"
#include "web/view/view.h"

enum { NAMES_MAX = 100, WORD_BYTES_MAX = 1024, NAME_BYTES_MAX = ROSTER_NAME_BYTES_MAX };

struct handing {
    char *group;   /* of the conversation; owned */
    uint32_t loan; /* of the conversation; 0 = none */
    struct inbox_hand hand;
};

static void handing_done(void *state)
{
    free(((struct handing *)state)->group);
}

/* ---- who may answer there ---- */

/* Also whom that inbox, or the list, is lent to. */
static bool may_answer(const struct web_call *c, const struct staff_member *m)
{
    const struct handing *h = c->state;
    struct slice group = slice_of(h->group);
    return staff_is_in(m, c->now_ms) &&
           (access_may(&m->is, MAY_ANSWER, group) || lent_to(c->web, &m->is, group) ||
            loan_is_to(c->web, &m->is, MAY_ANSWER, h->loan));
}

struct candidate {
    const struct staff_member *member;
    bool here;
};

/* Who is here first, then by name. */
static int by_name(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->here != y->here) return x->here ? -1 : 1;
    return strcmp(x->member->is.name, y->member->is.name);
}

static bool is_there(const char *member, const struct slice *ids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is(ids[i], member)) return true;
    return false;
}

/* All but oneself whose name has `q` in it; owned. */
static struct candidate *candidates(const struct web_call *c, const struct slice *ids, size_t ids_n,
                                    size_t *ret_n)
{
    const struct roster *r = staff_roster(c->config->staff);
    struct candidate *list = xcalloc(roster_count(r, ROSTER_MEMBERS) + 1, sizeof *list);
    struct slice q = slice_trim(web_query(c, "q"));
    const struct staff_member *m;
    size_t pos = 0, n = 0;
    while ((m = roster_next_member(r, &pos)))
        if (strcmp(m->is.id, c->member->id) != 0 && slice_holds_nocase(slice_of(m->is.name), q) &&
            may_answer(c, m))
            list[n++] = (struct candidate){m, is_there(m->is.id, ids, ids_n)};
    qsort(list, n, sizeof *list, by_name);
    *ret_n = n;
    return list;
}

/* Who answers for another group gives its people to none: their numbers would be that group's. */
static json_t *groups_json(const struct web_call *c, const char *but)
{
    return lent_is_own(c->member, slice_of(but)) ? view_other_groups(c, but) : json_array();
}

static void on_there(void *arg, int result, const struct slice *ids, size_t ids_n,
                     const struct err *e)
{
    struct web_call *c = arg;
    const struct handing *h = c->state;
    if (!web_ok(c, result, e)) return;
    size_t n;
    struct candidate *list = candidates(c, ids, ids_n, &n);
    json_t *people = json_array();
    for (size_t i = 0; i < n && i < NAMES_MAX; i++)
        json_list_add(people,
                      json_pack("{s:s,s:s,s:b}", "name", list[i].member->is.name, "role",
                                role_to_string(list[i].member->is.role), "here", list[i].here));
    free(list);
    json_t *o = json_pack("{s:o,s:o}", "people", people, "groups", groups_json(c, h->group));
    json_put_count(o, "more", n > NAMES_MAX ? n - NAMES_MAX : 0);
    web_answer(c, 200, o);
}

/* True: h->group is known; else c has its response. */
static bool takes_group(struct web_call *c, int result, const struct inbox_thread *t,
                        const struct err *e)
{
    struct handing *h = c->state;
    if (!web_ok(c, result, e)) return false;
    h->group = slice_strdup(t->conversation.group);
    h->loan = t->conversation.loan;
    return true;
}

static void on_thread_to_list(void *arg, int result, const struct inbox_thread *t,
                              const struct err *e)
{
    struct web_call *c = arg;
    if (takes_group(c, result, t, e)) there_list(c->config->store, c->now_ms, on_there, c);
}

static void ask_group(struct web_call *c, inbox_thread_cb *then)
{
    struct inbox_actor who = view_actor(c);
    inbox_read(c->config->inbox, c->id, &who, 1, then, c);
}

static void get_hand_over(struct web_call *c)
{
    (void)web_call_state(c, sizeof(struct handing), handing_done);
    ask_group(c, on_thread_to_list);
}

/* ---- handing over ---- */

static void on_handed(void *arg, int result, uint32_t conversation, const struct err *e)
{
    if (web_ok(arg, result, e))
        web_answer(arg, 200, json_pack("{s:I}", "conversation", (json_int_t)conversation));
}

static void hand(struct web_call *c)
{
    const struct handing *h = c->state;
    struct inbox_actor who = view_actor(c);
    inbox_hand_over(c->config->inbox, c->id, &who, &h->hand, on_handed, c);
}

static void on_thread_to_hand(void *arg, int result, const struct inbox_thread *t,
                              const struct err *e)
{
    struct web_call *c = arg;
    const struct handing *h = c->state;
    if (!takes_group(c, result, t, e)) return;
    if (h->hand.to == INBOX_TO_GROUP) {
        if (lent_is_own(c->member, slice_of(h->group)))
            hand(c);
        else
            web_error(c, 403, "forbidden",
                      "they are people of %s, whom you only answer: hand over to a person, or to "
                      "its organisers",
                      h->group);
        return;
    }
    const struct staff_member *m = roster_named(staff_roster(c->config->staff), h->hand.whom);
    if (m && may_answer(c, m))
        hand(c);
    else
        web_refuse_key(c, "member", "nobody called '%.*s' answers people of %s",
                       SLICE_ARG(h->hand.whom), h->group);
}

static void post_hand_over(struct web_call *c)
{
    struct handing *h = web_call_state(c, sizeof *h, handing_done);
    struct slice member = slice_trim(body_text(&c->body, "member", NAME_BYTES_MAX, BODY_OPTIONAL));
    struct slice group = body_text(&c->body, "group", GROUP_BYTES_MAX, BODY_OPTIONAL);
    const json_t *flag = json_object_get(c->body.root, "organisers");
    bool organisers = json_is_true(flag), odd = flag && !json_is_null(flag) && !organisers;
    h->hand = (struct inbox_hand){
        .to = member.n  ? INBOX_TO_MEMBER
              : group.n ? INBOX_TO_GROUP
                        : INBOX_TO_ORGANISERS,
        .whom = member.n ? member : group,
        .word = slice_trim(body_text(&c->body, "word", WORD_BYTES_MAX, BODY_OPTIONAL)),
    };
    if (!web_body_ok(c)) return;
    if ((member.n > 0) + (group.n > 0) + organisers != 1 || odd)
        web_error(c, 400, "invalid",
                  "say to whom: one of 'member' (a name), 'group' (a name), 'organisers' (true)");
    else if (!organisers)
        ask_group(c, on_thread_to_hand);
    else
        hand(c);
}

enum { ACTS = NEEDS_STORE | IN_GROUP | WITH_ID };

static const struct route rows[] = {
    {"GET", "/api/v1/conversations/{id}/hand-over", MAY_ANSWER, ACTS, NULL, get_hand_over},
    {"POST", "/api/v1/conversations/{id}/hand-over", MAY_ANSWER, ACTS | ONCE,
     KEYS("member", "group", "organisers", "word"), post_hand_over},
};

const struct routes hand_routes = {rows, COUNT_OF(rows)};
