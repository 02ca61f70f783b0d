/* What librdkafka says of TLS and logins, in words that name our keys. It has no codes for most of
 * this, so its texts are looked at. */
#include "kafka_impl.h"

struct saying {
    const char *holds; /* of librdkafka's text */
    const char *mend;
    bool is_guess; /* a broker that dies in the middle of it makes the same text */
};

/* The first that holds counts. */
static const struct saying sayings[] = {
    {"certificate could not be verified",
     "its certificate is not of who signs in queue.kafka.ca_file (\"\": the system's), or is of "
     "another name than queue.kafka.brokers says; name the CA that signed it",
     false},
    {"certificate verify failed",
     "its certificate is not of who signs in queue.kafka.ca_file (\"\": the system's), or is of "
     "another name than queue.kafka.brokers says; name the CA that signed it",
     false},
    {"connecting to a PLAINTEXT broker listener",
     "it speaks no TLS at this port; name the port that does, or set queue.kafka.tls: false", true},
    {"connecting to a SSL listener",
     "it wants TLS, or a login, at this port; set queue.kafka.tls: true, or queue.kafka.user",
     true},
    {"unexpected eof while reading",
     "it speaks no TLS at this port; name the port that does, or set queue.kafka.tls: false", true},
    {"wrong version number",
     "it speaks no TLS at this port; name the port that does, or set queue.kafka.tls: false",
     false},
    {"Unsupported SASL mechanism",
     "it does not take this kind of login; set queue.kafka.sasl to one that it has", false},
    {"Authentication failed",
     "it does not let queue.kafka.user in; mend user, password or sasl under queue.kafka", false},
    {"ssl.ca.location",
     "queue.kafka.ca_file cannot be read as certificates; name a PEM file that this user may read",
     false},
};

/* Before 2.6.1 librdkafka says one nonce too many, which Kafka 4 takes for a wrong password. */
static bool is_old_scram(const char *text)
{
    return rd_kafka_version() < 0x02060100 && strstr(text, "SCRAM") &&
           strstr(text, "invalid credentials");
}

const char *kafka_explain(const char *text, bool may_guess)
{
    if (is_old_scram(text))
        return "it does not let queue.kafka.user in; mend user or password under queue.kafka. To "
               "Kafka 4 no SCRAM is right before librdkafka 2.6.1, and this is an older one: take "
               "sasl: plain there, with tls: true";
    for (size_t i = 0; i < COUNT_OF(sayings); i++)
        if (strstr(text, sayings[i].holds) && (may_guess || !sayings[i].is_guess))
            return sayings[i].mend;
    return NULL;
}
