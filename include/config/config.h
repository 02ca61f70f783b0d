#pragma once
/* conf/muster.yaml, read once at start and never changed. Every key, its default and its range are
 * a row of src/config/keys.c (a lint test compares them with that file and the documents). What is refused is refused with
 * file:line:column and the mend. Values that came from the environment, a file or a credential are
 * secrets: no error message holds them. */
#include "base/err.h"
#include "base/log.h"
#include "base/slice.h"
#include "core/cap.h"
#include "core/near.h"
#include "core/net.h"
#include "core/price.h"
#include "io/kafka.h"

#include <stdint.h>

#define CONFIG_DEFAULT_PATH "/etc/muster/muster.yaml"

enum {
    CONFIG_SECRET_BYTES_MIN = 16, /* `secret` and people's tokens */
    CONFIG_GATEWAYS_MAX = 64,
    CONFIG_SENDERS_MAX = 64, /* of one gateway: LEDGER_SENDERS_MAX */
    CONFIG_PEOPLE_MAX = 10000,
    CONFIG_PERSON_GROUPS_MAX = 64, /* MEMBER_GROUPS_MAX */
    CONFIG_PROXIES_MAX = 64,
    CONFIG_WORDS_MAX = 100,
    CONFIG_TEXT_BYTES_MAX = 4096, /* of any one value */
};

enum config_role { CONFIG_DISPATCH = 1, CONFIG_WEB = 2, CONFIG_RELEASE = 4 };
enum config_person_role { CONFIG_ORGANISER, CONFIG_VOLUNTEER, CONFIG_OWNER };

struct gateway_pair;

struct config_gateway {
    const char *name; /* [a-z0-9_-], stands in URLs and keys */
    const char *provider;
    const char *channel;  /* "sms" | "whatsapp" */
    const char *base_url; /* "" = the provider's own; no trailing slash */
    const struct gateway_pair *account;
    size_t account_count;
    const char *const *senders;
    size_t sender_count;      /* at least 1 */
    double rate_per_s;        /* over any sliding second */
    double sender_rate_per_s; /* 0 = no limit of its own */
    int queue_max_s; /* of work that the provider may have taken and not passed on; 0 = any */
    int in_flight_max;
    int connect_ms;
    int response_ms;
    bool http2;
    const char *ca_file; /* "" = the system's */
    const char *country; /* of numbers without plus that come from there: "GB" */
    const char *group;   /* inbox group for people whom no campaign knows; never "" */
    bool group_is_own;   /* it was said, so the gateway is that group's */
    struct price price;
    const char *place; /* of the entry ("muster.yaml:44:3"), for errors that are found later */
};

struct config_person {
    const char *name;
    enum config_person_role role;
    const char *const *groups; /* none of an owner; of others 1…CONFIG_PERSON_GROUPS_MAX */
    size_t group_count;
    const char *token; /* secret */
};

struct config {
    const char *path; /* of the file itself */
    const char *listen;
    const char *socket; /* "" = none */
    const char *public_url;
    const struct net_range *proxies; /* whose X-Forwarded-For is believed */
    size_t proxy_count;
    const char *state_dir;
    const char *providers;
    unsigned roles; /* enum config_role, or-ed */
    const char *instance;
    const char *secret;
    enum log_level log_level;
    struct {
        const char *url, *prefix;
        const char *ca_file, *cert_file, *key_file;
        const char *sentinel_user, *sentinel_password;
        int replicas_min, replicas_ms;
        bool unsafe;
    } redis;
    struct {
        const char *kind; /* "redis" | "kafka" */
        int lease_s;
        struct kafka_config kafka; /* without client_id */
        const char *kafka_topic_prefix;
        int kafka_partitions, kafka_replicas;
    } queue;
    struct {
        int bytes_max, records_max;
    } spool;
    struct {
        int bytes_max, keep_days; /* [days] 0 = for ever */
        const char *kafka;        /* "off" | "copy" | "wait" */
    } journal;
    struct {
        const char *name, *stop_confirmation, *help_answer, *country, *hours, *needs_consent, *zone,
            *month_budget;
        struct config_words {
            const char *const *words;
            size_t count;
        } stop_words, start_words, help_words; /* besides those that are known anyway */
        const char *kind, *imprint, *picture, *pledge_gateway, *us_campaign, *us_verify,
            *india_entity;
        struct config_words domains, countries;
        int pause_account_refusals, pause_failed_percent, pause_filtered_percent, pause_of_receipts;
    } organisation;
    struct {
        const char *date, *country, *zone, *opens, *closes; /* date "" = none is known */
    } election;
    struct {
        bool two_people;
        int above; /* people */
    } approval;
    struct {
        int above, minutes;
        const char *size; /* core/canary.h */
        int then;         /* enum canary_then */
        double receipts_percent, failed_percent, stops_percent;
    } canary;
    struct {
        int people, receipts_minutes;
        double stops_percent, stops_warn_percent, failed_percent, failed_warn_percent;
        double unanswered_times;
    } brake;
    struct {
        int strangers_max, stranger_per_hour; /* of struct inbox_bounds */
        int target_minutes;                   /* in so long people are to be answered */
        int keep_days;                        /* [days] 0 = for ever */
    } inbox;
    struct {
        int streams_max; /* clients that are told at once */
        /* where webhooks out may lead besides the internet */
        const struct net_range *webhook_hosts;
        size_t webhook_host_count;
    } events;
    struct {
        const char *day, *week; /* config_cap */
    } cap;
    struct {
        int late_minutes;
    } schedules;
    struct {
        double reach_km, twin_reach_km, marginal_km, close_km, likely_km, day_km, empty_km;
        int days, least_minutes, texts_per_place;
        bool miles, automatic;
        struct config_words automatic_groups; /* none: all */
        const char *answer_text;              /* core/near_text.h */
    } near;                                   /* config_near */
    struct {
        int upload_max_mb; /* [MB] */
        int visitor_per_s;
    } web;
    struct {
        int conversations_days, campaigns_days, audiences_days, consent_days,
            pledges_days; /* [days] 0 = for ever */
    } keep;
    const struct config_gateway *gateways;
    size_t gateway_count;
    const struct config_person *people;
    size_t person_count;
};

/* Everything in *ret is borrowed from it until config_free. ERR_SYNTAX, ERR_INVALID, ERR_LIMIT, or
 * -errno when the file cannot be read. */
int config_load(const char *path, const struct config **ret, struct err *e) MUST_USE;
/* The same from memory; `name` is what errors call it. */
int config_parse(struct slice text, const char *name, const struct config **ret,
                 struct err *e) MUST_USE;
void config_free(const struct config *c); /* NULL is fine */
struct cap config_cap(const struct config *c);
struct near_rules config_near(const struct config *c);
