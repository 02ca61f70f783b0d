#include "flow/forecaster.h"

#include "base/map.h"
#include "flow/account.h"
#include "flow/budget.h"
#include "flow/outlook.h"
#include "flow/purse_share.h"
#include "flow/senders.h"
#include "flow/zone_book.h"
#include "store/campaign.h"
#include "store/forecast.h"

#include <stdlib.h>

enum {
    GAP_MS = 30000,  /* between two looks: more, and nothing is learnt from them */
    HUNGRY_S = 3,    /* [s] of work at the account's rate: whoever has more could use every slot */
    KEEP_MS = 10000, /* what was learnt is written down so often */
};

/* Of a campaign that runs, as it was seen last. */
struct sight {
    uint64_t settled;
    size_t account;
    unsigned look;
    bool hungry;
};

/* What is learnt of an account. */
struct learnt {
    struct forecaster *f;
    size_t index;
    struct forecast_pace pace;
    bool loaded, asking;
    int64_t kept_ms;
    /* of this look */
    double people;
    bool hungry; /* somebody could have used every slot since the last look */
    bool torn;   /* somebody stopped, or ended: nobody knows how many of theirs were reached */
};

struct forecaster {
    struct forecaster_config config;
    struct zone_book *zones;
    struct map *sights; /* campaign id → struct sight, owned */
    struct learnt *accounts;
    unsigned look;
    int64_t now_ms;
    uint32_t turn; /* the id of the last campaign that had its turn */
    bool dead;
};

/* ---- how fast an account is ---- */

static uint64_t settled_of(const struct campaign *c)
{
    uint64_t waiting = campaign_waiting(c);
    return c->total > waiting ? c->total - waiting : 0;
}

static bool is_hungry(const struct campaign *c, const struct account *a)
{
    return c->opens_ms == 0 && !c->answers_slow &&
           (double)c->counts[STATE_PENDING] > account_rate_per_s(a) * HUNGRY_S;
}

static void see_running(struct forecaster *f, const struct campaign *c)
{
    const struct account *a = accounts_find(f->config.accounts, c->gateway);
    struct slice key = slice_make(&c->id, sizeof c->id);
    struct sight *s = map_get(f->sights, key);
    if (!a) return;
    struct sight now = {settled_of(c), accounts_index(f->config.accounts, a), f->look,
                        is_hungry(c, a)};
    struct learnt *l = &f->accounts[now.account];
    if (!s) {
        s = xcalloc(1, sizeof *s);
        (void)map_put(f->sights, key, s);
    } else if (now.settled < s->settled) { /* some are sent to again */
        l->torn = true;
    } else {
        l->people += (double)(now.settled - s->settled);
        l->hungry |= now.hungry && s->hungry;
    }
    *s = now;
}

static void forget_gone(struct forecaster *f)
{
    size_t pos = 0;
    struct slice key;
    void *value;
    while (map_next(f->sights, &pos, &key, &value)) {
        struct sight *s = value;
        if (s->look == f->look) continue;
        f->accounts[s->account].torn = true;
        free(map_del(f->sights, key));
    }
}

static void on_loaded(void *arg, int result, const struct forecast_pace *p)
{
    struct learnt *l = arg;
    l->asking = false;
    if (l->f->dead || result < 0) return;
    l->loaded = true;
    l->pace = *p;
}

static const struct account *account_at(const struct forecaster *f, size_t i)
{
    return &f->config.accounts->list[i];
}

static void learn(struct learnt *l, int64_t passed_ms)
{
    struct forecaster *f = l->f;
    const char *name = account_at(f, l->index)->name;
    bool good = l->hungry && !l->torn && passed_ms > 0 && passed_ms < GAP_MS;
    double people = l->people;
    l->people = 0;
    l->hungry = l->torn = false;
    if (!good) return;
    if (!l->loaded && !l->asking) {
        l->asking = true;
        forecast_pace_load(f->config.store, name, f->now_ms, on_loaded, l);
    }
    if (!l->loaded) return;
    forecast_pace_add(&l->pace, (double)passed_ms / 1000, people);
    if (f->now_ms - l->kept_ms < KEEP_MS) return;
    l->kept_ms = f->now_ms;
    forecast_pace_keep(f->config.store, name, &l->pace, f->now_ms);
}

/* ---- when a campaign is done ---- */

static int64_t ms_of(const struct forecast *f)
{
    return f->ends ? f->finish_us / 1000 : 0;
}

/* After how many people it ends. */
static void note_money(struct campaign_eta *note, const struct campaign *c)
{
    uint64_t of_list, more = outlook_money(c, &of_list);
    if (note->money_ms) note->money_people = campaign_texted(c) + more;
}

static void foretell(struct forecaster *f, const struct campaign *list, size_t n,
                     const struct campaign *c, const struct account *a)
{
    struct hours hours;
    struct forecast_group *groups;
    struct campaign mine = *c; /* with its share of the purse */
    const struct outlook_means means = {f->zones, f->now_ms, f->config.canary_wait_ms};
    struct outlook *o = outlook_new(list, n, a, c->id, &means);
    mine.purse_left = purse_share(c, list, n, f->now_ms);
    struct forecast_campaign me = outlook_of(&mine, &means, &hours, &groups);
    const struct forecast_pace *pace = &f->accounts[accounts_index(f->config.accounts, a)].pace;
    struct senders senders = senders_named(a, c->sender);
    struct outlook_eta eta =
        outlook_run(o, &me, pace, senders_rate_per_s(a, &senders), 1000 * f->now_ms);
    struct campaign_eta note = {.early_ms = ms_of(&eta.early),
                                .likely_ms = ms_of(&eta.likely),
                                .late_ms = ms_of(&eta.late),
                                .few_ms = eta.likely.mark_us[OUTLOOK_FEW] / 1000,
                                .money_ms = eta.likely.mark_us[OUTLOOK_MONEY] / 1000};
    note.in_danger = c->deadline_ms && (!note.likely_ms || note.likely_ms > c->deadline_ms);
    note_money(&note, &mine);
    campaign_note_eta(f->config.store, c->id, &note, budget_purse(f->config.budget, f->now_ms),
                      f->now_ms);
    outlook_free(o);
    free(groups);
}

static bool is_ahead(const struct campaign *c)
{
    return c->status == CAMPAIGN_RUNNING || c->status == CAMPAIGN_SCHEDULED ||
           c->status == CAMPAIGN_PREPARING;
}

/* The next one behind an id; NULL: none. */
static const struct campaign *next_of(const struct campaign *list, size_t n, uint32_t behind)
{
    const struct campaign *best = NULL;
    for (size_t i = 0; i < n; i++)
        if (list[i].id > behind && is_ahead(&list[i]) && (!best || list[i].id < best->id))
            best = &list[i];
    return best;
}

static void foretell_some(struct forecaster *f, const struct campaign *list, size_t n)
{
    uint32_t first = 0;
    for (int i = 0; i < FORECASTER_EACH_LOOK; i++) {
        const struct campaign *c = next_of(list, n, f->turn);
        if (!c) c = next_of(list, n, 0);
        if (!c || c->id == first) return;
        if (!first) first = c->id;
        f->turn = c->id;
        const struct account *a = accounts_find(f->config.accounts, c->gateway);
        if (a) foretell(f, list, n, c, a);
    }
}

void forecaster_see(struct forecaster *f, const struct campaign *list, size_t n, int64_t now_ms)
{
    int64_t passed_ms = now_ms - f->now_ms;
    f->now_ms = now_ms;
    f->look++;
    for (size_t i = 0; i < n; i++)
        if (list[i].status == CAMPAIGN_RUNNING) see_running(f, &list[i]);
    forget_gone(f);
    for (size_t i = 0; i < f->config.accounts->count; i++)
        learn(&f->accounts[i], passed_ms);
    foretell_some(f, list, n);
}

/* ---- life ---- */

struct forecaster *forecaster_new(const struct forecaster_config *config)
{
    struct forecaster *f = xcalloc(1, sizeof *f);
    size_t n = config->accounts->count;
    f->config = *config;
    f->zones = zone_book_new();
    f->sights = map_new();
    f->accounts = xcalloc(n ? n : 1, sizeof *f->accounts);
    for (size_t i = 0; i < n; i++)
        f->accounts[i] = (struct learnt){.f = f, .index = i};
    return f;
}

void forecaster_free(struct forecaster *f)
{
    if (!f) return;
    size_t pos = 0;
    struct slice key;
    void *s;
    f->dead = true;
    while (map_next(f->sights, &pos, &key, &s))
        free(s);
    map_free(f->sights);
    zone_book_free(f->zones);
    free(f->accounts);
    free(f);
}
