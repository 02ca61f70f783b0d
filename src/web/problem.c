#include "web/problem.h"

#include "base/check.h"

/* By the alphabet. */
static const struct problem problems[] = {
    {"bad_json", "The body is no JSON object",
     "The body of a request is one JSON object, in UTF-8, without a key that stands twice."},
    {"busy", "Too much of it is running already",
     "The server does only so many of these at once. Retry-After says when to ask again."},
    {"check_failed", "The check found errors",
     "Nothing was stored. `report` is the whole report of the check; its `errors` name what is to "
     "be mended."},
    {"claim_over", "The conversation is not yours any more",
     "Your claim ended, or somebody else has it. Take the conversation again, then send."},
    {"conflict", "It does not fit what stands",
     "Somebody else was faster, or the thing is in a state that does not allow it. Look at it "
     "again, then decide."},
    {"csrf", "The session's value is missing",
     "A change that comes with a session's cookie carries the session's value in X-CSRF-Token. "
     "Programs use a token, and need none."},
    {"doubtful", "This is something that volunteers do not write",
     "Read what is said of it. Change the answer, or send it with `anyway`."},
    {"elsewhere", "They write to another account now",
     "A template belongs to one account. Read what they wrote, and answer it."},
    {"exists", "There is one already",
     "The name is taken, or it was done before. What stands is unchanged."},
    {"forbidden", "You may not do that",
     "Your role does not allow it, or not in that group. An owner can change your role."},
    {"holds_too_many", "You hold enough people already",
     "Whoever holds five people that wait for an answer answers, closes or gives back one of them "
     "before the next."},
    {"idempotency_key_reused", "The Idempotency-Key was used for something else",
     "A key stands for one request: one address, one body. Make a new one for the new request."},
    {"idempotency_running", "The first request of that key still runs",
     "Nothing was begun a second time. Ask again in a moment: the response will be the first "
     "one's."},
    {"idempotency_unknown", "Nobody knows how the first request of that key ended",
     "A crash or a lost connection to the store came between. It is not begun again by itself: "
     "look whether it was done, and send "
     "it under a new key when it was not."},
    {"internal", "The server is at fault",
     "This should not happen. What the message says, and the server's log, belong into a report."},
    {"invalid", "A value is wrong",
     "`errors` names the keys of the body that are wrong, each by a JSON pointer; the message says "
     "what is expected."},
    {"limit", "It is more than fits", "The message names the bound. Send less at once."},
    {"malformed", "It cannot be read",
     "The message says where reading stopped, and what was expected there."},
    {"method_not_allowed", "This address does not take that method",
     "The header Allow names those that it takes."},
    {"no_gateway", "There is no gateway of that name",
     "Gateways stand in the configuration; /api/v1/gateways lists them."},
    {"not_found", "There is nothing there",
     "It does not exist, it was deleted, or it belongs to a group whose things you may not see."},
    {"not_signed", "The signature is missing or wrong",
     "A webhook counts only with the provider's signature over the bytes as they came. Check the "
     "secret and public_url."},
    {"not_stored", "It could not be stored", "Nothing of it was kept. Send it again."},
    {"refused", "It was refused",
     "The request is well made, and there is a reason not to do it; the message names it."},
    {"stopped", "They must not be texted",
     "They said STOP, perhaps while you were writing, or were taken off the list. Nothing was "
     "sent."},
    {"taken_over", "Somebody took the conversation over",
     "An organiser answers it now. Nothing was sent."},
    {"too_large", "The request is too large",
     "The address or the body is longer than this route takes."},
    {"too_many_attempts", "Too many wrong tokens",
     "They came from your address. A right token is taken at any time."},
    {"too_many_keys", "Too many Idempotency-Keys within a day",
     "Each is kept for a day, and there is room for so many of one member. Requests without a key "
     "go on."},
    {"unauthorised", "Nobody knows who you are", "Send `Authorization: Bearer TOKEN`."},
    {"unavailable", "Not now",
     "Redis does not answer, or the server is stopping, or has no room for the body. What was "
     "asked for may be asked again where that is said to be harmless."},
    {"unknown_key", "A key of the body is not known",
     "`errors` names it; the message lists those that are known."},
    {"unreachable", "There is no way to answer them",
     "The provider gave neither a number nor an id that answers can go to."},
    {"unsafe", "It is not safe",
     "It would break a promise; the message says which, and what to do first."},
    {"window_closed", "The channel takes no answers now",
     "WhatsApp takes answers for a day after the person's last message. Send one of the "
     "`templates` of the "
     "conversation, or wait until they write again."},
    {"written_since", "They have written since",
     "Read what they wrote, then send with their newest `heard` as `seen`, or without `seen`."},
};

const struct problem *problem_find(struct slice code)
{
    for (size_t i = 0; i < COUNT_OF(problems); i++)
        if (slice_is(code, problems[i].code)) return &problems[i];
    return NULL;
}

const struct problem *problem_at(size_t i)
{
    return i < COUNT_OF(problems) ? &problems[i] : NULL;
}
