#!/usr/bin/env python3
"""Faults in a running blast, on the real parts: after each, totals balance, nobody was texted twice, nobody is lost, and
no more are unknown than could be in flight. All of it is one table at the end.

--story musterd|moments|people|redis|lines|kafka|cluster: only those; --only WORDS: faults that are called so; --table FILE: the
table as Markdown; --kills 1000 --redis-kills 100 --kafka-kills 50 for a long evening, or MUSTER_LONG=1 for that of every
fault (then `meson test -t 0`). Of the cluster: --kafka VERSION, --count 30 kills of a broker."""
import sys

import cluster_faults
import faults
import kafka_faults
import line_faults
import moment_faults
import musterd_faults
import people_faults
import redis_faults

sys.exit(faults.main({
    "musterd": musterd_faults.FAULTS,
    "moments": moment_faults.FAULTS,
    "people": people_faults.FAULTS,
    "redis": redis_faults.FAULTS,
    "lines": line_faults.FAULTS,
    "kafka": kafka_faults.FAULTS,
    "cluster": cluster_faults.FAULTS,
}))
