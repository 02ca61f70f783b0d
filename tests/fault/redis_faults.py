"""Redis is killed, loses power, is stopped, or has no room."""
import os
import random
import resource
import signal
import time

from faults import ARGS, OPEN_MAX, blast, close_books, finish, goes_on, lasting, some_time, start, through
from house import REDIS_SERVER, check, until
from proxy import Line, resp_end

STOPPED_S = 7  # over the five seconds that a command may take
REWRITE_US = 5000  # for each key: so that a rewriting takes a while


def kill_9_of_redis(house):
    people = 1500 + ARGS.redis_kills * 300
    sink = house.sink(latency_s=0.02)
    daemon = start(house, "one", sink, 300)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.redis_kills):
        some_time(0.1, 0.8)
        house.kill_redis()
        some_time(0.0, 0.3)
        house.start_redis()
        goes_on(house, campaign, sink)
    finish(house, campaign, people, 300)
    check(daemon.process.poll() is None, "musterd is still the same process")
    close_books(house, "kill -9 of redis-server", ARGS.redis_kills, campaign, sink, people, ARGS.redis_kills * OPEN_MAX)


def append_only_file(house):
    return max(house.folder.glob("appendonlydir/*.incr.aof"), key=lambda path: int(path.name.split(".")[-3]))


def is_written_anew(house):
    info = house.redis("INFO", "persistence")
    return b"aof_rewrites:0" not in info and b"aof_rewrite_in_progress:0" in info


def redis_loses_power(house):
    """What Redis has answered is on the disk. What it has not may be there, in part: the file ends in the middle of a
    command, or of a transaction, of which Redis would do a half at its next start (app/redis_file.h). Here Redis'
    answers stop before that part begins, so nobody was told of it."""
    rounds = max(6, ARGS.redis_kills // 2)
    people = 1000 + rounds * 300
    sink = house.sink(latency_s=0.02)
    line = Line(str(house.folder / "redis.sock"), resp_end)
    start(house, "one", sink, 300, redis=through(line))
    campaign = blast(house, people)
    torn = 0
    for _ in lasting(house, campaign, rounds):
        goes_on(house, campaign, sink, random.randrange(5, 100))
        line.silence("reply")
        file = append_only_file(house)
        answered = file.stat().st_size
        end = time.monotonic() + 5
        while file.stat().st_size == answered and time.monotonic() < end:
            some_time(0.0, 0.02)
        house.kill_redis()
        written = file.stat().st_size
        os.truncate(file, random.randint(answered, written))
        torn += written > answered
        line.lose()
        house.start_redis()
        goes_on(house, campaign, sink)
        until(lambda: is_written_anew(house), "Redis to write its file anew")
    finish(house, campaign, people, 300)
    check(torn > rounds / 2, f"only {torn} of {rounds} had something to lose")
    close_books(house, "Redis loses power, a torn append-only file", rounds, campaign, sink, people, rounds * OPEN_MAX)
    line.stop()


def redis_is_killed_while_it_rewrites(house):
    rounds = max(4, ARGS.redis_kills // 4)
    people = 1000 + rounds * 500
    sink = house.sink(latency_s=0.02)
    start(house, "one", sink, 300)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, rounds):
        goes_on(house, campaign, sink)
        house.redis("CONFIG", "SET", "rdb-key-save-delay", REWRITE_US)
        house.redis("BGREWRITEAOF")
        until(lambda: b"aof_rewrite_in_progress:1" in house.redis("INFO", "persistence"), "the rewriting")
        goes_on(house, campaign, sink, random.randrange(1, 40))
        house.kill_redis()
        house.start_redis()
        goes_on(house, campaign, sink)
    finish(house, campaign, people, 300)
    close_books(house, "kill -9 of redis-server while it rewrites its file", rounds, campaign, sink, people,
                rounds * OPEN_MAX)


def redis_is_stopped_for_a_while(house):
    people = 1000 + 800 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    start(house, "one", sink, 300)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.rounds):
        goes_on(house, campaign, sink, 100)
        some_time(0.0, 0.5)
        house.redis_process.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED_S)
        house.redis_process.send_signal(signal.SIGCONT)
        goes_on(house, campaign, sink)
    finish(house, campaign, people, 300)
    close_books(house, f"Redis stopped for {STOPPED_S} s", ARGS.rounds, campaign, sink, people, ARGS.rounds * OPEN_MAX)


# ---- its disk ----

def fill_disk(house):
    """Redis' append-only file may grow a little more, and then no further."""
    limit_files(house, append_only_file(house).stat().st_size + random.randrange(1, 20000))


def limit_files(house, limit):
    resource.prlimit(house.redis_process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def start_redis_on_a_disk(house, *settings):
    """One that gets an error from a full disk, not a signal."""
    house.kill_redis()
    house.redis_server = ("env", "--ignore-signal=XFSZ", REDIS_SERVER)
    house.start_redis(*settings)


def disk_of_redis_is_full(house):
    """With appendfsync always, Redis ends itself then; it is started again when there is room."""
    people = 1000 + 1000 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    start_redis_on_a_disk(house)
    start(house, "one", sink, 300)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.rounds):
        goes_on(house, campaign, sink, 100)
        fill_disk(house)
        until(lambda: house.redis_process.poll() is not None, "Redis to find the disk full")
        some_time(0.0, 1.0)
        house.redis.close()
        house.start_redis()
        goes_on(house, campaign, sink)
    finish(house, campaign, people, 300)
    close_books(house, "disk of Redis full (appendfsync always)", ARGS.rounds, campaign, sink, people,
                ARGS.rounds * OPEN_MAX)


def disk_of_redis_is_full_for_a_while(house):
    """With appendfsync everysec, Redis stays and refuses every write. (musterd wants to be told that this is unsafe.)"""
    people = 1000 + 1000 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    start_redis_on_a_disk(house, "--appendfsync", "everysec")
    start(house, "one", sink, 300, redis={"url": f"unix:{house.folder}/redis.sock", "unsafe": True})
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.rounds):
        goes_on(house, campaign, sink, 100)
        fill_disk(house)
        until(lambda: refuses_writes(house), "Redis to find the disk full")
        some_time(0.5, 2.0)
        limit_files(house, resource.RLIM_INFINITY)
        until(lambda: not refuses_writes(house), "Redis to find room")
        goes_on(house, campaign, sink)
    finish(house, campaign, people, 300)
    close_books(house, "disk of Redis full (appendfsync everysec)", ARGS.rounds, campaign, sink, people,
                ARGS.rounds * OPEN_MAX)


def refuses_writes(house):
    return b"aof_last_write_status:err" in house.redis("INFO", "persistence")


FAULTS = (kill_9_of_redis, redis_loses_power, redis_is_killed_while_it_rewrites, redis_is_stopped_for_a_while,
          disk_of_redis_is_full, disk_of_redis_is_full_for_a_while)
