#!/usr/bin/env python3
"""Places and sessions: a file by the client, twice; a place, a session and a file by an organiser's phone without JavaScript; a
correction that shows to everybody at once. Prints TAP. Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE --shots FOLDER."""
import datetime
import json
import pathlib
import subprocess
import sys

from house import Skipped, check, equal, options, run
from inbox_world import InboxWorld, token_of
from webdriver import DESK, SMALL_PHONE, Driver, programs

BOTH = """place,lat,lon,priority,needed,date,start,end,meeting point,capacity,accessible
Harbour West,53.40,-3.00,marginal,120,2031-07-01,10:00,12:00,"The pier, north side",20,yes
Harbour West,53.40,-3.00,marginal,120,2031-07-01,22:00,01:00,The pier,,no
Harbour East,53.41,-2.90,safe,,2031-07-02,10:00,noon,The church,20,yes
"""


class World(InboxWorld):
    def __init__(self, args):
        super().__init__(args, {"Olive": ("owner", None), "Lee": ("organiser", "leeds"), "Vera": ("volunteer", "leeds")})

    def imported(self, *words, code=0):
        return self.muster("place", "import", *words, code=code)

    def all(self, name, kind):
        return json.loads(self.muster(name, "list", "--json"))[kind]


def by_the_client(world):
    """The sample's files, times by the clock of the group; again, and nothing changes."""
    subprocess.run([sys.executable, pathlib.Path(world.args.source) / "tools/sample_places.py", world.folder, "--today", "2031-05-01"], check=True)
    world.muster("group", "set", "leeds", "--zone", "Europe/London")
    places, sessions = world.folder / "places.csv", world.folder / "sessions.csv"
    check("45 made" in world.imported(places, "--group", "leeds"), "places")
    check("90 made" in world.imported(sessions, "--group", "leeds"), "sessions")
    check("0 made, 0 corrected, 90 as they were" in world.imported(sessions, "--group", "leeds"), "again")
    first = world.all("session", "sessions")[0]
    line = next(row for row in sessions.read_text().splitlines() if row.startswith(first["code"] + ","))
    equal(int(first["start"][11:13]) + 1, int(line.split(",")[2][11:13]), "the hour, British summer time")


def both(world):
    world.muster("group", "set", "leeds", "--zone", "Europe/London")
    path = world.folder / "both.csv"
    path.write_text(BOTH, encoding="utf-8")
    return path


POSTCODES = """GB\tLS1 1AA\tLeeds\tEngland\tENG\tWest Yorkshire\t\t\t\t53.8000\t-1.5500\t6
GB\tNP20 1AA\tNewport\tWales\tWLS\tGwent\t\t\t\t51.5880\t-2.9980\t6
GB\tTF10 7AA\tNewport\tEngland\tENG\tShropshire\t\t\t\t52.7690\t-2.3790\t6
"""


def by_postcode(world):
    """In place of a point; what is not known is said with its line."""
    gazetteer, path = world.folder / "GB.txt", world.folder / "towns.csv"
    gazetteer.write_text(POSTCODES, encoding="utf-8")
    world.muster("gazetteer", "import", gazetteer, "--country", "GB")
    path.write_text("name,town,postcode\nOne,Newport,LS1 1AA\nTwo,Newport,\nThree,Leeds,\nFour,,ZE1 0AA\n", encoding="utf-8")
    said = world.imported(path, "--group", "leeds", code=1)
    check("2 made, 0 corrected, 0 as they were, 2 refused" in said, said)
    world.muster("place", "add", "Five", "--postcode", "Newport (Gwent)", "--group", "leeds")
    equal({p["name"]: p["at"][:5] for p in world.all("place", "places")}, {"One": "53.80", "Three": "53.80", "Five": "51.58"}, "where they are")


CALENDAR = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
BEGIN:VEVENT
DTSTART:{day}T170000Z
DTEND:{day}T190000Z
UID:4k2v0b@google.com
LOCATION:Harbour West\\, the pier
SUMMARY:Door knocking
END:VEVENT
END:VCALENDAR
"""


def a_calendar(world):
    """An event at a place that is known by its name; again, and it is corrected."""
    world.imported(both(world), "--group", "leeds", code=1)
    day = (datetime.date.today() + datetime.timedelta(days=9)).strftime("%Y%m%d")
    path = world.folder / "canvass.ics"
    path.write_text(CALENDAR.format(day=day).replace("\n", "\r\n"), encoding="utf-8")
    check("1 made" in world.imported(path, "--group", "leeds"), "the event")
    path.write_text(path.read_text().replace("T190000Z", "T183000Z"), encoding="utf-8")
    check("1 corrected" in world.imported(path, "--group", "leeds"), "the event again")
    path.write_text(path.read_text().replace("Harbour West", "Nowhere"), encoding="utf-8")
    check("1 refused" in world.imported(path, "--group", "leeds", code=1), "a place that nobody knows")


def places_and_sessions_in_one_file(world):
    path = both(world)
    said = world.imported(path, "--group", "leeds", "--zone", "Europe/London", code=1)
    check("4 made" in said and "1 refused" in said, said)
    west = [p for p in world.all("place", "places") if p["name"] == "Harbour West"]
    equal([(p["needed"], p["coming"]) for p in west], [(120, 2)], "one place, two sessions")
    night = [s for s in world.all("session", "sessions") if s["place"] == west[0]["id"]][1]
    equal((night["start"], night["end"]), ("2031-07-01T21:00:00Z", "2031-07-02T00:00:00Z"), "over midnight")


def pledges_by_the_client(world):
    """Who comes: a number, the number again, one too many, one who came, one who does not come after all; and how many."""
    start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=30)
    times = ["--start", f"{start:%Y-%m-%dT%H:%M:%SZ}", "--end", f"{start + datetime.timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"]
    place = json.loads(world.muster("place", "add", "Quay", "--at", "53.40,-3.00", "--group", "leeds", "--json"))["id"]
    other = json.loads(world.muster("place", "add", "Mill", "--at", "53.90,-1.80", "--group", "york", "--json"))["id"]
    session = json.loads(world.muster("session", "add", str(place), *times, "--capacity", "1", "--json"))["id"]

    def pledge(*words, code=0):
        return world.muster("pledge", *words, code=code)

    check("coming\n" in pledge("make", session, "07700 900101", "--name", "Sam", "--group", "leeds"), "made")
    check("coming, as before" in pledge("make", session, "+447700900101", "--group", "leeds"), "made again")
    check("waiting" in pledge("make", session, "+447700900102", "--group", "leeds"), "one too many")
    check("came" in pledge("came", session, 1), "came")
    for words in (["list", session], ["list", "--place", place], ["list", "--group", "leeds"]):
        said = pledge(*words)
        check("1 coming, 1 waiting" in said and "\tcame\t+447700900101\tleeds\tSam" in said, said)
    equal(pledge("list", "--group", "york"), "", "sessions of another group")
    check("gone" in pledge("cancel", session, 2), "cancelled")
    check("coming" in pledge("undo", session, 1) and "missed" in pledge("missed", session, 1), "missed")
    check("group leeds" in pledge("counts", "--days", 2), "counts")
    pledge("list", code=2)
    pledge("make", session, code=2)
    pledge("came", session, "none", code=2)
    pledge("came", session, 77, code=1)
    check("leeds adopted Mill" in world.muster("group", "twin", "leeds", "--place", str(other), "--helps", "yes"), "twin")
    check("offers its volunteers" in world.muster("group", "twin", "york"), "adopted by")
    check("leeds adopted no place" in world.muster("group", "twin", "leeds", "--place", "none"), "no twin")


def log_in(world, browser, name):
    browser.open(world.url + "/login?token=" + token_of(name))
    browser.press("Log in")


def on_a_phone(world):
    if not programs():
        raise Skipped("chromium and chromedriver are not installed")
    shots = pathlib.Path(world.args.shots)
    shots.mkdir(parents=True, exist_ok=True)
    path = both(world)
    world.imported(path, "--group", "leeds", code=1)
    driver = Driver(shots / "chromedriver.log")
    try:
        lee = driver.browser(SMALL_PHONE)
        log_in(world, lee, "Lee")
        lee.open(world.url + "/places")
        lee.screenshot(shots / "places.png")
        lee.follow("//a[.='Add a place']")
        lee.type("#name", "Dock Ward")
        lee.type("#at", "somewhere")
        lee.press("Save")
        check(lee.values("#at") == ["somewhere"] and lee.texts(".field.wrong .error"), "a point that is none: " + lee.text())
        lee.screenshot(shots / "place-wrong.png")
        lee.retype("#at", "53.44, -2.99")
        lee.press("Save")
        check("No session to come" in lee.text(), lee.text())
        lee.follow("//a[.='Add a session']")
        lee.run("document.querySelector('#start').value = '2031-07-01T18:00'; document.querySelector('#end').value = '2031-07-01T17:00'")
        lee.type("#meeting_point", "The dock gate")
        lee.type("#capacity", "20")
        lee.press("Save")
        check(lee.texts(".field.wrong .error"), "an end before the start: " + lee.text())
        lee.run("document.querySelector('#end').value = '2031-07-01T20:00'")
        lee.screenshot(shots / "session-form.png")
        lee.press("Save")
        check("Tue 01 Jul 2031, 18:00 to 20:00" in lee.text() and "0 coming, 20 places left" in lee.text(), lee.text())
        lee.screenshot(shots / "place.png")
        place = lee.address()

        vera = driver.browser(DESK)
        log_in(world, vera, "Vera")
        vera.open(place)
        check("The dock gate" in vera.text() and "Add a session" not in vera.text(), vera.text())
        lee.follow("//a[.='Change']")
        lee.screenshot(shots / "session-change.png")
        lee.press("Call it off")
        vera.reload()
        check("Called off" in vera.text(), vera.text())
        vera.screenshot(shots / "place-desk.png")

        lee.open(world.url + "/places/import")
        lee.screenshot(shots / "import.png")
        lee.chromium_command("DOM.setFileInputFiles", nodeId=lee.node("#file"), files=[str(path)])
        lee.press("Import")
        check("0 made, 0 corrected, 4 as they were" in lee.text() and "line 4: 'end' must be a time" in lee.text(), lee.text())
        lee.screenshot(shots / "imported.png")
    finally:
        driver.stop()


if __name__ == "__main__":
    sys.exit(run(options(shots="shots"), by_the_client, by_postcode, places_and_sessions_in_one_file, a_calendar, pledges_by_the_client, on_a_phone, world=World))
