#!/usr/bin/env python3
"""People without a restart: invited at the terminal, come in by a link, signed in by a text, revoked and out; a shift's
volunteers; tokens with scopes. By the real client, over HTTP as a phone without a browser's help would, and one story in a
real Chromium. Prints TAP. Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE --shots FOLDER."""
import http.client
import json
import pathlib
import re
import sys
import time
import urllib.parse

from house import Skipped, check, equal, options, run, until
from inbox_world import InboxWorld
from webdriver import DESK, SMALL_PHONE, Driver, programs

OUT_WITHIN_S = 2
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/604.1"


class World(InboxWorld):
    def __init__(self, args):
        super().__init__(args, {"Olive": ("owner", None), "Ada": ("volunteer", "main")})

    def person(self, *words, code=0):
        return self.muster("person", *words, code=code)


class Phone:
    """A device: it keeps its cookie."""

    def __init__(self, world, daemon=None, agent=IPHONE):
        self.host = urllib.parse.urlsplit((daemon or world.daemon).url).netloc
        self.cookies, self.agent = {}, agent

    @property
    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @cookie.setter
    def cookie(self, text):
        self.cookies = dict(one.split("=", 1) for one in text.split("; ") if one)

    def ask(self, method, path, **form):
        """Status, where it leads, and the text."""
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"Cookie": self.cookie, "User-Agent": self.agent, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, urllib.parse.urlsplit(path).path, urllib.parse.urlencode(form) or None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
            if "Max-Age=0" in line:
                del self.cookies[name]
        connection.close()
        return answer.status, answer.getheader("Location"), text

    def csrf(self, path="/me"):
        return re.search(r'name="csrf" value="([^"]+)"', self.ask("GET", path)[2]).group(1)

    def post(self, path, **form):
        return self.ask("POST", path, csrf=self.csrf(), **form)

    def is_in(self):
        return self.ask("GET", "/me")[0] == 200


def link_of(text):
    return re.search(r"http://\S+/(?:join|login)/[A-Za-z0-9_-]{22}", text).group(0)


def an_invitation(world):
    """invited at the terminal, in by the button and not by looking, out within two seconds of being revoked, everywhere"""
    other = world.start_musterd("two", port=world.sim, organisation=world.daemon.config["organisation"],
                                people=world.daemon.config["people"])
    said = world.person("invite", "--name", "Sam", "--role", "volunteer", "--group", "main")
    check("\x1b[30;107m" in said and "▄" in said, "a QR code for the terminal")
    link = link_of(said)
    sam, scanner = Phone(world), Phone(world)
    for looker in (scanner, scanner, sam):
        status, _, text = looker.ask("GET", link)
        check(status == 200 and "Hello Sam" in text and "Neighbours invites you" in text, text)
    equal(sam.ask("POST", link)[:2], (303, "/inbox"), "coming in")
    check(sam.is_in(), "Sam is in")
    equal(scanner.ask("POST", link)[0], 404, "the link, once more")
    check("Safari on iPhone" in world.person("sessions", "Sam"), "the device is told")
    elsewhere = Phone(world, other)
    elsewhere.cookie = sam.cookie
    until(elsewhere.is_in, "the other process to know Sam", OUT_WITHIN_S)
    world.person("invite", "--name", "Sam", "--role", "volunteer", "--group", "main", code=1)
    world.person("revoke", "Sam")
    began = time.monotonic()
    check(not sam.is_in(), "Sam is out at once where it was said")
    until(lambda: not elsewhere.is_in(), "Sam to be out in the other process", OUT_WITHIN_S)
    check(time.monotonic() - began < OUT_WITHIN_S, "it took too long")
    check("Sam  volunteer, out" in world.person("list"), world.person("list"))


def a_link_by_text(world):
    """a saved number gets a text with a link; a stranger is told the same, and no more than three texts are sent"""
    sam, other = Phone(world), Phone(world, agent="Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0")
    sam.ask("POST", link_of(world.person("invite", "--name", "Sam", "--role", "volunteer", "--group", "main")))
    equal(sam.post("/me/number", number="07700 900155")[0], 303, "saving a number")
    known = other.ask("POST", "/login", who="07700 900155")
    unknown = other.ask("POST", "/login", who="07700 900156")
    equal(known, unknown, "what is told of a number that is known and of one that is not")
    until(lambda: world.texts_to("+447700900155"), "the text")
    text = world.texts_to("+447700900155")[0]
    check(len(text) <= 160, f"{len(text)} characters: more than one part")
    equal(other.ask("GET", link_of(text))[0], 200, "looking at the link")
    equal(other.ask("POST", link_of(text))[0], 303, "the link of the text")
    check(other.is_in() and sam.is_in(), "both devices are in")
    equal(other.ask("POST", link_of(text))[0], 404, "the link, once more")
    for _ in range(6):
        other.ask("POST", "/login", who="Sam")
    until(lambda: len(world.texts_to("+447700900155")) == 3, "three texts")
    equal(world.texts_to("+447700900156"), [], "texts to the stranger")
    equal(sam.post("/me/sessions/end-others")[0], 303, "ending the others")
    check(sam.is_in() and not other.is_in(), "the other device is out, this one is in")


def a_shift(world):
    """one link, many volunteers: each waits until they are approved, one by one or all at once"""
    link = link_of(world.person("shift", "--group", "main", "--hours", "2", "--max", "3"))
    phones = [Phone(world) for _ in range(4)]
    for i, phone in enumerate(phones[:3]):
        equal(phone.ask("POST", link, name=f"Helper {i}")[:2], (303, "/waiting"), "joining")
        equal(phone.ask("GET", "/inbox")[:2], (303, "/waiting"), "the inbox before it is approved")
        check("One moment, Helper" in phone.ask("GET", "/waiting")[2], "the page that waits")
    equal(phones[3].ask("POST", link, name="Helper 3")[0], 409, "one too many")
    world.person("approve", "Helper 0")
    equal([p.ask("GET", "/inbox")[0] for p in phones[:3]], [200, 303, 303], "after one was approved")
    check(world.person("list", "--waiting").count("waiting") == 2, "two wait")
    check("2 let in" in world.person("approve", "--all"), "all at once")
    equal([p.ask("GET", "/inbox")[0] for p in phones[:3]], [200, 200, 200], "after all were")
    check(", until " in world.person("list"), "their access has an end")


def tokens(world):
    """a token with a scope may that alone, and ends"""
    def may(token, path):
        connection = http.client.HTTPConnection(Phone(world).host, timeout=10)
        connection.request("GET", path, headers={"Authorization": "Bearer " + token})
        return connection.getresponse().status
    token = world.muster("token", "add", "prometheus", "--scope", "metrics", "--member", "Olive").strip()
    equal([may(token, p) for p in ("/metrics", "/api/v1/campaigns", "/api/v1/people", "/api/v1/me")], [200, 403, 403, 403],
          "what a token for metrics may")
    listed = json.loads(world.muster("token", "list", "--json"))["tokens"]
    one = next(t for t in listed if t["name"] == "prometheus")
    equal((one["scopes"], one["everything"], one["member"]), (["metrics"], False, "Olive"), "how it is listed")
    world.muster("token", "end", one["id"])
    equal(may(token, "/metrics"), 401, "after its end")
    world.muster("token", "add", "x", "--scope", "metrix", "--member", "Olive", code=1)
    equal(Phone(world).ask("POST", "/login", token=token)[0], 401, "it signs nobody in")
    phone = Phone(world)
    phone.ask("POST", link_of(world.person("invite", "--name", "Omar", "--role", "organiser", "--group", "main")))
    status, _, text = phone.post("/me/tokens", name="sheet <1>", days="30")
    check(status == 400 and "tick what the program may do" in text and 'value="sheet &lt;1&gt;"' in text, "the form again, with what was typed")
    status, _, text = phone.post("/me/tokens", name="sheet <1>", days="30", read="1")
    equal(status, 201, "by page")
    token = re.search(r'id="token"[^>]* value="([^"]+)"', text).group(1)
    equal([may(token, p) for p in ("/api/v1/campaigns", "/api/v1/people", "/metrics")], [200, 403, 403], "what it may")
    text = phone.ask("GET", "/me/tokens")[2]
    check("sheet &lt;1&gt;" in text and "ends in" in text and token not in text, "it is not shown again")
    equal(phone.post("/me/tokens/end", token=re.search(r'name="token" value="([^"]+)"', text).group(1))[:2],
          (303, "/me/tokens?ended=1"), "ending it by page")
    equal(may(token, "/api/v1/campaigns"), 401, "after that")


def whose_business(world):
    """an organiser of a group lets in there and not above; others' people do not exist"""
    phone = Phone(world)
    phone.ask("POST", link_of(world.person("invite", "--name", "Omar", "--role", "organiser", "--group", "main")))
    world.person("invite", "--name", "Yara", "--role", "volunteer", "--group", "york")
    everybody = json.loads(world.muster("person", "list", "--json"))["people"]
    ids = {p["name"]: p["id"] for p in everybody}
    status, _, text = phone.ask("GET", "/people")
    check(status == 200 and "Ada" in text and "Yara" not in text and "Olive" not in text, "only people of main")
    equal(phone.ask("GET", f"/people/{ids['Yara']}")[0], 404, "somebody of york")
    equal(phone.post(f"/people/{ids['Yara']}/revoke")[0], 404, "revoking somebody of york")
    equal(phone.post(f"/people/{ids['Olive']}/revoke")[0], 404, "revoking an owner")
    equal(phone.post("/people/invite", name="Eve", role="owner")[0], 403, "inviting an owner")
    equal(phone.post("/people/invite", name="Eve", role="volunteer", groups="york")[0], 403, "inviting into york")
    equal(phone.post("/people/shift", group="york", hours="2", max="5")[0], 403, "a shift of york")
    status, _, text = phone.post("/people/invite", name="Ada", role="volunteer", groups="main")
    check(status == 409 and 'value="Ada"' in text and "somebody else has that name" in text, "the form again, with what was typed")
    equal(phone.post("/people/invite", name="Eve", role="volunteer", groups="main")[0], 201, "inviting into main")
    equal(phone.post(f"/people/{ids['Ada']}/revoke")[0], 303, "revoking a volunteer of main")
    volunteer = Phone(world)
    volunteer.ask("POST", link_of(world.person("invite", "--name", "Val", "--role", "volunteer", "--group", "main")))
    equal([volunteer.ask("GET", p)[0] for p in ("/people", "/people/invite", "/me")], [403, 403, 200], "a volunteer")


def in_a_browser(world):
    """an organiser invites on a desk; the phone comes in by the link that the QR code holds, is revoked, and is out"""
    if not programs():
        raise Skipped("chromium and chromedriver (Debian: chromium, chromium-driver) are not installed")
    shots = pathlib.Path(world.args.shots)
    shots.mkdir(parents=True, exist_ok=True)
    driver = Driver(world.folder / "chromedriver.log")
    try:
        desk, phone = driver.browser(DESK), driver.browser(SMALL_PHONE)
        desk.open(world.url + "/login?token=the-token-of-olive")
        desk.press("Log in")
        desk.open(world.url + "/people")
        desk.follow("//a[.='Invite somebody']")
        desk.type("#name", "Sam")
        desk.choose("#groups", "main")
        desk.screenshot(shots / "invite.png")
        desk.press("Make the link")
        desk.screenshot(shots / "link.png")
        link = desk.value("#url")
        check(desk.find("svg.qr path"), "a QR code")
        phone.open(link)
        phone.screenshot(shots / "join.png")
        phone.press("Come in")
        check(phone.address().endswith("/inbox"), phone.address())
        phone.open(world.url + "/me")
        phone.screenshot(shots / "me.png")
        desk.follow("//a[.='Done']")
        desk.screenshot(shots / "people.png")
        desk.follow("//a[.='Sam']")
        desk.screenshot(shots / "person.png")
        desk.press("Revoke Sam")
        phone.open(world.url + "/me")
        check(phone.address().endswith("/login"), phone.address())
        phone.screenshot(shots / "login.png")
    finally:
        driver.stop()


def groups_in_a_browser(world):
    """an owner makes a group, says its hours and by what it sends; its organiser sees that one and no other"""
    if not programs():
        raise Skipped("chromium and chromedriver (Debian: chromium, chromium-driver) are not installed")
    shots = pathlib.Path(world.args.shots)
    shots.mkdir(parents=True, exist_ok=True)
    driver = Driver(world.folder / "chromedriver-groups.log")
    try:
        owner, hers = driver.browser(DESK), driver.browser(SMALL_PHONE)
        owner.open(world.url + "/login?token=the-token-of-olive")
        owner.press("Log in")
        owner.follow("//nav/a[.='Groups']")
        owner.type("#name", "leeds north")
        owner.press("Make the group")
        check("It is 1 to 64" in owner.text() and owner.values("#name") == ["leeds north"], "a name that cannot be: " + owner.text())
        owner.open(world.url + "/groups")
        owner.type("#name", "leeds")
        owner.type("#title", "Leeds North")
        owner.press("Make the group")
        check(owner.address().endswith("/groups/leeds"), owner.address())
        owner.type("#hours", "sometime")
        owner.press("Save")
        check(owner.values("#hours") == ["sometime"] and owner.texts(".field.wrong .error"), "hours that are none: " + owner.text())
        owner.open(world.url + "/groups/leeds")
        owner.type("#hours", "10:00-19:00")
        owner.type("#zone", "Europe/London")
        owner.press("Save")
        check("Saved." in owner.text(), owner.text())
        owner.screenshot(shots / "group.png")
        said = json.loads(world.muster("group", "list", "--json"))["groups"]
        equal([(g["title"], g["hours"], g["zone"]) for g in said if g["name"] == "leeds"], [("Leeds North", "10:00-19:00", "Europe/London")],
              "what the client is told")
        owner.open(world.url + "/people/invite")
        owner.type("#name", "Hari")
        owner.choose("#role", "Organiser")
        owner.choose("#groups", "Leeds")
        owner.press("Make the link")
        hers.open(owner.value("#url"))
        hers.press("Come in")
        hers.open(world.url + "/groups")
        equal(hers.texts("ul.cards h2"), ["Leeds North"], "the groups of an organiser of leeds")
        check("New group" not in hers.text(), "only an owner makes groups")
        hers.screenshot(shots / "groups.png")
        hers.follow("//h2/a[.='Leeds North']")
        check("every provider account" in hers.text() and "Delete" not in hers.text(), hers.text())
        hers.follow("//a[.='1 person']")
        check("Hari" in hers.text() and "Ada" not in hers.text(), hers.text())
        hers.open(world.url + "/groups/main")
        check("no group of that name" in hers.text(), hers.text())
        owner.open(world.url + "/groups/leeds")
        owner.type("#typed", "leeds")
        owner.press("Delete")
        check("The group still has 1 person:" in owner.text(), owner.text())
        owner.screenshot(shots / "group-delete.png")
    finally:
        driver.stop()


def what_was_wanted(world):
    """a session ends in the middle of a form: what was typed goes on after logging in, and a link leads to its page"""
    if not programs():
        raise Skipped("chromium and chromedriver (Debian: chromium, chromium-driver) are not installed")
    shots = pathlib.Path(world.args.shots)
    shots.mkdir(parents=True, exist_ok=True)
    driver = Driver(world.folder / "chromedriver-wanted.log")
    try:
        hers = driver.browser(SMALL_PHONE)
        hers.open(link_of(world.person("invite", "--name", "Hana", "--role", "organiser", "--group", "main")))
        hers.press("Come in")
        hers.open(world.url + "/groups/main")
        hers.type("#title", "Harbour & Hill")
        hers.forget_cookies()
        hers.press("Save")
        check("what you typed is kept" in hers.text("main"), hers.text("main"))
        hers.screenshot(shots / "unsent.png")
        form = hers.windows()[0]
        hers.new_window()
        hers.open(world.url + "/groups/main?from=mail")
        check(hers.address().endswith("/login"), hers.address())
        hers.open(link_of(world.person("link", "Hana")))  # as by a text
        hers.press("Log in")
        equal(hers.address(), world.url + "/groups/main?from=mail", "the page that was wanted")
        hers.to_window(form)
        hers.press("Go on")
        check("Nothing was done yet" in hers.text("main"), hers.text("main"))
        hers.screenshot(shots / "once-more.png")
        hers.press("Go on as Hana")
        check("Saved." in hers.text(), hers.text())
        equal(hers.values("#title"), ["Harbour & Hill"], "what was typed")
    finally:
        driver.stop()


if __name__ == "__main__":
    sys.exit(run(options(shots="shots"), an_invitation, a_link_by_text, a_shift, tokens, whose_business, in_a_browser, groups_in_a_browser, what_was_wanted, world=World))
