/* The configuration: what is read, what stands for an absent key, and the exact words for each
 * mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "config/config.h"
#include "gateway/gateway.h"

#define SECRET              "secret: 0123456789abcdef\n"
#define GATEWAY             SECRET "gateways:\n  g:\n    provider: kannel\n    senders: [\"+447700900000\"]\n"
#define PERSON(name, token) "  - {name: " name ", role: volunteer, token: " token "}\n"

static const struct config *parsed(const char *text)
{
    const struct config *c = NULL;
    struct err e = {0};
    int code = config_parse(slice_of(text), "m.yaml", &c, &e);
    if (code) fail_msg("%s", e.text);
    return c;
}

static void assert_refused(const char *text, const char *message)
{
    const struct config *c = NULL;
    struct err e = {0};
    int code = config_parse(slice_of(text), "m.yaml", &c, &e);
    assert_string_equal(e.text, message);
    assert_true(code < 0);
    assert_int_equal(code, e.code);
    assert_null(c);
}

static void test_defaults(void **state)
{
    (void)state;
    const struct config *c = parsed(SECRET);
    assert_string_equal(c->path, "m.yaml");
    assert_string_equal(c->listen, "127.0.0.1:8080");
    assert_int_equal(c->roles, CONFIG_DISPATCH | CONFIG_WEB | CONFIG_RELEASE);
    assert_string_equal(c->secret, "0123456789abcdef");
    assert_int_equal(c->log_level, LOG_LEVEL_INFO);
    assert_non_null(strstr(c->instance, ":/run/muster/muster.sock"));
    assert_string_equal(c->redis.prefix, "muster:");
    assert_false(c->redis.unsafe);
    assert_string_equal(c->queue.kind, "redis");
    assert_null(c->queue.kafka.settings[0]);
    assert_int_equal(c->gateway_count, 0);
    assert_int_equal(c->person_count, 0);
    config_free(c);
}

static void test_proxies(void **state)
{
    (void)state;
    const struct config *c = parsed(SECRET);
    struct net_address local, other;
    assert_true(net_address_read(SLICE_LIT("127.0.0.1"), &local));
    assert_true(net_address_read(SLICE_LIT("10.1.2.3"), &other));
    assert_int_equal(c->proxy_count, 2);
    assert_true(net_range_has(&c->proxies[0], &local));
    assert_false(net_range_has(&c->proxies[0], &other));
    config_free(c);
    c = parsed(SECRET "trusted_proxies: [10.0.0.0/8]\n");
    assert_int_equal(c->proxy_count, 1);
    assert_true(net_range_has(&c->proxies[0], &other));
    config_free(c);
    c = parsed(SECRET "trusted_proxies: []\n");
    assert_int_equal(c->proxy_count, 0);
    config_free(c);
    assert_refused(SECRET "trusted_proxies: [proxy.example]\n",
                   "m.yaml:2:19: trusted_proxies: must be an address or a range such as "
                   "10.0.0.0/8, not 'proxy.example'");
}

static const struct config_gateway *the_gateway(const struct config *c)
{
    assert_int_equal(c->gateway_count, 1);
    return &c->gateways[0];
}

static void test_the_country_of_a_gateway(void **state)
{
    (void)state;
    const struct config *c = parsed(GATEWAY "organisation: {country: MX}\n");
    assert_string_equal(the_gateway(c)->country, "MX");
    config_free(c);
    c = parsed(GATEWAY "    country: IE\norganisation: {country: MX}\n");
    assert_string_equal(the_gateway(c)->country, "IE");
    config_free(c);
}

static const char *account_value(const struct config_gateway *g, const char *key)
{
    for (size_t i = 0; i < g->account_count; i++)
        if (strcmp(g->account[i].key, key) == 0) return g->account[i].value;
    return NULL;
}

static void test_gateway(void **state)
{
    (void)state;
    const struct config *c =
        parsed(GATEWAY "    rate_per_s: 0.5\n    account: {username: u, password: p}\n"
                       "    price: {currency: EUR, default: 0.04, by_country: {IE: 0.07}}\n");
    const struct config_gateway *g = the_gateway(c);
    assert_string_equal(g->name, "g");
    assert_string_equal(g->country, "GB");
    assert_string_equal(g->senders[0], "+447700900000");
    assert_string_equal(g->channel, "sms");
    assert_string_equal(g->group, "main");
    assert_true(g->rate_per_s == 0.5);
    assert_int_equal(g->queue_max_s, 300);
    assert_int_equal(g->in_flight_max, 64);
    assert_string_equal(g->place, "m.yaml:3:3");
    assert_string_equal(account_value(g, "password"), "p");
    assert_null(account_value(g, "pass"));
    assert_string_equal(g->price.currency, "EUR");
    assert_int_equal(price_of(&g->price, "IE"), 70000);
    assert_int_equal(price_of(&g->price, "GB"), 40000);
    config_free(c);
}

static void test_people_belong_to_groups(void **state)
{
    (void)state;
    const struct config *c = parsed(
        SECRET "people:\n  - {name: A, role: organiser, group: north, token: aaaaaaaaaaaaaaaa}\n"
               "  - {name: B, role: volunteer, groups: [north, south], token: bbbbbbbbbbbbbbbb}\n"
               "  - {name: C, role: volunteer, token: cccccccccccccccc}\n"
               "  - {name: D, role: owner, token: dddddddddddddddd}\n");
    assert_int_equal(c->people[0].role, CONFIG_ORGANISER);
    assert_int_equal(c->people[0].group_count, 1);
    assert_string_equal(c->people[0].groups[0], "north");
    assert_int_equal(c->people[1].group_count, 2);
    assert_string_equal(c->people[1].groups[1], "south");
    assert_int_equal(c->people[2].group_count, 1);
    assert_string_equal(c->people[2].groups[0], "main");
    assert_int_equal(c->people[3].role, CONFIG_OWNER);
    assert_int_equal(c->people[3].group_count, 0);
    config_free(c);
}

static void test_people_and_kafka(void **state)
{
    (void)state;
    const struct config *c =
        parsed(SECRET "people:\n  - {name: Sam, role: organiser, token: aaaaaaaaaaaaaaaa}\n"
                      "  - {name: Alex, role: volunteer, group: north, token: bbbbbbbbbbbbbbbb}\n"
                      "queue:\n  kind: kafka\n  kafka: {brokers: \"k:9092\", settings: "
                      "{security.protocol: ssl}}\n"
                      "roles: [web]\ninstance: one\n");
    assert_int_equal(c->person_count, 2);
    assert_int_equal(c->people[0].role, CONFIG_OWNER); /* as always: an organiser of no group */
    assert_int_equal(c->people[0].group_count, 0);
    assert_int_equal(c->people[1].role, CONFIG_VOLUNTEER);
    assert_int_equal(c->people[1].group_count, 1);
    assert_string_equal(c->people[1].groups[0], "north");
    assert_string_equal(c->queue.kafka.settings[0], "security.protocol=ssl");
    assert_null(c->queue.kafka.settings[1]);
    assert_int_equal(c->roles, CONFIG_WEB);
    assert_string_equal(c->instance, "one");
    config_free(c);
}

/* The documented file is the file of defaults: what it says must be what an absent key gives. */
static void assert_same_settings(const struct config *a, const struct config *b)
{
    assert_string_equal(a->listen, b->listen);
    assert_string_equal(a->socket, b->socket);
    assert_string_equal(a->public_url, b->public_url);
    assert_string_equal(a->state_dir, b->state_dir);
    assert_string_equal(a->providers, b->providers);
    assert_string_equal(a->instance, b->instance);
    assert_int_equal(a->roles, b->roles);
    assert_int_equal(a->log_level, b->log_level);
    assert_string_equal(a->redis.url, b->redis.url);
    assert_string_equal(a->redis.prefix, b->redis.prefix);
    assert_int_equal(a->redis.unsafe, b->redis.unsafe);
    assert_string_equal(a->queue.kind, b->queue.kind);
    assert_int_equal(a->queue.lease_s, b->queue.lease_s);
    assert_string_equal(a->queue.kafka.brokers, b->queue.kafka.brokers);
    assert_string_equal(a->queue.kafka_topic_prefix, b->queue.kafka_topic_prefix);
    assert_int_equal(a->queue.kafka_partitions, b->queue.kafka_partitions);
    assert_int_equal(a->queue.kafka_replicas, b->queue.kafka_replicas);
    assert_string_equal(a->queue.kafka.sasl, b->queue.kafka.sasl);
    assert_int_equal(a->spool.bytes_max, b->spool.bytes_max);
    assert_int_equal(a->spool.records_max, b->spool.records_max);
    assert_int_equal(a->web.upload_max_mb, b->web.upload_max_mb);
    assert_int_equal(a->web.visitor_per_s, b->web.visitor_per_s);
    assert_string_equal(a->organisation.name, b->organisation.name);
    assert_string_equal(a->organisation.stop_confirmation, b->organisation.stop_confirmation);
    assert_string_equal(a->organisation.help_answer, b->organisation.help_answer);
    assert_string_equal(a->organisation.country, b->organisation.country);
    assert_string_equal(a->organisation.hours, b->organisation.hours);
    assert_int_equal(a->organisation.pause_failed_percent, b->organisation.pause_failed_percent);
    assert_int_equal(a->organisation.pause_filtered_percent,
                     b->organisation.pause_filtered_percent);
    assert_int_equal(a->organisation.pause_of_receipts, b->organisation.pause_of_receipts);
}

static void assert_same_gateway(const struct config_gateway *a, const struct config_gateway *b)
{
    assert_string_equal(a->channel, b->channel);
    assert_string_equal(a->base_url, b->base_url);
    assert_true(a->rate_per_s == b->rate_per_s);
    assert_true(a->sender_rate_per_s == b->sender_rate_per_s);
    assert_int_equal(a->queue_max_s, b->queue_max_s);
    assert_int_equal(a->in_flight_max, b->in_flight_max);
    assert_int_equal(a->connect_ms, b->connect_ms);
    assert_int_equal(a->response_ms, b->response_ms);
    assert_int_equal(a->http2, b->http2);
    assert_string_equal(a->ca_file, b->ca_file);
    assert_string_equal(a->group, b->group);
    assert_string_equal(a->price.currency, b->price.currency);
}

static void test_the_documented_file_is_the_defaults(void **state)
{
    (void)state;
    char folder[] = "/tmp/muster-config.XXXXXX", secret[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(secret, sizeof secret, "%s/secret", folder);
    FILE *f = fopen(secret, "w");
    assert_non_null(f);
    assert_true(fputs("0123456789abcdef\n", f) >= 0 && fclose(f) == 0);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    const struct config *file = NULL;
    struct err e = {0};
    if (config_load(MUSTER_CONF, &file, &e)) fail_msg("%s", e.text);
    const struct config *bare = parsed(GATEWAY);
    assert_same_settings(file, bare);
    assert_int_equal(file->gateway_count, 1);
    assert_same_gateway(&file->gateways[0], &bare->gateways[0]);
    assert_string_equal(account_value(&file->gateways[0], "password"), "change-me");
    (void)unlink(secret);
    (void)rmdir(folder);
    config_free(bare);
    config_free(file);
}

/* Writes `text` into a file of its own; *path is a mkstemp pattern. */
static void write_file(char *path, const char *text)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

static void test_secret_from_file_and_credential(void **state)
{
    (void)state;
    char path[] = "/tmp/muster-config-XXXXXX", text[256];
    write_file(path, "fedcba9876543210\nsecond line\n");
    snprintf(text, sizeof text, "secret: file:%s\n", path);
    const struct config *c = parsed(text);
    assert_string_equal(c->secret, "fedcba9876543210");
    config_free(c);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/tmp", 1), 0);
    snprintf(text, sizeof text, "secret: credential:%s\n", path + strlen("/tmp/"));
    c = parsed(text);
    assert_string_equal(c->secret, "fedcba9876543210");
    config_free(c);
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    assert_int_equal(unlink(path), 0);
}

static void test_variables_inside_a_value(void **state)
{
    (void)state;
    assert_int_equal(setenv("T_PW", "p${w", 1), 0);
    const struct config *c = parsed(SECRET "redis: {url: \"redis://:${T_PW}@${T_PW}/0\"}\n");
    assert_string_equal(c->redis.url, "redis://:p${w@p${w/0");
    config_free(c);
}

static void test_secrets_are_not_printed(void **state)
{
    (void)state;
    assert_int_equal(setenv("T_SHORT", "hush", 1), 0);
    assert_refused("secret: ${T_SHORT}\n",
                   "m.yaml:1:9: secret: must be at least 16 characters (try: openssl "
                   "rand -hex 32)");
    assert_refused("secret: short\n",
                   "m.yaml:1:9: secret: must be at least 16 characters (try: openssl rand "
                   "-hex 32)");
    assert_refused(
        SECRET "listen: ${T_SHORT}\n",
        "m.yaml:2:9: listen: must be host:port, [::1]:port, :port (all addresses) or unix:/path");
}

struct bad {
    const char *text, *message;
};

static const struct bad bad_secrets[] = {
    {"", "m.yaml: the file is empty; start from conf/muster.yaml"},
    {"listen: :1\n", "m.yaml:1:1: 'secret' is missing; add it (muster.yaml explains every key)"},
    {"secret: ${NO_SUCH_VARIABLE}\n",
     "m.yaml:1:9: secret: the environment variable NO_SUCH_VARIABLE is not "
     "set; set it, or use file:/path"},
    {"secret: ${T_EMPTY}\n",
     "m.yaml:1:9: secret: the environment variable T_EMPTY is empty; set it, or use "
     "file:/path"},
    {"secret: ${9}\n",
     "m.yaml:1:9: secret: \"${\" wants a variable's name and \"}\", e.g. ${MUSTER_SECRET}"},
    {"secret: ${A\n",
     "m.yaml:1:9: secret: \"${\" wants a variable's name and \"}\", e.g. ${MUSTER_SECRET}"},
    {"secret: file:/no/such/file\n",
     "m.yaml:1:9: secret: /no/such/file cannot be read: No such file or directory: see that its "
     "name and its folder are right"},
    {"secret: file:/tmp\n",
     "m.yaml:1:9: secret: /tmp cannot be read: Is a directory: name a file in it"},
    {"secret: file:/dev/null\n",
     "m.yaml:1:9: secret: the first line of /dev/null is empty; put the value there"},
    {"secret: file:here\n",
     "m.yaml:1:9: secret: file: wants an absolute path, e.g. file:/etc/muster/secret"},
    {"secret: credential:../x\n",
     "m.yaml:1:9: secret: credential: wants a plain name, e.g. credential:secret"},
    {"secret: credential:x\n", "m.yaml:1:9: secret: there are no systemd credentials here "
                               "($CREDENTIALS_DIRECTORY is not set); run under "
                               "systemd with LoadCredential=x:/path, or use file:/path"},
    {"secret: []\n", "m.yaml:1:9: secret: must be a text"},
    {"secret:\n", "m.yaml:1:1: 'secret' is missing; add it (muster.yaml explains every key)"},
};

static const struct bad bad_tops[] = {
    {"- a\n", "m.yaml:1:1: expected a mapping (key: value lines), not a list"},
    {SECRET "lisen: x\n", "m.yaml:2:1: unknown key 'lisen'; did you mean 'listen'?"},
    {SECRET "listen: 8080\n", "m.yaml:2:9: listen: must be host:port, [::1]:port, :port (all "
                              "addresses) or unix:/path, not '8080'"},
    {SECRET "listen: ::1:80\n", "m.yaml:2:9: listen: must be host:port, [::1]:port, :port (all "
                                "addresses) or unix:/path, not '::1:80'"},
    {SECRET "listen: h:65536\n", "m.yaml:2:9: listen: must be host:port, [::1]:port, :port (all "
                                 "addresses) or unix:/path, not 'h:65536'"},
    {SECRET "socket: here\n",
     "m.yaml:2:9: socket: must be an absolute path (\"\" = no socket), not 'here'"},
    {SECRET "public_url: http://a/\n",
     "m.yaml:2:13: public_url: must be http://… or https://… without a "
     "trailing slash, \"?\" or \"#\", not 'http://a/'"},
    {SECRET "public_url: example.org\n",
     "m.yaml:2:13: public_url: must be http://… or https://… without a "
     "trailing slash, \"?\" or \"#\", not 'example.org'"},
    {SECRET "state_dir: \"\"\n", "m.yaml:2:12: state_dir: must be given; it is empty, not ''"},
    {SECRET "roles: web\n", "m.yaml:2:8: roles: must be a list, e.g. [one, two]"},
    {SECRET "roles: []\n", "m.yaml:2:8: roles: give at least one of dispatch, web, release"},
    {SECRET "roles: [web, sender]\n",
     "m.yaml:2:14: roles: must be dispatch, web or release, not 'sender'"},
    {SECRET "roles: [web, web, web, web]\n", "m.yaml:2:8: roles: 4 items are too many; at most 3"},
    {SECRET "instance: a b\n",
     "m.yaml:2:11: instance: must be one word of at most 128 bytes, not 'a b'"},
    {SECRET "log_level: loud\n",
     "m.yaml:2:12: log_level: must be error, warn, info or debug, not 'loud'"},
    {SECRET "redis: here\n", "m.yaml:2:8: redis: must be a mapping (key: value)"},
    {SECRET "redis: {url: localhost}\n",
     "m.yaml:2:14: url: must be redis://user:password@host:port/db (rediss:// for TLS), "
     "unix:/path?db=n&password=… or sentinel://host:port,host:port/master/db"},
    {SECRET "redis: {prefix: \"a b\"}\n",
     "m.yaml:2:17: prefix: must be 1 to 32 of letters, digits and :._-{}, not 'a b'"},
    {SECRET "redis: {unsafe: perhaps}\n",
     "m.yaml:2:17: unsafe: must be true or false, not 'perhaps'"},
    {SECRET "queue: {kind: rabbit}\n", "m.yaml:2:15: kind: must be redis or kafka, not 'rabbit'"},
    {SECRET "queue: {kind: kafka}\n", "m.yaml:2:8: queue: queue.kafka.brokers is empty, and "
                                      "queue.kind is kafka or journal.kafka is not "
                                      "off; give host:port"},
    {SECRET "queue: {lease_s: 1}\n",
     "m.yaml:2:18: lease_s: must be a whole number from 5 to 3600, not '1'"},
    {SECRET "queue: {lease_s: [1]}\n",
     "m.yaml:2:18: lease_s: must be a whole number from 5 to 3600, not a list or a mapping"},
    {SECRET "queue: {kind: kafka, kafka: {brokers: \"k:1\", user: u}}\n",
     "m.yaml:2:8: queue: queue.kafka.user has no password; give queue.kafka.password, as "
     "file:/path or ${NAME}"},
    {SECRET "queue: {kind: kafka, kafka: {brokers: \"k:1\", password: p}}\n",
     "m.yaml:2:8: queue: queue.kafka.password is nobody's; give queue.kafka.user, or take it out"},
    {SECRET "queue: {kind: kafka, kafka: {brokers: \"k:1\", ca_file: c}}\n",
     "m.yaml:2:8: queue: queue.kafka.ca_file says nothing without TLS; set queue.kafka.tls: true, "
     "or take it out"},
    {SECRET "queue: {kafka: {sasl: gssapi}}\n",
     "m.yaml:2:23: sasl: must be scram-sha-512, scram-sha-256 or plain, not 'gssapi'"},
    {SECRET "queue: {kafka: {partition: 3}}\n",
     "m.yaml:2:17: unknown key 'partition'; did you mean 'partitions'?"},
    {SECRET "queue: {kafka: {settings: {a: [b]}}}\n", "m.yaml:2:31: settings: must be a text"},
    {SECRET "spool: {bytes_max: 1000}\n",
     "m.yaml:2:20: bytes_max: must be a whole number from 4194304 to 2147483647, not '1000'"},
    {SECRET "spool: {records_max: 0}\n",
     "m.yaml:2:22: records_max: must be a whole number from 1 to 100000000, not '0'"},
    {SECRET "organisation: {stop_words: [\"keine infos\", \"no\"]}\n",
     "m.yaml:2:44: stop_words: 'no' must be no everyday answer: whoever says it would be taken at "
     "their word"},
    {SECRET "organisation: {pledge_gateway: text}\n",
     "m.yaml:2:15: organisation.pledge_gateway: there is no gateway 'text' under `gateways`"},
    {SECRET "organisation: {stop_words: [\"start\"]}\n",
     "m.yaml:2:29: stop_words: 'start' must be a word that does not mean the opposite already"},
    {SECRET "organisation: {help_words: [\"!?\"]}\n",
     "m.yaml:2:29: help_words: '!?' must be 1 to 15 words of letters or digits"},
    {SECRET "organisation: {country: gb}\n",
     "m.yaml:2:25: country: must be two capital letters (ISO 3166), e.g. GB, not 'gb'"},
    {SECRET "organisation: {country: UK}\n", "m.yaml:2:25: country: must be a country with phone "
                                             "numbers (ISO 3166), e.g. GB for the United "
                                             "Kingdom, not 'UK'"},
    {SECRET "organisation: {hours: \"22:00-23:00\"}\n",
     "m.yaml:2:23: hours: must be hours like \"09:00-20:30\" or \"mon-fri 09:00-20:30, sat "
     "10:00-18:00\" (before "
     "08:00 and after 21:00 only with the word agreed), or any, not '22:00-23:00'"},
    {SECRET "organisation: {name: \"\"}\n",
     "m.yaml:2:22: name: must be given; it is empty, not ''"},
};

static const struct bad bad_gateways[] = {
    {SECRET "gateways: [a]\n", "m.yaml:2:11: gateways: must be a mapping (key: value)"},
    {SECRET "gateways: {A: {}}\n",
     "m.yaml:2:12: gateways: must be 1 to 32 of a-z, 0-9, _ and -, not 'A'"},
    {SECRET "gateways: {a: b}\n",
     "m.yaml:2:12: gateways: a must be a mapping with provider, account, senders …"},
    {SECRET "gateways: {a: {senders: [x]}}\n",
     "m.yaml:2:15: 'provider' is missing; add it (muster.yaml explains every key)"},
    {SECRET "gateways: {a: {provider: ../x}}\n",
     "m.yaml:2:26: provider: must be 1 to 32 of a-z, 0-9, _ and -, not '../x'"},
    {SECRET "gateways: {a: {provider: x}}\n",
     "m.yaml:2:15: senders: give at least one number or name that messages come from"},
    {SECRET "gateways: {a: {provider: x, senders: [\"+44 7700 900000\"]}}\n",
     "m.yaml:2:39: senders: must be a number in full, such as +447700900000, without blanks, not "
     "'+44 7700 900000'"},
    {SECRET "gateways: {a: {provider: x, senders: [b, b]}}\n",
     "m.yaml:2:42: senders: 'b' is there twice; remove one"},
    {GATEWAY "    rate_per_s: fast\n",
     "m.yaml:6:17: rate_per_s: must be a number from 0.1 to 100000, not 'fast'"},
    {GATEWAY "    rate_per_s: 0\n",
     "m.yaml:6:17: rate_per_s: must be a number from 0.1 to 100000, not '0'"},
    {GATEWAY "    rate_per_sec: 5\n",
     "m.yaml:6:5: unknown key 'rate_per_sec'; did you mean 'rate_per_s'?"},
    {GATEWAY "    queue_max_s: 86401\n",
     "m.yaml:6:18: queue_max_s: must be a whole number from 0 to 86400, not '86401'"},
    {GATEWAY "    in_flight_max: 1001\n",
     "m.yaml:6:20: in_flight_max: must be a whole number from 1 to 1000, not '1001'"},
    {GATEWAY "    channel: fax\n", "m.yaml:6:14: channel: must be sms or whatsapp, not 'fax'"},
    {GATEWAY "    group: a b\n", "m.yaml:6:12: group: must be 1 to 64 of letters, digits and ._-, "
                                 "other than \"all\" and \"hold\", not 'a b'"},
    {GATEWAY "    account: {password: \"${NO_SUCH_VARIABLE}\"}\n",
     "m.yaml:6:25: account: the environment variable NO_SUCH_VARIABLE is not set; set it, or use "
     "file:/path"},
    {GATEWAY "    price: {currency: pounds}\n",
     "m.yaml:6:23: currency: must be three capital letters (ISO 4217), e.g. GBP, not 'pounds'"},
    {GATEWAY "    price: {by_country: {ireland: 1}}\n",
     "m.yaml:6:26: by_country: a country must be two capital letters (ISO 3166), e.g. GB"},
    {GATEWAY "    price: {by_country: {IE: -1}}\n",
     "m.yaml:6:30: IE: must be a number from 0 to 1000, not '-1'"},
};

static const struct bad bad_people[] = {
    {SECRET "people: {a: b}\n", "m.yaml:2:9: people: must be a list, e.g. [one, two]"},
    {SECRET "people: [Sam]\n",
     "m.yaml:2:10: people: must be entries like {name: Sam, role: volunteer, token: …}"},
    {SECRET "people: [{name: Sam, role: boss}]\n",
     "m.yaml:2:28: role: must be organiser, volunteer or owner, not 'boss'"},
    {SECRET "people: [{name: Sam, role: owner, group: north, token: aaaaaaaaaaaaaaaa}]\n",
     "m.yaml:2:10: people: 'Sam' is an owner, who sees and does everything in every group; take "
     "the group out, or make it role: organiser"},
    {SECRET
     "people: [{name: Sam, role: volunteer, group: a, groups: [b], token: aaaaaaaaaaaaaaaa}]\n",
     "m.yaml:2:57: groups: give 'Sam' either group or groups"},
    {SECRET "people: [{name: Sam, role: volunteer, groups: [b, c, b], token: aaaaaaaaaaaaaaaa}]\n",
     "m.yaml:2:54: groups: 'b' is there twice"},
    {SECRET "people: [{name: Sam, role: volunteer}]\n",
     "m.yaml:2:10: 'token' is missing; add it (muster.yaml explains every key)"},
    {SECRET "people: [{name: Sam, role: volunteer, token: short}]\n",
     "m.yaml:2:46: token: must be at least 16 characters (try: openssl rand -hex 32)"},
    {SECRET "people:\n" PERSON("Sam", "aaaaaaaaaaaaaaaa") PERSON("Sam", "bbbbbbbbbbbbbbbb"),
     "m.yaml:4:5: people: 'Sam' is there twice; names must differ"},
    {SECRET "people:\n" PERSON("Sam", "aaaaaaaaaaaaaaaa") PERSON("Jo", "aaaaaaaaaaaaaaaa"),
     "m.yaml:4:5: people: 'Sam' and 'Jo' have the same token; tokens must differ"},
};

static void refuse_all(const struct bad *bad, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_refused(bad[i].text, bad[i].message);
}

static void test_bad_secrets(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    assert_int_equal(unsetenv("NO_SUCH_VARIABLE"), 0);
    assert_int_equal(setenv("T_EMPTY", "", 1), 0);
    refuse_all(bad_secrets, COUNT_OF(bad_secrets));
}

static void test_bad_tops(void **state)
{
    (void)state;
    refuse_all(bad_tops, COUNT_OF(bad_tops));
}

static void test_bad_gateways(void **state)
{
    (void)state;
    refuse_all(bad_gateways, COUNT_OF(bad_gateways));
}

static void test_bad_people(void **state)
{
    (void)state;
    refuse_all(bad_people, COUNT_OF(bad_people));
}

static void test_values_have_a_ceiling(void **state)
{
    (void)state;
    char text[CONFIG_TEXT_BYTES_MAX + 64];
    int n = snprintf(text, sizeof text, "secret: ");
    memset(text + n, 'x', CONFIG_TEXT_BYTES_MAX + 1);
    text[n + CONFIG_TEXT_BYTES_MAX + 1] = 0;
    assert_refused(text, "m.yaml:1:9: secret: longer than 4096 bytes");
}

/* `head` and so many keys of a mapping that is the user's own. */
static void assert_many_refused(const char *head, int count, const char *message)
{
    struct buf text = BUF_INIT(64 * 1024);
    buf_add_cstr(&text, head);
    for (int i = 0; i < count; i++)
        buf_addf(&text, "      k%d: v\n", i);
    assert_refused(text.p, message);
    buf_done(&text);
}

static void test_mappings_have_a_ceiling(void **state)
{
    (void)state;
    assert_many_refused(GATEWAY "    account:\n", 33,
                        "m.yaml:7:7: account: 33 entries are too many; at most 32");
    assert_many_refused(GATEWAY "    price:\n     by_country:\n", 301,
                        "m.yaml:8:7: by_country: 301 entries are too many; at most 300");
    assert_many_refused(SECRET "queue:\n  kafka:\n    settings:\n", 201,
                        "m.yaml:5:7: settings: 201 entries are too many; at most 200");
    assert_many_refused(SECRET "gateways:\n", 65,
                        "m.yaml:3:7: gateways: 65 entries are too many; at most 64");
}

static void test_a_missing_file_is_named(void **state)
{
    (void)state;
    const struct config *c = NULL;
    struct err e = {0};
    assert_true(config_load("/no/such/muster.yaml", &c, &e) < 0);
    assert_string_equal(e.text, "there is no configuration /no/such/muster.yaml: run this where "
                                "musterd runs, or name another file with --config");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_proxies),
        cmocka_unit_test(test_gateway),
        cmocka_unit_test(test_the_country_of_a_gateway),
        cmocka_unit_test(test_people_belong_to_groups),
        cmocka_unit_test(test_people_and_kafka),
        cmocka_unit_test(test_the_documented_file_is_the_defaults),
        cmocka_unit_test(test_secret_from_file_and_credential),
        cmocka_unit_test(test_variables_inside_a_value),
        cmocka_unit_test(test_secrets_are_not_printed),
        cmocka_unit_test(test_bad_secrets),
        cmocka_unit_test(test_bad_tops),
        cmocka_unit_test(test_bad_gateways),
        cmocka_unit_test(test_bad_people),
        cmocka_unit_test(test_values_have_a_ceiling),
        cmocka_unit_test(test_mappings_have_a_ceiling),
        cmocka_unit_test(test_a_missing_file_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
