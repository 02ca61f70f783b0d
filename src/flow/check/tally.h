#pragma once
/* What a check counts while it walks over an audience. Pure: a rendered message goes in, figures
 * come out; nothing in it grows with the audience. */
#include "look.h"
#include "tally_finding.h"
#include "text.h"
#include "flow/check.h"
#include "flow/message.h"

enum {
    TALLY_FIELDS_MAX = 256,
    TALLY_PARTS_COUNTED = 256,     /* texts of more parts count as this many less one */
    TALLY_COUNTRIES = 26 * 26 + 1, /* two letters each; the first is for unknown ones */
    TALLY_SAMPLE_BYTES = 4096,     /* the sample is cut there */
    TALLY_KEYWORD_BYTES = 32,
    TALLY_TAG_BYTES = 80,
};

/* A name that the message looks up. */
struct tally_field {
    char *name; /* owned */
    int column; /* -1 = the audience has none */
    unsigned uses;
    struct tally_finding empty; /* of a field whose absence leaves a hole */
};

struct tally {
    bool sms;
    const struct slice *columns; /* borrowed */
    size_t column_count;
    struct slice organisation; /* borrowed */
    struct check_words words;
    struct tally_field fields[TALLY_FIELDS_MAX];
    size_t field_count;

    uint64_t recipients, parts_total;
    uint64_t parts[TALLY_PARTS_COUNTED]; /* people by the number of parts */
    uint64_t encodings[2];               /* people by enum parts_encoding */
    struct {
        uint64_t recipients, parts;
    } countries[TALLY_COUNTRIES];
    struct tally_finding unrendered, empty, too_long, left_tag, empty_param, bad_param; /* block */
    struct tally_finding ucs2, no_opt_out, nameless, answer_keyword; /* are shown */
    uint32_t first_non_gsm; /* code point; of the first text in UCS-2 */
    char keyword[TALLY_KEYWORD_BYTES], tag[TALLY_TAG_BYTES]; /* the first of each */
    uint64_t plain_parts, ucs2_parts; /* of texts in UCS-2: in the SMS alphabet, and as they are */
    struct buf sample;
};

/* columns, organisation and keywords are borrowed for its life. */
void tally_init(struct tally *t, bool sms, const struct slice *columns, size_t column_count,
                struct slice organisation, const struct keywords *keywords);
void tally_done(struct tally *t);
/* A message_field_cb. */
void tally_add_field(void *tally, struct slice field, int column, unsigned uses);
/* Looks at a text. What it is the first to hold is kept for the report, so whoever gets it is to be added next. */
void tally_look(struct tally *t, struct slice text, struct look *look);
/* One recipient, and the message that they get (out NULL: it could not be rendered); look: at its text, NULL where it is a template
 * that the provider holds. */
void tally_add(struct tally *t, const struct check_person *p, const struct outgoing *out,
               const struct look *look);
/* The two letters of a slot of countries; NULL for the unknown. out holds 3 bytes. */
const char *tally_country(size_t slot, char out[3]);
