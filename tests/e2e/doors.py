#!/usr/bin/env python3
"""The doors: whoever writes, from whatever they have for a number, is stored as the right person, or kept and shown; and
what they say about being texted holds for that person, whatever came first. Arguments as in house.py."""
import base64
import hashlib
import hmac
import json
import sys
import time
import urllib.parse
import urllib.request

from door_world import NOW, TOKEN, DoorWorld, signed_form
from house import check, equal, options, run, until

ANN, BEN = "+447700900123", "+447700900124"
ANN_ID = ANN[1:]
TEXT = "Hi {{first_name}}, we meet on Thursday at 7. Reply STOP to end."


def a_spelling_of_the_provider_is_the_person_of_the_list(w):
    people = {"+5582999990123": ("558299990123", "SAIR"), "+525512345678": ("5215512345678", "ALTO"),
              "+2250707000123": ("22507000123", "STOP"), "+2290161000123": ("22961000123", "STOP")}
    campaign, sent = w.campaign(people, "list", "wa")
    equal(len(sent), 4, "sent")
    for number, (spelled, word) in people.items():
        w.whatsapp({"from": spelled}, text=word)
        w.only(number)
        check(w.is_suppressed(number), f"{number} is suppressed")
    w.twilio("whatsapp:+5215512345678", "Hola", gateway="twa", to="whatsapp:+447700900997")
    equal(w.words("+525512345678"), ["ALTO", "Hola"], "one thread")
    equal(int(w.hash(campaign)["replies"]), 4, "replies of the campaign")
    equal(int(w.hash(campaign)["stops"]), 4, "opt-outs of the campaign")
    _, again = w.campaign([*people, BEN], "again", "wa")
    equal([s["to"] for s in again], [BEN[1:]], "texted after their STOP")
    w.whatsapp({"from": "558299990123"}, at=NOW + 60, text="START")
    check(not w.is_suppressed("+5582999990123"), "START lifts what STOP set")


def a_number_that_the_provider_answers_with_is_learned(w):
    w.provider.calls[ANN_ID] = {"wa_id": "447700900777"}
    _, sent = w.campaign([ANN], "list", "wa")
    equal(len(sent), 1, "sent")
    until(lambda: w.redis("HLEN", "muster:spelled"), "the spelling to be learned")
    w.whatsapp({"from": "447700900777"}, text="STOP")
    check(w.is_suppressed(ANN) and w.is_suppressed("+447700900777"), "both are suppressed")
    w.only(ANN)
    _, again = w.campaign([ANN, BEN, "+447700900777"], "again", "wa")
    equal([s["to"] for s in again], [BEN[1:]], "texted after the STOP")


def a_user_id_seen_with_a_number_is_that_person(w):
    user = {"from_user_id": "GB.998877"}
    w.whatsapp(dict(user, **{"from": ANN_ID}), text="hello")
    w.whatsapp(user, text="STOP")
    check(w.is_suppressed(ANN), "a STOP by the id stops the number")
    equal(w.words(ANN), ["hello", "STOP"], "one thread")
    w.meta({"contacts": [{"profile": {"name": "Kim"}, "user_id": "GB.998877"}],
            "user_preferences": [{"user_id": "GB.998877", "category": "marketing_messages", "value": "resume",
                                  "timestamp": NOW + 60}]}, field="user_preferences")
    check(not w.is_suppressed(ANN), "resume by the id lifts it")


def a_user_id_alone_is_kept_and_linked_later(w):
    user = {"from_user_id": "GB.1349"}
    w.whatsapp(user, text="Which hall?")
    found = w.inbox("--unlinked")
    equal([(c["address"], c["person"], c["number"]) for c in found], [("GB.1349", "user_id", None)], "unlinked")
    w.whatsapp({"from": "GB.2000"}, text="In the wrong field")
    w.only("GB.2000")
    w.whatsapp(user, at=NOW + 1, text="STOP")
    check(w.inbox("--unlinked"), "a STOP that nobody can match stays in sight")
    w.whatsapp(dict(user, **{"from": ANN_ID}), at=NOW + 2, text="It's me")
    check(w.is_suppressed(ANN), "the STOP went to the number")
    equal(w.words(ANN), ["Which hall?", "STOP", "It's me"], "the thread went along")
    equal([c["address"] for c in w.inbox("--unlinked")], ["GB.2000"], "still unlinked")


def an_acceptance_links_before_they_write(w):
    w.provider.calls[ANN_ID] = {"user_id": "GB.4711"}
    w.campaign([ANN], "list", "wa")
    until(lambda: w.redis("HGET", "muster:link", "GB.4711"), "the link")
    w.whatsapp({"from_user_id": "GB.4711"}, text="STOP")
    check(w.is_suppressed(ANN), "their first word, by the id only, stops the number")


def a_preference_by_user_id(w):
    w.whatsapp({"from": BEN[1:], "from_user_id": "GB.998878"}, text="hello")

    def prefers(user, value, at):
        w.meta({"contacts": [{"profile": {"name": "Jo"}, "user_id": user}],
                "user_preferences": [{"user_id": user, "detail": "x", "category": "marketing_messages", "value": value,
                                      "timestamp": at}]}, field="user_preferences")
    prefers("GB.998878", "stop", NOW + 5)
    check(w.is_suppressed(BEN), "stop by the id")
    prefers("GB.5555", "stop", NOW)
    check("GB.5555" in [c["address"] for c in w.inbox("--unlinked")], "nobody's id is shown")
    prefers("GB.998878", "resume", NOW + 9)
    prefers("GB.998878", "stop", NOW + 9)
    check(w.is_suppressed(BEN), "resume and stop of one second are two")
    prefers("GB.998878", "resume", NOW + 6)
    check(w.is_suppressed(BEN), "an old resume lifts nothing")


def an_answer_to_a_user_id(w):
    w.whatsapp({"from_user_id": "GB.1349"}, text="Which hall?")
    thread = w.only("GB.1349")["conversation"]
    check(thread["answerable"], "it can be answered")
    w.muster("inbox", "reply", thread["id"], "The town hall")
    sent = until(lambda: w.provider.seen, "the answer")[0]
    equal((sent["to"], sent["by_id"], sent["from"]), ("GB.1349", True, "111"), "sent")
    w.whatsapp({"from_user_id": "GB.1349"}, text="STOP")
    w.muster("inbox", "reply", thread["id"], "But why?", code=1)
    equal(len(w.provider.seen), 1, "sent after the STOP")
    check(w.is_suppressed("~GB.1349") and "~GB.1349" in w.muster("suppress", "export"), "it can be looked up")
    w.muster("suppress", "remove", "~GB.1349", "--why", "said so on the phone")
    check(not w.is_suppressed("~GB.1349"), "and lifted by hand")


def names_and_short_codes(w):
    for sender in ("60777", "HSBC"):
        w.twilio(sender, "Your code is 1234")
        c = w.only(sender)["conversation"]
        equal((c["person"], c["answerable"], c["number"]), ("name", False, None), sender)
        w.muster("inbox", "reply", c["id"], "x", code=1)
    equal(w.provider.seen, [], "sent")


def national_numbers(w):
    w.campaign([ANN], "list", "ka", text=TEXT)
    w.kannel("07700900123", "STOP")
    check(w.is_suppressed(ANN), "a national number is completed")
    w.only(ANN)
    w.kannel("919845012345", "STOP")
    found = [c for c in w.inbox("--unlinked") if c["person"] == "doubtful"]
    equal([(c["address"], c["answerable"]) for c in found], [("919845012345", False)], "in doubt")
    equal(w.redis("HLEN", "muster:s:all"), 1, "suppressed")


def addresses_as_they_are_written(w):
    """What it is signed for counts, however the request line, the type and the length are written."""
    def twilio(line, signed, kind="application/x-www-form-urlencoded", chunked=False):
        form = {"MessageSid": w.id("SM"), "From": ANN, "To": "+447700900998", "Body": line, "NumMedia": "0"}
        text = w.url + signed + "".join(key + form[key] for key in sorted(form))
        mac = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()
        body = urllib.parse.urlencode(form).encode()
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
        if chunked:
            body = b"7;x=y\r\n" + body[:7] + b"\r\n%x\r\n" % len(body[7:]) + body[7:] + b"\r\n0\r\n\r\n"
        return w.written(line, f"X-Twilio-Signature: {mac}  \r\nContent-Type: {kind}\r\n{length}\r\n", body)
    good = [("/hooks/tw", "/hooks/tw"), ("http://elsewhere.example/hooks/tw?a", "/hooks/tw?a"), ("//hooks//tw", "//hooks//tw"),
            ("/hooks/tw/", "/hooks/tw/"), ("/hooks/tw?", "/hooks/tw?"), ("/hooks/%74w", "/hooks/%74w")]
    for line, signed in good:
        equal(twilio(line, signed), 200, line)
    for line, signed in (("//hooks//tw", "/hooks/tw"), ("/hooks/%74w", "/hooks/tw"), ("http://elsewhere.example/hooks/tw", "/hooks/tw/")):
        equal(twilio(line, signed), 403, f"{line}, which is signed for {signed}")
    equal(twilio("/hooks/tw?1", "/hooks/tw?1", 'Application/X-WWW-form-urlencoded ; Charset="UTF-8"; x=y'), 200, "an odd type")
    equal(twilio("/hooks/tw?2", "/hooks/tw?2", chunked=True), 200, "in pieces")
    equal(len(w.words(ANN)), len(good) + 2, "what was stored")
    equal([twilio("/hooks/TWA", "/hooks/TWA"), twilio("/hooks/twa#x", "/hooks/twa#x"), twilio("/hooks/old", "/hooks/old")], [404] * 3,
          "nobody's")
    with urllib.request.urlopen(w.url + "/readyz", timeout=20) as answer:
        refused = {one["gateway"]: one for one in json.load(answer)["refused_webhooks"]}
    equal((refused["twa"]["count"], sorted(refused)), (2, ["tw", "twa"]), "refused")
    check(f"enter {w.url}/hooks/twa at the provider" in refused["twa"]["why"], refused)
    check("webhooks come for 'old', and no gateway has that name" in (w.folder / "one.log").read_text(), "the log")


def a_change_of_number(w):
    w.campaign([ANN], "list", "wa")
    w.whatsapp({"from": ANN_ID, "from_user_id": "GB.1"}, text="STOP")
    w.whatsapp({"from": ANN_ID}, at=NOW + 9, type="system",
               system={"body": "User Kim changed", "wa_id": BEN[1:], "user_id": "GB.2", "type": "user_changed_number"})
    check(w.is_suppressed(BEN), "the opt-out goes along")
    check(w.is_suppressed(ANN), "and stays")
    note = w.only(BEN)["messages"][-1]
    check(ANN in note["note"] and BEN in note["note"], f"a line that says it: {note}")
    equal(w.of(ANN), [], "the old number's thread")
    equal([c["id"] for c in w.inbox() if c["waiting"]], [], "waiting")
    w.whatsapp({"from_user_id": "GB.2"}, at=NOW + 20, text="START")
    check(not w.is_suppressed(BEN), "the new id is the new number")


def what_was_said_before_a_change_of_number_comes_after_it(w):
    w.campaign([ANN], "list", "wa")
    w.whatsapp({"from": ANN_ID, "from_user_id": "GB.1"}, text="hello")
    w.moves(ANN, BEN, NOW + 10, user_id="GB.2")
    w.whatsapp({"from": ANN_ID, "from_user_id": "GB.1"}, at=NOW + 5, text="STOP")
    check(w.is_suppressed(BEN) and w.is_suppressed(ANN), "the person's STOP is the new number's, too")
    equal((w.of(ANN), w.words(BEN)[-1]), ([], "STOP"), "one thread, the new number's")
    w.whatsapp({"from": BEN[1:], "from_user_id": "GB.2"}, at=NOW + 20, text="START")
    w.whatsapp({"from": ANN_ID, "from_user_id": "GB.3"}, at=NOW + 30, text="STOP")
    check(not w.is_suppressed(BEN), "whoever has the old number now stops nobody else")
    equal(w.words(ANN), ["STOP"], "and has a thread of their own")


def changes_of_number_that_come_in_the_wrong_order(w):
    cara = "+447700900125"
    w.whatsapp({"from": ANN_ID}, text="STOP")
    w.moves(BEN, cara, NOW + 20)
    w.moves(ANN, BEN, NOW + 10)
    check(w.is_suppressed(BEN) and w.is_suppressed(cara), "the opt-out goes all the way")
    equal([c["address"] for c in w.everything()], [cara], "threads")
    w.moves(cara, BEN, NOW + 30)  # back again
    w.whatsapp({"from": ANN_ID}, at=NOW + 1, text="a late one")
    equal((w.words(BEN)[-1], w.of(ANN), w.of(cara)), ("a late one", [], []), "what was said before all of it")


def two_numbers_behind_one_callback(w):
    w.whatsapp({"from": ANN_ID}, number_id="222", display="447700900995", text="Is it at the hall?")
    c = w.only(ANN)["conversation"]
    equal(c["gateway"], "wa2", "gateway")
    w.muster("inbox", "reply", c["id"], "Yes")
    equal(until(lambda: w.provider.seen, "the answer")[0]["from"], "222", "answered from")


def one_callback_of_an_account_with_many_numbers(w):
    w.twilio(ANN, "Yes to north!", to="+447700900991")
    w.twilio(BEN, "And I to main", to="+447700900998")
    w.twilio("+447700900125", "To a number that no gateway has", to="+447700900888")
    w.twilio("whatsapp:+447700900126", "By WhatsApp", to="whatsapp:+447700900997")
    w.twilio("+447700900127", "By SMS", gateway="twa", to="+447700900992")
    equal({c["address"]: (c["gateway"], c["group"]) for c in w.everything()},
          {ANN: ("north", "north"), BEN: ("tw", "main"), "+447700900125": ("tw", "main"), "+447700900126": ("twa", "main"),
           "+447700900127": ("south", "south")}, "by the number that was written to, and the channel")


def one_message_by_two_doors(w):
    message = w.whatsapp({"from": ANN_ID}, text="yes")
    value = {"contacts": [{"profile": {"name": "Kim"}, "wa_id": ANN_ID}], "messages": [message]}
    w.meta(value)
    w.meta(value, gateway="wa2")
    equal(w.words(ANN), ["yes"], "messages")
    equal(w.only(ANN)["conversation"]["unread"], 1, "unread")


def an_edit(w):
    first = w.whatsapp({"from": ANN_ID}, text="I will come")
    w.whatsapp({"from": ANN_ID}, at=NOW + 3, type="edit", edit={"original_message_id": first["id"], "message": {
        "context": {"id": first["id"]}, "type": "text", "text": {"body": "STOP"}}})
    check(w.is_suppressed(ANN), "the new words count")
    last = w.only(ANN)["messages"][-1]
    check(last["edit"] and "I will come" in last["note"] and last["text"] == "STOP", f"an edit: {last}")


def without_words(w):
    w.campaign([ANN], "list", "wa")
    things = [
        dict(type="unsupported", errors=[{"code": 131051, "title": "Message type unknown"}], unsupported={"type": "poll_creation"}),
        dict(type="contacts", contacts=[{"name": {"formatted_name": "Jo"}, "phones": [{"phone": "+447700900125"}]}]),
        dict(type="order", order={"catalog_id": "1", "product_items": []}),
        dict(type="location", location={"latitude": 51.5, "longitude": -0.1, "name": "Town hall"})]
    for thing in things:
        w.whatsapp({"from": ANN_ID}, **thing)
    messages = w.only(ANN)["messages"]
    equal(len(messages), 4, "messages")
    for m in messages:
        check(m["note"] or m["text"], f"a blank: {m}")
    check("+447700900125" in messages[1]["note"] and "51.5" in messages[3]["note"], "what they carry")


def nothing_opens_a_thread_as_a_blank(w):
    w.whatsapp({"from": ANN_ID}, type="request_welcome")
    w.whatsapp({"from": ANN_ID}, type="reaction", reaction={"message_id": "wamid.X", "emoji": "👍"})
    w.whatsapp({"from": ANN_ID}, type="revoke", revoke={"original_message_id": "wamid.X"})
    equal(w.inbox(), [], "open")
    for m in [m for c in w.everything() for m in w.thread(c["id"])["messages"]]:
        check(m["text"] or m["note"], f"a blank: {m}")


def reactions(w):
    people = [f"+44770090020{i}" for i in range(1, 4)]
    campaign, _ = w.campaign(people, "list", text=TEXT)
    for number, text in zip(people, ("👍 to “Hi Zoë, come. Reply STOP to end.”", "A aimé « Hi Zoë, come. Reply STOP to end. »",
                                     "Gefällt „Hi Zoë. Reply STOP to end.“")):
        w.twilio(number, text)
        check(not w.is_suppressed(number), f"{text}: no opt-out")
    equal(w.inbox(), [], "open")
    equal(w.hash(campaign).get("replies", "0"), "0", "replies")


def an_echo_of_the_phone(w):
    w.whatsapp({"from": ANN_ID}, text="where is it?")
    check(w.only(ANN)["conversation"]["waiting"], "waits")

    def echo(text, at):
        w.meta({"message_echoes": [{"from": "447700900996", "to": ANN_ID, "id": w.id("wamid.echo"), "timestamp": str(at),
                                    "type": "text", "text": {"body": text}}]}, field="smb_message_echoes")
    echo("Written before they asked", NOW - 60)
    check(w.only(ANN)["conversation"]["waiting"], "an older one answers nothing")
    w.meta({"message_echoes": [{"from": "447700900996", "to": ANN_ID, "id": w.id("wamid.echo"), "timestamp": str(NOW + 30),
                                "type": "revoke", "revoke": {"original_message_id": "wamid.echo1"}}]}, field="smb_message_echoes")
    check(w.only(ANN)["conversation"]["waiting"], "nor what was taken back")
    echo("At the town hall. Reply STOP to end", NOW + 60)
    thread = w.only(ANN)
    equal(thread["conversation"]["waiting"], None, "waits no more")
    equal((thread["messages"][-1]["dir"], thread["messages"][-1]["kind"]), ("out", "echo"), "shown as ours")
    check(not w.is_suppressed(ANN), "our words opt nobody out")


def a_conversation_that_another_app_has(w):
    def standby(**what):
        w.meta({"standby": what}, field="standby")
    campaign, _ = w.campaign([ANN, BEN], "list", "wa")
    standby(messages=[{"from": ANN_ID, "id": "wamid.s1", "timestamp": str(NOW), "type": "text", "text": {"body": "where is it?"}}])
    check(w.only(ANN)["conversation"]["waiting"], "waits")
    standby(message_echoes=[{"id": "wamid.s2", "timestamp": str(NOW + 5), "message": {"to": ANN, "type": "text", "text": {"body": "STOP"}}}])
    equal((w.words(ANN), w.only(ANN)["conversation"]["waiting"]), (["where is it?", "STOP"], None), "the other app has answered")
    check(not w.is_suppressed(ANN), "its words opt nobody out")
    standby(messages=[{"from": ANN_ID, "id": "wamid.s3", "timestamp": str(NOW + 9), "type": "text", "text": {"body": "STOP"}}])
    ref = [s["ref"] for s in w.provider.seen if s["to"] == BEN[1:]][0]
    standby(statuses=[{"id": "wamid.s4", "status": "failed", "recipient_id": BEN[1:], "timestamp": str(NOW + 9),
                       "biz_opaque_callback_data": ref, "errors": [{"code": 131050}]}])
    check(w.is_suppressed(ANN) and w.is_suppressed(BEN), "both said STOP")
    equal(w.people(campaign)[BEN], "undelivered", "the receipt counts")


def a_group_chat(w):
    w.campaign([ANN], "list", "wa")
    w.whatsapp({"from": ANN_ID}, text="stop", group_id="HBgGROUP")
    check(not w.is_suppressed(ANN), "nobody is opted out")
    equal(w.of(ANN), [], "in private")
    c = [c for c in w.everything() if c["person"] == "chat"]
    equal(len(c), 1, "chats")
    check(ANN in w.thread(c[0]["id"])["messages"][0]["note"], "who said it")
    equal(len(w.provider.seen), 1, "sent")


def an_old_start(w):
    w.whatsapp({"from": ANN_ID}, at=NOW, text="STOP")
    w.whatsapp({"from": ANN_ID}, at=NOW - 3 * 86400, text="START")
    check(w.is_suppressed(ANN), "an older START lifts nothing")
    w.whatsapp({"from": ANN_ID}, at=NOW + 60, text="STOP")
    w.whatsapp({"from": ANN_ID}, at=NOW + 30, text="START")
    check(w.is_suppressed(ANN), "nor one that is older than the last STOP")
    w.whatsapp({"from": ANN_ID}, at=NOW + 90, text="START")
    check(not w.is_suppressed(ANN), "a newer one does")
    w.whatsapp({"from": ANN_ID}, at=NOW + 70, text="STOP")
    check(not w.is_suppressed(ANN), "a STOP that is older than it comes too late")
    w.whatsapp({"from": ANN_ID}, at=NOW + 90, text="STOP")
    check(w.is_suppressed(ANN), "of one second, the later one counts")


def an_opt_out_that_a_provider_tells_late(w):
    w.campaign([ANN, BEN], "list", "wa")
    refs = {one["to"]: one["ref"] for one in w.provider.seen}

    def told(number, at):
        w.meta({"statuses": [{"id": "wamid.x", "recipient_id": number[1:], "status": "failed", "timestamp": str(at),
                              "biz_opaque_callback_data": refs[number[1:]], "errors": [{"code": 131050}]}]})
    told(ANN, NOW)
    check(w.is_suppressed(ANN), "told by a receipt")
    w.whatsapp({"from": ANN_ID}, at=NOW + 60, text="START")
    check(not w.is_suppressed(ANN), "START after it lifts it, though both came late")
    told(ANN, 1454119029)
    check(w.is_suppressed(ANN), "a time that cannot be is now")
    w.whatsapp({"from": BEN[1:]}, at=NOW + 60, text="START")
    told(BEN, NOW)
    check(not w.is_suppressed(BEN), "an older one does not undo START")
    told(BEN, NOW + 61)
    check(w.is_suppressed(BEN), "a newer one does")


def an_opt_out_that_a_provider_tells_by_a_user_id(w):
    def told(user, ref=None):
        w.meta({"statuses": [{"id": "wamid.x", "recipient_user_id": user, "status": "failed", "timestamp": str(NOW + 5),
                              "biz_opaque_callback_data": ref, "errors": [{"code": 131050}]}]})
    w.whatsapp({"from": ANN_ID, "from_user_id": "GB.1"}, text="hello")
    told("GB.1")
    check(w.is_suppressed(ANN), "without a reference of ours: whose id it is")
    told("GB.2")
    check(w.is_suppressed("~GB.2"), "an id that nobody knows")
    w.whatsapp({"from_user_id": "GB.3"}, text="where?")
    w.muster("inbox", "reply", w.only("GB.3")["conversation"]["id"], "At the hall")
    ref = until(lambda: w.provider.seen, "the answer")[0]["ref"]
    w.whatsapp({"from_user_id": "GB.3", "from": BEN[1:]}, at=NOW + 1, text="it's me")
    told("GB.3", ref)
    check(w.is_suppressed(BEN), "an answer to an id whose number is known since")


def start_by_number_after_a_stop_by_id(w):
    w.whatsapp({"from_user_id": "GB.1"}, text="STOP")
    w.whatsapp({"from": ANN_ID}, at=NOW + 60, text="START")
    w.whatsapp({"from": ANN_ID, "from_user_id": "GB.1"}, at=NOW + 90, text="hello")
    check(not w.is_suppressed(ANN), "what they said last counts, though the id is known later")
    w.whatsapp({"from_user_id": "GB.2"}, at=NOW + 70, text="STOP")
    w.whatsapp({"from": BEN[1:]}, at=NOW + 60, text="START")
    w.whatsapp({"from": BEN[1:], "from_user_id": "GB.2"}, at=NOW + 90, text="hello")
    check(w.is_suppressed(BEN), "that was STOP")


def a_number_that_conversations_has_taken_over(w):
    def added(author, text, **more):
        signed_form(f"{w.url}/hooks/tw", dict({
            "EventType": "onMessageAdded", "ConversationSid": "CH1", "MessageSid": w.id("IM"), "AccountSid": "ACtest",
            "Author": author, "Body": text, "DateCreated": "2026-11-29T10:00:00.000Z", "RetryCount": "0", "Source": "SMS"}, **more))
    added(ANN, "STOP")
    check(w.is_suppressed(ANN), "a STOP by Twilio Conversations")
    added("whatsapp:" + BEN, "hello", Source="WHATSAPP")
    added("system", "Reply STOP to end", Source="API")
    signed_form(f"{w.url}/hooks/tw", {"EventType": "onParticipantAdded", "ConversationSid": "CH1", "AccountSid": "ACtest"})
    equal(sorted(c["address"] for c in w.everything()), [ANN, BEN], "threads")
    check("cannot be read" not in (w.folder / "one.log").read_text(), "nothing was kept")


def buttons(w):
    w.whatsapp({"from": "447700900100"}, type="button", button={"payload": "Stop promotions", "text": "Stop promotions"})
    w.whatsapp({"from": "447700900101"}, type="button", button={"payload": "STOP", "text": "Nicht mehr senden"})
    w.twilio("whatsapp:+447700900110", "Stop promotions", gateway="twa", to="whatsapp:+447700900997",
             ButtonText="Stop promotions", ButtonPayload="STOP")
    for number in ("+447700900100", "+447700900101", "+447700900110"):
        check(w.is_suppressed(number), number)


def a_yes_that_is_a_start(w):
    w.twilio("+447700900120", "Yes", OptOutType="START")
    w.twilio("+447700900125", "Yes please, and is there parking?", OptOutType="START")
    w.twilio("+447700900121", "No", OptOutType="STOP")
    check("yes" in w.only("+447700900120")["conversation"]["tags"], "yes")
    tags = w.only("+447700900125")["conversation"]["tags"]
    check("yes" in tags and "question" in tags, f"yes and question: {tags}")
    check(w.is_suppressed("+447700900121"), "the provider's STOP")


def the_number_that_was_written_to_decides(w):
    north, _ = w.campaign([ANN], "to-north", "north", group="north", text=TEXT)
    south, _ = w.campaign([ANN], "to-south", "south", group="south", text=TEXT)
    w.twilio(ANN, "Yes to north!", gateway="north", to="+447700900991")
    equal([c["group"] for c in w.of(ANN)], ["north"], "inbox")
    equal((w.hash(north).get("replies"), w.hash(south).get("replies", "0")), ("1", "0"), "figures")
    w.twilio(ANN, "And to south", gateway="south", to="+447700900992")
    equal(sorted(c["group"] for c in w.of(ANN)), ["north", "south"], "inboxes")


def bounds_of_strangers(w):
    w.daemon.stop()
    w.daemon.config["inbox"] = {"strangers_max": 2, "stranger_per_hour": 3}
    (w.folder / "one.yaml").write_text(json.dumps(w.daemon.config))
    w.daemon.restart()
    w.campaign([BEN], "list", text=TEXT)
    for i in range(1, 7):
        w.twilio("+447700900301", f"spam {i}")
    thread = w.only("+447700900301")
    equal([m["text"] for m in thread["messages"]], ["spam 1", "spam 2", "spam 3", ""], "kept")
    check("3 more" in thread["messages"][-1]["note"], "the others are counted")
    for i in range(2, 6):
        w.twilio(f"+44770090030{i}", "hello")
    others = [c for c in w.inbox() if c["person"] == "others"]
    equal(len(others), 1, "threads beyond the bound")
    notes = [m["note"] for m in w.thread(others[0]["id"])["messages"]]
    check(len(notes) == 3 and "+447700900303" in notes[0], f"each is named: {notes}")
    w.twilio("+447700900309", "STOP")
    w.twilio("+447700900301", "STOP")
    check(w.is_suppressed("+447700900309") and w.is_suppressed("+447700900301"), "a STOP always acts")
    for i in range(5):
        w.twilio(BEN, f"known {i}")
    equal(len(w.words(BEN)), 5, "of somebody whom a campaign knows")


def strangers_of_long_ago(w):
    w.daemon.stop()
    w.daemon.config["inbox"] = {"keep_days": 1}
    (w.folder / "one.yaml").write_text(json.dumps(w.daemon.config))
    w.daemon.restart()
    w.campaign([BEN], "list", text=TEXT)
    w.twilio(BEN, "known")
    w.twilio("+447700900301", "stranger")
    w.twilio("+447700900302", "STOP")
    for member in w.redis("ZRANGE", "muster:strangers", 0, -1):
        w.redis("ZADD", "muster:strangers", int((time.time() - 2 * 86400) * 1000), member)
    until(lambda: not w.redis("EXISTS", "muster:strangers"), "the sweep")
    equal([c["address"] for c in w.everything()], [BEN], "conversations")
    check(w.is_suppressed("+447700900302"), "a suppression never expires")
    w.twilio("+447700900301", "again")
    equal(w.words("+447700900301"), ["again"], "a new thread")


def volunteers_see_no_whole_address(w):
    w.whatsapp({"from_user_id": "GB.13491208655302741918"}, text="hello")
    w.kannel("919845012345", "hello")
    w.whatsapp({"from": ANN_ID}, type="system",
               system={"body": "changed", "wa_id": BEN[1:], "type": "user_changed_number"})
    shown = ""
    for path in ("/api/v1/inbox", "/api/v1/inbox?state=closed", *[f"/api/v1/conversations/{i}" for i in (1, 2, 3)]):
        request = urllib.request.Request(w.url + path, headers={"Authorization": "Bearer token-of-vee-0000000"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            shown += json.dumps(json.load(answer))
    for secret in ("13491208655302741918", "919845012345", ANN_ID, BEN[1:]):
        check(secret not in shown, f"{secret} is shown to a volunteer: {shown[max(0, shown.find(secret) - 200):][:300]}")


if __name__ == "__main__":
    sys.exit(run(options(), *[f for f in list(globals().values()) if getattr(f, "__module__", "") == "__main__"], world=DoorWorld))
