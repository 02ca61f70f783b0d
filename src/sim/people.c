#include "sim/people.h"

#include "base/check.h"

enum { SALT_REPLY = 0x7265, SALT_WORDS = 0x776f, SALT_THANKS = 0x7468 };

static const char *const yes_words[] = {"Yes", "yes please!", "YES count me in",
                                        "Yes, see you there"};
static const char *const no_words[] = {"No", "no thanks", "Sorry, I can't make it", "NO"};
static const char *const question_words[] = {
    "What time does it start?",
    "Where is it?",
    "Can I bring my kids?",
    "Is there parking nearby? I'm coming by car with my mum",
};
static const char *const stop_words[] = {"STOP", "stop", "Stop.", "UNSUBSCRIBE"};
static const char *const other_words[] = {
    "Who is this?",
    "New phone, who's that \xf0\x9f\x98\x85",
    "I moved to Leeds last year",
    "Voil\xc3\xa0, d\xc3\xa9j\xc3\xa0 vot\xc3\xa9",
};
/* Of tools/sample_places.py. */
static const char *const postcode_words[] = {"LS1 1AA", "m1 1ab", "My postcode is BS1 1AD",
                                             "ST1 1AC", "I'm at NR1 1AE, is there anything near?"};
static const char *const thanks_words[] = {"Thanks!", "Great, thank you", "ok thx"};

static const struct vocabulary {
    const char *kind;
    const char *const *words;
    size_t count;
} vocabularies[] = {
    {"yes", yes_words, COUNT_OF(yes_words)},
    {"no", no_words, COUNT_OF(no_words)},
    {"question", question_words, COUNT_OF(question_words)},
    {"stop", stop_words, COUNT_OF(stop_words)},
    {"postcode", postcode_words, COUNT_OF(postcode_words)},
    {"other", other_words, COUNT_OF(other_words)},
};

static const struct vocabulary *vocabulary_of(const char *kind)
{
    for (size_t i = 0; i < COUNT_OF(vocabularies); i++)
        if (strcmp(vocabularies[i].kind, kind) == 0) return &vocabularies[i];
    return NULL;
}

bool people_know(const char *kind)
{
    return vocabulary_of(kind) != NULL;
}

static const char *word_of(const char *const *words, size_t count, double roll)
{
    return words[(size_t)(roll * (double)count)];
}

static bool first_answer(const struct people_mood *mood, uint64_t message, struct people_reply *ret)
{
    const char *kind = mix_pick(mood->replies, dice_roll(mood->seed, message, SALT_REPLY));
    if (!kind) return false;
    const struct vocabulary *v = vocabulary_of(kind);
    check(v != NULL); /* the configuration let known kinds in only */
    ret->then = strcmp(kind, "stop") == 0 ? PERSON_STOPPED : PERSON_WAITING;
    ret->text = word_of(v->words, v->count, dice_roll(mood->seed, message, SALT_WORDS));
    return true;
}

static bool maybe_thanks(const struct people_mood *mood, uint64_t message, struct people_reply *ret)
{
    if (dice_roll(mood->seed, message, SALT_THANKS) >= mood->thanks) return false;
    ret->then = PERSON_SILENT;
    ret->text =
        word_of(thanks_words, COUNT_OF(thanks_words), dice_roll(mood->seed, message, SALT_WORDS));
    return true;
}

bool people_answer(const struct people_mood *mood, uint64_t message, enum person_state state,
                   struct people_reply *ret)
{
    if (state == PERSON_SILENT) return first_answer(mood, message, ret);
    if (state == PERSON_WAITING) return maybe_thanks(mood, message, ret);
    return false;
}

enum person_state people_read(enum person_state state)
{
    if (state == PERSON_WAITING) return PERSON_SILENT;
    if (state == PERSON_STOPPED) return PERSON_LEFT;
    return state;
}
