#include "store/forecast.h"

#include "store/money.h"

#include "private.h"

#include <math.h>
#include <stdlib.h>

#define HALF_MS (12 * 3600 * 1000.0)

static const struct script note = {
    .name = "campaign_forecast",
    .prelude = script_law,
    .parts = {LUA_LEDGER, &lua_money_text, &lua_money, &lua_purse, &lua_campaign_forecast}};

void campaign_note_eta(struct store *s, uint32_t id, const struct campaign_eta *eta,
                       const struct campaign_purse *purse, int64_t now_ms)
{
    struct call *c = call_begin(s, &note);
    call_key(c, "c:%u", id);
    call_i64(c, eta->early_ms);
    call_i64(c, eta->likely_ms);
    call_i64(c, eta->late_ms);
    call_i64(c, now_ms);
    call_str(c, eta->in_danger ? "1" : "0");
    call_i64(c, eta->few_ms);
    call_i64(c, eta->money_ms);
    call_u64(c, eta->money_people);
    call_text(c, purse->month);
    call_text(c, purse->organisation);
    call_run(c, NULL, NULL, NULL);
}

void forecast_pace_keep(struct store *s, const char *gateway, const struct forecast_pace *p,
                        int64_t now_ms)
{
    struct call *c = call_command(s, "HSET");
    call_key(c, "forecast:%s", gateway);
    call_str(c, "seconds");
    call_f(c, "%.3f", p->seconds);
    call_str(c, "people");
    call_f(c, "%.3f", p->people);
    call_str(c, "squares");
    call_f(c, "%.3f", p->squares);
    call_pair_u64(c, "at_ms", (uint64_t)now_ms);
    call_run(c, NULL, NULL, NULL);
}

static double number(const struct redisReply *hash, const char *field)
{
    char text[64];
    struct slice s = redis_field(hash, field);
    if (s.n == 0 || s.n >= sizeof text) return 0;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    double v = strtod(text, NULL);
    return isfinite(v) && v > 0 ? v : 0;
}

static void on_pace(struct call *c, const struct redisReply *reply)
{
    const int64_t *now_ms = call_kept(c);
    int r = call_failed(reply, NULL);
    double age_ms = (double)*now_ms - number(reply, "at_ms");
    double keep = exp2(-fmax(0, age_ms) / HALF_MS);
    struct forecast_pace p = {keep * number(reply, "seconds"), keep * number(reply, "people"),
                              keep * number(reply, "squares")};
    call_back(c, forecast_pace_cb)(c->arg, r, &p);
}

void forecast_pace_load(struct store *s, const char *gateway, int64_t now_ms, forecast_pace_cb *cb,
                        void *arg)
{
    struct call *c = call_command(s, "HGETALL");
    call_keep(c, now_ms);
    call_key(c, "forecast:%s", gateway);
    call_run(c, on_pace, cb, arg);
}
