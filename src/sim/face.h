#pragma once
/* A face is one provider as its customers see it: how it reads and checks a request, how it says
 * yes and no, how its receipts and its inbound messages look. Pure but for the configuration it is
 * given: bytes in, bytes out. */
#include "base/arena.h"
#include "base/buf.h"
#include "sim/book.h"
#include "sim/config.h"
#include "sim/tape.h"

/* A request as it came; borrowed until its response. */
struct face_request {
    struct slice method, path, query, body, content_type, authorization;
};

/* A message that a face has read and found good; borrowed like the request, or from the arena. */
struct sim_message {
    uint64_t number;      /* the recipient's digits */
    struct slice account; /* account or phone number id */
    struct slice to, from, text;
    struct slice callback; /* where its receipts go; none = nowhere */
    uint32_t receipt_mask; /* Kannel's dlr-mask: which receipts are wanted */
    struct slice ref;      /* the customer's own reference */
    char id[80];           /* the provider's; made by the simulator */
};

struct answer {
    int status;
    const char *content_type; /* static */
    struct buf body;
};

/* A way to say no. */
struct face_code {
    const char *code;
    int status;      /* HTTP */
    bool by_receipt; /* the message is accepted, a receipt says no later */
    const char *text;
};

/* The last word about a message. */
struct receipt {
    const char *name;
    int rank;                            /* earlier steps have lower ranks */
    const char *twilio, *meta;           /* status */
    int kannel;                          /* bit of the dlr-mask */
    const char *kannel_stat;             /* stat: of an SMPP receipt */
    const char *twilio_code, *meta_code; /* NULL when it is good news */
};
const struct receipt *receipt_find(const char *name); /* NULL = not known */

enum letter_kind { LETTER_RECEIPT, LETTER_REPLY };

/* Something that the provider tells its customer later; owns all that it points to, but for
 * statics. */
struct letter {
    const struct face *face;
    enum letter_kind kind;
    const struct receipt *receipt;
    const struct face_code *code; /* why it failed; NULL = the receipt's own */
    const char *text;             /* of a reply */
    enum person_state then;       /* where the person stands once a reply was taken */
    uint64_t number, serial;
    uint32_t receipt_mask;
    int64_t at_ms; /* [ms since 1970] when it happened */
    int tries;
    struct slice id, account, to, from, callback, ref;
};

/* A request of ours, to be built; the caller clears and reuses it. */
struct outgoing {
    const char *method, *content_type; /* static; content_type NULL = no body */
    struct buf url, body, signature;   /* signature: a whole header line, empty = none */
};

struct face {
    const char *name, *id_prefix;
    const struct face_code *codes, *throttled;
    size_t code_count;
    bool (*owns)(struct slice path);
    /* NULL = *ret is good (but for the id); else the refusal. */
    const struct face_code *(*read)(const struct sim_config *c, const struct face_request *q,
                                    struct arena *a, struct sim_message *ret);
    void (*accept)(const struct sim_message *m, struct answer *ret);
    void (*refuse)(const struct face_code *code, struct answer *ret);
    /* GET on the same path: the list of messages. A NULL list = there is none; returns as read
     * does. */
    const struct face_code *(*list)(const struct sim_config *c, const struct face_request *q,
                                    struct arena *a, const struct tape *tape, struct answer *ret);
    /* Whether there is somewhere to send it, and somebody wants it. Cheap. */
    bool (*wants)(const struct sim_config *c, const struct letter *l);
    /* false = it cannot be written (its address is too long, say). */
    bool (*write)(const struct sim_config *c, const struct letter *l, struct outgoing *ret);
};

extern const struct face face_twilio, face_whatsapp, face_kannel;
enum { FACE_COUNT = 3 };
extern const struct face *const faces[FACE_COUNT];

const struct face *face_of_path(struct slice path); /* NULL = nobody's */
const struct face_code *face_code(const struct face *f,
                                  const char *code); /* NULL = not this face's */

/* What becomes of a message that was found good. */
enum fate_kind { FATE_TAKEN, FATE_REFUSED, FATE_PAGE, FATE_LOST, FATE_DROPPED, FATE_HUNG };
struct fate {
    enum fate_kind kind;
    int status;                   /* FATE_PAGE */
    const struct face_code *code; /* FATE_REFUSED; or FATE_TAKEN and told by receipt */
};
/* Whether a `shapes` mix may name it. */
bool whatsapp_shape_is_known(const char *name);
bool fate_is_known(const char *name); /* whether an `errors` mix may name it */
/* The fate that `name` stands for at this face (NULL, or another provider's code: taken). */
struct fate fate_of(const struct face *f, const char *name);
/* The fate of the n-th try (0 = first) of a message: a provider's code sticks to it, what the
 * network does is new at each try. */
struct fate fate_roll(const struct sim_config *c, const struct face *f, uint64_t message,
                      uint32_t tries);

/* Digits of an E.164 number, `plus` in front demanded or just allowed; 0 when it is none. */
uint64_t e164_digits(struct slice s, bool plus);
