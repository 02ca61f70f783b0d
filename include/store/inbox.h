#pragma once
/* Conversations: one for each (group, person), with its messages, its claim and its labels. Every
 * change is one script (src/store/inbox/conv_*.lua, inbound*.lua), so two volunteers and a webhook
 * at the same moment cannot tear one.
 *
 * A claim is a lease: it has an end and a fence, a number that grows with every new claim. What is
 * done under an old fence is refused here, by the store. Claims end by the clock; nothing runs for
 * it.
 *
 * Callbacks run once, from the loop, never from inside the call. result is 0 and e NULL, or a
 * negative code: ERR_UNREACHABLE (Redis gave no reply: whether it happened is unknown; all of
 * these may be repeated), ERR_NOT_FOUND, ERR_CONFLICT (somebody else holds it, or the claim is
 * over), ERR_REFUSED (the person must not be texted), ERR_INVALID. Texts are for people. */
#include "core/group.h"
#include "store/store.h"

struct inbox;
struct loop;

/* A person in the store is a text, the key: the digits of their canonical number ("447700900123"),
 * or, where there is none, '~' and the address as the provider gives it ("~GB.1349…", "~60777"). A
 * user id that was seen together with a number is linked to it: both are one person from then on.
 */
enum { PERSON_KEY_BYTES = 161 }; /* with the NUL */

enum {
    INBOX_MESSAGES_MAX = 1000, /* of a conversation; older ones are trimmed */
    INBOX_PAGE_MAX = 200,
    INBOX_TEXT_BYTES_MAX = 16 * 1024,
    INBOX_TAG_BYTES_MAX = 32,
    INBOX_TAGS_MAX = 32,
};

struct inbox *inbox_new(struct store *s, struct loop *loop); /* borrowed */
void inbox_free(struct inbox *b); /* NULL is fine; after its calls ended, and inbox_give_up */

/* Who acts, and when: they reach the conversations of their groups only; others do not exist for them. Made of
 * zeroes it reaches none. Borrowed for the call. */
struct inbox_actor {
    int64_t now_ms; /* [wall ms] */
    struct slice name;
    struct slice actor; /* the same for the audit trail (core/actor.h); none: the name */
    struct group_set groups;
    struct group_set escalated; /* where they may claim who waits for the organisers */
};

/* ---- inbound ---- */

#define INBOX_KIND_TABLE(X)                                                                        \
    X(INBOX_TEXT, "text")                                                                          \
    X(INBOX_STOP, "stop")                                                                          \
    X(INBOX_START, "start")                                                                        \
    X(INBOX_HELP, "help")                                                                          \
    X(INBOX_NOTE, "note") /* from here on nobody waits for an answer, and no thread opens */       \
    X(INBOX_REACTION, "reaction")                                                                  \
    X(INBOX_REVOKED, "revoked")                                                                    \
    X(INBOX_CHANGE, "change") /* of the number: all that is known goes with the person */          \
    X(INBOX_ECHO, "echo")     /* ours, written past Muster: nobody waits any more */
enum inbox_kind {
#define X(name, text) name,
    INBOX_KIND_TABLE(X)
#undef X
};
const char *inbox_kind_to_string(enum inbox_kind kind); /* static */
bool inbox_kind_asks(enum inbox_kind kind); /* a person's words, which may want an answer */

/* What a key is. */
#define INBOX_WHO_TABLE(X)                                                                         \
    X(INBOX_NUMBER, "number")                                                                      \
    X(INBOX_USER_ID, "user_id")   /* of a provider, not yet seen with a number */                  \
    X(INBOX_NAME, "name")         /* a short code or a name */                                     \
    X(INBOX_DOUBTFUL, "doubtful") /* a number in a form that may be two people's */                \
    X(INBOX_CHAT, "chat")         /* many people: nobody's own wish counts for all */              \
    X(INBOX_NOBODY, "nobody")     /* the provider did not say */                                   \
    X(INBOX_OTHERS, "others")     /* strangers beyond the bound, in one thread */
enum inbox_who {
#define X(name, text) name,
    INBOX_WHO_TABLE(X)
#undef X
};
const char *inbox_who_to_string(enum inbox_who who);

/* What strangers (people whom no campaign knows) may take up. */
struct inbox_bounds {
    uint32_t strangers_max;     /* conversations; those beyond share one of their group */
    uint32_t stranger_per_hour; /* messages of one of them that are kept; more are counted */
};
enum { INBOX_STRANGERS_MAX = 10000, INBOX_STRANGER_PER_HOUR = 60 };
void inbox_set_bounds(struct inbox *b, const struct inbox_bounds *bounds); /* else these two */

enum { INBOX_TARGET_MS = 20 * 60 * 1000 };
/* In so long [ms] people are to be answered; who waits longer is overdue. Else INBOX_TARGET_MS. Groups may say another time, and
 * campaigns for those who answer to them. groups: borrowed for b's life; NULL: none says one. */
struct groups;
void inbox_set_targets(struct inbox *b, int64_t target_ms, const struct groups *groups);

struct inbox_arrival {
    struct slice gateway;
    struct slice event_id; /* tells a redelivery, by whichever gateway it comes again */
    int64_t remember_ms;   /* [ms] how long the event id is kept */
    int64_t at_ms;         /* [wall ms] when it happened; 0 = now */
    enum inbox_kind kind;
    struct slice group; /* of whom neither a campaign nor a conversation knows */
    enum inbox_who who;
    struct slice key; /* the person; of INBOX_CHANGE as they were until now */
    /* The newest ones, in which they are looked for as inbox_who does; 0: in none, and the group
     * is as it stands. */
    int campaigns;
    struct slice own_group;          /* as of struct inbox_question */
    struct slice user_id, parent_id; /* that came along; or none */
    struct slice new_key, new_id;    /* of INBOX_CHANGE */
    bool takes_id;                   /* the gateway can send to a user id */
    struct slice sender;             /* what they wrote to */
    int64_t window_ms;    /* [ms] the channel takes answers so long after their words; 0 = always */
    struct slice name;    /* may be empty */
    struct slice text;    /* UTF-8; cut at INBOX_TEXT_BYTES_MAX */
    struct slice note;    /* what came besides words, in words; or none */
    struct slice own_id;  /* the provider's id of this message, by which others name it; or none */
    struct slice about;   /* the own_id of the message that is edited, taken back, reacted to */
    bool edit;            /* `about` now reads `text` */
    struct slice speaker; /* who of a chat said it: a key; or none */
    unsigned media;       /* pictures and files that came with it */
    struct slice tags;    /* "yes,question" */
    struct slice answer; /* automatic, for STOP (once) and HELP (once a day); empty = none. What its
                             group says itself takes its place (store/group.h), or, by the group's
                             language: */
    struct slice answers; /* JSON: language → text; none */
    /* Of a text: the groups whose people mean STOP by it, as " leeds york "; none. */
    struct slice stop_groups;
    struct slice scope; /* of a STOP: "all" or the group */
    bool hold;          /* it sounds like STOP: no campaign texts them until somebody has decided */
};
struct inbox_stored {
    bool duplicate; /* the event was known: nothing changed */
    uint32_t conversation;
    bool suppressed;       /* by this message */
    int lifted;            /* suppressions that this START lifted */
    bool answered;         /* an automatic answer was recorded under: */
    uint32_t answer_index; /* in the direct book; the caller publishes it */
    bool only_counted;     /* a stranger beyond the bound of an hour */
    bool unnamed; /* a campaign's audience may say what they are called: their place in it */
    uint32_t audience, index;
};
typedef void inbox_stored_cb(void *arg, int result, const struct inbox_stored *stored,
                             const struct err *e);
/* Copies it. What comes in during a turn of the loop goes to Redis in one call of the script, in the
 * order in which it came, at most 64 events and 128 KB: a call that is larger would keep Redis from
 * everybody else for longer than a few milliseconds. Each event is told its own result. One that
 * Redis refuses takes no other person's along, only what the same person says later in that call.
 * Where the call fails, nothing is known to be stored of all of them. `stored` is borrowed. */
void inbox_receive(struct inbox *b, const struct inbox_arrival *in, int64_t now_ms,
                   inbox_stored_cb *cb, void *arg);
/* Sends now what was collected. */
void inbox_flush(struct inbox *b);
/* When the loop turns no more: what was collected is told ERR_UNREACHABLE, now. */
void inbox_give_up(struct inbox *b);

/* What the person of a conversation is called, and which language they read, as an audience says;
 * either may be empty. Copies them; those of a turn of the loop go to Redis in one call. */
void inbox_set_name(struct inbox *b, uint32_t conversation, struct slice name,
                    struct slice language, store_done_cb *cb, void *arg);

/* Which campaign texted this person last: among the newest `campaigns` ones, those that did. One
 * that came from the number or gateway that they write to goes before one that did not. */
struct inbox_question {
    struct slice key, user_id, parent_id; /* the ids: or none */
    int campaigns;
    uint32_t but;           /* does not count; 0: all do */
    struct slice gateway;   /* that they write to; none: any */
    struct slice sender;    /* the number or name of it */
    struct slice own_group; /* the gateway's own inbox: campaigns of others by other gateways are
                               not meant; none: it has none of its own */
};
/* campaign 0: none of them; group is then that of the person's last conversation, if any. key: who
 * they are, when a provider was seen to write our number or their id that way. */
struct inbox_person {
    uint32_t campaign, audience, index;
    struct slice group, key;
};
typedef void inbox_person_cb(void *arg, int result, const struct inbox_person *person,
                             const struct err *e);
void inbox_who(struct inbox *b, const struct inbox_question *question, inbox_person_cb *cb,
               void *arg);

/* A provider took a message to `number` and calls that person by this number and this id (0, none:
 * not said). Remembered where it differs, so that what they answer finds them. Nobody waits for it:
 * what is lost is told again with the next message. group: of the message. */
struct inbox_known_as {
    uint64_t number, as_number;
    struct slice user_id, group;
};
void inbox_learn(struct inbox *b, const struct inbox_known_as *known);

/* Forgets up to `max` conversations whose last word was before that time [wall ms]: of strangers,
 * or closed ones. */
enum inbox_old { INBOX_OLD_STRANGERS, INBOX_OLD_CLOSED };
typedef void inbox_expired_cb(void *arg, int result, int64_t count);
void inbox_expire(struct inbox *b, enum inbox_old which, int64_t before_ms, int max,
                  inbox_expired_cb *cb, void *arg);

/* ---- reading ---- */

struct inbox_conversation {
    uint32_t id;
    enum inbox_who who;
    uint64_t number;      /* 0 = none */
    struct slice address; /* what stands in place of a number; none when there is one */
    struct slice user_id; /* as last seen; none */
    bool answerable;      /* an answer has somewhere to go */
    struct slice group, name, gateway, sender, tags; /* tags: with commas */
    uint32_t campaign;                               /* 0 = none */
    uint32_t loan; /* of the list whose campaign they answer (store/loan.h); 0 = none */
    bool closed;
    struct slice claimed_by; /* none when nobody holds it now */
    int64_t claim_until_ms;  /* [wall ms] */
    uint64_t claim_fence;
    int64_t last_in_ms, last_out_ms; /* [wall ms] 0 = never */
    int64_t waiting_ms;              /* [wall ms] since when an answer is due; 0 = none is */
    uint32_t unread;
    uint32_t heard;        /* messages that they have ever sent: tells whether there are new ones */
    struct slice said;     /* the beginning of the last words, at most INBOX_LINE_BYTES */
    struct slice said_by;  /* whose: none = the person's, INBOX_PHONE, or a member's */
    struct slice language; /* as the audience has it, in small letters; none */
    /* Who handed it over last, to whom ("Kim", "york", "the organisers"), with which word; none, once it is
     * answered or closed. */
    struct slice handed_by, handed_to, handed_word;
    int64_t window_ends_ms; /* [wall ms] until then the channel takes answers; 0 = always */
    bool overdue;           /* an answer is due for longer than inbox_set_targets allows */
    bool doubt;             /* nobody knows whether the last answer arrived */
};
enum { INBOX_LINE_BYTES = 120 };
#define INBOX_PHONE "phone" /* said there: an echo */

/* Why nothing can be sent to such a person, in words. */
const char *inbox_why_unreachable(struct slice who);

struct inbox_message {
    bool out;
    bool team; /* said or done by `by` among the team: never sent. kind: note, tags ("+yes -no"),
                  handed, taken (`note`: to whom, from whom), closed, reopened, off, back,
                  kept, no_more, again (`text`: of what) */
    struct slice text, by,
        kind; /* kind: text, stop, …; reply, confirm, auto, echo; bound: `more` */
    struct slice note, own_id, about; /* as of struct inbox_arrival; none */
    bool edit;
    struct slice speaker;          /* a key: who of a chat, or of many strangers; none */
    struct slice was_key, now_key; /* of a change */
    uint32_t more;                 /* of "bound": so many of that hour were only counted */
    int64_t at_ms;
    unsigned media;
    uint32_t index;      /* out: in the direct book */
    int state;           /* out: the ledger's, 0…11; in: -1 */
    struct slice reason; /* out: of an exception */
    /* out and unknown: */
    int64_t unknown_since_ms; /* [wall ms]; 0 = it is not unknown */
    uint32_t resent;          /* how often a person had it sent again */
};

struct inbox_thread {
    struct inbox_conversation conversation;
    const struct inbox_message *messages; /* oldest first */
    size_t count;
    struct slice suppressed_scope; /* none = the person may be texted */
    bool on_hold;                  /* no campaign texts them until somebody has decided */
    struct slice sounds_like_stop; /* what they wrote that sounds like it; none */
    struct slice draft;            /* the actor's own, as inbox_draft was given it; none */
    struct slice off_by;           /* who took them off the list, while it can be undone; none */
    int64_t off_until_ms;          /* [wall ms] until then */
};
typedef void inbox_thread_cb(void *arg, int result, const struct inbox_thread *t,
                             const struct err *e);
/* The last `messages` of it. Everything is borrowed for the call of cb. */
void inbox_read(struct inbox *b, uint32_t id, const struct inbox_actor *who, int messages,
                inbox_thread_cb *cb, void *arg);

/* HANDED: of one's own, who was handed to one. UNLINKED: people of whom no number is
 * known for certain: nobody can match them with a list. */
enum inbox_filter { INBOX_ANY, INBOX_MINE, INBOX_HANDED, INBOX_FREE, INBOX_UNLINKED };
struct inbox_query {
    struct slice group; /* none = all that the actor reaches; one that they do not: nobody */
    bool closed, any;   /* any: open and closed ones */
    enum inbox_filter filter;
    struct slice tag;
    uint32_t campaign; /* with `tag`: who got it for that campaign, whatever was asked since */
    /* Who is looked for, in 30,000 entries at most: a part of the name, of which A to Z are found
     * in small letters, too, or the last digits of the number. None: all. */
    struct slice name, digits;
    /* Whose numbers are compared by all of those digits; elsewhere the last four are. */
    struct group_set whole;
    bool oldest_first;  /* else newest first */
    bool unanswered;    /* only those to whom an answer is due, who waits longest first */
    int limit;          /* 1…INBOX_PAGE_MAX */
    struct slice after; /* cursor of the page before; none = from the start */
};
/* next is where the next page starts, none at the end; borrowed like the rest. A page may be short
 * and still have a next one: filters look at a bounded number of entries. */
typedef void inbox_list_cb(void *arg, int result, const struct inbox_conversation *list, size_t n,
                           struct slice next, const struct err *e);
void inbox_list(struct inbox *b, const struct inbox_query *query, const struct inbox_actor *who,
                inbox_list_cb *cb, void *arg);

/* ---- acting ---- */

struct inbox_claim {
    struct slice by;
    int64_t until_ms; /* [wall ms] */
    uint64_t fence;
};
/* claim: one's own on success; on ERR_CONFLICT whoever's stands, by is none when nobody's does;
 * else NULL. */
typedef void inbox_claim_cb(void *arg, int result, const struct inbox_claim *claim,
                            const struct err *e);
void inbox_claim(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t lease_ms,
                 inbox_claim_cb *cb, void *arg);
/* The same, also from somebody who holds it: what they send then is refused (INBOX_TAKEN_OVER). */
void inbox_take_over(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t lease_ms,
                     inbox_claim_cb *cb, void *arg);

#define INBOX_ESCALATE "escalate" /* the tag of who waits for the organisers */

/* Whom somebody wants next; all of it may be none. With two of tag, language and campaign only the
 * 1,000 who wait longest are looked at. */
struct inbox_wish {
    struct slice group;    /* none = all that the actor reaches; one that they do not: nobody */
    struct slice tag;      /* with this tag; whom the tag `escalate` has is given only to who asks
                              for it */
    struct slice language; /* as an audience has it, in lower case: "cy" */
    uint32_t campaign;
    int64_t lease_ms; /* of the claim */
};
enum { INBOX_HOLDS_MAX = 5 }; /* unanswered, by one member who asks for one more */
struct inbox_next {
    const struct inbox_conversation *taken; /* claimed; NULL: nobody waits whom nobody holds */
    int64_t free_ms; /* [wall ms] then the first claim of others ends; 0 = they hold none */
    uint32_t held;   /* by others or oneself: an answer is due to so many */
};
/* ERR_CONFLICT: they hold INBOX_HOLDS_MAX already. Borrowed for the call. */
typedef void inbox_next_cb(void *arg, int result, const struct inbox_next *next,
                           const struct err *e);
/* Claims who waits longest: twenty who ask at once get twenty people. What the actor holds and has
 * answered is given back first; who was handed to them comes before all. */
void inbox_next(struct inbox *b, const struct inbox_wish *wish, const struct inbox_actor *who,
                inbox_next_cb *cb, void *arg);

/* Gives a claim back; where nobody holds it that is fine. ERR_NOT_FOUND; ERR_CONFLICT: it is somebody else's. */
void inbox_release(struct inbox *b, uint32_t id, const struct inbox_actor *who, store_done_cb *cb,
                   void *arg);
/* Whoever reopens what they closed, before the person wrote again, has it back as it was: claimed,
 * and the person in their place. */
void inbox_set_closed(struct inbox *b, uint32_t id, const struct inbox_actor *who, bool closed,
                      store_done_cb *cb, void *arg);

/* Tags that everybody knows. Of yes, maybe and no the last one counts. */
#define INBOX_STANDARD_TAGS                                                                        \
    "yes,maybe,no,question,wrong_number,moved,needs_lift," INBOX_ESCALATE ",maybe_opt_out"
bool inbox_tag_ok(struct slice tag); /* 1…32 of a-z 0-9 _ - */
/* Each a list with commas. */
struct inbox_tagging {
    struct slice add, remove;
    struct slice toggle; /* added where it is not there, else removed */
};
/* tags: that stand now, borrowed for the call. ERR_INVALID: a tag is not 1…32 of a-z 0-9 _ -, or is
 * neither a standard one nor one of the group's own. */
typedef void inbox_tags_cb(void *arg, int result, struct slice tags, const struct err *e);
/* Who and when stand in the thread. Tagging INBOX_ESCALATE gives the claim back. */
void inbox_tag(struct inbox *b, uint32_t id, const struct inbox_actor *who,
               const struct inbox_tagging *tagging, inbox_tags_cb *cb, void *arg);

/* ---- among the team ---- */

enum {
    INBOX_NOTE_BYTES_MAX = 4096,
    INBOX_DRAFT_BYTES_MAX =
        48 * 1024,                  /* 6,400 bytes of text, each of which JSON may write as six */
    INBOX_HAND_MS = 60 * 60 * 1000, /* [ms] what is handed to a member is kept for them */
};

/* A note in the thread, which is never sent. */
void inbox_note(struct inbox *b, uint32_t id, const struct inbox_actor *who, struct slice text,
                store_done_cb *cb, void *arg);

/* To a member, who holds it from then on; to another group, where it waits, and whose thread it stays
 * whoever asked the person; to the organisers (INBOX_ESCALATE). */
enum inbox_hand_to { INBOX_TO_MEMBER, INBOX_TO_GROUP, INBOX_TO_ORGANISERS };
struct inbox_hand {
    enum inbox_hand_to to;
    struct slice whom; /* the member's name, or the group */
    struct slice word; /* for them; may be empty */
};
/* conversation: where it goes on; a group that had a thread with the person has one still.
 * ERR_INVALID: there is no such group; ERR_CONFLICT: somebody else holds it. */
typedef void inbox_handed_cb(void *arg, int result, uint32_t conversation, const struct err *e);
void inbox_hand_over(struct inbox *b, uint32_t id, const struct inbox_actor *who,
                     const struct inbox_hand *hand, inbox_handed_cb *cb, void *arg);

/* What the actor has begun to write, any bytes; empty: nothing any more. Kept for a week, taken away by
 * inbox_reply. ERR_CONFLICT: eight others have begun, too. */
void inbox_draft(struct inbox *b, uint32_t id, const struct inbox_actor *who, struct slice draft,
                 store_done_cb *cb, void *arg);

struct inbox_waiting {
    uint32_t waiting, overdue, held;
    int64_t since_ms; /* [wall ms] of the first; 0 = nobody waits */
};
/* In the groups of the actor. */
typedef void inbox_waiting_cb(void *arg, int result, const struct inbox_waiting *w,
                              const struct err *e);
void inbox_count_waiting(struct inbox *b, const struct inbox_actor *who, inbox_waiting_cb *cb,
                         void *arg);

/* ---- at hand ---- */

/* What a group keeps at hand; "" is everybody's. */
enum inbox_shelf {
    INBOX_OWN_TAGS,    /* by the tag */
    INBOX_SUGGESTIONS, /* answers, by number */
    INBOX_TEMPLATES,   /* that a provider holds, by number (flow/held.h) */
};
enum { INBOX_SHELF_MAX = 100 /* of a group */, INBOX_SHELF_BYTES_MAX = 8 * 1024 };
/* id none: a new number. ERR_CONFLICT: the shelf is full; ERR_NOT_FOUND: the id is a number that is
 * not there. ret_id is borrowed for the call. */
typedef void inbox_shelf_put_cb(void *arg, int result, struct slice ret_id, const struct err *e);
void inbox_shelf_put(struct inbox *b, enum inbox_shelf shelf, struct slice group, struct slice id,
                     struct slice thing, inbox_shelf_put_cb *cb, void *arg);
void inbox_shelf_remove(struct inbox *b, enum inbox_shelf shelf, struct slice group,
                        struct slice id, store_done_cb *cb, void *arg);
struct inbox_shelved {
    struct slice group, id, thing;
};
/* Everybody's, and those of the actor's groups, or of that one of them. Of whoever reaches all groups
 * and names none: everybody's. Borrowed for the call. */
typedef void inbox_shelf_list_cb(void *arg, int result, const struct inbox_shelved *list, size_t n,
                                 const struct err *e);
void inbox_shelf_list(struct inbox *b, enum inbox_shelf shelf, const struct inbox_actor *who,
                      struct slice group, inbox_shelf_list_cb *cb, void *arg);

/* ---- answering ---- */

struct inbox_answer {
    uint32_t id;
    uint64_t fence;
    struct slice text;
    struct slice key; /* tells a form that was sent twice; may be empty */
    int64_t lease_ms; /* answering renews the claim by this */
    /* Refused when they have written since: `heard` of the conversation that was shown. */
    bool sees;
    uint32_t heard;
    /* `text` goes by this template (flow/held.h: held_call), which that account has: also when the channel takes no
     * free text any more. None = free text. */
    struct slice held, held_gateway, held_name;
};
/* Why an answer was refused; each a word for programs. */
#define INBOX_WHY_TABLE(X)                                                                         \
    X(INBOX_STOPPED, "stopped")    /* ERR_REFUSED: they must not be texted */                      \
    X(INBOX_NO_WAY, "unreachable") /* ERR_REFUSED: nothing can be sent there */                    \
    X(INBOX_WINDOW_CLOSED,                                                                         \
      "window_closed") /* ERR_REFUSED: the channel takes answers only so long \
                                               after their last words */                    \
    X(INBOX_WRITTEN_SINCE, "written_since") /* ERR_CONFLICT */                                     \
    X(INBOX_ELSEWHERE, "elsewhere")         /* ERR_CONFLICT: they wrote to another account */      \
    X(INBOX_TAKEN_OVER, "taken_over")       /* ERR_CONFLICT: somebody took it over */              \
    X(INBOX_CLAIM_OVER, "claim_over")       /* ERR_CONFLICT: over, or somebody else's */
enum inbox_why {
    INBOX_NO_REASON,
#define X(name, text) name,
    INBOX_WHY_TABLE(X)
#undef X
};
const char *inbox_why_to_string(enum inbox_why why); /* NULL of INBOX_NO_REASON */

struct inbox_answered {
    uint32_t index;
    bool again;         /* it was recorded before, under the same key */
    struct slice group; /* whose conversation it is; none of one that was recorded before */
    uint32_t loan;      /* of the list whose campaign they answer (store/loan.h); 0 = none */
    enum inbox_why why;
    uint32_t heard; /* of INBOX_WRITTEN_SINCE: as it is now */
};
/* Records the answer as pending in the direct book and in the thread; the caller publishes the
 * index. a is never NULL. */
typedef void inbox_answer_cb(void *arg, int result, const struct inbox_answered *a,
                             const struct err *e);
void inbox_reply(struct inbox *b, const struct inbox_answer *answer, const struct inbox_actor *who,
                 inbox_answer_cb *cb, void *arg);
