/* A request is read by its face, thrown on the dice and answered after the latency; what follows
 * later (receipts, replies) goes to the post office. Everything is decided when the request
 * arrives, so the order of responses changes nothing. Responses that wait stand in a heap behind
 * one timer. */
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/heap.h"
#include "sim/backlog.h"
#include "sim/book.h"
#include "sim/people.h"
#include "sim/post.h"
#include "sim/stats.h"
#include "sim/window.h"

enum {
    SALT_LATENCY = 0x6c61,
    SALT_RECEIPT = 0x7263,
    SALT_RECEIPT_DELAY = 0x7264,
    SALT_REPLY_DELAY = 0x7079,
    SALT_ID = 0x6964,
    REQUEST_ARENA_BYTES = 256 * 1024,
    ANSWER_BYTES_MAX = 8 * 1024 * 1024, /* a list of 1000 messages */
    /* Responses leave on this grid, so that a busy simulator wakes up once for many of them. */
    ANSWER_GRID_US = 1000,
    IDLE_ANSWERS_MAX = 1024,
    IDLE_ANSWER_BYTES = 4096,
};

/* A response that waits for its time. */
struct waiting {
    struct http_request *request;
    struct answer answer;
    bool drop; /* close the connection instead */
    struct waiting *next_idle;
};

struct sim {
    struct sim_config config;
    struct book *book;
    struct tape *tape;
    struct stats *stats;
    struct window *taken; /* what the rate limit counts */
    struct backlog *backlog;
    struct post *post;
    struct arena *arena; /* of the request that is being read */
    struct heap *answers;
    struct loop_timer *timer;
    struct waiting *idle; /* used again, with their buffers */
    size_t idle_count;
    uint64_t serial;
};

/* ---- responses ---- */

static struct waiting *waiting_new(struct sim *s, struct http_request *q)
{
    struct waiting *w = s->idle;
    if (w) {
        s->idle = w->next_idle;
        s->idle_count--;
    } else {
        w = xcalloc(1, sizeof *w);
        buf_init(&w->answer.body, ANSWER_BYTES_MAX);
    }
    w->request = q;
    w->drop = false;
    return w;
}

static void waiting_free(struct waiting *w)
{
    buf_done(&w->answer.body);
    free(w);
}

static void waiting_done(struct sim *s, struct waiting *w)
{
    if (s->idle_count >= IDLE_ANSWERS_MAX || w->answer.body.cap > IDLE_ANSWER_BYTES) {
        waiting_free(w);
        return;
    }
    buf_clear(&w->answer.body);
    w->next_idle = s->idle;
    s->idle = w;
    s->idle_count++;
}

static void answer_now(struct sim *s, struct waiting *w)
{
    if (w->drop) {
        http_request_drop(w->request);
    } else {
        http_request_answer(w->request, w->answer.status, w->answer.content_type,
                            buf_slice(&w->answer.body));
    }
    waiting_done(s, w);
}

static void on_timer(void *arg)
{
    struct sim *s = arg;
    int64_t due_us, now_us = clock_mono_us();
    void *w;
    while (heap_peek(s->answers, &due_us, &w) && due_us <= now_us) {
        (void)heap_pop(s->answers, NULL, &w);
        answer_now(s, w);
    }
    if (heap_peek(s->answers, &due_us, &w)) loop_timer_at(s->timer, due_us);
}

static void answer_at(struct sim *s, struct waiting *w, int64_t due_us)
{
    int64_t next_us = INT64_MAX;
    void *next;
    bool first = !heap_peek(s->answers, &next_us, &next) || due_us < next_us;
    heap_push(s->answers, due_us, w);
    if (first) loop_timer_at(s->timer, due_us);
}

static double roll(const struct sim *s, uint64_t key, uint64_t salt)
{
    return dice_roll((uint64_t)s->config.seed, key, salt);
}

static int64_t delay_us(const struct sim *s, uint64_t key, uint64_t salt, int64_t least_ms,
                        int64_t jitter_ms)
{
    double more_us = jitter_ms ? roll(s, key, salt) * (double)jitter_ms * 1000 : 0;
    return least_ms * 1000 + (int64_t)more_us;
}

static void answer_later(struct sim *s, struct waiting *w, uint64_t key, int64_t now_us,
                         int64_t extra_us)
{
    const struct sim_config *c = &s->config;
    int64_t wait_us =
        extra_us + delay_us(s, key, SALT_LATENCY, c->latency_ms, c->latency_jitter_ms);
    if (wait_us == 0) {
        answer_now(s, w);
    } else {
        int64_t due_us = now_us + wait_us + ANSWER_GRID_US - 1;
        answer_at(s, w, due_us - due_us % ANSWER_GRID_US);
    }
}

/* ---- what follows later ---- */

static void make_id(struct sim *s, const struct face *f, char *out, size_t bytes)
{
    uint64_t serial = ++s->serial;
    uint64_t noise = dice_key(slice_make(&serial, sizeof serial), SLICE_LIT("id"));
    (void)snprintf(out, bytes, "%s%016llx%016llx", f->id_prefix,
                   (unsigned long long)(noise ^ (uint64_t)s->config.seed),
                   (unsigned long long)serial);
}

static struct letter letter_about(const struct sim *s, const struct face *f,
                                  const struct sim_message *m)
{
    return (struct letter){.face = f,
                           .number = m->number,
                           .serial = s->serial,
                           .id = slice_of(m->id),
                           .account = m->account,
                           .to = m->to,
                           .from = m->from,
                           .callback = m->callback,
                           .ref = m->ref,
                           .receipt_mask = m->receipt_mask,
                           .at_ms = clock_wall_ms()};
}

static void post_receipt(struct sim *s, struct letter *l, const struct receipt *kind,
                         int64_t due_us)
{
    l->receipt = kind;
    if (l->face->wants(&s->config, l)) post_add(s->post, l, due_us);
}

static void plan_receipts(struct sim *s, const struct face *f, const struct sim_message *m,
                          uint64_t key, const struct face_code *code, int64_t now_us)
{
    static const char *const steps[] = {"sent", "delivered"};
    const struct sim_config *c = &s->config;
    const char *name = code ? "undelivered" : mix_pick(&c->receipts, roll(s, key, SALT_RECEIPT));
    if (!name) return;
    const struct receipt *last = receipt_find(name);
    check(last != NULL); /* the configuration let known kinds in only */
    int64_t wait_us =
        delay_us(s, key, SALT_RECEIPT_DELAY, c->receipt_delay_ms, c->receipt_jitter_ms);
    struct letter l = letter_about(s, f, m);
    for (int i = 0; c->receipt_steps && i + 1 < last->rank; i++)
        post_receipt(s, &l, receipt_find(steps[i]), now_us + wait_us * (i + 1) / last->rank);
    l.code = code;
    post_receipt(s, &l, last, now_us + wait_us);
}

/* The person reads the message, and may answer. The same words a second time move nobody. */
static void plan_reply(struct sim *s, const struct face *f, const struct sim_message *m,
                       uint64_t key, bool again, int64_t now_us)
{
    const struct sim_config *c = &s->config;
    struct people_mood mood = {(uint64_t)c->seed, &c->replies, c->thanks};
    struct people_reply reply;
    enum person_state state = book_person(s->book, m->number), then = people_read(state);
    if (state == PERSON_LEFT) stats_counters(s->stats)->after_stop++;
    if (then != state) book_set_person(s->book, m->number, then);
    if (again && state == PERSON_SILENT) return;
    if (!people_answer(&mood, key, state, &reply)) return;
    struct letter l = letter_about(s, f, m);
    char id[sizeof m->id];
    make_id(s, f, id, sizeof id);
    l.kind = LETTER_REPLY;
    l.id = slice_of(id);
    l.serial = s->serial;
    l.text = reply.text;
    l.then = reply.then;
    if (!f->wants(c, &l)) return;
    post_add(s->post, &l,
             now_us + delay_us(s, key, SALT_REPLY_DELAY, c->reply_delay_ms, c->reply_jitter_ms));
}

static void on_reply_taken(void *arg, const struct letter *l)
{
    struct sim *s = arg;
    if (book_person(s->book, l->number) != l->then) book_set_person(s->book, l->number, l->then);
}

/* ---- requests ---- */

static void take(struct sim *s, const struct face *f, struct sim_message *m, uint64_t key,
                 const struct face_code *code, int64_t now_us)
{
    int64_t now_ms = clock_wall_ms();
    bool again = book_take(s->book, key) > 0;
    make_id(s, f, m->id, sizeof m->id);
    stats_accepted(s->stats, again, now_ms);
    window_add(s->taken, now_us);
    struct taped taped = {.number = m->number,
                          .at_ms = now_ms,
                          .face = f->name,
                          .id = slice_of(m->id),
                          .account = m->account,
                          .to = m->to,
                          .from = m->from,
                          .text = m->text,
                          .ref = m->ref};
    tape_add(s->tape, &taped);
    int64_t leaves_us = backlog_add(s->backlog, s->config.passes_on_per_s, now_us);
    plan_receipts(s, f, m, key, code, leaves_us);
    plan_reply(s, f, m, key, again, leaves_us);
}

static void page(struct answer *a, int status)
{
    a->status = status;
    a->content_type = "text/html";
    buf_addf(&a->body, "<html><head><title>%d</title></head><body><h1>%d</h1></body></html>\n",
             status, status);
}

static void refuse(struct sim *s, const struct face *f, const struct face_code *code,
                   struct answer *a)
{
    stats_rejected(s->stats, code->code);
    f->refuse(code, a);
}

static void refuse_throttled(struct sim *s, const struct face *f, struct waiting *w)
{
    char seconds[24];
    refuse(s, f, f->throttled, &w->answer);
    if (!s->config.retry_after_s) return;
    (void)snprintf(seconds, sizeof seconds, "%lld", (long long)s->config.retry_after_s);
    http_request_set_header(w->request, "Retry-After", seconds);
}

/* Plays the fate of a good message; returns what the response waits for besides the latency [µs].
 */
static int64_t play(struct sim *s, const struct face *f, struct sim_message *m, uint64_t key,
                    const struct fate *fate, struct waiting *w, int64_t now_us)
{
    char name[16];
    switch (fate->kind) {
    case FATE_REFUSED:
        refuse(s, f, fate->code, &w->answer);
        return 0;
    case FATE_PAGE:
        (void)snprintf(name, sizeof name, "http%d", fate->status);
        stats_rejected(s->stats, fate->status == 200 ? "html" : name);
        page(&w->answer, fate->status);
        return 0;
    case FATE_LOST:
        stats_rejected(s->stats, "lost");
        w->drop = true;
        return 0;
    case FATE_TAKEN:
    case FATE_DROPPED:
    case FATE_HUNG:
        break;
    }
    take(s, f, m, key, fate->kind == FATE_TAKEN ? fate->code : NULL, now_us);
    w->drop = fate->kind == FATE_DROPPED;
    f->accept(m, &w->answer);
    return fate->kind == FATE_HUNG ? s->config.hang_ms * 1000 : 0;
}

static void judge(struct sim *s, const struct face *f, struct sim_message *m, struct waiting *w,
                  int64_t now_us)
{
    char number[24];
    const struct sim_config *c = &s->config;
    int n = snprintf(number, sizeof number, "%llu", (unsigned long long)m->number);
    uint64_t key = dice_key(slice_make(number, (size_t)n), m->text);
    int64_t extra_us = 0;
    if (c->rate_per_s && window_count(s->taken, now_us) >= (uint64_t)c->rate_per_s) {
        refuse_throttled(s, f, w);
    } else {
        struct fate fate = fate_roll(c, f, key, book_try(s->book, key));
        extra_us = play(s, f, m, key, &fate, w, now_us);
    }
    answer_later(s, w, key, now_us, extra_us);
}

static struct face_request read_request(const struct http_request *q)
{
    return (struct face_request){.method = http_request_method(q),
                                 .path = http_request_path(q),
                                 .query = http_request_query(q),
                                 .body = http_request_body(q),
                                 .content_type = http_request_header(q, "Content-Type"),
                                 .authorization = http_request_header(q, "Authorization")};
}

static void handle_list(struct sim *s, const struct face *f, const struct face_request *r,
                        struct waiting *w)
{
    const struct face_code *no = f->list(&s->config, r, s->arena, s->tape, &w->answer);
    if (no) f->refuse(no, &w->answer);
    answer_now(s, w);
}

static void handle_send(struct sim *s, const struct face *f, const struct face_request *r,
                        struct waiting *w)
{
    int64_t now_us = clock_mono_us();
    struct sim_message m = {0};
    const struct face_code *no = f->read(&s->config, r, s->arena, &m);
    stats_arrival(s->stats, no ? SLICE_NONE : m.from, now_us);
    if (no) {
        refuse(s, f, no, &w->answer);
        answer_later(s, w, 0, now_us, 0);
    } else {
        judge(s, f, &m, w, now_us);
    }
}

void sim_handle(void *sim, struct http_request *q)
{
    struct sim *s = sim;
    struct face_request r = read_request(q);
    const struct face *f = face_of_path(r.path);
    if (!s->post) {
        http_request_answer(q, 503, "text/plain", SLICE_LIT("The simulator is stopping.\n"));
        return;
    }
    if (slice_starts(r.path, "/sim/")) {
        admin_handle(s, q);
        return;
    }
    if (!f) {
        http_request_answer(q, 404, "text/plain",
                            SLICE_LIT("No provider answers here; see muster-sim --help.\n"));
        return;
    }
    arena_clear(s->arena);
    struct waiting *w = waiting_new(s, q);
    if (f->list && slice_is(r.method, "GET")) {
        handle_list(s, f, &r, w);
    } else {
        handle_send(s, f, &r, w);
    }
}

/* ---- the simulator ---- */

int sim_new(struct loop *l, const struct sim_config *config, struct sim **ret, struct err *e)
{
    struct sim *s = xcalloc(1, sizeof *s);
    s->config = *config;
    s->stats = stats_new();
    int rc = post_new(l, &s->config, s->stats, on_reply_taken, s, &s->post, e);
    if (rc) {
        stats_free(s->stats);
        free(s);
        return rc;
    }
    s->book = book_new();
    s->tape = tape_new((size_t)config->keep);
    s->taken = window_new();
    s->backlog = backlog_new();
    s->arena = arena_new(REQUEST_ARENA_BYTES);
    s->answers = heap_new();
    s->timer = loop_timer_new(l, on_timer, s);
    *ret = s;
    return 0;
}

void sim_stop(struct sim *s)
{
    post_free(s->post);
    s->post = NULL;
}

void sim_free(struct sim *s)
{
    void *w;
    if (!s) return;
    sim_stop(s);
    while (heap_pop(s->answers, NULL, &w))
        waiting_free(w);
    while (s->idle) {
        struct waiting *next = s->idle->next_idle;
        waiting_free(s->idle);
        s->idle = next;
    }
    heap_free(s->answers);
    loop_timer_free(s->timer);
    arena_free(s->arena);
    window_free(s->taken);
    backlog_free(s->backlog);
    tape_free(s->tape);
    book_free(s->book);
    stats_free(s->stats);
    free(s);
}

const struct sim_config *sim_config(const struct sim *s)
{
    return &s->config;
}

int sim_configure(struct sim *s, struct slice json, struct err *e)
{
    return config_from_json(&s->config, json, e);
}

void sim_reset(struct sim *s)
{
    post_clear(s->post);
    book_clear(s->book);
    tape_clear(s->tape);
    stats_clear(s->stats);
    window_clear(s->taken);
    backlog_clear(s->backlog);
}

void sim_write_stats(struct sim *s, struct buf *json)
{
    struct rusage use;
    struct stats_live live = {.in_flight = heap_count(s->answers),
                              .pending = post_pending(s->post),
                              .queued = backlog_count(s->backlog, clock_mono_us()),
                              .queued_highest = backlog_highest(s->backlog)};
    if (getrusage(RUSAGE_SELF, &use) == 0)
        live.cpu_us = (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * INT64_C(1000000) +
                      use.ru_utime.tv_usec + use.ru_stime.tv_usec;
    stats_write(s->stats, &live, json);
}

const struct tape *sim_tape(const struct sim *s)
{
    return s->tape;
}

struct http_client *sim_client(struct sim *s)
{
    return post_client(s->post);
}
