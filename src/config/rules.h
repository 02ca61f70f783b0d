#pragma once
/* What a value must look like, one rule a kind: NULL when it does, else what was expected, to stand
 * after "must be". */

const char *rule_given(const char *s); /* not empty */
const char *rule_listen(const char *s);
const char *rule_socket(const char *s);
const char *rule_url(const char *s);
const char *rule_base_url(const char *s); /* rule_url, or empty */
const char *rule_redis_url(const char *s);
const char *rule_password(const char *s); /* any; it is not shown */
const char *rule_redis_prefix(const char *s);
const char *rule_secret(const char *s);
const char *rule_name(const char *s);  /* of a gateway, a provider: stands in URLs and keys */
const char *rule_group(const char *s); /* stands in keys */
const char *rule_instance(const char *s);
const char *rule_topic(const char *s);
const char *rule_country(const char *s);
const char *rule_numbers_country(const char *s); /* one that the numbering plan knows */
const char *rule_hours(const char *s);
const char *rule_canary(const char *s);
const char *rule_cap(const char *s);
const char *rule_consent(const char *s);
const char *rule_currency(const char *s);
const char *rule_zone(const char *s);   /* of tzdata, or empty */
const char *rule_budget(const char *s); /* core/money.h, or empty */
const char *rule_answer(const char *s);
const char *rule_sender(const char *s);
const char *rule_date(const char *s);   /* "" or a day */
const char *rule_clock(const char *s);  /* a time of the day */
const char *rule_domain(const char *s); /* of links, without a scheme */
