#!/usr/bin/env python3
"""Somebody with an old phone and no account, in a real Chromium without scripts: where one is out, what is near comes out, "I am
coming", and a change of mind by the link in the text; and the pages of the room on the day. Each page: axe finds nothing, nothing is wider than the window or too small
for a thumb, nothing comes from elsewhere, and it weighs less than 30 kB with all that it loads.

Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE --modules FOLDER [--shots FOLDER]. Prints TAP."""
import datetime
import pathlib
import re
import sys
import urllib.error
import urllib.request

from house import Failed, check, equal, options, run, until
from pages_world import PAGE_BYTES_MAX, PagesWorld
from webdriver import DESK, SMALL_PHONE

BYTES_MAX = 30 * 1000
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
NUMBER = "07700 900 321"
POSTCODES = [("LS1 1AA", "Leeds", "West Yorkshire", "53.8000", "-1.5500"), ("NP20 1AA", "Newport", "Gwent", "51.5880", "-2.9980"),
             ("TF10 7AA", "Newport", "Shropshire", "52.7690", "-2.3790")]


def day(days, hour):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return at.strftime(f"%Y-%m-%dT{hour}:00:00Z")


def times(days):
    return {"start": day(days, 18), "end": day(days, 20)}


PLACES = [{"name": "Northfield and the long valley behind it", "at": "53.93,-1.48", "priority": "marginal", "code": "n"},
          {"name": "Harbour Street", "at": "53.81,-1.60", "priority": "close", "code": "h"},
          {"name": "Old Town", "at": "53.78,-1.42", "priority": "likely", "code": "o"},
          {"name": "Castle Ward", "at": "53.70,-1.70", "priority": "close", "code": "c"}]
SESSIONS = [{"place": "n", "code": "1", "capacity": 20, "meeting_point": "Library steps, High Street, beside the old cinema",
             "organiser": "Ann", "note": "Bring a coat.\nThere is tea.", "accessible": True, "lifts": True} | times(2),
            {"place": "h", "code": "2", "capacity": 2, "meeting_point": "The pier"} | times(3),
            {"place": "h", "code": "3"} | times(4), {"place": "o", "code": "4", "organiser": "Cem"} | times(1),
            {"place": "c", "code": "5", "capacity": 30} | times(2)]


class NearWorld(PagesWorld):
    def __init__(self, args):
        super().__init__(args, organisation={"imprint": "Promoted by A. Person, 1 Example Street, Leeds LS1 1AA"})
        done = self.api("Olive", "POST", "/places/import", {"group": "main", "places": PLACES, "sessions": SESSIONS})
        check(all(item["did"] == "made" for item in done["places"] + done["sessions"]), f"{done}")
        path = self.folder / "postcodes.tsv"  # the form of GeoNames
        path.write_text("".join(f"GB\t{code}\t{town}\tEngland\tENG\t{county}\t\t\t\t{lat}\t{lon}\t6\n"
                                for code, town, county, lat, lon in POSTCODES), encoding="utf-8")
        self.muster("gazetteer", "import", path, "--country", "GB")
        self.shots = pathlib.Path(args.shots) if args.shots else None

    def pledged(self, session):
        return self.api("Olive", "GET", f"/place-sessions/{session}")["pledged"]

    def shoot(self, browser, name):
        """By day and by night, on a phone and on a desk."""
        if not self.shots:
            return
        self.shots.mkdir(parents=True, exist_ok=True)
        for night in (False, True):
            features = [{"name": "prefers-color-scheme", "value": "dark"}] if night else []
            browser.chromium_command("Emulation.setEmulatedMedia", features=features)
            for size in (SMALL_PHONE, DESK):
                browser.resize(size)
                browser.screenshot(self.shots / f"{name}-{size[0]}{'-night' if night else ''}.png")
        browser.chromium_command("Emulation.setEmulatedMedia", features=[])
        browser.resize(SMALL_PHONE)


def look_at(world, path, name, bytes_max=BYTES_MAX):
    """What is wrong with the page, with scripts that look at it."""
    if "looker" not in vars(world):
        world.looker = world.browser(SMALL_PHONE, scripts=True)
    browser = world.looker
    browser.open(world.url + path)
    found = [line for line in browser.complaints() if "status of 4" not in line] + list(world.problems(browser, bytes_max))
    world.shoot(browser, name)
    if found:
        raise Failed(f"{name} at {path}: " + "; ".join(found))


def path_of(world, browser):
    return browser.address().removeprefix(world.url)


def has(browser, *parts):
    text = browser.text("body")
    for part in parts:
        check(part in text, f"'{part}' is not on the page: {text}")


def anybody_says_that_they_come(world):
    browser = world.browser(SMALL_PHONE, scripts=False)
    browser.open(world.url + "/near")
    browser.type("#q", "ls11aa")
    browser.press("Find places")
    has(browser, "Near LS1 1AA.", "1. Northfield", "20 of 20 places left", "Harbour Street", "Promoted by A. Person")
    equal(browser.texts("svg .number"), ["1", "2,3", "4", "5"], "the places on the sketch")
    look_at(world, path_of(world, browser), "list")
    look_at(world, f"/near?q=ls11aa&on={day(2, 18)[:10]}&accessible=1", "narrowed")
    browser.follow(".cards a.primary")
    has(browser, "Northfield", "Library steps", "There is tea.", "Add to my calendar")
    session = path_of(world, browser)
    look_at(world, session, "session")
    browser.type("#name", "Zoë")
    browser.type("#number", "0113 496 0000")
    browser.press("I am coming")
    has(browser, "We cannot text that number.")
    browser.retype("#number", NUMBER)
    browser.press("I am coming")
    has(browser, "Thank you!")
    look_at(world, path_of(world, browser), "thanks")
    until(lambda: world.pledged(1) == 1, "the pledge to be counted")
    equal(browser.chromium_command("Network.getCookies")["cookies"], [], "the cookies that are kept")
    link = until(lambda: re.search(r"/pledge/\S+", " ".join(world.texts_to("+447700900321"))), "the text that confirms").group()
    browser.open(world.url + link)
    has(browser, "You are coming. Thank you!", "Northfield")
    look_at(world, link, "coming")
    browser.press("I cannot come")
    has(browser, "You are not coming")
    until(lambda: world.pledged(1) == 0, "the pledge to be taken back")
    look_at(world, link, "not-coming")
    with urllib.request.urlopen(world.url + session + "/calendar.ics", timeout=10) as response:
        equal(response.headers.get_content_type(), "text/calendar", "the calendar's type")


def by_where_the_phone_is(world):
    """A tap, and never before it; whoever says no writes a postcode as before."""
    browser = world.browser(SMALL_PHONE, scripts=True)
    at = {"latitude": 53.80123, "longitude": -1.55123, "accuracy": 20}
    browser.chromium_command("Emulation.setGeolocationOverride", **at)
    browser.chromium_command("Browser.setPermission", permission={"name": "geolocation"}, setting="denied", origin=world.url)
    browser.open(world.url + "/near")
    equal(browser.text("#here-said"), "", "what is said before a tap")
    browser.tap("#here")
    until(lambda: "did not say where you are" in browser.text("#where"), "the words of a phone that does not say it")
    browser.chromium_command("Browser.setPermission", permission={"name": "geolocation"}, setting="granted", origin=world.url)
    browser.tap("#here")
    until(lambda: any("Near you." in text for text in browser.texts("body")), "places by where the phone is")
    check("53.80%2C-1.55" in browser.address(), f"rounded: {browser.address()}")
    equal(browser.values("#q"), [""], "what stands in the form")
    has(browser, "1. Northfield")
    equal([line for line in browser.complaints() if "eolocation" not in line], [], "complaints of the browser")
    look_at(world, path_of(world, browser), "here")


def pages_without_anything(world):
    look_at(world, "/near", "form")
    for code in ("ar", "cy", "pl"):
        look_at(world, f"/near?q=ls11aa&lang={code}", f"list-{code}")
    look_at(world, "/near?q=Nowhere", "unknown")
    look_at(world, "/near?q=newport", "several")
    has(world.looker, "Which one?")
    world.looker.follow("ul.links a")
    has(world.looker, "Newport (Gwent): Nothing is planned near there")
    look_at(world, "/near/AAAAAAAAAAAAAAAAAAAAAAA", "no-link")


def open_links(world, root, n):
    """A chain of people, each of whom opens the link of the one before, by a phone that is none of a program."""
    class Here(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None
    link, opener = root, urllib.request.build_opener(Here)
    for i in range(n):
        try:
            opener.open(urllib.request.Request(f"{world.url}/s/{link if i % 3 else root}", headers={"User-Agent": PHONE}), timeout=10)
        except urllib.error.HTTPError as found:
            link = found.headers["Location"].split("/")[2]
    return link


def pages_of_the_day(world):
    """The page that people pass on, what came of it, the room's page, who comes, twins: filled, as the owner sees them."""
    world.fill()
    world.muster("campaign", "share", "1", "--title", "Vote today", "--text", "Polls are open until 10. We are close. Pass it on!")
    root = world.api("Olive", "GET", "/campaigns/1/cascade")["address"].rsplit("/", 1)[1]
    own = open_links(world, root, 15)
    for i in range(4):
        world.api("Olive", "POST", f"/place-sessions/{1 + i % 2}/pledges", {"number": f"+4477009003{i:02}", "name": ("Ann", "Bo")[i % 2],
                                                                           "group": ("main", "leeds")[i % 2]})
    world.api("Olive", "POST", "/groups", {"name": "leeds", "title": "Leeds and the villages around it"})
    world.api("Olive", "POST", "/groups/leeds", {"twins": [1, 2], "helps": True})
    world.looker = world.browser(SMALL_PHONE, scripts=True)
    look_at(world, f"/s/{own}/me", "share")
    world.log_in(world.looker, "Olive")
    for path, name in (("/campaigns/1/share", "cascade"), ("/day", "day"), ("/sessions/2/people", "who-comes"), ("/places/1", "place"),
                       ("/groups/leeds/twin", "twin"), ("/groups/main/twin", "adopted")):
        look_at(world, path, name, PAGE_BYTES_MAX)
    old = world.browser((240, 320), scripts=False)  # a phone of 2012
    for path, name in (("/near", "old-form"), ("/near?q=ls11aa", "old-list"), (f"/s/{own}/me", "old-share")):
        old.open(world.url + path)
        wide = [box for box in old.boxes("body *") if box["x"] + box["width"] > 241]
        equal(wide, [], f"what is wider than an old phone on {path}")
        if world.shots:
            old.screenshot(world.shots / f"{name}.png")


if __name__ == "__main__":
    sys.exit(run(options(modules=".", shots=""), anybody_says_that_they_come, by_where_the_phone_is, pages_without_anything, pages_of_the_day,
                 world=NearWorld))
