#pragma once
/* The simulator's settings: a plain value, read from the command line and changed while it runs by
 * POST /sim/config. One table holds every key with its bounds and its line of help. */
#include "sim/mix.h"

enum { SIM_TEXT_BYTES = 512 };

struct sim_config {
    /* only at the start */
    char listen[SIM_TEXT_BYTES], port_file[SIM_TEXT_BYTES];
    int64_t keep; /* newest messages that /sim/messages can show */

    /* at any time */
    int64_t latency_ms, latency_jitter_ms, hang_ms;
    int64_t rate_per_s;      /* accepted in any sliding second; 0 = no limit */
    int64_t passes_on_per_s; /* leave its own queue in a second; 0 = at once */
    int64_t retry_after_s;   /* Retry-After of a throttled response; 0 = none, as the real ones */
    struct mix errors, receipts, replies;
    struct mix shapes; /* how people on WhatsApp write who do not just write a text */
    int64_t receipt_delay_ms, receipt_jitter_ms, reply_delay_ms, reply_jitter_ms;
    bool receipt_steps; /* also the steps before the last: sent, then delivered */
    double thanks;
    int64_t seed;
    int64_t pending_max; /* receipts and replies that wait at once; more are dropped and counted */
    int64_t post_retries;
    char webhook_twilio[SIM_TEXT_BYTES], webhook_whatsapp[SIM_TEXT_BYTES],
        webhook_kannel[SIM_TEXT_BYTES];
    char account_sid[SIM_TEXT_BYTES]; /* "" = any */
    char auth_token[SIM_TEXT_BYTES], access_token[SIM_TEXT_BYTES], app_secret[SIM_TEXT_BYTES];
    char verify_token[SIM_TEXT_BYTES], username[SIM_TEXT_BYTES], password[SIM_TEXT_BYTES];
};

void config_defaults(struct sim_config *c);
/* Sets one key ('-' and '_' are the same). Untouched on error; e names the key, the value, the
 * mend. */
int config_set(struct sim_config *c, struct slice key, struct slice value, struct err *e) MUST_USE;
/* argv without the program's name. *ret_help = true when --help was asked for (c is then as it
 * was). */
int config_from_args(struct sim_config *c, int argc, char **argv, bool *ret_help,
                     struct err *e) MUST_USE;
/* A JSON object of the live keys; all of it or, on error, nothing. */
int config_from_json(struct sim_config *c, struct slice json, struct err *e) MUST_USE;
/* The text of --help; returns owned, free(). */
char *config_help(void);
