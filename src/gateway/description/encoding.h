#pragma once
/* How the text of a reply is written: by name, or by a word that came with it (a charset, a data
 * coding). Providers in front of an SMSC hand on what the phone wrote: UTF-16BE, or the bare bytes
 * of GSM 03.38. */
#include "select.h"

enum encoding_kind {
    ENCODING_AUTO, /* UTF-8; where that is no text and UTF-16BE is one, UTF-16BE */
    ENCODING_UTF8,
    ENCODING_GSM,    /* GSM 03.38, a septet a byte, with its escapes */
    ENCODING_LIBRARY /* a name that iconv knows */
};

struct encoding {
    enum encoding_kind kind;
    const char *name; /* of ENCODING_LIBRARY */
};

struct encoding_word {
    struct slice word; /* in any case */
    struct encoding encoding;
};

struct encoding_choice {
    struct selector_list by; /* the first of them that holds a word of the list decides */
    struct encoding_word *list;
    size_t count;
    struct encoding otherwise;
};

/* `NAME` or `{by: selector, words: {word: NAME}, otherwise: NAME}`; NULL is UTF-8. A name is auto,
 * UTF-8, GSM, or one that iconv knows on this machine. */
int encoding_compile(const struct compiler *c, const struct yaml_node *n,
                     struct encoding_choice *ret);
/* The text in UTF-8, in the arena or as it stands; what cannot be read in it becomes U+FFFD. Of
 * UTF-8 wrong bytes may be left: the caller cleans. None when the arena is full. */
struct slice encoding_read(const struct encoding_choice *choice, struct slice text,
                           const struct facts *f);
