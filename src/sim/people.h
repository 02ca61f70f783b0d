#pragma once
/* The simulated people: whether and what they answer. Pure: a person's answer depends on the seed,
 * the number and the text, nothing else. */
#include "sim/book.h"
#include "sim/mix.h"

/* Whether a `replies` mix may name it: yes, no, question, stop, postcode, other. */
bool people_know(const char *kind);

struct people_mood {
    uint64_t seed;
    const struct mix *replies;
    double thanks; /* chance that a person who was answered says thank you */
};

/* What somebody writes back, and where they stand once the other side has got it (and said 2xx). */
struct people_reply {
    const char *text; /* static */
    enum person_state then;
};
/* A message arrived at someone who stands at `state`: whether they answer, and what. A silent
 * person may answer and then waits; the next message to them counts as the answer of a human, after
 * which they may say thanks. Who wrote STOP answers nothing. */
bool people_answer(const struct people_mood *mood, uint64_t message, enum person_state state,
                   struct people_reply *ret);
/* Where they stand when the message is read, before they have answered. */
enum person_state people_read(enum person_state state);
