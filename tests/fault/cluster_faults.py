"""Kafka as people run it, in a running blast: three brokers, every topic on all of them, two of them enough."""
import atexit
import random
import shutil
import socket

from cluster import Cluster
from kafka_node import SKIPPED, Failed as NoKafka
from faults import ARGS, LONG, OPEN_MAX, blast, close_books, goes_on, lasting, some_time, start
from house import Skipped, check, equal, until

LEASE_S = 6
PARTITIONS = 4
TEXTS_PER_FAULT = 2500
RATE = 600
FINISH_S = 120
SLOW_S, QUICK_S = 0.6, 0.02  # how long the gateway takes: so that the blast outlasts the faults, and then ends
CLUSTERS = {}


def cluster(house):
    """One for all faults of a run: it takes a while to start. It is whole again when a fault has been."""
    for tool in ("java", "mvn"):
        if not shutil.which(tool):
            raise Skipped(f"no {tool} here: Kafka cannot be had (apt-get install default-jre-headless maven)")
    if ARGS.kafka not in CLUSTERS:
        try:
            CLUSTERS[ARGS.kafka] = Cluster(ARGS.kafka)
        except NoKafka as problem:
            if problem.code == SKIPPED:
                raise Skipped(str(problem)) from problem
            raise
        atexit.register(CLUSTERS[ARGS.kafka].end)
    CLUSTERS[ARGS.kafka].mend()
    return CLUSTERS[ARGS.kafka]


class World:
    """A blast through the cluster, with topics of its own."""

    def __init__(self, house, fault, rounds, dispatchers=2, **queue):
        self.house, self.fault, self.rounds = house, f"{fault}, Kafka {ARGS.kafka} on three brokers", rounds
        self.kafka = cluster(house)
        self.queue = dict({"brokers": self.kafka.brokers(), "partitions": PARTITIONS}, **queue)
        self.prefix = f"{house.folder.name[-8:]}."
        self.people = 400 + TEXTS_PER_FAULT * rounds
        self.sink = house.sink(latency_s=SLOW_S)
        self.daemons = [self.dispatcher(f"d{n}") for n in range(dispatchers)]
        self.campaign = blast(house, self.people)
        self.kills = 0

    def dispatcher(self, name):
        kafka = dict(self.queue, topic_prefix=self.prefix)
        return start(self.house, name, self.sink, RATE, queue={"kind": "kafka", "lease_s": LEASE_S, "kafka": kafka})

    @property
    def topic(self):
        return self.prefix + "blast"

    def goes_on(self, more=20):
        # Rarely the group forgets partitions of topics that were just made; that is seen and mended in half a minute.
        goes_on(self.house, self.campaign, self.sink, more, patience_s=120)

    def lasting(self):
        for n in lasting(self.house, self.campaign, self.rounds):
            self.goes_on()
            yield n
        self.sink.latency_s = QUICK_S

    def end(self):
        """Everybody ends in one state, and every daemon is the one that was started."""
        self.house.wait_status(self.campaign, "done", patience_s=FINISH_S + self.people / 100)
        for daemon in self.daemons:
            check(daemon.process.poll() is None, f"{daemon.name} is still the same process")
        close_books(self.house, self.fault, self.rounds, self.campaign, self.sink, self.people, self.kills * OPEN_MAX)


def ask(daemon, path):
    """(status, text), as the owner."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(daemon.socket)
        s.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        head, _, body = s.makefile("rb").read().decode().partition("\r\n\r\n")
    return int(head.split()[1]), body


def metric(daemon, name):
    found = [line.split()[-1] for line in ask(daemon, "/metrics")[1].splitlines() if line.startswith(name + " ")]
    return float(found[0]) if found else None


def a_broker_is_killed(house):
    """It goes on while one is dead, whichever it is: a leader, the group's coordinator, the controller."""
    world = World(house, "kill -9 of a broker", ARGS.count)
    for partition in world.kafka.partitions(world.topic):
        equal((len(partition.replicas), len(partition.in_sync)), (3, 3), "replicas of a topic that musterd made")
    for n in world.lasting():
        victim = world.kafka.leader_of(world.topic) if n == 1 else random.randrange(3)
        some_time(0.0, 1.0)
        world.kafka.kill(victim)
        world.goes_on(60)
        some_time(0.0, 1.0)
        world.kafka.start(victim)
        world.goes_on()
        world.kafka.wait_in_sync()
    world.end()


def leaders_move(house):
    world = World(house, "leaders moved", ARGS.rounds)
    for _ in world.lasting():
        before = [p.leader for p in world.kafka.partitions(world.topic)]
        world.kafka.move_leaders(world.topic)
        until(lambda: all(p.leader != was for p, was in zip(world.kafka.partitions(world.topic), before)), "the leaders to move")
        world.goes_on()
    world.end()


def a_rolling_restart(house):
    """Each in turn, in good order, the next when all is whole: as an upgrade is done."""
    world = World(house, "rolling restart", ARGS.rounds)
    for _ in world.lasting():
        for i in range(3):
            world.kafka.stop(i)
            world.goes_on()
            world.kafka.start(i)
            world.kafka.wait_in_sync()
            world.goes_on()
    world.end()


def partitions_are_added(house):
    """What is published from then on uses them, too."""
    world = World(house, "partitions added", ARGS.rounds)
    partitions = PARTITIONS
    for _ in world.lasting():
        partitions *= 2
        world.kafka.topics("--alter", "--topic", world.topic, "--partitions", str(partitions))
        until(lambda: metric(world.daemons[0], "muster_kafka_partitions") == partitions + 2 * PARTITIONS, "musterd to see them")
        world.goes_on()
    world.end()


def dispatchers_come_and_go(house, how="cooperative", **queue):
    """Each coming and going moves partitions. Who goes in good order leaves nothing unknown; who is killed may."""
    world = World(house, f"dispatchers come and go, {how}", 2 * ARGS.rounds, dispatchers=1, **queue)
    for n in world.lasting():
        guest = world.dispatcher(f"guest{n}")
        until(lambda: any(guest.url in r.query["StatusCallback"] for r in list(world.sink.requests)), "the guest to send")
        if n % 2:
            equal(guest.stop(), 0, "exit code")
        else:
            guest.kill()
            world.kills += 1
    world.end()


def eager_dispatchers_come_and_go(house):
    """Where everybody gives everything back whenever somebody comes."""
    dispatchers_come_and_go(house, "eager", settings={"partition.assignment.strategy": "range,roundrobin"})


def all_are_away(house):
    """Killed at once, and back after a while. It says what is wrong, and goes on by itself."""
    world = World(house, "kill -9 of all brokers", ARGS.rounds)
    for _ in world.lasting():
        world.kafka.kill_all()
        for daemon in world.daemons:
            until(lambda d=daemon: "no broker answers" in ask(d, "/readyz")[1], "/readyz to say so")
            equal(ask(daemon, "/readyz")[0], 503, "status of /readyz")
            check("no broker answers" in daemon.log(), "the log says so")
        some_time(0, 2 * LEASE_S)
        world.kafka.start_all()
        for daemon in world.daemons:
            until(lambda d=daemon: ask(d, "/readyz")[0] == 200, "/readyz to be well")
            until(lambda d=daemon: "Kafka is well again" in d.log(), "the log to say so")
        world.goes_on()
    world.end()


def two_are_away(house):
    """Nothing is taken, because one is too few; what was taken is not lost. It says so, and goes on by itself."""
    world = World(house, "kill -9 of two brokers", ARGS.rounds)
    for n in world.lasting():
        first, second = random.sample(range(3), 2)
        world.kafka.kill(first)
        world.kafka.kill(second)
        some_time(0, LEASE_S)
        world.kafka.start(first)
        world.goes_on(60)
        until(lambda: metric(world.daemons[0], "muster_kafka_partitions_short"), "the metrics to tell")
        world.kafka.start(second)
        world.kafka.wait_in_sync()
        until(lambda: metric(world.daemons[0], "muster_kafka_partitions_short") == 0, "the metrics to be well")
        world.goes_on()
    world.end()


FAULTS = (a_broker_is_killed, leaders_move, a_rolling_restart, partitions_are_added, dispatchers_come_and_go,
          two_are_away, all_are_away) + ((eager_dispatchers_come_and_go,) if LONG else ())
