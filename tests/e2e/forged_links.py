#!/usr/bin/env python3
"""Strangers with links that are not theirs: forged, cut, of another kind, spelled otherwise, replayed, and in floods, against /near, the page
that people pass on, and the links of pledges. Each kind of it moves nothing that counts; what is bounded stays within its bound. Prints TAP."""
import base64
import datetime
import http.client
import json
import re
import sys
import urllib.parse

from house import House, check, equal, options, run, until

ARGS = options(people=3)
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TYPED_AT_ONCE, TEXTS_OF_A_NUMBER = 30, 8  # web/public/public.h
KINDS = {"page": "/near/", "offer": "/near/", "pledge": "/pledge/", "share": "/s/"}
# Of each kind of link: what may be done with it, and by which method.
DOORS = {"page": (("", "GET"), ("", "POST"), ("/calendar.ics", "GET")),
         "offer": (("", "GET"), ("", "POST"), ("/calendar.ics", "GET")),
         "pledge": (("", "GET"), ("/leave", "POST"), ("/come", "POST")),
         "share": (("", "GET"), ("/me", "GET"), ("/to/whatsapp", "GET"))}


class Stranger:
    def __init__(self, house):
        self.house = house
        self.daemon = house.daemon
        self.asked = 0

    def ask(self, method, path, form=None, address=None, **headers):
        """Status, Location, page; from an address of its own unless one is said. A connection that is closed without a word is status 0."""
        self.asked += 1
        n = self.asked
        told = {"User-Agent": PHONE, "X-Forwarded-For": address or f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"}
        body = form if isinstance(form, (bytes, type(None))) else urllib.parse.urlencode(form)
        connection = http.client.HTTPConnection(*self.daemon.url.removeprefix("http://").split(":"), timeout=20)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in {**told, **(FORM if body is not None else {}), **headers}.items():
                connection.putheader(name, value)
            if body is not None or method == "POST":
                data = body.encode() if isinstance(body, str) else body or b""
                connection.putheader("Content-Length", str(len(data)))
                connection.endheaders(data)
            else:
                connection.endheaders()
            response = connection.getresponse()
            return response.status, response.headers.get("Location", ""), response.read().decode(errors="replace")
        except http.client.RemoteDisconnected:
            return 0, "", ""
        finally:
            connection.close()


def books(house):
    """All that such a link could move: who comes, room, whom a text offered what, cascades, texts, people; once all that is under way is done."""
    seen = []

    def is_under_way():
        """A text about a pledge that is to be written, waits in the queue, or has left and is not recorded yet."""
        return any(house.redis("EXISTS", f"muster:{key}") for key in ("pledges:untold", "c:0:o", "c:0:b"))

    def still():
        busy = is_under_way()
        seen.append(read_books(house))
        return len(seen) > 1 and seen[-1] == seen[-2] and not busy and seen[-1]
    return until(still, "that nothing is under way", patience_s=20)


def read_books(house):
    found = {}
    for key in house.redis("KEYS", "muster:*"):
        name = key.decode().removeprefix("muster:")
        if not re.match(r"(pledge:|pledgers$|pledges:(untold|from|day)|rooms$|places$|sessions$|c:\d+:near$|c:\d+:links|c:\d+:cascade|c:0|dm:|s:|conv:)", name):
            continue
        kind = house.redis("TYPE", key).decode()
        read = {"hash": ("HGETALL", key), "zset": ("ZRANGE", key, "0", "-1", "WITHSCORES"), "string": ("GET", key)}.get(kind, ("EXISTS", key))
        found[name] = house.redis(*read)
    return found


def same(house, before, what):
    now = books(house)
    moved = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
    check(not moved, f"{what} moved {moved}")


def links(house, stranger):
    """One true link of each kind."""
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=2)
    (house.folder / "places.csv").write_text(
        "place,at,priority,needed,start,end,where,capacity\n" +
        "".join(f'Leeds,"53.8,-1.55",marginal,200,{(start + datetime.timedelta(hours=h)).isoformat()},'
                f"{(start + datetime.timedelta(hours=h + 2)).isoformat()},P{h},50\n" for h in (0, 3)))
    house.muster("place", "import", house.folder / "places.csv")
    (house.folder / "near.csv").write_text("phone,postcode\n" + "".join(f'+4474000000{n:02},"53.8,-1.55"\n' for n in range(ARGS.people)))
    house.muster("audience", "import", house.folder / "near.csv", "--name", "near")
    campaign = house.launch(audience="near", name="near", text="{{#nearest}}{{place}} {{link}}{{/nearest}} Reply STOP to end")
    sink = house.provider
    text = until(lambda: [r.text for r in list(sink.requests) if "/near/" in r.text], "the text")[0]
    said = json.loads(house.muster("campaign", "share", campaign, "--title", "Vote", "--text", "Pass it on", "--json"))
    found = {"offer": re.search(r"/near/([\w-]{23})", text).group(1), "share": said["address"].rsplit("/", 1)[1]}
    page = until(lambda: re.search(r'href="/near/([\w-]{23})', stranger.ask("GET", "/near?q=53.8,-1.55")[2]), "a page")
    found["page"] = page.group(1)
    status, _, _ = stranger.ask("POST", f"/near/{found['page']}", {"name": "Ann", "number": "07400 100001"})
    equal(status, 303, "coming")
    found["pledge"] = until(lambda: next((m.group(1) for r in list(sink.requests) if (m := re.search(r"/pledge/([\w-]{23})", r.text))), None), "its text")
    return found


def raw(link):
    return base64.urlsafe_b64decode(link + "=")


def spelled(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def forgeries(link):
    """What a link could be made into, by name."""
    data = raw(link)
    made = {f"bit {bit} is another": spelled(bytes(b ^ (1 << bit % 8 if i == bit // 8 else 0) for i, b in enumerate(data)))
            for bit in range(0, 8 * len(data), 3)}
    made |= {f"kind {kind}": spelled(bytes([kind]) + data[1:]) for kind in (0, 1, 2, 3, 4, 5, 255) if kind != data[0]}
    made |= {f"number {n:+} on": spelled(data[:5] + ((int.from_bytes(data[5:9], "big") + n) % 2**32).to_bytes(4, "big") + data[9:])
             for n in (-1, 1, 2, 1000)}
    made |= {"no MAC": spelled(data[:9] + bytes(8)), "all zero": spelled(bytes(17)), "all one": spelled(b"\xff" * 17),
             "one short": link[:-1], "one long": link + "A", "half": link[:11], "twice": link + link, "nothing": "",
             "bits behind the end": link[:-1] + chr(ord(link[-1]) + 1), "padded": link + "=", "other alphabet": "+" + link[1:],
             "upper case": link.upper(), "lower case": link.lower(), "a zero in it": link[:5] + "%00" + link[6:],
             "a blank": link + "%20", "a line": link + "%0A", "a slash": link + "%2F", "a dot": link + ".", "two levels": "../" + link,
             "coded two levels": "..%2F..%2F" + link, "a query in it": link[:-1] + "%3F", "not UTF-8": "%FF%FE" + link[2:],
             "very long": "A" * 5000, "a script": "%3Cscript%3E", "a number": "12"}
    return {name: forged for name, forged in made.items() if forged != link}


def forged_links_move_nothing(world):
    house, stranger, true = world
    before, kinds = books(house), 0
    for kind, link in true.items():
        for name, forged in forgeries(link).items():
            kinds += 1
            for door, method in DOORS[kind]:
                form = {"name": "Eve", "number": "07400 100666"} if method == "POST" else None
                status, to, _ = stranger.ask(method, KINDS[kind] + forged + door, form)
                check(status in (0, 303, 400, 404, 405, 414, 431) and not (status == 303 and forged and forged in to),
                      f"{kind}, {name}, {method} {door}: {status} {to}")
    same(house, before, f"{kinds} forgeries")
    check(kinds >= 200, f"{kinds} kinds")


def a_link_opens_what_it_is_for(world):
    """A true link at another's door."""
    house, stranger, true = world
    before = books(house)
    for kind, link in true.items():
        for other, prefix in KINDS.items():
            if prefix == KINDS[kind]:
                continue
            for door, method in DOORS[other]:
                status, _, _ = stranger.ask(method, prefix + link + door, {"number": "07400 100666"} if method == "POST" else None)
                equal(status, 404, f"{kind}'s link at {prefix}…{door}")
        for door, method in (("/leave", "GET"), ("/come", "GET"), ("", "PUT"), ("", "DELETE"), ("/me", "POST"),
                             ("/to/nowhere", "GET"), ("/to/whatsapp", "POST"), ("/../../api/v1/day", "GET")):
            status, _, _ = stranger.ask(method, KINDS[kind] + link + door)
            check(status in (303, 400, 401, 404, 405), f"{kind}: {method} {door}: {status}")
    same(house, before, "true links at other doors")


def bad_forms_move_nothing(world):
    house, stranger, true = world
    before = books(house)
    forms = [{}, {"number": ""}, {"number": "12"}, {"number": "0113 496 0000"}, {"number": "+1 202 555 0100"}, {"number": "+44 9098 790000"},
             {"number": "07400 100666" * 40}, {"number": "+44 7400 10066x"}, {"number": "\0"}, {"number": "'; --"}, {"number": "{{7*7}}"},
             {"name": "x" * 4000, "number": "07400 100666"}, {"name": "a\nb", "number": "07400 100666"},
             {"name": "a\0b", "number": "07400 100666"}, b"number=%FF%FE", b"number=%", b"&&&&=;;", b"\x00" * 100, b"{\"number\":1}", b"a" * 8000]
    for form in forms:
        status, _, _ = stranger.ask("POST", f"/near/{true['page']}", form)
        check(400 <= status < 500, f"{str(form)[:60]}: {status}")
    for query in ("q=", "q=%00", "q=" + "A" * 3000, "q=%FF", "q=53.8,-1.55&on=never", "q=53.8,-1.55&accessible=maybe", "q=1e999,1e999", "q=nan,nan",
                  "q=91,181", "q=%3Cscript%3Ealert(1)%3C/script%3E", "via=%3Cscript%3E", f"via={true['pledge']}", "q=SW1A&q=SW1B", "q[]=1"):
        status, _, page = stranger.ask("GET", "/near?" + query)
        check(200 <= status < 500, f"/near?{query[:40]}: {status}")
        check("<script>" not in page, f"/near?{query[:40]} writes what it was asked")
    same(house, before, "bad forms")


def replays_move_it_once(world):
    """What a link is for happens once, however often it is said; and a link of ours is not a key to others."""
    house, stranger, true = world
    for _ in range(3):
        equal(stranger.ask("POST", f"/near/{true['offer']}", {})[0], 303, "yes by the link of the text")
    before = books(house)
    session = int.from_bytes(raw(true["page"])[1:5], "big")
    comes = lambda: int(house.redis("HGET", "muster:rooms", str(session)).split()[0])  # noqa: E731
    pledged = comes()
    for _ in range(20):
        check(stranger.ask("POST", f"/near/{true['offer']}", {})[0] == 303, "again")
        check(stranger.ask("POST", f"/near/{true['page']}", {"name": "Ann", "number": "07400 100001"})[0] in (303, 429), "again by the page")
    equal(comes(), pledged, "who comes after replays")
    same(house, before, "replays")
    for _ in range(3):
        stranger.ask("POST", f"/pledge/{true['pledge']}/leave", {})
    equal(comes(), pledged - 1, "who leaves three times leaves once")
    stranger.ask("POST", f"/pledge/{true['pledge']}/come", {})
    equal(comes(), pledged, "and comes again")


def floods_stay_within_their_bounds(world):
    house, stranger, true = world
    sums = lambda: json.loads(house.muster("campaign", "share", world.campaign, "--json"))  # noqa: E731
    people = len(house.redis("HKEYS", "muster:pledgers"))
    status = [stranger.ask("POST", f"/near/{true['page']}", {"name": "Eve", "number": f"07400 2{n:05}"}, address="192.0.2.9")[0]
              for n in range(3 * TYPED_AT_ONCE)]
    made = len(house.redis("HKEYS", "muster:pledgers")) - people
    check(made <= TYPED_AT_ONCE + 2, f"one address typed {made} numbers")
    check(status.count(303) <= TYPED_AT_ONCE + 2 and status.count(429) > 0, f"what it was told: {sorted(set(status))}")
    texts = lambda: sum(1 for r in list(world.provider.requests) if r.to.endswith("7400300001"))  # noqa: E731
    for n in range(4 * TEXTS_OF_A_NUMBER):  # one number, from everywhere: it comes, and leaves by its link
        stranger.ask("POST", f"/near/{true['page']}", {"name": "Vic", "number": "07400 300001"})
        found = [m.group(1) for r in list(world.provider.requests) if r.to.endswith("7400300001") and (m := re.search(r"/pledge/([\w-]{23})", r.text))]
        for link in found[-1:]:
            stranger.ask("POST", f"/pledge/{link}/leave", {})
    check(texts() <= TEXTS_OF_A_NUMBER, f"one number was texted {texts()} times")
    opens = sums()["opens"]
    for _ in range(300):
        stranger.ask("GET", f"/s/{true['share']}", address="192.0.2.10")
    check(sums()["opens"] - opens <= 40, f"one address opened one link {sums()['opens'] - opens} times")
    status = [stranger.ask("GET", "/near?q=53.8,-1.55", address="192.0.2.11")[0] for _ in range(700)]
    check(status.count(429) > 100, f"one address that looks 700 times: {status.count(429)} refused")
    equal(stranger.ask("GET", "/near?q=53.8,-1.55")[0], 200, "everybody else")


class World(House):
    """Places, a campaign that tells of them, its page to pass on, somebody who comes: and one true link of each kind."""

    def __init__(self, args):
        super().__init__(args)
        self.provider = self.sink()
        self.start_musterd(port=self.provider.port, trusted_proxies=["127.0.0.0/8"])
        self.stranger = Stranger(self)
        self.true = links(self, self.stranger)
        self.campaign = int.from_bytes(raw(self.true["share"])[1:5], "big")

    def __iter__(self):
        return iter((self, self.stranger, self.true))


if __name__ == "__main__":
    sys.exit(run(ARGS, forged_links_move_nothing, a_link_opens_what_it_is_for, bad_forms_move_nothing, replays_move_it_once,
                 floods_stay_within_their_bounds, world=World))
