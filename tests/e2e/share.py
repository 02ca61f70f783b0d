#!/usr/bin/env python3
"""The page that people pass on: who opens a link gets one of their own, and what is counted is what people did. Programs of
messengers, reloads, forged links, loops and floods move nothing that they should not. In a real Chromium, without scripts and
with them. Prints TAP; screenshots go to the folder --shots."""
import collections
import datetime
import http.client
import json
import pathlib
import random
import re
import struct
import sys
import urllib.parse

from house import check, equal, options, run, until
from webdriver import DESK, SMALL_PHONE, Driver

ARGS = options(shots="", people=300)
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
TITLE, TEXT = "Vote <today>", "Polls are open until 10 & we are close. Pass it on!"
TAP_PX = 44


class Passers:
    """Whoever opens links: over one connection, each from an address of their own."""

    def __init__(self, house):
        self.daemon = house.daemon
        self.connection = http.client.HTTPConnection(*house.daemon.url.removeprefix("http://").split(":"))
        self.people = 0

    def get(self, path, agent=PHONE, address=None, method="GET", body=None, **headers):
        """Status, Location and the page; by somebody new unless the address is said."""
        self.people += 1
        n = self.people
        told = {"User-Agent": agent, "X-Forwarded-For": address or f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"}
        self.connection.request(method, path, body, headers={**told, **headers})
        response = self.connection.getresponse()
        return response.status, response.headers.get("Location", ""), response.read().decode()

    def open(self, link, **how):
        """The opener's own link."""
        status, location, page = self.get(f"/s/{link}", **how)
        equal(status, 303, f"opening a link: {page}")
        own = re.fullmatch("/s/([A-Za-z0-9_-]{23})/me", location)
        check(own, f"where it leads: {location}")
        return own.group(1)


def begin(house, **more):
    sink = house.sink()
    house.start_musterd(port=sink.port, trusted_proxies=["127.0.0.0/8"], web={"visitor_per_s": 10000}, **more)
    house.import_people(1)
    campaign = house.launch()
    said = json.loads(house.muster("campaign", "share", campaign, "--title", TITLE, "--text", TEXT, "--json"))
    return campaign, said["address"].rsplit("/", 1)[1]


def cascade(house, campaign):
    return json.loads(house.muster("campaign", "share", campaign, "--json"))


def sums(house, campaign):
    found = cascade(house, campaign)
    return {k: found[k] for k in ("opens", "shares", "pledges", "links")}


def counted(house, campaign, wanted, what):
    """What is counted beside a response comes a moment after it."""
    until(lambda: all(cascade(house, campaign)[k] == n for k, n in wanted.items()), f"{what}: {wanted}", patience_s=5)


def from_hand_to_hand(house):
    """A cascade of which this counts for itself."""
    campaign, root = begin(house)
    world, depth, opened = Passers(house), {root: 0}, collections.Counter()
    random.seed(ARGS.seed)
    links = [root]
    for _ in range(ARGS.people):
        link = random.choice(links[-40:] + [root])
        own = world.open(link)
        check(own not in depth, "somebody else has that link")
        depth[own] = depth[link] + 1
        opened[depth[own]] += 1
        links.append(own)
        equal(world.get(f"/s/{own}/me")[0], 200, "one's own page")  # and again: a reload
        equal(world.get(f"/s/{own}/me")[0], 200, "one's own page, loaded again")
    shared = random.sample(links, 50)
    for link in shared:
        status, location, _ = world.get(f"/s/{link}/to/whatsapp")
        equal(status, 303, "to WhatsApp")
        text = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["text"][0]
        equal(text, f"{TEXT} {house.daemon.url}/s/{link}", "what is passed on")
        check(location.startswith("https://wa.me/?text="), location)
    status, location, _ = world.get(f"/s/{links[5]}/to/telegram")
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)
    equal((query["url"], query["text"]), ([f"{house.daemon.url}/s/{links[5]}"], [TEXT]), "what Telegram gets")
    counted(house, campaign, {"opens": ARGS.people, "links": ARGS.people, "shares": 51, "deepest": max(depth.values())}, "all")
    found = cascade(house, campaign)
    equal({g["generation"]: g["opens"] for g in found["generations"] if g["opens"]}, dict(opened), "opens by generation")
    equal(sum(bar["opens"] for bar in found["bars"]), ARGS.people, "opens by minute")
    page = house.page(f"/campaigns/{campaign}/share")
    check("<polyline" in page and "<circle" in page and f"<td class=\"n\" data-label=\"Opened\">{opened[1]}</td>" in page, page)


def previews(house):
    """A messenger's program sees what stands under the message, and counts as nobody."""
    campaign, root = begin(house)
    world = Passers(house)
    for agent in ("WhatsApp/2.23.20.0 A", "TelegramBot (like TwitterBot)", "facebookexternalhit/1.1", "Twitterbot/1.0", ""):
        status, _, page = world.get(f"/s/{root}", agent=agent)
        equal(status, 200, f"the preview of {agent}")
        for name, content in (("title", "Vote &lt;today&gt;"), ("description", TEXT.replace("&", "&amp;")),
                              ("url", f"{house.daemon.url}/s/{root}"), ("type", "website")):
            check(f'<meta property="og:{name}" content="{content}">' in page, f"og:{name} in {page}")
        check(len(page) < 30000, "a page is small")
        pictures = re.findall(r'<meta property="og:image" content="([^"]+)">', page)
        equal(len(pictures), 1, "pictures in a preview")
        check(pictures[0].startswith(f"{house.daemon.url}/static/share.png"), pictures[0])
    picture_is_right(world, pictures[0].removeprefix(house.daemon.url), page)
    equal(world.get(f"/s/{root}", method="HEAD")[0], 200, "HEAD")
    equal(world.get(f"/s/{root}", **{"Sec-Purpose": "prefetch;prerender"})[0], 200, "what is fetched before a tap")
    equal(world.get(f"/s/{root}/to/whatsapp", agent="WhatsApp/2")[0], 303, "a program that follows everything")
    counted(house, campaign, {"programs": 8, "opens": 0, "shares": 0, "links": 0}, "programs")


def picture_is_right(world, path, page):
    """It is there for a messenger's program, is what the page says of it, and is small."""
    world.connection.request("GET", path, headers={"User-Agent": "WhatsApp/2.23.20.0 A"})
    response = world.connection.getresponse()
    body = response.read()
    equal((response.status, response.headers["Content-Type"]), (200, "image/png"), "the picture")
    equal(body[:8], b"\x89PNG\r\n\x1a\n", "its beginning")
    for name, size in zip(("width", "height"), struct.unpack(">II", body[16:24])):
        check(f'<meta property="og:image:{name}" content="{size}">' in page, f"its {name}")
    check(len(body) < 300_000, "a picture that WhatsApp shows")


def nothing_moves(house):
    campaign, root = begin(house)
    world = Passers(house)
    own = world.open(root)
    before = sums(house, campaign)
    for at in range(len(own)):
        forged = own[:at] + ("A" if own[at] != "A" else "B") + own[at + 1:]
        equal(world.get(f"/s/{forged}")[0], 404, f"a link forged at {at}")
    for wrong in ("x", own[:-1], own + "A", "%00" * 23, "..%2f..", own + "/me/me"):
        check(world.get(f"/s/{wrong}")[0] in (400, 404), f"what is no link: {wrong}")
    equal(world.get(f"/s/{own}/to/nowhere")[0], 404, "no way")
    equal(world.get(f"/s/{own}", method="POST")[0], 405, "a form that there is none of")
    equal(sums(house, campaign), before, "what forged links move")
    for _ in range(200):  # one machine, the same link
        check(world.get(f"/s/{own}", address="192.0.2.7")[0] in (200, 303), "the page is shown to everybody")
    found = cascade(house, campaign)
    check(20 <= found["opens"] - before["opens"] <= 30, f"one address, one link: {found['opens']}")
    check(170 <= found["not_counted"] <= 180, f"what was not counted: {found['not_counted']}")
    link, opens = own, found["opens"]
    for _ in range(300):  # one machine that follows its own links
        status, location, _ = world.get(f"/s/{link}", address="192.0.2.8")
        link = location.split("/")[2] if status == 303 else link
    found = cascade(house, campaign)
    check(100 <= found["opens"] - opens <= 150, f"one address, its own links: {found['opens'] - opens}")
    equal(found["links"], found["opens"], "links")


def without_redis_and_over(house):
    """The page is there while Redis is away; nothing of it is after its end."""
    campaign, root = begin(house)
    world = Passers(house)
    own = world.open(root)
    house.kill_redis()
    until(lambda: world.get(f"/s/{own}")[0] == 200, "the page without Redis")
    equal(world.get(f"/s/{own}/to/whatsapp")[0], 303, "passing it on without Redis")
    house.start_redis()
    until(lambda: world.get(f"/s/{own}")[0] == 303, "Redis again")
    said = json.loads(house.muster("campaign", "unshare", campaign, "--json"))
    equal((said["goes_on"], said["title"]), (False, None), "what is said when it is ended")
    for path in (f"/s/{own}", f"/s/{own}/me", f"/s/{own}/to/whatsapp"):
        status, _, page = world.get(path)
        check(status == 404 and "This page is over" in page, f"{path}: {status} {page}")
    check(sums(house, campaign)["opens"] >= 2, "the counts stay")
    house.muster("campaign", "share", campaign, "--title", "x", "--text", "y", "--until", "2020-01-01 10:00Z")
    equal(world.get(f"/s/{own}")[0], 404, "after its time")


def who_comes(house):
    """What people pledge after they came by a link counts with it, once."""
    campaign, root = begin(house)
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=1)
    (house.folder / "places.csv").write_text("place,at,priority,needed,start,end,where,capacity\n" + '"Leeds","53.8,-1.55",marginal,20,' +
                                             f"{start.isoformat()},{(start + datetime.timedelta(hours=2)).isoformat()},P1,20\n")
    house.muster("place", "import", house.folder / "places.csv")
    world = Passers(house)
    own = world.open(root)
    check(f'href="/near?via={own}"' in world.get(f"/s/{own}/me")[2], "the way to the places")
    found = until(lambda: re.search(r'href="(/near/[A-Za-z0-9_-]+\?via=[^"]+)"', world.get(f"/near?q=53.8,-1.55&via={own}")[2]), "the place")
    page = world.get(found.group(1))[2]
    equal(re.search(r'name="via" value="([^"]+)"', page).group(1), own, "what the form keeps")
    for number in ("07400 123456", "07400 123456", "07400 123457"):
        form = urllib.parse.urlencode({"name": "Ann", "number": number, "via": own})
        status, _, page = world.get(found.group(1).split("?")[0], method="POST", body=form,
                                    **{"Content-Type": "application/x-www-form-urlencoded"})
        equal(status, 303, f"coming: {page}")
    form = urllib.parse.urlencode({"name": "Ann", "number": "07400 123458", "via": own[:-1] + "A"})
    equal(world.get(found.group(1).split("?")[0], method="POST", body=form, **{"Content-Type": "application/x-www-form-urlencoded"})[0],
          303, "coming by a forged link")
    counted(house, campaign, {"pledges": 2}, "pledges")
    equal(cascade(house, campaign)["generations"][1]["pledges"], 2, "in their generation")


def shot(browser, name):
    if ARGS.shots:
        pathlib.Path(ARGS.shots).mkdir(parents=True, exist_ok=True)
        browser.screenshot(pathlib.Path(ARGS.shots) / f"{name}.png")


def fits(browser, width):
    for box in browser.boxes("main *"):
        check(box["x"] + box["width"] <= width + 1, f"wider than the window: {browser.address()}: {box}")
    for box in browser.boxes("button, .button, summary, input:not([type=hidden])"):
        check(box["width"] == 0 or box["height"] >= TAP_PX - .5, f"too small to tap: {browser.address()}: {box}")


def in_a_browser(house):
    campaign, root = begin(house, people=[{"name": "Olga", "role": "owner", "token": "token-of-olga-0001"}])
    world, url = Passers(house), house.daemon.url
    driver = Driver(house.folder / "driver.log")
    try:
        plain = driver.browser(size=SMALL_PHONE)
        plain.open(f"{url}/s/{root}")
        check(plain.address().endswith("/me"), f"one's own page: {plain.address()}")
        plain.reload()
        check(f"/s/{plain.address().split('/')[4]}" in plain.value("#message"), "the message has the own link")
        fits(plain, SMALL_PHONE[0])
        shot(plain, "share-phone")
        counted(house, campaign, {"opens": 1}, "a reload counts nothing")
        scripts = driver.browser(size=SMALL_PHONE, scripts=True)
        scripts.open(plain.address())
        scripts.tap("//button[.='Copy']")
        until(lambda: "Copied" in scripts.text(), "that it is copied")
        counted(house, campaign, {"shares": 1}, "a copy")
        fits(scripts, SMALL_PHONE[0])
        shot(scripts, "share-scripts")
        equal(scripts.complaints(), [], "what the console says")
        links = [root]
        for i in range(120):
            links.append(world.open(links[min(i // 3, len(links) - 1)]))
        for size, name in ((DESK, "desk"), (SMALL_PHONE, "phone")):
            organiser = driver.browser(size=size)
            organiser.open(url + "/login?token=token-of-olga-0001")
            organiser.press("Log in")
            organiser.open(f"{url}/campaigns/{campaign}/share")
            check(organiser.boxes("figure.tree circle") and organiser.boxes("polyline.curve"), "pictures")
            fits(organiser, size[0])
            shot(organiser, f"organiser-{name}")
        organiser.tap("//summary[.='End it']")
        organiser.press("End it")
        check("Make the page" in organiser.text(), organiser.text())
    finally:
        driver.stop()


if __name__ == "__main__":
    sys.exit(run(ARGS, from_hand_to_hand, previews, nothing_moves, who_comes, without_redis_and_over, in_a_browser))
