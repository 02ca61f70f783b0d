"""musterd is killed at random moments, or stopped for longer than its lease."""
import signal
import time

from faults import (ARGS, OPEN_MAX, blast, check_silent, close_books, finish, goes_on, lasting, launch_named, part_of, sent_since,
                    some_time, start)
from house import until

ZOMBIE_LEASE_S = 5  # the least


def kill_9_of_musterd(house):
    """In one blast after another, as many as it takes: how many people get their text between two kills is the machine's business."""
    people, kills, blasts = max(2000, ARGS.kills * 100), 0, 0
    sink = house.sink(latency_s=0.02)
    daemon = start(house, "one", sink)
    house.import_people(people)
    while kills < ARGS.kills:
        blasts, before = blasts + 1, kills
        campaign = launch_named(house, f"Blast {blasts}")
        while kills < ARGS.kills and house.status(campaign) != "done":
            some_time(0.0, 0.3)
            daemon.kill()
            kills += 1
            house.counts(campaign)
            daemon.restart()
        finish(house, campaign, people, 500)
        close_books(house, "kill -9 of musterd", kills - before, campaign, part_of(sink, f"Blast {blasts}"), people, (kills - before) * OPEN_MAX)


def one_of_three_dispatchers_is_killed(house):
    people, kills = 1500 + 3000 * ARGS.rounds, 3 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    daemons = [start(house, name, sink) for name in ("one", "two", "three")]
    campaign = blast(house, people)
    for n in lasting(house, campaign, kills):
        goes_on(house, campaign, sink, 100)
        some_time(0.0, 0.5)
        victim = daemons[n % 3]
        victim.kill()
        house.counts(campaign)
        if n < kills:  # the last one stays dead
            some_time(0.0, 0.5)
            victim.restart()
    house.daemon = next(d for d in daemons if d.process.poll() is None)
    finish(house, campaign, people, 500)
    close_books(house, "kill -9 of one of three dispatchers", kills, campaign, sink, people, kills * OPEN_MAX)


def zombies(house, fault, **queue):
    """Stopped for longer than its lease while it has batches; comes back when another has taken them over."""
    rounds, rate = 2 * ARGS.rounds, 200
    people = 2500 * rounds
    sink = house.sink(latency_s=0.2)
    queue = dict({"lease_s": ZOMBIE_LEASE_S}, **queue)
    zombie = start(house, "zombie", sink, rate, queue=queue)
    house.daemon = start(house, "other", sink, rate, queue=queue)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, rounds):
        until(lambda: sent_since(sink, zombie, time.time() - 1) > 20, "the zombie to be sending")
        some_time(0.0, 0.5)
        before = house.counts(campaign)["unknown"]
        zombie.process.send_signal(signal.SIGSTOP)
        until(lambda: house.counts(campaign)["unknown"] > before, "what it had in flight to be unknown")
        some_time(0.0, 1.0)
        states, back = house.people(campaign), time.time()
        zombie.process.send_signal(signal.SIGCONT)
        goes_on(house, campaign, sink, 2 * rate)
        check_silent(sink, zombie, states, back)
    finish(house, campaign, people, rate)
    close_books(house, fault, rounds, campaign, sink, people, rounds * OPEN_MAX)


def zombies_over_redis(house):
    zombies(house, "SIGSTOP beyond the lease, SIGCONT")


FAULTS = (kill_9_of_musterd, one_of_three_dispatchers_is_killed, zombies_over_redis)
