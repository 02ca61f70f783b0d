#!/usr/bin/env python3
"""An organiser's list on a phone, by clicking alone: upload, what was left out, mend, add, look, delete; without scripts
and with them. Prints TAP; screenshots go to the folder --shots."""
import json
import os
import pathlib
import sys

import upload
from house import check, equal, options, run, until
from webdriver import PHONE, Driver

ARGS = options(shots="")
PEOPLE = [{"name": "Olga", "role": "owner", "token": "token-of-olga-0001"},
          {"name": "Leo", "role": "organiser", "group": "leeds", "token": "token-of-leo-00001"}]
LIST = "phone,first_name,town\n" + "".join(f"07400 0001{i:02},Person {i},Leeds\n" for i in range(20)) + \
    "020 7946 0018,Ann <b>Land</b>,York\n07400 000105,Twice,York\n07400 00,Short,York\n"
MENDED = "phone,first_name,town\n07400 000221,Ann Land,York\n07400 000105,Twice,York\n"
TAP_PX = 44


def shot(browser, name):
    if ARGS.shots:
        pathlib.Path(ARGS.shots).mkdir(parents=True, exist_ok=True)
        browser.screenshot(pathlib.Path(ARGS.shots) / f"{name}.png")


def fits_a_thumb(browser, width=PHONE["width"]):
    for box in browser.boxes("main *"):
        check(box["x"] + box["width"] <= width + 1, f"wider than the phone: {browser.address()}: {box}")
    for box in browser.boxes("button, .button, summary, input:not([type=hidden], [type=checkbox], [type=radio], [hidden]), label.choice"):
        check(box["width"] == 0 or box["height"] >= TAP_PX - .5, f"too small to tap: {browser.address()}: {box}")


def choose(browser, path):
    browser.chromium_command("DOM.setFileInputFiles", nodeId=browser.node("input[type=file]"), files=[str(path)])


def log_in(house, browser, name):
    browser.open(house.daemon.url + "/login?token=" + next(p["token"] for p in PEOPLE if p["name"] == name))
    browser.press("Log in")


def read(browser):
    """Until the upload has come to its end; the page looks again by itself."""
    until(lambda: any(words in browser.source() for words in ("See the list", "that did not work")), "the end of the import")


def story(house, browser, tag):
    url = house.daemon.url
    log_in(house, browser, "Leo")
    browser.open(url + "/lists")
    check("There is no list yet" in browser.text(), browser.text())
    browser.follow("//a[.='Upload a list']")
    fits_a_thumb(browser)
    shot(browser, f"{tag}-1-new")
    first, second = house.folder / "list.csv", house.folder / "mended.csv"
    first.write_text(LIST, encoding="utf-8")
    second.write_text(MENDED, encoding="utf-8")
    browser.type("#name", "Members")
    choose(browser, first)
    browser.press("Upload")
    read(browser)
    text = browser.text()
    for words in ("20 people are in the list", "3 of 23 rows were left out", "a landline", "an earlier row has this number", "020 7946 0018"):
        check(words in text, f"'{words}' is not on the page: {text}")
    fits_a_thumb(browser)
    shot(browser, f"{tag}-2-result")
    browser.follow("//a[.='See the list']")
    check(len(browser.texts("ul.cards li")) == 5 and "first_name" in browser.text(), browser.text())
    fits_a_thumb(browser)
    shot(browser, f"{tag}-3-list")
    choose(browser, second)
    browser.press("Change the list")
    read(browser)
    check("1 added; the list has 21 people now" in browser.text(), browser.text())
    browser.follow("//a[.='See the list']")
    browser.tap("//summary[.='Change one person']")
    browser.type("#number", "0740")
    browser.type("#field-town", "Hull")
    browser.press("Change")
    check("Nothing was changed" in browser.text() and "too short" in browser.text("#number-error"), browser.text())
    equal(browser.values("#number, #field-town"), ["0740", "Hull"], "what was typed")
    browser.retype("#number", "07400 000221")
    fits_a_thumb(browser)
    shot(browser, f"{tag}-3-person")
    browser.press("Change")
    read(browser)
    check("1 changed; the list has 21 people now" in browser.text(), browser.text())
    browser.follow("//a[.='See the list']")
    check("changed" in browser.text("main p.quiet"), browser.text())
    choose(browser, second)
    browser.tap("//input[@value='remove' and @name='change']")
    browser.press("Change the list")
    read(browser)
    check("2 taken off; the list has 19 people now" in browser.text(), browser.text())
    browser.open(url + "/lists")
    check("19 people" in browser.text("ul.cards"), browser.text())
    shot(browser, f"{tag}-4-lists")
    browser.follow("//h2/a[.='Members']")
    browser.type("#typed", "Member")
    browser.press("Delete")
    check("not the name of this list" in browser.text(), browser.text())
    browser.tap("#typed")
    browser.chromium_command("Input.insertText", text="s")
    browser.press("Delete")
    check("There is no list yet" in browser.text(), browser.text())
    problems = [m for m in browser.complaints() if "422" not in m and "/api/v1/events" not in m]  # those of the log-in's first page
    equal(problems, [], "what the console says")


def by_clicking(house):
    house.start_musterd(port=1, people=PEOPLE)
    driver = Driver(house.folder / "driver.log")
    try:
        story(house, driver.browser(), "plain")
        story(house, driver.browser(scripts=True), "scripts")
    finally:
        driver.stop()


def refused_on_the_form(house):
    """What was typed stays, and the reason stands above it."""
    house.start_musterd(port=1, people=PEOPLE)
    equal(upload.outcome(house.daemon, upload.upload(house.daemon, "/api/v1/lists/import", LIST.encode(), name="Members",
                                                     group="leeds")[1]["id"])["stored"], 20, "a list that is there")
    driver = Driver(house.folder / "driver.log")
    try:
        for scripts in (False, True):
            browser = driver.browser(scripts=scripts)
            log_in(house, browser, "Leo")
            browser.open(house.daemon.url + "/lists/new")
            path = house.folder / "list.csv"
            path.write_text(LIST, encoding="utf-8")
            browser.type("#name", "Members")
            choose(browser, path)
            if scripts:
                browser.tap("//button[normalize-space(.)='Upload']")
            else:
                browser.press("Upload")
            until(lambda b=browser: "There is a list 'Members' already" in b.text(), "the reason")
            equal(browser.values("#name"), ["Members"], "what was typed")
            shot(browser, f"refused-{scripts}")
    finally:
        driver.stop()


def a_list_from_a_campaign(house):
    """By its number and a choice; what cannot be is said on the form."""
    sink = house.sink()
    house.start_musterd(port=sink.port, people=PEOPLE, gateway={"rate_per_s": 400})
    house.import_people(40)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    driver = Driver(house.folder / "driver.log")
    try:
        browser = driver.browser()
        log_in(house, browser, "Olga")
        browser.open(f"{house.daemon.url}/lists/from?campaign={campaign}")
        fits_a_thumb(browser)
        shot(browser, "from")
        browser.tap("//input[@value='yes']")
        browser.type("#name", "Helpers")
        browser.press("Make the list")
        until(lambda: "No list was made" in browser.source(), "that nobody said yes")
        browser.open(f"{house.daemon.url}/lists/from?campaign={campaign}")
        browser.tap("//input[@value='silent']")
        browser.type("#name", "Silent ones")
        browser.press("Make the list")
        read(browser)
        check("40 people are in the list" in browser.text(), browser.text())
        browser.open(f"{house.daemon.url}/lists/from?campaign=99")
        browser.tap("//input[@value='silent']")
        browser.type("#name", "Nobody")
        browser.press("Make the list")
        check("99" in browser.text("[role=alert]") and browser.values("#name") == ["Nobody"], browser.text())
    finally:
        driver.stop()


def an_opt_out_by_hand(house):
    """Look up, keep off with a reason, see it, remove it with a reason; what a group may not lift has no button."""
    house.start_musterd(port=1, people=PEOPLE)
    house.muster("suppress", "add", "+447400000199", "--evidence", "STOP, by post")
    driver = Driver(house.folder / "driver.log")
    try:
        browser = driver.browser()
        log_in(house, browser, "Leo")
        browser.open(house.daemon.url + "/optouts")
        browser.type("#number", "nonsense")
        browser.press("Look up")
        check("The phone number: not a phone number." in browser.text(), browser.text())
        browser.open(house.daemon.url + "/optouts")
        browser.type("#number", "07400 000101")
        browser.press("Look up")
        check("+447400000101" in browser.text() and "May be texted" in browser.text(), browser.text())
        fits_a_thumb(browser)
        browser.type("#why", "asked me at the stall")
        browser.press("Keep them off the list")
        check("Must not be texted: leeds" in browser.text() and "asked me at the stall" in browser.text(), browser.text())
        shot(browser, "optout")
        fits_a_thumb(browser)
        equal(house.muster("suppress", "export", "--group", "leeds").count("+447400000101"), 1, "stored")
        browser.type("#why-leeds", "she wrote to us")
        browser.press("Let them be texted again")
        check("May be texted" in browser.text(), browser.text())
        equal(house.muster("suppress", "export", "--group", "leeds").count("+447400000101"), 0, "lifted")
        browser.open(house.daemon.url + "/optouts?number=%2B447400000199")
        check("by anybody here" in browser.text() and "Let them" not in browser.text(), browser.text())
    finally:
        driver.stop()


def what_they_agreed_to(house):
    """A group's organiser looks up whom their campaign texted, takes one consent back, and gives it again; not what another group noted,
    and nothing of whom they do not know."""
    sink = house.sink()
    house.start_musterd(port=sink.port, people=PEOPLE)
    path, ann, bob = house.folder / "list.csv", "+447400000101", "+447400000102"
    for group, number, purposes in (("leeds", ann, '"news, reminders"'), ("york", bob, "news")):
        path.write_text("phone,first_name,consent,consent_at,consent_source,consent_wording\n"
                        f"{number},Ann,{purposes},2026-03-01,stall,Text me news\n")
        house.muster("audience", "import", path, "--name", group, "--group", group)
        house.wait_status(house.launch(group, name=group, needs_consent="news", text="Hi {{first_name}}, from Us. Reply STOP to end"), "done")
    driver = Driver(house.folder / "driver.log")
    try:
        browser = driver.browser()
        log_in(house, browser, "Leo")
        browser.open(house.daemon.url + "/optouts?number=%2B447400000102")
        check("agreed" not in browser.text(), f"known to york alone: {browser.text()}")
        browser.open(house.daemon.url + "/optouts?number=%2B447400000101")
        for words in ("news, reminders", "Where: stall.", "When: 2026-03-01.", "Text me news", "Group leeds"):
            check(words in browser.text(), f"{words}: {browser.text()}")
        browser.tap("//summary[.='They want no more of one thing']")
        fits_a_thumb(browser)
        shot(browser, "consent-1")
        equal(browser.texts("#consent option"), ["news", "reminders"], "what can be taken back")
        browser.type("#consent-why", "no more news please")
        browser.press("No more of this")
        check("No more: news" in browser.text() and "noted by Leo\n" in browser.text() and "no more news please" in browser.text(), browser.text())
        fits_a_thumb(browser)
        shot(browser, "consent-2")
        equal([w["consent"] for w in json.loads(house.muster("consent", "show", ann, "--json"))["withdrawn"]], ["news"], "stored")
        browser.tap("//summary[.='They agree again: news']")
        browser.type("#again-news", "asked for it")
        browser.press("They agree again")
        check("No more: news" not in browser.text() and "They want no more" in browser.text(), browser.text())
        house.muster("consent", "withdraw", ann, "--of", "news", "--why", "told the office")
        browser.open(house.daemon.url + "/optouts?number=%2B447400000101")
        check("Another group noted this" in browser.text() and "told the office" not in browser.text(), browser.text())
        check("They agree again" not in browser.text(), browser.text())
    finally:
        driver.stop()


STOPS = "phone\n07400 000301\n07400 000302\n07400 000303\n07400 000304\nnot a number\n"


def import_stops(house, browser, name):
    """To the question."""
    path = house.folder / name
    path.write_text(STOPS, encoding="utf-8")
    browser.open(house.daemon.url + "/optouts")
    browser.follow("//a[.='Import a file']")
    fits_a_thumb(browser)
    choose(browser, path)
    browser.press("Upload")
    until(lambda: any(words in browser.source() for words in ("Leave it", "Try again")), "the question")
    fits_a_thumb(browser)


def stopped(house):
    return [line.split(",")[0] for line in house.muster("suppress", "export", "--group", "leeds").splitlines()[1:]]


def opt_outs_of_a_file(house):
    """Asked, left, asked again, set, one of them said by hand since, undone."""
    house.start_musterd(port=1, people=PEOPLE)
    house.muster("suppress", "add", "+447400000301", "--group", "leeds", "--evidence", "by post")
    driver = Driver(house.folder / "driver.log")
    try:
        for scripts in (False, True):
            browser = driver.browser(scripts=scripts)
            log_in(house, browser, "Leo")
            import_stops(house, browser, "stops.csv")
            for words in ("3 numbers will not be texted any more by leeds", "Kept off already: 1", "1 of 5 rows could not be read",
                          "not a number"):
                check(words in browser.text(), f"'{words}' is not on the page: {browser.text()}")
            shot(browser, f"question-{scripts}")
            equal(stopped(house), ["+447400000301"], "before it is said")
            browser.press("Leave it")
            check("Files that were imported" not in browser.text() or scripts, browser.text())
            equal(stopped(house), ["+447400000301"], "left")
            import_stops(house, browser, "stops.csv")
            browser.press("Go on")
            check("3 numbers must not be texted by leeds" in browser.text() and "By Leo" in browser.text(), browser.text())
            fits_a_thumb(browser)
            shot(browser, f"batches-{scripts}")
            equal(len(stopped(house)), 4, "set")
            house.muster("suppress", "add", "+447400000302", "--group", "leeds", "--evidence", "she rang")
            browser.tap("//summary[.='Undo']")
            browser.type("details[open] input[name=why]", "the wrong file")
            browser.press("Undo this file")
            check("Undone: 2 of them may be texted again" in browser.text(), browser.text())
            equal(sorted(stopped(house)), ["+447400000301", "+447400000302"], "undone")
            house.muster("suppress", "remove", "+447400000302", "--group", "leeds", "--why", "for the next round")
    finally:
        driver.stop()


if __name__ == "__main__":
    os.environ.pop("MUSTER_URL", None)
    sys.exit(run(ARGS, by_clicking, refused_on_the_form, a_list_from_a_campaign, an_opt_out_by_hand, what_they_agreed_to, opt_outs_of_a_file))
