#include "keys.h"

#include <limits.h>

#include "core/law.h"
#include "core/near_text.h"
#include "core/own_text.h"
#include "core/visitors.h"

#include "rules.h"
#include "sections.h"

enum {
    SPOOL_BYTES_LEAST = 4 << 20,    /* one webhook of the largest size */
    JOURNAL_BYTES_LEAST = 16 << 20, /* several files of half a megabyte */
};

/* The field's type says what the key holds. */
#define KIND_OF(field)                                                                             \
    _Generic(((ROWS_OF *)0)->field,                                                                \
             const char *: KEY_TEXT,                                                               \
             int: KEY_INT,                                                                         \
             double: KEY_NUMBER,                                                                   \
             bool: KEY_BOOL)
#define AT(field)           .kind = KIND_OF(field), .at = offsetof(ROWS_OF, field)
#define ONE_OF(field, list) .kind = KEY_WORD, .at = offsetof(ROWS_OF, field), .words = list
#define ENUM(field, list)   .kind = KEY_ENUM, .at = offsetof(ROWS_OF, field), .words = list
#define OWN(field, how)     .kind = KEY_OWN, .at = offsetof(ROWS_OF, field), .read = how
#define SECTION(rows)       .kind = KEY_SECTION, .keys = rows
#define FROM(least, most)   .min = least, .max = most

static const char *const levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const journal_copies[] = {"off", "copy", "wait", NULL};
static const char *const queue_kinds[] = {"redis", "kafka", NULL};
static const char *const sasl_kinds[] = {"scram-sha-512", "scram-sha-256", "plain", NULL};
static const char *const channels[] = {"sms", "whatsapp", NULL};
static const char *const roles[] = {"organiser", "volunteer", "owner", NULL};

/* ---- one entry of gateways, one of people */

#define ROWS_OF struct config_gateway

static const struct config_key price[] = {
    {"currency", AT(price.currency), .text = "GBP", .rule = rule_currency,
     .help = "what prices are in"},
    {"default", OWN(price, read_price_default), .text = "0", .shape = "number, 0 to 1000",
     .help = "per part (SMS) or message (WhatsApp)"},
    {"by_country", OWN(price, read_price_by_country), .text = "{}", .shape = "country: number",
     .help = "what other countries cost"},
    {.name = NULL},
};

const struct config_key config_gateway_keys[] = {
    {"provider", AT(provider), .rule = rule_name,
     .help = "a file in the folder `providers`, without .yaml"},
    {"channel", ONE_OF(channel, channels), .text = "sms", .help = "what it sends"},
    {"base_url", AT(base_url), .text = "", .rule = rule_base_url,
     .help = "\"\" = the provider's own"},
    {"account", OWN(account, read_account), .text = "{}", .shape = "key: text",
     .help = "the provider's own keys: see its file"},
    {"senders", OWN(senders, read_senders), .shape = "list of 1 to 64 numbers or names",
     .help = "where messages come from; a person always gets the same one"},
    {"rate_per_s", AT(rate_per_s), .number = 20, FROM(0.1, 100000),
     .help = "never more in any sliding second, over all dispatchers together"},
    {"sender_rate_per_s", AT(sender_rate_per_s), .number = 0, FROM(0, 100000),
     .help = "the same per sender; 0 = no limit of its own"},
    {"queue_max_s", AT(queue_max_s), .number = 300, FROM(0, 86400),
     .help = "[s] of work at rate_per_s that the provider may have taken and sent no receipt of; "
             "0 = any"},
    {"in_flight_max", AT(in_flight_max), .number = 64, FROM(1, 1000),
     .help = "requests at the provider at once; a crash leaves at most twice as many unknown"},
    {"connect_ms", AT(connect_ms), .number = 5000, FROM(100, 60000),
     .help = "[ms] a connection may take"},
    {"response_ms", AT(response_ms), .number = 30000, FROM(1000, 300000),
     .help = "[ms] a whole request may take"},
    {"http2", AT(http2), .number = false, .help = "speak HTTP/2 with it"},
    {"ca_file", AT(ca_file), .text = "", .help = "\"\" = the system's certificates"},
    {"country", OWN(country, read_gateway_country), .text = "organisation.country",
     .shape = "country", .help = "of numbers without + that come from there"},
    {"group", OWN(group, read_gateway_group), .text = "", .shape = "name of a group",
     .help = "inbox for people whom no campaign knows; \"\" = main"},
    {"price", SECTION(price), .help = "what messages cost"},
    {.name = NULL},
};

#undef ROWS_OF
#define ROWS_OF struct config_person

const struct config_key config_person_keys[] = {
    {"name", AT(name), .rule = rule_given, .help = "who it is; names must differ"},
    {"role", ENUM(role, roles),
     .help = "owner (everything), organiser (all of their groups; without a group: owner) or "
             "volunteer (the inbox of their groups)"},
    {"group", OWN(groups, read_person_group), .text = "\"\"", .shape = "name of a group",
     .help = "that they belong to; a volunteer without one: main; an owner has none"},
    {"groups", OWN(groups, read_person_groups), .text = "[]", .shape = "list of names of groups",
     .help = "the same, where they are several"},
    {"token", AT(token), .rule = rule_secret, .help = "lets them in; tokens must differ"},
    {.name = NULL},
};

/* ---- the file */

#undef ROWS_OF
#define ROWS_OF struct config

static const struct config_key redis[] = {
    {"url", AT(redis.url), .text = "redis://127.0.0.1:6379/0", .rule = rule_redis_url,
     .help = "where Redis is"},
    {"prefix", AT(redis.prefix), .text = "muster:", .rule = rule_redis_prefix,
     .help = "what every key of Muster in Redis begins with"},
    {"ca_file", AT(redis.ca_file), .text = "",
     .help = "for rediss:// and sentinels://: the CA that signed the servers' certificates; \"\" = "
             "the system's"},
    {"cert_file", AT(redis.cert_file), .text = "",
     .help = "our own certificate, if Redis wants one"},
    {"key_file", AT(redis.key_file), .text = "", .help = "the key of that certificate"},
    {"sentinel_user", AT(redis.sentinel_user), .text = "",
     .help = "user at the sentinels; user and password in the url are those of the servers"},
    {"sentinel_password", AT(redis.sentinel_password), .text = "", .rule = rule_password,
     .help = "password at the sentinels; \"\" = they want none"},
    {"replicas_min", AT(redis.replicas_min), .number = 0, FROM(0, 16),
     .help =
         "a grant, a reply and an opt-out count when so many replicas have them; 0 = the server "
         "alone"},
    {"replicas_ms", AT(redis.replicas_ms), .number = 500, FROM(10, 3000),
     .help = "[ms] how long the replicas may take"},
    {"unsafe", AT(redis.unsafe), .number = false,
     .help = "run although Redis' settings break a promise; for rehearsals only"},
    {.name = NULL},
};

static const struct config_key kafka[] = {
    {"brokers", AT(queue.kafka.brokers), .text = "", .help = "host:port,host:port"},
    {"tls", AT(queue.kafka.tls), .number = false, .help = "speak TLS with them"},
    {"ca_file", AT(queue.kafka.ca_file), .text = "",
     .help = "of who signed their certificates; \"\" = the system's certificates"},
    {"user", AT(queue.kafka.user), .text = "", .help = "to log in with (SASL); \"\" = none"},
    {"password", AT(queue.kafka.password), .text = "", .help = "the user's"},
    {"sasl", ONE_OF(queue.kafka.sasl, sasl_kinds), .text = "scram-sha-512",
     .help = "how to log in; plain shows the password to who listens, unless tls is true"},
    {"topic_prefix", AT(queue.kafka_topic_prefix), .text = "muster.", .rule = rule_topic,
     .help = "of the topics; another one is another group of readers, too"},
    {"partitions", AT(queue.kafka_partitions), .number = 8, FROM(1, 256),
     .help = "of topics that Muster creates"},
    {"replicas", AT(queue.kafka_replicas), .number = 3, FROM(1, 15),
     .help = "of topics that Muster creates, on as many brokers; 1 for rehearsals only"},
    {"settings", OWN(queue.kafka.settings, read_kafka_settings), .text = "{}", .shape = "key: text",
     .help = "further settings of librdkafka"},
    {.name = NULL},
};

static const struct config_key queue[] = {
    {"kind", ONE_OF(queue.kind, queue_kinds), .text = "redis", .help = "what carries the batches"},
    {"lease_s", AT(queue.lease_s), .number = 30, FROM(5, 3600),
     .help = "[s] a dispatcher that is silent this long loses its batches"},
    {"kafka", SECTION(kafka), .help = "used when queue.kind is kafka"},
    {.name = NULL},
};

static const struct config_key spool[] = {
    {"bytes_max", AT(spool.bytes_max), .number = 64 << 20, FROM(SPOOL_BYTES_LEAST, INT_MAX),
     .help = "[bytes] on the disk"},
    {"records_max", AT(spool.records_max), .number = 100000, FROM(1, 100 * 1000 * 1000),
     .help = "webhooks that wait"},
    {.name = NULL},
};

static const struct config_key journal[] = {
    {"bytes_max", AT(journal.bytes_max), .number = 256 << 20, FROM(JOURNAL_BYTES_LEAST, INT_MAX),
     .help = "[bytes] on the disk; the oldest goes, and a restore of an older store would miss it"},
    {"keep_days", AT(journal.keep_days), .number = 35, FROM(0, 36500),
     .help = "[days] older records go; 0 = age takes none away"},
    {"kafka", ONE_OF(journal.kafka, journal_copies), .text = "off",
     .help = "whether it goes to Kafka's topic {topic_prefix}events as well, for when this disk is "
             "lost; wait = nothing is sent, and no STOP is confirmed, before it is there"},
    {.name = NULL},
};

static const struct config_key pause_when[] = {
    {"account_refusals", AT(organisation.pause_account_refusals), .number = 3, FROM(1, 1000),
     .help = "refuse the whole account or text; each costs somebody's message"},
    {"failed_percent", AT(organisation.pause_failed_percent), .number = 50, FROM(0, 100),
     .help = "[%] did not arrive, for any reason; 0 = never for that"},
    {"filtered_percent", AT(organisation.pause_filtered_percent), .number = 20, FROM(0, 100),
     .help = "[%] were taken for spam on the way; 0 = never for that"},
    {"of_receipts", AT(organisation.pause_of_receipts), .number = 50, FROM(1, 1000000),
     .help = "so many receipts have to be there before the percentages count"},
    {.name = NULL},
};

static const struct config_key organisation[] = {
    {"name", AT(organisation.name), .text = "Example Movement", .rule = rule_given,
     .help = "who writes"},
    {"stop_confirmation", AT(organisation.stop_confirmation), .text = OWN_STOPPED_USUAL,
     .rule = rule_answer, .help = "the one confirmation of a STOP, up to 480 bytes; \"\" = none"},
    {"help_answer", AT(organisation.help_answer), .text = OWN_HELP_USUAL, .rule = rule_answer,
     .help = "to HELP or INFO, up to 480 bytes, once a day; \"\" = none"},
    {"stop_words", OWN(organisation.stop_words, read_stop_words), .text = "[]",
     .shape = "list of up to 100 phrases", .help = "further ones that mean STOP"},
    {"start_words", OWN(organisation.start_words, read_start_words), .text = "[]",
     .shape = "list of up to 100 phrases", .help = "further ones that mean START"},
    {"help_words", OWN(organisation.help_words, read_help_words), .text = "[]",
     .shape = "list of up to 100 phrases", .help = "further ones that mean HELP"},
    {"country", AT(organisation.country), .text = "GB", .rule = rule_numbers_country,
     .help = "of numbers written without +"},
    {"hours", AT(organisation.hours), .text = "any", .rule = rule_hours,
     .help = "when people may be texted, by the clock where they are"},
    {"needs_consent", AT(organisation.needs_consent), .text = "no", .rule = rule_consent,
     .help = "what people must have agreed to, of campaigns that say nothing of it: a word of the "
             "lists' "
             "column `consent` (news), yes (to anything), or no"},
    {"zone", AT(organisation.zone), .text = "", .rule = rule_zone,
     .help = "by whose clock a month begins; \"\" = where most people of `country` are"},
    {"month_budget", AT(organisation.month_budget), .text = "", .rule = rule_budget,
     .help = "what all campaigns of a month may cost; those that would cost more pause before; "
             "\"\" = any"},
    {"kind", ONE_OF(organisation.kind, law_kind_names), .text = "",
     .help = "which rules of law hold; \"\" = unsaid, and they only warn"},
    {"domains", OWN(organisation.domains, read_domains), .text = "[]",
     .shape = "list of up to 100 domains", .help = "that links may lead to; [] = any"},
    {"countries", OWN(organisation.countries, read_countries), .text = "[]",
     .shape = "list of countries", .help = "whose people may be texted; [] = all"},
    {"imprint", AT(organisation.imprint), .text = "", .rule = rule_answer,
     .help = "name and postal address of the promoter, as election material shows it"},
    {"picture", AT(organisation.picture), .text = "", .rule = rule_base_url,
     .help = "address (https://…) of the picture that messengers show beside links to your pages, "
             "1200 x 630 and at most 300 kB; \"\" = Muster's own"},
    {"pledge_gateway", AT(organisation.pledge_gateway), .text = "",
     .help =
         "the SMS account that texts who says \"I am coming\", where they have no conversation; a "
         "group may say another; \"\" = the first that their group may use"},
    {"us_campaign", AT(organisation.us_campaign), .text = "",
     .help = "the registered 10DLC campaign that texts to the US go by"},
    {"us_verify", AT(organisation.us_verify), .text = "",
     .help = "Campaign Verify's token, of political organisations that text to the US"},
    {"india_entity", AT(organisation.india_entity), .text = "",
     .help = "the DLT entity that texts to India go by"},
    {"pause_when", SECTION(pause_when),
     .help = "a campaign pauses when so many of a hundred receipts say so"},
    {.name = NULL},
};

static const struct config_key cap[] = {
    {"day", AT(cap.day), .text = "1", .rule = rule_cap,
     .help = "so many campaigns may text one person in any 24 hours"},
    {"week", AT(cap.week), .text = "3", .rule = rule_cap,
     .help = "so many campaigns may text one person in any 7 days"},
    {.name = NULL},
};

static const struct config_key election[] = {
    {"date", AT(election.date), .text = "", .rule = rule_date,
     .help = "polling day; \"\" = none is known"},
    {"country", AT(election.country), .text = "GB", .rule = rule_numbers_country,
     .help = "whose people vote"},
    {"zone", AT(election.zone), .text = "Europe/London", .rule = rule_zone,
     .help = "the time zone of its hours"},
    {"opens", AT(election.opens), .text = "07:00", .rule = rule_clock, .help = "polls open"},
    {"closes", AT(election.closes), .text = "22:00", .rule = rule_clock, .help = "polls close"},
    {.name = NULL},
};

static const struct config_key inbox[] = {
    {"strangers_max", AT(inbox.strangers_max), .number = 10000, FROM(0, 10 * 1000 * 1000),
     .help = "conversations of people whom no campaign knows; more share one"},
    {"stranger_per_hour", AT(inbox.stranger_per_hour), .number = 60, FROM(1, 1000),
     .help = "messages of one of them that are kept in an hour"},
    {"target_minutes", AT(inbox.target_minutes), .number = 20, FROM(1, 100000),
     .help = "[minutes] who waits longer for an answer is overdue"},
    {"keep_days", AT(inbox.keep_days), .number = 90, FROM(0, 36500),
     .help = "[days] such a conversation is kept after its last word; 0 = for ever"},
    {.name = NULL},
};

static const struct config_key approval[] = {
    {"two_people", AT(approval.two_people), .number = true,
     .help = "false: whoever launches launches alone, whatever the size; said aloud at each start"},
    {"above", AT(approval.above), .number = 5000, FROM(0, 1000 * 1000 * 1000),
     .help = "more people, in one launch or in all that one author made alone in 24 hours, wait "
             "until a second person approves"},
    {.name = NULL},
};

static const char *const thens[] = {"look", "rule", NULL};

static const struct config_key canary[] = {
    {"above", AT(canary.above), .number = 20000, FROM(0, 1000 * 1000 * 1000),
     .help =
         "lists of more people begin with a few, where the campaign says nothing; 0 = they do not"},
    {"size", AT(canary.size), .text = "200", .rule = rule_canary,
     .help = "with how many: people, or a share like 1%"},
    {"then", ENUM(canary.then, thens), .text = "rule",
     .help = "look: a person lets the others follow; rule: they follow when what is below holds"},
    {"minutes", AT(canary.minutes), .number = 10, FROM(0, 1440),
     .help = "[minutes] that the few are given to answer"},
    {"receipts_percent", AT(canary.receipts_percent), .number = 90, FROM(0, 100),
     .help = "[%] of them have a receipt by then, or a person has to look; 0 = none are needed"},
    {"failed_percent", AT(canary.failed_percent), .number = 5, FROM(0, 100),
     .help = "[%] of them did not get it: more, and a person has to look"},
    {"stops_percent", AT(canary.stops_percent), .number = 2, FROM(0, 100),
     .help = "[%] of them opted out: more, and a person has to look"},
    {.name = NULL},
};

static const struct config_key brake[] = {
    {"people", AT(brake.people), .number = 500, FROM(100, 1000000),
     .help = "so many people who were texted last are looked at"},
    {"stops_percent", AT(brake.stops_percent), .number = 2, FROM(0, 100),
     .help = "[%] of them opted out: it pauses; 0 = never for that"},
    {"stops_warn_percent", AT(brake.stops_warn_percent), .number = 1, FROM(0, 100),
     .help = "[%] the same: it warns"},
    {"failed_percent", AT(brake.failed_percent), .number = 10, FROM(0, 100),
     .help = "[%] of them did not get it: it pauses; 0 = never for that"},
    {"failed_warn_percent", AT(brake.failed_warn_percent), .number = 6, FROM(0, 100),
     .help = "[%] the same: it warns"},
    {"unanswered_times", AT(brake.unanswered_times), .number = 2, FROM(0, 1000),
     .help = "somebody waits for an answer so many times inbox.target_minutes; 0 = never for that"},
    {"receipts_minutes", AT(brake.receipts_minutes), .number = 10, FROM(0, 1440),
     .help = "[minutes] without a receipt, of an account that sends them; 0 = never for that"},
    {.name = NULL},
};

static const struct config_key events[] = {
    {"streams_max", AT(events.streams_max), .number = 2000, FROM(1, 10000),
     .help = "pages and programs that are told of what happens, at once"},
    {"webhook_hosts", OWN(events.webhook_hosts, read_webhook_hosts), .text = "[]",
     .shape = "list of addresses or ranges",
     .help = "that webhooks out may lead to besides the open internet, also without TLS"},
    {.name = NULL},
};

static const struct config_key keep[] = {
    {"conversations_days", AT(keep.conversations_days), .number = 365, FROM(0, 36500),
     .help = "[days] closed conversations are kept after their last word; 0 = for ever"},
    {"campaigns_days", AT(keep.campaigns_days), .number = 365, FROM(0, 36500),
     .help = "[days] the state of each person in a campaign that is over is kept; its counts stay; "
             "0 = for ever"},
    {"consent_days", AT(keep.consent_days), .number = 0, FROM(0, 36500),
     .help = "[days] what somebody agreed to is kept after the last campaign that came to them; 0 "
             "= for ever"},
    {"audiences_days", AT(keep.audiences_days), .number = 0, FROM(0, 36500),
     .help = "[days] an audience is kept after the last campaign to it is over; 0 = for ever"},
    {"pledges_days", AT(keep.pledges_days), .number = 90, FROM(0, 36500),
     .help = "[days] who came to a session is kept after its end; its counts stay; 0 = for ever"},
    {.name = NULL},
};

static const struct config_key schedules[] = {
    {"late_minutes", AT(schedules.late_minutes), .number = 120, FROM(1, 20160),
     .help = "[minutes] a launch that was missed still happens when it is at most so late"},
    {.name = NULL},
};

static const struct config_key near[] = {
    {"reach_km", AT(near.reach_km), .number = 40, FROM(1, 1000),
     .help = "[km] nobody is sent farther than that"},
    {"twin_reach_km", AT(near.twin_reach_km), .number = 150, FROM(1, 1000),
     .help = "[km] the same for a place that their group adopted"},
    {"marginal_km", AT(near.marginal_km), .number = 30, FROM(0, 1000),
     .help = "[km] a marginal place counts as so much nearer"},
    {"close_km", AT(near.close_km), .number = 15, FROM(0, 1000),
     .help = "[km] a close place counts as so much nearer"},
    {"likely_km", AT(near.likely_km), .number = 5, FROM(0, 1000),
     .help = "[km] a likely place counts as so much nearer"},
    {"day_km", AT(near.day_km), .number = 2, FROM(0, 1000),
     .help = "[km] a session counts as so much farther for each day until it begins"},
    {"empty_km", AT(near.empty_km), .number = 3, FROM(0, 1000),
     .help = "[km] a session to which nobody comes yet counts as so much nearer; less as it fills"},
    {"days", AT(near.days), .number = 14, FROM(1, 366),
     .help = "[days] sessions that begin later are not named"},
    {"least_minutes", AT(near.least_minutes), .number = 60, FROM(0, 1440),
     .help = "[minutes] a session that has begun is still named while so much of it is left"},
    {"texts_per_place", AT(near.texts_per_place), .number = 1, FROM(1, 100),
     .help = "people who are texted about a session, for each of its places"},
    {"miles", AT(near.miles), .number = false, .help = "distances are said in miles"},
    {"automatic", AT(near.automatic), .number = false,
     .help =
         "who texts a postcode and nothing else is answered at once, three times a day at most; "
         "they wait for a person as well"},
    {"automatic_groups", OWN(near.automatic_groups, read_group_names), .text = "[]",
     .shape = "list of names of groups",
     .help = "groups whose people are answered like that; [] = all groups"},
    {"answer_text", AT(near.answer_text), .text = NEAR_TEXT_USUAL, .rule = near_text_rule,
     .help = "to who said where they are: a template over {{where}}, {{place}}, {{when}}, "
             "{{distance}}, {{reasons}}, {{meeting_point}}, {{link}}, {{#automatic}}"},
    {.name = NULL},
};

static const struct config_key web[] = {
    {"upload_max_mb", AT(web.upload_max_mb), .number = 64, FROM(1, 2000),
     .help = "[MB] of a list that is uploaded; eight are on the disk at most"},
    {"visitor_per_s", AT(web.visitor_per_s), .number = VISITORS_PER_S, FROM(1, 100000),
     .help = "[requests/s] of pages for anybody by one address, which many phones may share; 20 "
             "times as many at once; a form counts ten"},
    {.name = NULL},
};

const struct config_key config_keys[] = {
    {"listen", AT(listen), .text = "127.0.0.1:8080", .rule = rule_listen,
     .help = "webhooks, API and pages"},
    {"socket", AT(socket), .text = "/run/muster/muster.sock", .rule = rule_socket,
     .help = "where the client connects; whoever may open this file has the rights of an owner"},
    {"public_url", AT(public_url), .text = "http://127.0.0.1:8080", .rule = rule_url,
     .help = "how the outside reaches us: callbacks and signatures are made over it"},
    {"trusted_proxies", OWN(proxies, read_proxies), .text = "[127.0.0.0/8, \"::1\"]",
     .shape = "list of addresses or ranges", .help = "whose X-Forwarded-For counts"},
    {"state_dir", AT(state_dir), .text = "/var/lib/muster", .rule = rule_given,
     .help = "folder of journal, spool and lock files"},
    {"providers", AT(providers), .text = "/usr/share/muster/providers", .rule = rule_given,
     .help = "folder of the provider descriptions"},
    {"roles", OWN(roles, read_roles), .text = "[dispatch, web, release]",
     .shape = "list of dispatch, web, release", .help = "what this process does"},
    {"instance", AT(instance), .text = "", .rule = rule_instance,
     .help = "its stable name; \"\" = host name and socket (or listen)"},
    {"secret", AT(secret), .rule = rule_secret,
     .help = "signs references and sessions; must stay the same across restarts"},
    {"log_level", ENUM(log_level, levels), .text = "info",
     .help = "numbers and texts appear at no level but debug"},
    {"redis", SECTION(redis), .help = "where everything is kept"},
    {"queue", SECTION(queue), .help = "how batches reach the dispatchers"},
    {"spool", SECTION(spool), .help = "webhooks that Redis could not take"},
    {"schedules", SECTION(schedules), .help = "campaigns that repeat"},
    {"journal", SECTION(journal),
     .help = "what was sent, and every opt-out: for a Redis that has forgotten"},
    {"organisation", SECTION(organisation), .help = "who writes, and when"},
    {"cap", SECTION(cap),
     .help = "how often one person may be texted, by all groups and campaigns together"},
    {"election", SECTION(election), .help = "the poll that texts are held against"},
    {"near", SECTION(near), .help = "which sessions people are told of (docs/NEAREST.md)"},
    {"web", SECTION(web), .help = "what browsers may send and ask"},
    {"approval", SECTION(approval), .help = "when a second person has to agree to a campaign"},
    {"canary", SECTION(canary), .help = "large campaigns begin with a few people"},
    {"brake", SECTION(brake), .help = "when a campaign is paused by itself"},
    {"inbox", SECTION(inbox), .help = "bounds for strangers"},
    {"events", SECTION(events), .help = "what happens, told as it happens"},
    {"keep", SECTION(keep),
     .help = "what has an end; never suppressions, nor when somebody said START"},
    {"gateways", OWN(gateways, read_gateways), .text = "{}", .keys = config_gateway_keys,
     .shape = "name: entry", .help = "accounts that messages leave through"},
    {"people", OWN(people, read_people), .text = "[]", .keys = config_person_keys,
     .shape = "list of entries", .help = "who may sign in: taken over into the store once"},
    {.name = NULL},
};
