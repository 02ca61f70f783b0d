#pragma once
/* Every key of the configuration, a row each. Reading, defaults, ranges, refusals, suggestions and
 * the documents come from these rows; what has a shape of its own names its reader. */
#include "config/config.h"
#include "read.h"

enum key_kind {
    KEY_TEXT,
    KEY_WORD, /* a text: one of `words` */
    KEY_ENUM, /* the same, kept as its place among them */
    KEY_INT,
    KEY_NUMBER,
    KEY_BOOL,
    KEY_SECTION, /* a mapping; its keys' places are in the same struct */
    KEY_OWN,     /* `read` reads it */
};

enum { KEYS_MAX = 32 }; /* of one mapping */

struct config_key;
/* map is what k stands in; `into` is the struct that k's place is in. */
typedef void config_key_reader(struct config_reader *r, const struct yaml_node *map,
                               const struct config_key *k, void *into);

struct config_key { /* rows end with a NULL name */
    const char *name;
    enum key_kind kind;
    size_t at; /* where the value goes: offset in the struct of its rows */
    /* Default of a text; of KEY_OWN: as documents say it. NULL: required. */
    const char *text;
    double number, min, max; /* default and range of KEY_INT, KEY_NUMBER, KEY_BOOL */
    config_rule *rule;       /* of KEY_TEXT; NULL: any */
    const char *const *words;
    const struct config_key *keys; /* of KEY_SECTION; of KEY_OWN: those of each entry */
    config_key_reader *read;
    const char *shape; /* of KEY_OWN: what it is, for people */
    const char *help;
};

extern const struct config_key config_keys[];
/* Of an entry of `gateways` (struct config_gateway) and of `people` (struct config_person). */
extern const struct config_key config_gateway_keys[], config_person_keys[];

/* "one, two or three"; returns out. */
const char *config_words(const char *const *words, char *out, size_t bytes);
/* Reads all keys of a mapping (NULL: it is not there) in the order of the rows, and refuses others.
 */
void config_read_keys(struct config_reader *r, const struct yaml_node *map,
                      const struct config_key *keys, void *into);
