#!/usr/bin/env python3
"""Webhooks that are signed and wrong in every way, with headers that are absent, empty, odd or huge: musterd stores or
keeps each and says 200; what is not signed gets a 4xx. --count says how many; the seed is printed."""
import base64
import collections
import copy
import hashlib
import hmac
import http.client
import json
import random
import sys
import urllib.parse

from house import check, equal, options, run

APP_SECRET, AUTH_TOKEN, HOOK_TOKEN = b"an-app-secret-of-the-test", b"auth-token-of-the-test", "a-hook-token-of-the-test"
KEPT_MAX = 10000  # files in the folder `rejected` (SPOOL_KEPT_MAX)
BODY_BYTES_MAX = 3 << 20  # a provider batches no more
META_VALUE = {"messaging_product": "whatsapp", "metadata": {"display_phone_number": "447700900990", "phone_number_id": "111"},
              "contacts": [{"profile": {"name": "Kim", "username": "kim"}, "wa_id": "447700900123", "user_id": "GB.1"}]}
HEAD = {"from": "447700900123", "from_user_id": "GB.1", "id": "w", "timestamp": "1795755000"}
MESSAGES = [
    {"type": "text", "text": {"body": "Yes, I will come"}},
    {"type": "button", "button": {"payload": "STOP", "text": "No more"}},
    {"type": "edit", "edit": {"original_message_id": "w0", "message": {"type": "text", "text": {"body": "STOP"}}}},
    {"type": "reaction", "reaction": {"message_id": "w0", "emoji": "\U0001f44d"}},
    {"type": "contacts", "contacts": [{"name": {"formatted_name": "Jo"}, "phones": [{"phone": "+447700900125"}]}]},
    {"type": "location", "location": {"latitude": 51.5, "longitude": -0.1, "name": "Hall", "address": "1 High St"}},
    {"type": "order", "order": {"product_items": [{"product_retailer_id": "a", "quantity": 1}], "text": "please"}},
    {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Hall"}}},
    {"type": "image", "image": {"id": "i", "caption": "see"}},
    {"type": "system", "system": {"type": "user_changed_number", "wa_id": "447700900124", "user_id": "GB.2"}},
    {"type": "unsupported", "errors": [{"code": 131051, "title": "t"}], "unsupported": {"type": "poll_creation"}},
]
CHANGES = [
    ("statuses", "messages", {"statuses": [{"id": "w", "recipient_id": "447700900123", "status": "failed", "timestamp": "1",
                                            "biz_opaque_callback_data": "r", "errors": [{"code": 131026, "title": "t"}]}]}),
    ("opt-outs", "messages", {"statuses": [{"id": "w", "recipient_user_id": "GB.1", "status": "failed", "timestamp": "1795755000",
                                            "errors": [{"code": 131050}]}]}),
    ("echoes", "smb_message_echoes", {"message_echoes": [{"from": "447700900990", "to": "447700900123", "id": "e", "type": "text",
                                                          "text": {"body": "At the hall"}}]}),
    ("preferences", "user_preferences", {"user_preferences": [{"wa_id": "447700900123", "value": "stop", "timestamp": 1}]}),
    ("calls", "calls", {"calls": [{"id": "c", "from": "447700900123", "event": "terminate", "direction": "USER_INITIATED"}]}),
    ("of another app", "standby", {"standby": {
        "messages": [{"from": "447700900123", "id": "s", "type": "text", "text": {"body": "STOP"}}],
        "message_echoes": [{"id": "t", "message": {"to": "447700900123", "type": "text", "text": {"body": "At 7"}}}],
        "statuses": [{"id": "w", "status": "failed", "recipient_id": "447700900123", "errors": [{"code": 131050}]}]}}),
    ("news", "account_update", {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "X", "expiration": 1}]}),
]
FORMS = [
    {"MessageSid": "SM1", "From": "+447700900123", "To": "+447700900998", "Body": "Yes", "NumMedia": "0"},
    {"MessageSid": "SM2", "From": "whatsapp:GB.1349", "To": "whatsapp:+447700900997", "Body": "STOP", "ButtonPayload": "STOP"},
    {"MessageSid": "SM3", "From": "+447700900123", "To": "x", "Latitude": "51.5", "Longitude": "-0.1", "OptOutType": "STOP"},
    {"MessageSid": "SM4", "MessageStatus": "delivered", "To": "+447700900123", "ErrorCode": "30003"},
    {"EventType": "onMessageAdded", "MessageSid": "IM1", "Author": "+447700900123", "Source": "SMS", "Body": "STOP", "DateCreated": "1"},
]
QUERIES = [
    {"id": "i", "sender": "447700900123", "to": "60777", "message": "Hi", "charset": "UTF-16BE", "coding": "2", "ts": "1"},
    {"ref": "r", "status": "66", "reply": "NACK/1/x", "id": "i", "ts": "1"},
]
JASMIN_FORMS = [
    {"id": "i", "from": "447700900123", "to": "60777", "coding": "\x08", "content": "\x04\x14\x040", "priority": "0"},
    {"id": "j", "from": "Acme", "to": "60777", "coding": "\0", "content": "caf\x05 \x1be"},
    {"id": "k", "level": "2", "message_status": "DELIVRD", "id_smsc": "1", "err": "000", "text": "x"},
    {"id": "l", "level": "1", "message_status": "ESME_RINVSRCADR"},
]
TEXTS = ["", " ", "\0", "x" * 20000, "\ud83d", "\u202e", "STOP", "\U0001f44d", "-1", "1e999", "9" * 40, "null", "{}", "[]",
         "+447700900123", "GB.ENT.7", "../..", "%00%ff", "{{x}}", "a\nb"]
BYTES = [b"\0", b"\xff", b"\xed\xa0\xbd", b'"', b"\\", b"\\u0000", b"\\ud83d", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"1e9999",
         b"&", b"=", b"%", b"%zz", b"+", b";", b"\xef\xbb\xbf", b"[" * 3000]


def places(value, found=None):
    """Every container of a tree."""
    found = [] if found is None else found
    if isinstance(value, (dict, list)):
        found.append(value)
        for inner in value.values() if isinstance(value, dict) else value:
            places(inner, found)
    return found


def odd_value():
    return random.choice([None, True, 7, -1.5, 10 ** 30, [], {}, [[[]]], {"a": {"b": "c"}}, random.choice(TEXTS)])


def mutate_tree(tree):
    for _ in range(random.randrange(3)):
        where = random.choice(places(tree))
        keys = list(where) if isinstance(where, dict) else list(range(len(where)))
        if not keys:
            continue
        key = random.choice(keys)
        how = random.randrange(4)
        if how == 0:
            del where[key]
        elif how == 1:
            where[key] = odd_value()
        elif how == 2 and isinstance(where, dict):
            where[random.choice(["from", "id", "text", "type", "errors", "edit", "x\0"])] = where[key]
        elif isinstance(where, list):
            where.extend(copy.deepcopy(where[key]) for _ in range(random.choice([1, 3, 200])))
    return tree


def mutate_bytes(body):
    for _ in range(random.randrange(3)):
        at = random.randrange(len(body) + 1)
        how = random.randrange(4)
        if how == 0:
            body = body[:at] + random.choice(BYTES) + body[at:]
        elif how == 1:
            body = body[:at] + body[at + random.randrange(1, 12):]
        elif how == 2:
            body = body[:at] + bytes([random.randrange(256)]) + body[at + 1:]
        else:
            body = body[:at]
    return body


def meta_body():
    if random.random() < 0.7:
        field, more = "messages", {"messages": [HEAD | m for m in random.sample(MESSAGES, random.choice([1, 1, 2, 5]))]}
        for i, message in enumerate(more["messages"]):
            message["id"] = f"w{random.getrandbits(60)}-{i}"
    else:
        _, field, more = random.choice(CHANGES)
    tree = {"object": "whatsapp_business_account", "entry": [{"id": "9", "time": 1795755000,
                                                              "changes": [{"field": field, "value": META_VALUE | more}]}]}
    tree = mutate_tree(copy.deepcopy(tree))
    return mutate_bytes(json.dumps(tree, ensure_ascii=random.random() < 0.8).encode("utf-8", "surrogatepass"))


def form_body(form):
    form = dict(form)
    for _ in range(random.randrange(3)):
        key = random.choice([*form, "Body", "x"])
        if random.random() < 0.4:
            form.pop(key, None)
        else:
            form[key] = random.choice(TEXTS)
    pairs = [(k, v.encode("utf-8", "surrogatepass")) for k, v in form.items()]
    return mutate_bytes(urllib.parse.urlencode(pairs).encode())


def odd_headers(headers):
    """What is not the signature: absent, empty, odd, huge, or another's."""
    kind = random.randrange(6)
    if kind == 0:
        headers.pop("Content-Type", None)
    elif kind == 1:
        headers["Content-Type"] = random.choice(["", ";", " ; ;", "text/html", "application/json;" + "x" * 2000, "\xe9"])
    elif kind == 2:
        headers[random.choice(["X-Odd", "Accept", "Forwarded", "X-Forwarded-For", "Cookie"])] = random.choice(["", "x" * 3000, "\xff"])
    return headers


def meta_request():
    body = meta_body()
    signature = "sha256=" + hmac.new(APP_SECRET, body, hashlib.sha256).hexdigest()
    return "POST", "/hooks/wa", body, odd_headers({"X-Hub-Signature-256": signature, "Content-Type": "application/json"})


def decoded(body):
    """What Twilio signs: names and values, as their bytes."""
    values = collections.defaultdict(set)
    for part in body.split(b"&"):
        if not part:
            continue
        name, _, value = part.partition(b"=")
        values[urllib.parse.unquote_to_bytes(name.replace(b"+", b" "))].add(urllib.parse.unquote_to_bytes(value.replace(b"+", b" ")))
    return b"".join(name + value for name in sorted(values) for value in sorted(values[name]))


def twilio_request(url):
    body, path = form_body(random.choice(FORMS)), random.choice(["/hooks/tw", "/hooks/tw/receipt?ref=r", "/hooks/tw/inbound"])
    headers = odd_headers({"Content-Type": "application/x-www-form-urlencoded"})
    kind = headers.get("Content-Type", "").split(";")[0].strip()
    if kind and kind.lower() != "application/x-www-form-urlencoded":
        path += ("&" if "?" in path else "?") + "bodySHA256=" + hashlib.sha256(body).hexdigest()
        data = (url + path).encode()
    else:
        data = (url + path).encode() + decoded(body)
    headers["X-Twilio-Signature"] = base64.b64encode(hmac.new(AUTH_TOKEN, data, hashlib.sha1).digest()).decode()
    return "POST", path, body, headers


def kannel_request():
    query = form_body(random.choice(QUERIES))
    safe = urllib.parse.quote_from_bytes(query, safe="&=%+;:,[]{}\\")  # a request line has no bare bytes
    return "GET", f"/hooks/ka?token={HOOK_TOKEN}&{safe[:6000]}", None, odd_headers({})


def jasmin_request():
    body, ref = form_body(random.choice(JASMIN_FORMS)), random.choice(["", "&ref=r", "&ref="])
    where = random.choice(["/inbound", "/receipt", ""])
    return "POST", f"/hooks/ja{where}?token={HOOK_TOKEN}{ref}", body, odd_headers({"Content-Type": "application/x-www-form-urlencoded"})


def ask(connection, method, path, body, headers):
    connection.putrequest(method, path)
    for name, value in headers.items():
        connection.putheader(name, value.encode("latin-1"))
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    try:
        connection.endheaders(body)
    except (BrokenPipeError, ConnectionResetError):
        pass  # answered and closed before it had all of the body
    try:
        answer = connection.getresponse()
        answer.read()
    except (BrokenPipeError, ConnectionResetError):
        connection.close()
        return None
    return answer.status


def start(house):
    gateways = {
        "wa": {"provider": "whatsapp_cloud", "channel": "whatsapp", "senders": ["+447700900990"],
               "account": {"phone_number_id": "111", "access_token": "t", "app_secret": APP_SECRET.decode(), "verify_token": "v"}},
        "tw": {},
        "ka": {"provider": "kannel", "account": {"username": "u", "password": "p", "hook_token": HOOK_TOKEN}},
        "ja": {"provider": "jasmin", "account": {"username": "u", "password": "p", "hook_token": HOOK_TOKEN}}}
    return house.start_musterd(port=1, gateways=gateways, spool={"bytes_max": 2147483647})


def one(connection, url, seen):
    method, path, body, headers = random.choice([meta_request, meta_request, lambda: twilio_request(url), kannel_request, jasmin_request])()
    signed = random.random() < 0.95
    if not signed and method == "POST":
        for name in ("X-Hub-Signature-256", "X-Twilio-Signature"):
            if name in headers:
                headers[name] = random.choice(["", "x", "sha256=", "sha256=" + "0" * 64, "=" * 28])
    signed = signed or HOOK_TOKEN in path
    status = ask(connection, method, path, body, headers)
    seen[path.split("?")[0].split("/")[2], status] += 1
    wanted = {200, 503} if signed else {400, 403}
    if len(body or b"") > BODY_BYTES_MAX:
        wanted = {413, None}  # None: the answer went with the connection, which was closed in the middle of the body
    check(status in wanted, f"{status} for {method} {path[:300]} {headers} {(body or b'')[:600]!r}")


def whatever_is_signed_is_taken(house):
    daemon = start(house)
    connection, seen = http.client.HTTPConnection(daemon.config["listen"], timeout=60), collections.Counter()
    for i in range(house.args.count):
        if i % 50 == 0:
            connection.close()
        one(connection, daemon.url, seen)
    print("#", dict(seen))
    kept = len(list((house.folder / "state/spool/rejected").iterdir()))
    check(kept == KEPT_MAX or not any(status == 503 for _, status in seen), f"503 while {kept} are kept: only when no more fit in")
    check(daemon.process.poll() is None, "musterd is there")
    spoken = [line for line in daemon.log().splitlines() if "Sanitizer" in line or "runtime error" in line]
    equal(spoken[:3], [], "what a sanitizer says")
    form = {"MessageSid": "SMlast", "From": "+447700900177", "To": "+447700900998", "Body": "at the end"}
    body, path = urllib.parse.urlencode(form).encode(), "/hooks/tw"
    digest = hmac.new(AUTH_TOKEN, (daemon.url + path).encode() + decoded(body), hashlib.sha1).digest()
    status = ask(connection, "POST", path, body, {"Content-Type": "application/x-www-form-urlencoded",
                                                  "X-Twilio-Signature": base64.b64encode(digest).decode()})
    equal(status, 200, "one more, which is right")
    check(b"at the end" in b"".join(b"".join(house.redis("LRANGE", key, "0", "-1")) for key in house.redis("KEYS", "muster:conv:*:m")),
          "it is in the store")


if __name__ == "__main__":
    sys.exit(run(options(count=1500), whatever_is_signed_is_taken))
