#!/usr/bin/env python3
"""Every page that there is, as each role sees it, on a small phone and on a desk, by day and by night, at 400 % and with large letters:
axe finds nothing, nothing is cut, wider than the window or too small for a thumb, nothing comes from elsewhere, and no page weighs
more than 100 kB with all that it loads. The pages are asked of the program's own rows: a new one is looked at by itself, and fails
while nobody has said here which address of it there is to see.

Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE --modules FOLDER --pages PROGRAM. Prints TAP."""
import datetime
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import upload
from house import Failed, check, equal, options, post, run, until
from inbox_world import token_of
from pages_world import MEMBERS, PagesWorld

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
NAMES = ["محمد عبد الله", "שרה", LONG, "Kim of the long valley behind the second hill"]
EXAMPLES = {"id": "1", "name": "main", "scope": "main"}  # of what stands in {} of a path, where `examples` says nothing else
# of a campaign that has not begun, one with a long name, people with long names and from right to left, what one may do there
MORE = ["/campaigns/2", "/campaigns/new?from=1", "/campaigns/3", "/lists/2", "/inbox/1#more", "/inbox/2#more", "/inbox/7", "/inbox/9",
        "/near?q=53.93,-1.48"]
PUBLIC = ("/near", "/pledge/", "/s/")  # the same for everybody: one looks
STATIC = "/static/"
NO_PAGE = ("/inbox/login", "/s/{link}/to/{way}")  # an address of an older Muster; one that leads to a messenger
COUNTRY = "GB"
WEEKLY = {"name": "Every Thursday", "every": "thu 09:00", "from_campaign": 1}


def in_days(days, hours=0):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def paths(world, name):
    """Each row's example: {address: row}, and more addresses of some."""
    rows = subprocess.run([world.args.pages], capture_output=True, text=True, check=True, timeout=30).stdout.split()
    found = {world.examples.get(row) or re.sub(r"\{(\w+)\}", lambda found: EXAMPLES.get(found.group(1), "none"), row): row for row in rows
             if not row.startswith(STATIC) and row not in NO_PAGE}
    found.update((path, None) for path in MORE)
    return {path: row for path, row in found.items() if name == "Olive" or not path.startswith(PUBLIC)}


def kind_of(world, name, path):
    """The status and the type of what a member gets there, the address to which it leads, and what stands between its head and foot."""
    request = urllib.request.Request(world.url + path, headers={"Authorization": "Bearer " + token_of(name)})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            main = re.search(rb"<main.*</main>", response.read(), re.S)
            return response.status, response.headers.get_content_type(), response.url, main and main.group()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers.get_content_type(), world.url + path, None


def walk(world, browser, name):
    found, seen, unseen = [], set(), []
    for path, row in paths(world, name).items():
        status, kind, address, main = kind_of(world, name, path)
        if status == 403:
            check(kind == "text/html", f"{name} is refused {path} with {kind}, and people read pages")
        if row and status != 200:
            unseen.append(f"{row} ({status})")
        if kind != "text/html" or status == 403 or address in seen:
            continue
        seen.add(address)
        if name == "Olive" and main and main == kind_of(world, "Omar", path)[3]:
            continue  # the very page that was looked at with Omar
        browser.open(world.url + path)
        found += [f"{name} at {path} {problem}" for problem in world.problems(browser)]
        found += [f"{name} at {path}: {line}" for line in browser.complaints() if f"status of {status} " not in line]
    print("".join(f"# {line}\n" for line in found) + f"# {name}: {len(seen)} pages", flush=True)
    check(len(seen) > 2, "no page was seen")
    if found:
        raise Failed(f"{len(found)} problems")
    if name == "Olive":
        equal(unseen, [], "pages that not even an owner sees: say in `examples` which address there is")


def examples(world):
    """What the rows with something of their own in {} lead to: a list that was read, opt-outs that were, links by which people come."""
    status, started = upload.upload(world.daemon, "/api/v1/lists/import", "phone,first_name\n+447700900480,Ann\n020 7946 0018,Bo\n",
                                    name="Uploaded", group="main", country=COUNTRY)
    equal(status, 202, f"what becomes of an upload: {started}")
    upload.outcome(world.daemon, started["id"])
    status, stops = upload.upload(world.daemon, "/api/v1/suppression-batches/upload", "phone\n+447700900481\n+4477\n", scope="main", country=COUNTRY)
    equal(status, 202, f"what becomes of opt-outs: {stops}")
    upload.outcome(world.daemon, stops["id"])
    world.api("Olive", "POST", "/groups", {"name": "leeds", "title": "Leeds and the villages around it"})
    world.api("Olive", "POST", "/audiences/1/loans", {"to": "leeds", "until": in_days(30), "why": "our twin"})
    world.muster("campaign", "share", "1", "--title", "Vote today", "--text", "Polls are open until 10. We are close. Pass it on!")
    world.api("Olive", "POST", "/place-sessions/1/pledges", {"number": "+447700900301", "name": "Ann", "group": "main"})
    invited = world.api("Olive", "POST", "/invitations", {"name": "Sam", "role": "volunteer", "groups": ["main"]})
    world.api("Olive", "POST", "/schedules", WEEKLY)
    world.api("Olive", "POST", "/conversations/2/no-more", {"consent": "newsletter", "why": "no more newsletters, please"})
    post(world.url + "/hooks/main", {"MessageSid": "SMkept"}, {})
    link = "/s/" + world.api("Olive", "GET", "/campaigns/1/cascade")["address"].rsplit("/", 1)[1]
    with urllib.request.urlopen(world.url + "/near?q=53.93,-1.48", timeout=10) as page:
        near = re.search(r"/near/[A-Za-z0-9_-]{20,}", page.read().decode()).group()
    pledge = until(lambda: re.search(r"/pledge/\S+", " ".join(world.texts_to("+447700900301"))), "the text that confirms").group()
    ben = next(person["id"] for person in world.api("Olive", "GET", "/people")["people"] if person["name"] == "Ben")
    again = world.api("Olive", "POST", f"/people/{ben}/link", {})
    return {"/campaigns/{id}/change": "/campaigns/2/change", "/login/{code}": urllib.parse.urlsplit(again["url"]).path,
            "/lists/imports/{import}": f"/lists/imports/{started['id']}",
            "/lists/imports/{import}/rejects": f"/lists/imports/{started['id']}/rejects",
            "/optouts/imports/{import}": f"/optouts/imports/{stops['id']}", "/join/{code}": urllib.parse.urlsplit(invited["url"]).path,
            "/near/{link}": near, "/near/{link}/calendar.ics": near + "/calendar.ics", "/pledge/{link}": pledge,
            "/s/{link}": link, "/s/{link}/me": link + "/me"}


def long_names(world):
    """Of a list, its people, a campaign and a place; people who write what has no place to break, or from right to left."""
    path, name = world.folder / "long.csv", "Everybody who said in spring that they would like to help"
    people = [(f"+4477009004{i:02}", first) for i, first in enumerate(NAMES)]
    path.write_text("phone,first_name\n" + "".join(f"{number},{first}\n" for number, first in people), encoding="utf-8")
    world.muster("audience", "import", path, "--name", name)
    world.launch(audience=name, name="The second evening of the spring campaign in the old town hall",
                 text="Hi {{first_name}}. Reply STOP to end")
    for (number, first), text in zip(people, ("مرحبا، هل يوجد موقف سيارات؟", "כן, אני בא", LONG + "/" + LONG)):
        world.person_writes(number, text)
    time = {"start": in_days(2), "end": in_days(2, hours=2), "meeting_point": "Library steps, beside the old cinema"}
    place = {"name": "Northfield and the long valley behind it", "at": "53.93,-1.48", "code": "n"}
    world.api("Olive", "POST", "/places/import", {"group": "main", "places": [place], "sessions": [{"place": "n", "code": "1", **time}]})


def a_schedule(world):
    """Of several languages, so each form of it has all its fields."""
    sms = {"en": {"text": "Hi {{first_name}}. Reply STOP to end"}, "fr": {"text": "Salut {{first_name}}. STOP pour finir"}}
    campaign = {"audience": "members", "gateway": "main", "hours": "any", "message": {"default": "en", "sms": sms}}
    world.api("Olive", "POST", "/schedules", {"name": "weekly", "every": "thu 09:00", "campaign": campaign})


def a_rehearsal(world):
    """One that was played, with all kinds of lines; and one that waits."""
    campaign = {"name": "thursday", "audience": "members", "gateway": "main", "hours": "any",
                "message": {"sms": {"en": {"text": "Hi {{first_name}}. Reply STOP to end"}}}}
    world.api("Olive", "POST", "/rehearsals", campaign)
    taken = world.api("Olive", "POST", "/rehearsals/take", {})["rehearsal"]
    lines = [{"level": level, "what": "opt-outs", "why": "More than 2 % of them would say STOP.", "mend": "Text fewer."} for level in ("go", "look", "no")]
    facts = [{"term": "To answer them", "text": "12, at 40 answers an hour each"}, {"term": "Done", "text": "Thu 03 Dec 2026 21:14 GMT"}]
    world.api("Olive", "POST", f"/rehearsals/{taken['id']}/tell", {"lease": taken["lease"], "report": {"go": False, "list": lines, "facts": facts}})
    world.api("Olive", "POST", "/rehearsals", campaign | {"name": "friday"})


def of(name):
    def test(world):
        world.fill()
        world.launch(name="later", text="Hi {{first_name}}. Reply STOP to end", start="2040-01-02 09:00Z")
        long_names(world)
        a_schedule(world)
        a_rehearsal(world)
        world.examples = examples(world)
        browser = world.browser()
        world.log_in(browser, name)
        walk(world, browser, name)
    test.__name__ = f"all_pages_as_{'a volunteer' if name == 'Ada' else 'an ' + MEMBERS[name][0]}_sees_them"
    return test


if __name__ == "__main__":
    sys.exit(run(options(modules=".", pages="print_pages"), *map(of, ("Ada", "Omar", "Olive")), world=PagesWorld))
