"""Kafka's broker is killed, stopped, or has to give out partitions anew; and musterd over Kafka."""
import os
import random
import shutil
import signal
import subprocess

from faults import ARGS, OPEN_MAX, blast, close_books, finish, goes_on, lasting, some_time, start
from house import Skipped, check, equal, until
from musterd_faults import zombies

LEASE_S = 5
SKIPPED = 77  # of tests/kafka/broker: no Java, no Maven
BROKER_STOPPED_S = 8  # over LEASE_S, which is the session's time


class Broker:
    """Apache Kafka; it is killed with its starter, and continues in its folder on its port."""

    def __init__(self, house):
        for tool in ("java", "mvn"):
            if not shutil.which(tool):
                raise Skipped(f"no {tool} here: Kafka cannot be had (apt-get install default-jre-headless maven)")
        self.house, self.folder = house, house.folder / "kafka"
        self.script = os.path.join(ARGS.source, "tests/kafka/broker")
        self.starts = 0
        self.address = self.start()

    def start(self):
        self.starts += 1
        port = self.house.folder / f"kafka.{self.starts}.port"
        process = self.house.spawn("kafka", self.script, "start", "--dir", self.folder, "--port-file", port, "--foreground")

        def there():
            if process.poll() is not None:
                why = (self.house.folder / "kafka.log").read_text(errors="replace").strip()
                if process.returncode == SKIPPED:
                    raise Skipped(why[-300:])
                check(False, f"the broker ended with {process.returncode}: {why[-1500:]}")
            return port.exists()
        until(there, "the broker")
        return "127.0.0.1:" + port.read_text(encoding="utf-8").strip()

    def kill(self):
        subprocess.run([self.script, "stop", "--dir", self.folder, "--kill"], check=True)

    def signal(self, which):
        os.kill(int((self.folder / "pid").read_text(encoding="utf-8")), which)

    def queue(self, **more):
        return dict({"kind": "kafka", "kafka": {"brokers": self.address, "partitions": 4, "replicas": 1}}, **more)


def kill_9_of_kafka(house):
    people, rate = 500 + 1000 * ARGS.kafka_kills, 200
    broker = Broker(house)
    sink = house.sink(latency_s=0.02)
    daemon = start(house, "one", sink, rate, queue=broker.queue(lease_s=LEASE_S))
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.kafka_kills):
        goes_on(house, campaign, sink)
        some_time(0.0, 2.0)
        broker.kill()
        some_time(0.0, 1.0)
        broker.start()
        goes_on(house, campaign, sink)
    finish(house, campaign, people, rate)
    check(daemon.process.poll() is None, "musterd is still the same process")
    close_books(house, "kill -9 of the Kafka broker", ARGS.kafka_kills, campaign, sink, people,
                ARGS.kafka_kills * OPEN_MAX)


def kafka_is_stopped_for_a_while(house):
    """For longer than a member may be silent: all members are gone when it looks at its clock again."""
    people, rate = 1000 + 1500 * ARGS.rounds, 100
    broker = Broker(house)
    sink = house.sink(latency_s=0.02)
    for name in ("one", "two"):
        start(house, name, sink, rate, queue=broker.queue(lease_s=LEASE_S))
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.rounds):
        goes_on(house, campaign, sink)
        broker.signal(signal.SIGSTOP)
        some_time(BROKER_STOPPED_S, BROKER_STOPPED_S + 1)
        broker.signal(signal.SIGCONT)
        goes_on(house, campaign, sink, 2 * rate)
    finish(house, campaign, people, rate)
    close_books(house, f"Kafka stopped for {BROKER_STOPPED_S} s", ARGS.rounds, campaign, sink, people,
                ARGS.rounds * OPEN_MAX)


def kill_9_of_musterd_over_kafka(house):
    people, kills = 500 + 400 * ARGS.kafka_kills, ARGS.kafka_kills
    broker = Broker(house)
    sink = house.sink(latency_s=0.02)
    daemon = start(house, "one", sink, 300, queue=broker.queue(lease_s=LEASE_S))
    campaign = blast(house, people)
    for _ in lasting(house, campaign, kills):
        goes_on(house, campaign, sink)
        some_time(0.0, 1.0)
        daemon.kill()
        daemon.restart()
    finish(house, campaign, people, 300)
    close_books(house, "kill -9 of musterd, over Kafka", kills, campaign, sink, people, kills * OPEN_MAX)


def dispatchers_come_and_go(house):
    """Each coming and going is a rebalance. Who goes in good order leaves nothing unknown; who is killed may."""
    rounds, rate = 4 * ARGS.rounds, 300
    people = 500 + 800 * rounds
    broker = Broker(house)
    sink = house.sink(latency_s=0.02)
    queue = broker.queue(lease_s=LEASE_S)
    start(house, "stays", sink, rate, queue=queue)
    campaign = blast(house, people)
    kills = 0
    for n in lasting(house, campaign, rounds):
        goes_on(house, campaign, sink, 50)
        guest = start(house, f"guest{n}", sink, rate, queue=queue)
        goes_on(house, campaign, sink, random.randrange(50, 400))
        if n % 2:
            equal(guest.stop(), 0, "exit code")
        else:
            guest.kill()
            kills += 1
    finish(house, campaign, people, rate)
    close_books(house, "dispatchers come and go, over Kafka", rounds, campaign, sink, people, kills * OPEN_MAX)


def zombies_over_kafka(house):
    zombies(house, "SIGSTOP beyond the lease, SIGCONT, over Kafka", **Broker(house).queue())


def lease_below_what_the_broker_takes(house):
    """It says so, names the key and the mend."""
    broker = Broker(house)
    settings = broker.folder / "server.properties"
    taken = settings.read_text(encoding="utf-8")
    broker.kill()
    settings.write_text(taken.replace("group.min.session.timeout.ms=500", "group.min.session.timeout.ms=6000"),
                        encoding="utf-8")
    broker.start()
    sink = house.sink(latency_s=0.02)
    daemon = start(house, "one", sink, queue=broker.queue(lease_s=LEASE_S))
    campaign = blast(house, 100)
    until(lambda: "queue.lease_s: 5" in daemon.log(), "the message")
    check("group.min.session.timeout.ms" in daemon.log(), "it names the broker's setting")
    equal(len(sink.requests), 0, "requests")
    until(lambda: house.counts(campaign)["pending"] == 100, "all of them to wait")


FAULTS = (kill_9_of_kafka, kafka_is_stopped_for_a_while, kill_9_of_musterd_over_kafka, dispatchers_come_and_go,
          zombies_over_kafka, lease_below_what_the_broker_takes)
