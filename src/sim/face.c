#include "sim/face.h"

#include <ctype.h>
#include <stdlib.h>

enum { SALT_FATE = 0x6661, E164_DIGITS_MIN = 7, E164_DIGITS_MAX = 15 };

const struct face *const faces[FACE_COUNT] = {&face_twilio, &face_whatsapp, &face_kannel};

static const struct receipt receipt_kinds[] = {
    {"sent", 1, "sent", "sent", 8, "ACCEPTD", NULL, NULL},
    {"delivered", 2, "delivered", "delivered", 1, "DELIVRD", NULL, NULL},
    {"read", 3, "read", "read", 1, "DELIVRD", NULL, NULL},
    {"undelivered", 2, "undelivered", "failed", 2, "UNDELIV", "30003", "131026"},
    {"failed", 1, "failed", "failed", 16, "REJECTD", "30008", "131000"},
};

const struct receipt *receipt_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(receipt_kinds); i++)
        if (strcmp(receipt_kinds[i].name, name) == 0) return &receipt_kinds[i];
    return NULL;
}

const struct face *face_of_path(struct slice path)
{
    for (size_t i = 0; i < FACE_COUNT; i++)
        if (faces[i]->owns(path)) return faces[i];
    return NULL;
}

const struct face_code *face_code(const struct face *f, const char *code)
{
    for (size_t i = 0; i < f->code_count; i++)
        if (strcmp(f->codes[i].code, code) == 0) return &f->codes[i];
    return NULL;
}

static const struct plain_fate {
    const char *name;
    struct fate fate;
} plain_fates[] = {
    {"html", {FATE_PAGE, 200, NULL}},
    {"lost", {FATE_LOST, 0, NULL}},
    {"drop", {FATE_DROPPED, 0, NULL}},
    {"hang", {FATE_HUNG, 0, NULL}},
};

/* The status in "http500"; 0 when it is none. */
static int page_status(const char *name)
{
    uint64_t status;
    if (strncmp(name, "http", 4) != 0 || !slice_to_u64(slice_of(name + 4), 599, &status)) return 0;
    return status >= 200 ? (int)status : 0;
}

bool fate_is_known(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(plain_fates); i++)
        if (strcmp(plain_fates[i].name, name) == 0) return true;
    for (size_t i = 0; i < FACE_COUNT; i++)
        if (face_code(faces[i], name)) return true;
    return page_status(name) != 0;
}

struct fate fate_of(const struct face *f, const char *name)
{
    if (!name) return (struct fate){.kind = FATE_TAKEN};
    for (size_t i = 0; i < COUNT_OF(plain_fates); i++)
        if (strcmp(plain_fates[i].name, name) == 0) return plain_fates[i].fate;
    const struct face_code *code = face_code(f, name);
    if (code)
        return (struct fate){.kind = code->by_receipt ? FATE_TAKEN : FATE_REFUSED, .code = code};
    int status = page_status(name);
    return (struct fate){.kind = status ? FATE_PAGE : FATE_TAKEN, .status = status};
}

struct fate fate_roll(const struct sim_config *c, const struct face *f, uint64_t message,
                      uint32_t tries)
{
    uint64_t seed = (uint64_t)c->seed;
    struct fate first = fate_of(f, mix_pick(&c->errors, dice_roll(seed, message, SALT_FATE)));
    if (tries == 0 || first.code) return first;
    uint64_t salt = SALT_FATE | (uint64_t)tries << 32;
    struct fate again = fate_of(f, mix_pick(&c->errors, dice_roll(seed, message, salt)));
    return again.code ? (struct fate){.kind = FATE_TAKEN} : again;
}

uint64_t e164_digits(struct slice s, bool plus)
{
    uint64_t digits;
    if (slice_starts(s, "+")) {
        s = slice_from(s, 1);
    } else if (plus) {
        return 0;
    }
    if (s.n < E164_DIGITS_MIN || s.n > E164_DIGITS_MAX || s.p[0] == '0') return 0;
    return slice_to_u64(s, UINT64_MAX, &digits) ? digits : 0;
}
