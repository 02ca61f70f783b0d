#pragma once
/* Kafka for tests: librdkafka's mock cluster inside the test's process, or a real Apache Kafka
 * broker on a port and a folder of its own (tests/kafka/broker). Both can go away and come back
 * with their data. */
struct kafka_fixture;

/* One broker, in this process; it answers at once. */
struct kafka_fixture *kafka_fixture_mock(void);
/* Starts `script` and waits until the broker answers. NULL when there is no Java or no Maven (skip
 * the test); any other trouble ends the process with a message. */
struct kafka_fixture *kafka_fixture_real(const char *script);
/* ends the broker, removes its folder; NULL is fine */
void kafka_fixture_free(struct kafka_fixture *f);

const char *kafka_fixture_brokers(const struct kafka_fixture *f); /* host:port; borrowed */
/* The mock cannot create topics by request; a real broker can, and is left to. */
void kafka_fixture_topic(struct kafka_fixture *f, const char *name, int partitions);
/* Ends the broker as a power loss would (SIGKILL); the mock only stops answering. */
void kafka_fixture_kill(struct kafka_fixture *f);
/* Starts it again on the same port and data; returns when it answers. */
void kafka_fixture_restart(struct kafka_fixture *f);
