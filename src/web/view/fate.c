#include "fate.h"

#include <stdio.h>

#include "core/state.h"

/* The reasons of conf/providers, of the gate and of the dispatcher. */
static const struct {
    const char *reason, *words;
} plain[] = {
    {"suppressed", "this person does not want to be texted"},
    {"no_consent", "they have not agreed to this"},
    {"consent_old", "they agreed too long ago, or nobody knows when"},
    {"consent_withdrawn", "they want no more of this"},
    {"too_young", "they are too young, or nobody knows how old they are"},
    {"held", "their words sound like a stop; somebody has to decide"},
    {"forgotten", "they were forgotten, as they asked"},
    {"no allowed hour", "no hour is left of the campaign's and of those where they are"},
    {"texted enough", "our campaigns have texted them often enough"},
    {"unsubscribed", "they have opted out at the provider"},
    {"blocked_by_person", "they have blocked us"},
    {"unreachable", "their phone could not be reached"},
    {"validity_expired", "their phone was off or out of reach for too long"},
    {"unknown_number", "nobody has this number"},
    {"invalid_number", "this is not a number that can be texted"},
    {"landline", "this is a landline"},
    {"not_on_whatsapp", "they are not on WhatsApp"},
    {"unroutable", "the provider cannot reach this number"},
    {"window_closed", "WhatsApp takes answers only within a day of their last message"},
    {"flagged_as_spam", "it was taken for spam"},
    {"filtered_as_spam", "it was taken for spam"},
    {"blocked_by_carrier", "the phone network took it for spam"},
    {"carrier_error", "the phone network did not pass it on"},
    {"carrier_timeout", "the phone network did not pass it on"},
    {"carrier_limit", "the phone network did not pass it on"},
    {"carrier_congestion", "the phone network did not pass it on"},
    {"rejected", "the phone network did not pass it on"},
    {"blocked_by_us", "we have blocked them on WhatsApp"},
    {"needs_a_number", "WhatsApp takes this text only for a number, and they show none"},
    {"not_verified", "our account is on trial and may not text this number; tell an organiser"},
    {"number_denied", "this number is on a list of those that are never texted"},
    {"marketing_cap", "WhatsApp limits how many such messages they get"},
    {"experiment_holdout", "WhatsApp holds such messages back from some people"},
    {"whatsapp_limitation", "WhatsApp does not take it for them"},
    {"bad_number", "this is not a number that can be texted"},
    {"bad_validity", "the provider does not take how long it may wait; tell an organiser"},
    {"network_does_not_know", "the phone network does not know what became of it"},
    {"submit_failed", "the phone network did not pass it on"},
    {"smsc_error", "the phone network did not pass it on"},
    {"skipped", "the phone network did not pass it on"},
    {"failed", "the phone network did not pass it on"},
    {"deleted", "it was deleted at the provider"},
    {"bad_message", "the provider does not take this text"},
    {"not_accepted", "the provider did not take it"},
    {"queue_full", "the provider had too much to do"},
    {"too_many_requests", "the provider had too much to do"},
    {"daily_limit", "the provider takes no more of us today; tell an organiser"},
    {"unavailable", "the provider could not be reached"},
    {"maintenance", "the provider could not be reached"},
    {"provider_error", "the provider had a fault of its own"},
    {"authentication", "our account with the provider is not in order; tell an organiser"},
    {"permission", "our account with the provider is not in order; tell an organiser"},
    {"payment", "our account with the provider is not in order; tell an organiser"},
    {"account_inactive", "our account with the provider is not in order; tell an organiser"},
    {"account_restricted", "our account with the provider is not in order; tell an organiser"},
    {"bad_sender", "our number is not set up at the provider; tell an organiser"},
    {"sender_not_registered", "our number is not set up at the provider; tell an organiser"},
    {"country_not_enabled", "the provider does not send to this country; tell an organiser"},
};

/* "21610 unsubscribed" → "unsubscribed": the code is for the report. */
static struct slice without_code(struct slice reason)
{
    struct slice rest = reason, code;
    uint64_t number;
    bool coded = slice_cut(&rest, ' ', &code) && rest.n && slice_to_u64(code, UINT64_MAX, &number);
    return coded ? rest : reason;
}

static struct slice words_for(struct slice reason)
{
    struct slice word = without_code(reason);
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (slice_is(word, plain[i].reason)) return slice_of(plain[i].words);
    return reason;
}

static void say(char out[FATE_BYTES], const char *what, struct slice reason)
{
    struct slice words = words_for(reason);
    uint64_t code;
    bool bare = slice_to_u64(words, UINT64_MAX, &code); /* nobody has said what it means */
    const char *between = words.n == 0 ? "" : bare ? ": the provider's code is " : ": ";
    (void)snprintf(out, FATE_BYTES, "%s%s%.*s", what, between, SLICE_ARG(words));
}

static void say_refused(struct slice reason, char out[FATE_BYTES])
{
    size_t before = strlen("left by ");
    if (!slice_starts(reason, "left by ")) {
        say(out, "not sent", reason.n ? reason : SLICE_LIT("the provider did not take it"));
        return;
    }
    (void)snprintf(out, FATE_BYTES, "nobody knows whether it arrived; %.*s left it so",
                   (int)(reason.n - before), reason.p + before);
}

void view_fate(const struct inbox_message *m, char out[FATE_BYTES])
{
    static const char *const words[STATE_COUNT] = {
        [STATE_PENDING] = "waits to be sent",
        [STATE_IN_FLIGHT] = "is being sent",
        [STATE_ACCEPTED] = "sent; no word yet whether it arrived",
        [STATE_SENT] = "sent; no word yet whether it arrived",
        [STATE_DELIVERED] = "arrived",
        [STATE_READ] = "arrived and was read",
        [STATE_EXPIRED] = "not sent: its time was over",
        [STATE_CANCELLED] = "not sent: it was stopped",
        [STATE_UNKNOWN] = "we do not know whether it arrived",
    };
    out[0] = '\0';
    if (!m->out || m->state < 0 || m->state >= STATE_COUNT) return;
    if (m->state == STATE_REFUSED)
        say_refused(m->reason, out);
    else if (m->state == STATE_UNDELIVERED)
        say(out, "did not arrive", m->reason);
    else if (m->state == STATE_SKIPPED)
        say(out, "not sent", m->reason);
    else
        (void)snprintf(out, FATE_BYTES, "%s", words[m->state]);
}
