#pragma once
/* What tools call the fields of a list. Names are bare: in small letters, without what stands between the words. */
#include "base/slice.h"

bool field_is_known(struct slice name); /* among signs it is a field: "date", "first" + "name" */
bool field_is_asked_for(
    struct slice
        name); /* whoever writes the text is to put it there: "insert venue", "name here" */
struct slice field_without_prefix(struct slice name); /* "contact.name" is "name" */
bool field_is_coded(struct slice name); /* nobody writes it in a sentence: "firstname", "fname" */
/* What is cheap to ask of a word as it was typed first: false = it is none of those. */
bool field_may_be_coded(struct slice word);
/* A word behind which people are asked for theirs: "your". As it was typed. */
bool field_is_asked_after(struct slice word);
bool entity_is_known(struct slice s);     /* between & and ;: "amp", "#39" */
bool field_is_gesture(struct slice name); /* in braces it is a face: "smile" */
/* Letters of any script, digits and "_"; a byte of UTF-8 each. */
bool left_tag_is_of_word(char c);
/* [bytes] of what was left in a text to be filled in later, in no signs, and begins with the word at `at`: "HH:MM",
 * "INSERT VENUE"; 0 = nothing. */
size_t forgotten_at(struct slice text, size_t at);
