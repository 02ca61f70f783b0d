#!/usr/bin/env python3
"""Invented people who pass a share page on from hand to hand, for demos: each opens somebody's link and gets one of their own.

    sample_crowd.py LINK [--people N] [--seed N]

LINK is the first one, as `muster campaign share` says it. Each person asks from an address of their own in 127.0.0.0/8, so the
page has to be on this machine."""

import argparse
import http.client
import random
import re
import urllib.parse

PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
OWN = re.compile(r"/s/([A-Za-z0-9_-]+)/me")


def address(n):
    return f"127.{1 + n // 62500 % 250}.{n // 250 % 250}.{1 + n % 250}"


def ask(at, path, n):
    """Where the page leads to."""
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=10, source_address=(address(n), 0))
    try:
        connection.request("GET", path, headers={"User-Agent": PHONE})
        answer = connection.getresponse()
        answer.read()
        return answer.getheader("Location", "")
    finally:
        connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("link")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    at = urllib.parse.urlsplit(args.link)
    links, rng = [at.path.rsplit("/", 1)[-1]], random.Random(args.seed)
    for n in range(args.people):
        own = OWN.search(ask(at, f"/s/{rng.choice(links)}", n))
        if not own:
            parser.error(f"{args.link} is no share page")
        if rng.random() < 0.4:
            ask(at, f"/s/{own.group(1)}/to/whatsapp", n)
            links.append(own.group(1))
    print(f"{args.people} people have opened the page, and have a link of their own")


if __name__ == "__main__":
    main()
