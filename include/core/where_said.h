#pragma once
/* Where somebody says that they are, in what they wrote to us: a postcode, or a place from their map. Pure. */
#include "base/slice.h"

enum { WHERE_SAID_BYTES = 64 };

/* note: what a provider tells of a message besides words. country: whose postcodes it is about. out is what is to be looked up: a
 * folded postcode, or a point as core/point.h reads it. */

/* Anywhere in it, for a person who looks at what is found: "I'm in m14 5ta tomorrow". */
bool where_in_words(const char *country, struct slice text, struct slice note,
                    char out[WHERE_SAID_BYTES]);
/* That and nothing else, so that nobody has to look: a whole postcode ("M14 5TA", "m145ta."), or a place without a word. Neither a
 * town (March, Hope and Deal are towns) nor the beginning of a postcode ("M8" is a mate, "N1" a nice one). What has the form of one is
 * one only where the gazetteer knows it. */
bool where_alone(const char *country, struct slice text, struct slice note,
                 char out[WHERE_SAID_BYTES]);
