#pragma once
/* What has a shape of its own in the configuration: lists, and mappings whose keys are the user's.
 * Each is the reader of one row (keys.h). */
#include "keys.h"

/* lists.c */
config_key_reader read_proxies, read_roles, read_kafka_settings, read_webhook_hosts;
config_key_reader read_domains, read_countries;
config_key_reader read_group_names;
config_key_reader read_stop_words, read_start_words, read_help_words;

/* gateways.c */
config_key_reader read_gateways;
config_key_reader read_account, read_senders, read_gateway_country, read_gateway_group;
config_key_reader read_price_default, read_price_by_country;

/* people.c */
config_key_reader read_people, read_person_group, read_person_groups;
