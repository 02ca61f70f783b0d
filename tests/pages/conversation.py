#!/usr/bin/env python3
"""A volunteer answers people, by taps alone, in a real Chromium: on a small phone with and without JavaScript, and on a desk.
And what must not happen on the way: a letter of the draft that is lost, two who answer the same person, a text to somebody who
has just said STOP.

Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE --half answering|together --modules FOLDER [--shots FOLDER]. Prints TAP."""
import json
import sys
import time

from house import check, equal, options, run, until
from pages_world import PEOPLE, PagesWorld
from webdriver import DESK, SMALL_PHONE

QUESTION = "Hello, is there parking near the hall?"
DRAFT = "Yes! Two places are kept beside the door.\nShall I keep one"


def begin(world, count, size=SMALL_PHONE, scripts=True):
    """So many people have written; Ada has the inbox before her."""
    world.campaign(PEOPLE)
    for number, _ in PEOPLE[:count]:
        world.person_writes(number, QUESTION)
    return log_in(world, "Ada", size, scripts)


def log_in(world, name, size=SMALL_PHONE, scripts=True):
    browser = world.browser(size, scripts)
    world.log_in(browser, name)
    return browser


def waits(browser, css, text):
    until(lambda: any(text in shown for shown in browser.texts(css)), f"“{text}” in {css}")


def more(browser):
    browser.tap("//a[.='More']")


def heading(browser):
    return browser.text("h1")


def whole(world, size, scripts):
    """Next, read, tag, answer, send and next, close, undo: each of them one tap."""
    ada = begin(world, 3, size, scripts)
    ada.press("Next person")
    first = heading(ada)
    equal(first, PEOPLE[0][1], "who waits longest")
    check(QUESTION in ada.texts(".in .bubble"), "the question is not shown")
    ada.type("#text", DRAFT)
    ada.tap("//button[.='Maybe']")
    until(lambda: ada.find("button.tag.on[value=maybe]"), "the tag")
    equal(ada.values("#text"), [DRAFT], "the draft after a tag")
    ada.type("#text", " for you?")  # where the tap put the caret
    answer = ada.value("#text")
    ada.press("Send and next")
    until(lambda: heading(ada) == PEOPLE[1][1], "the next person")
    until(lambda: world.texts_to(PEOPLE[0][0])[0] == answer, "the answer at the provider")
    ada.press("Close and next")
    until(lambda: heading(ada) == PEOPLE[2][1], "the next but one")
    ada.press("Undo")
    until(lambda: heading(ada) == PEOPLE[1][1], "whom the undo is about")
    check(not ada.complaints(), "the console complains")


def suggested(world, scripts):
    """What we sent stands first; a suggestion is tapped, edited and sent."""
    number, name = PEOPLE[0]
    world.api("Omar", "POST", "/groups/main/suggestions", {"text": "In {{ward}} there are shoes of size {{shoe}}."})
    ada = begin(world, 1, scripts=scripts)
    ada.press("Next person")
    equal(ada.texts("#messages .bubble"), [f"Hi {name}, the Harbour Street Neighbours meet on Thursday at 7pm. Will you come? "
                                           "Reply STOP to end.", QUESTION], "the bubbles")
    check("ward: Harbour" in ada.text("header"), "what volunteers may see is not shown")
    until(lambda: "shoe is not known." in ada.text("#replies"), "what is missing is said")
    ada.tap("//button[contains(., 'In Harbour there are shoes')]")
    until(lambda: "{{shoe}}" in ada.value("#text"), "the group's answer in the field")
    ada.tap("//button[.='Send']")
    until(lambda: "which is not known of this person" in ada.text(), "the question before it is sent")
    if scripts:
        world.look(ada, "doubtful")
    ada.retype("#text", "")
    ada.type("#text", "Hello!")
    ada.tap(f"//button[.='See you there, {name}.']")
    # without scripts it is another page that has it, and for a moment there is none
    until(lambda: any(v.endswith(f"See you there, {name}.") for v in ada.values("#text")), "the suggestion in the field")
    ada.type("#text", " Bring a friend")
    answer = ada.value("#text")
    check(answer.startswith("Hello!"), f"what was written before it is gone: {answer}")
    ada.press("Send")
    until(lambda: world.texts_to(number)[0] == answer, "the answer at the provider")
    check([line for line in ada.complaints() if "409" not in line] == [], "the console complains")


def a_suggestion_is_edited_and_sent(world):
    suggested(world, True)


def a_suggestion_without_scripts(world):
    suggested(world, False)


def a_whole_conversation_on_a_small_phone(world):
    whole(world, SMALL_PHONE, True)


def a_whole_conversation_without_scripts(world):
    whole(world, SMALL_PHONE, False)


def a_whole_conversation_on_a_desk(world):
    whole(world, DESK, True)


def all_that_matters_fits_a_small_phone(world):
    """The newest message, the field and the buttons are there without scrolling."""
    ada = begin(world, 1)
    ada.press("Next person")
    width, height = SMALL_PHONE
    for box in ada.boxes(".in:last-child .bubble, #text, .acts button"):
        check(box["y"] >= 0 and box["y"] + box["height"] <= height and box["x"] + box["width"] <= width, f"outside: {box}")


def a_draft_outlives_a_reload_and_a_killed_musterd(world):
    ada = begin(world, 1)
    ada.press("Next person")
    ada.type("#text", DRAFT)
    ada.reload()
    equal(ada.values("#text"), [DRAFT], "the draft after a reload")
    world.daemon.kill()
    ada.tap("//button[.='Send']")
    waits(ada, "#said", "What you wrote is kept")
    equal(ada.values("#text"), [DRAFT], "the draft without a server")
    world.daemon.restart()
    ada.press("Send")
    until(lambda: world.texts_to(PEOPLE[0][0])[0] == DRAFT, "the answer at the provider")
    until(lambda: ada.values("#text") == [""], "an empty field")
    equal(world.texts_to(PEOPLE[0][0]).count(DRAFT), 1, "how often it was sent")


def what_arrives_shows_by_itself(world):
    """In the conversation, with the draft and the place above as they were, and in the list."""
    number, name = PEOPLE[0]
    ada = begin(world, 1)
    ben = log_in(world, "Ben")
    ada.press("Next person")
    ada.type("#text", DRAFT)
    world.person_writes(number, "And one for my mother, please")
    began = time.monotonic()
    waits(ada, ".in .bubble", "And one for my mother")
    print(f"# shown after {time.monotonic() - began:.2f} s")
    equal(ada.values("#text"), [DRAFT], "the draft")
    check("just written" in ada.text("#said"), "nothing says that they wrote")
    world.person_writes(PEOPLE[4][0], QUESTION)
    waits(ben, ".list strong", PEOPLE[4][1])
    ada.press("Send")
    until(lambda: world.texts_to(number)[0] == DRAFT, "the answer at the provider")


def a_stop_while_typing_says_so(world):
    ada = begin(world, 1)
    ada.press("Next person")
    ada.type("#text", DRAFT)
    world.person_writes(PEOPLE[0][0], "STOP")
    waits(ada, "#news", "does not want to be texted")
    equal(ada.values("#text"), [DRAFT], "the draft")
    ada.tap("//button[.='Send']")
    check(ada.run("return [...document.querySelectorAll('[data-sends]')].every(b => b.disabled)"), "Send can be pressed")
    check(DRAFT not in world.texts_to(PEOPLE[0][0]), "somebody who said STOP was texted")


def they_have_written_since(world):
    """Without scripts nobody sees it come: the answer is refused once, with the new words and the draft."""
    number, _ = PEOPLE[0]
    ada = begin(world, 1, scripts=False)
    ada.press("Next person")
    ada.type("#text", DRAFT)
    world.person_writes(number, "I found one, thank you")
    ada.press("Send")
    check("they have just written" in ada.text(".notice.bad"), "nothing says so")
    check("I found one, thank you" in ada.texts(".in .bubble"), "the new words are not shown")
    equal(ada.values("#text"), [DRAFT], "the draft")
    check(DRAFT not in world.texts_to(number), "it was sent")
    ada.press("Send")
    until(lambda: world.texts_to(number)[0] == DRAFT, "the answer at the provider")


def the_draft_is_there_on_another_phone(world):
    ada = begin(world, 1)
    ada.press("Next person")
    ada.type("#text", DRAFT)
    other = log_in(world, "Ada")

    def there():
        other.open(world.url + "/inbox/1")
        return other.values("#text") == [DRAFT]
    until(there, "the draft on another phone")


def noted_handed_over_and_taken_over(world):
    ada = begin(world, 1)
    ada.press("Next person")
    more(ada)
    ada.type("#note", "She uses a wheelchair")
    ada.press("Add note")
    waits(ada, ".remark", "Ada noted: She uses a wheelchair")
    omar = log_in(world, "Omar")
    omar.open(world.url + "/inbox/1")
    omar.press("Take over")
    waits(omar, ".remark", "Omar took over from Ada")
    waits(ada, "#news", "Omar is answering")
    check(ada.run("return [...document.querySelectorAll('[data-sends]')].every(b => b.disabled)"), "Ada can still send")
    ben = log_in(world, "Ben")
    more(omar)
    omar.follow("//a[normalize-space(.)='Hand over']")
    omar.run("document.getElementById('to').value = 'member:Ben'")
    omar.type("#word", "You know the hall")
    omar.press("Hand over")
    ben.open(world.url + "/inbox")
    waits(ben, "#handed", "Omar handed")
    ben.press("Next person")
    waits(ben, "#news", "You know the hall")
    waits(ben, ".remark", "Omar handed it to Ben: You know the hall")


def no_more_news_but_the_rest(world):
    """What they write sounds like STOP; a volunteer keeps them, without the news. Another slip of theirs is taken back."""
    ada = begin(world, 0)
    world.person_writes(PEOPLE[0][0], "No more newsletters please, but keep me on the action list")
    ada.press("Next person")
    world.look(ada, "no-more-held")
    ada.choose("#hold-less", "news")
    ada.press("Keep without it")
    waits(ada, "#news", "They want no more of: news.")
    waits(ada, ".remark", "Ada noted that they want no more of: news")
    check("sounds as if" not in ada.text("main"), "they are still held")
    more(ada)
    ada.tap("//summary[.='No more of one thing']")
    ada.choose("#no-more", "surveys")
    ada.type("#no-more-why", "Told me at the door")
    world.look(ada, "no-more-of")
    ada.press("No more of this")
    waits(ada, "#news", "They want no more of: news, surveys.")
    world.look(ada, "no-more-noted")
    more(ada)
    check("No more of: surveys, noted by Ada. “Told me at the door”" in ada.text("#more"), "who noted it, and why")
    ada.tap("//div[contains(., 'surveys')]/form/button")
    waits(ada, ".remark", "Ada noted that they want it again: survey")
    waits(ada, "#news", "They want no more of: news.")


def people_are_found(world):
    ada = begin(world, 3)
    for typed, found in ((PEOPLE[1][1][:3], [PEOPLE[1][1]]), (PEOPLE[2][0][-4:], [PEOPLE[2][1]]), ("nobody at all", [])):
        ada.open(world.url + "/inbox")
        ada.type("#search", typed)
        ada.press("Find")
        equal(ada.texts(".list strong"), found, f"who is found by {typed}")


def two_volunteers_get_two_people(world):
    ada = begin(world, 2)
    ben = log_in(world, "Ben")
    ada.press("Next person")
    ben.press("Next person")
    equal({heading(ada), heading(ben)}, {PEOPLE[0][1], PEOPLE[1][1]}, "whom they got")
    ben.open(world.url + "/inbox")
    ben.press("Next person")
    check("Everybody who waits is being answered" in ben.text("main"), "nobody is left, and nothing says so")


def the_length_is_counted_as_the_program_counts(world):
    texts = ["", "a", "a" * 160, "a" * 161, "€" * 80, "€" * 81, "[x]^~" * 40, "naïve", "Łódź", "😀" * 35, "😀" * 36, "x" * 66 + "😀😀",
             "a" * 152 + "€" + "b" * 200, "new\nline", "ÄÖÑÜ§¿ΔΦΓΛΩΠΨΣΘΞ"]
    ada = begin(world, 1)
    ada.press("Next person")
    for text in texts:
        path = world.folder / "text.txt"
        path.write_text(text, encoding="utf-8", newline="")
        wanted = json.loads(world.muster("parts", path, "--json"))
        found = ada.run("const url = [...document.scripts].find(s => s.type === 'module').src;"
                        "const source = await (await fetch(url)).text();"
                        "const {count} = await import(source.match(/\"(.static.parts.js[^\"]*)\"/)[1]); return count(arguments[0]);", text)
        equal([found[k] for k in ("units", "parts", "perPart")], [wanted[k] for k in ("units", "parts", "per_part")], repr(text[:20]))


# Half of them each, so that none of the two takes long.
HALVES = {
    "answering": [a_whole_conversation_on_a_small_phone, a_whole_conversation_without_scripts, a_whole_conversation_on_a_desk,
                  a_suggestion_is_edited_and_sent, a_suggestion_without_scripts, all_that_matters_fits_a_small_phone, people_are_found, the_length_is_counted_as_the_program_counts],
    "together": [what_arrives_shows_by_itself, a_stop_while_typing_says_so, they_have_written_since,
                 the_draft_is_there_on_another_phone, a_draft_outlives_a_reload_and_a_killed_musterd,
                 noted_handed_over_and_taken_over, no_more_news_but_the_rest, two_volunteers_get_two_people],
}

if __name__ == "__main__":
    ARGS = options(modules=".", half="answering", shots="")
    sys.exit(run(ARGS, *HALVES[ARGS.half], world=PagesWorld))
