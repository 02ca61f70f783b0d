#pragma once
/* What the leader foretells, kept so that every process shows the same: when a campaign will be done
 * (in its hash), and how fast an account was lately (`forecast:{gateway}`). */
#include "core/forecast.h"
#include "store/store.h"

struct campaign_purse;

struct campaign_eta {
    int64_t early_ms, likely_ms, late_ms; /* [wall ms] 0 = never */
    bool in_danger;        /* its deadline comes before that; told as an event when it begins */
    int64_t few_ms;        /* [wall ms] when its canary is full; 0 = it has none, or it is */
    int64_t money_ms;      /* [wall ms] when a budget ends it; 0 = none does */
    uint64_t money_people; /* about so many are texted by then */
};
/* With it goes what is left of the budgets that the campaign is held against (campaign.purse_left); purse: those of the
 * month. */
void campaign_note_eta(struct store *s, uint32_t id, const struct campaign_eta *eta,
                       const struct campaign_purse *purse, int64_t now_ms);

/* A pace counts for a day: half of it after half a day. */
void forecast_pace_keep(struct store *s, const char *gateway, const struct forecast_pace *p,
                        int64_t now_ms);
/* Zeroes when nothing is known. */
typedef void forecast_pace_cb(void *arg, int result, const struct forecast_pace *p);
void forecast_pace_load(struct store *s, const char *gateway, int64_t now_ms, forecast_pace_cb *cb,
                        void *arg);
