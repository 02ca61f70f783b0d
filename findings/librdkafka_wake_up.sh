#!/usr/bin/env bash
# librdkafka 2.8.0 (of PyPI's confluent-kafka 2.8.0); seen on 28 November 2026. Debian 12's 2.0.2 does the same.
#
# Guess:  rd_kafka_queue_io_event_enable on the main queue of a client that was just made: what librdkafka has to say
#         from then on is written to the file descriptor, so that a poll loop may sleep until then.
# Seen:   it is written when the queue goes from empty to not empty, and a new client's queue need not be empty: with
#         log.queue a warning about a setting is in it before rd_kafka_new returns, and a refused connection a
#         millisecond later. Nothing tells of what is there, nor of what comes behind it: the loop sleeps for ever, with
#         errors and delivery reports in the queue, in this client and in no other.
# For us: "events on a previously empty queue" (rdkafka.h) is meant so. Whoever sets a wake-up looks once by itself, and a
#         timer looks again.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q confluent-kafka==2.8.0
cat >look.py <<'PY'
import ctypes
import glob
import os
import select
import socket
import sys

import confluent_kafka  # loads what the library needs

path, = glob.glob(os.path.join(os.path.dirname(confluent_kafka.__file__), "..", "confluent_kafka.libs", "librdkafka*.so*"))
rk = ctypes.CDLL(path)
for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_queue_get_main"):
    getattr(rk, name).restype = ctypes.c_void_p
rk.rd_kafka_queue_length.restype = ctypes.c_size_t
rk.rd_kafka_version_str.restype = ctypes.c_char_p


def woken(*settings):
    """Nobody listens at the port, so that there is an error to tell of."""
    nobody = socket.socket()
    nobody.bind(("127.0.0.1", 0))
    conf, why = ctypes.c_void_p(rk.rd_kafka_conf_new()), ctypes.create_string_buffer(200)
    for key, value in (("bootstrap.servers", "127.0.0.1:%d" % nobody.getsockname()[1]), ("log.queue", "true"), *settings):
        assert rk.rd_kafka_conf_set(conf, key.encode(), value.encode(), why, 200) == 0, why.value
    client = ctypes.c_void_p(rk.rd_kafka_new(0, conf, why, 200))  # a producer
    rk.rd_kafka_set_log_queue(client, None)
    queue = ctypes.c_void_p(rk.rd_kafka_queue_get_main(client))
    ours, theirs = os.pipe()
    rk.rd_kafka_queue_io_event_enable(queue, theirs, b"1", ctypes.c_size_t(1))
    metadata = ctypes.c_void_p()
    rk.rd_kafka_metadata(client, 0, None, ctypes.byref(metadata), 2000)  # it tries to connect
    told = bool(select.select([ours], [], [], 3)[0])
    return told, rk.rd_kafka_queue_length(queue) > 0


print(rk.rd_kafka_version_str().decode())
print("a setting that is the consumer's: woken %s, something waits %s" % woken(("fetch.wait.max.ms", "300")))
sys.stdout.flush()
os._exit(0)  # the client is still trying
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
wanted="2.8.0
a setting that is the consumer's: woken False, something waits True"
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
