#include "flow/inbound.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "inbound_event.h"
#include "flow/auto_answer.h"
#include "flow/group_doors.h"
#include "flow/recipient.h"
#include "core/index.h"
#include "core/json.h"
#include "core/own_text.h"
#include "core/pledge_words.h"
#include "io/person_number.h"
#include "store/pledge.h"

enum {
    NOTE_BYTES_MAX = 4096,
    UNTIMED_REMEMBER_MS = 10 * 60 * 1000, /* see remember_for() */
    DAY_MS = 24 * 3600 * 1000,
};

/* What is said by itself: the organisation's text, and where that is Muster's own, what it is in other languages. */
struct said {
    char *text;
    char *others; /* JSON: language → text; "" */
};

/* The rows of a block that are asked for while it is read: people of one list who answer at once. */
struct naming {
    struct inbound *in;
    LIST_ENTRY(naming) place;
    uint32_t audience, block;
    struct recipients *recipients;
    struct job *jobs; /* who waits, but for the first */
};

struct inbound {
    LIST_HEAD(, naming) namings;
    struct inbox *inbox;
    struct store *store;
    struct outbox *outbox;
    struct auto_answer *auto_answer;
    const struct keywords *keywords;
    const struct law_words *law;
    struct group_doors *doors;
    struct said stop, help;
    int64_t remember_ms;
};

/* One event on its way: stored, and where a campaign knows the person but the conversation has no
 * name yet: audience → row → named. Each step is one reply of Redis. */
struct job {
    struct inbound *in;
    inbound_cb *cb;
    void *arg;
    enum inbound_verdict verdict;
    uint32_t conversation;
    int64_t now_ms, at_ms;
    enum pledge_word word; /* about a session, clearly */
    char where
        [WHERE_SAID_BYTES]; /* they said that, and nothing else, so that it may be answered; "" */
    char identity[DIGEST_BYTES];
    uint32_t audience, index; /* who is to be named; 0 = nobody */
    struct naming *naming;    /* of the first who asked for that block */
    struct job *next;         /* who waits for it, too */
};

static struct said said_of(const char *text, enum own_text own)
{
    struct said s = {.text = xstrdup(text), .others = NULL};
    json_t *others = json_object();
    bool is_own = strcmp(text, own_text(SLICE_NONE, own)) == 0;
    for (size_t i = 0; is_own && i < own_language_count(); i++) {
        const char *code = own_language(i);
        json_put(others, code, json_string(own_text(slice_of(code), own)));
    }
    s.others = is_own ? json_dumps(others, JSON_COMPACT) : xstrdup("");
    check(s.others);
    json_decref(others);
    return s;
}

static void said_done(struct said *s)
{
    free(s->text);
    free(s->others);
}

struct inbound *inbound_new(const struct inbound_config *config)
{
    struct inbound *i = xcalloc(1, sizeof *i);
    i->inbox = config->inbox;
    i->store = config->store;
    i->outbox = config->outbox;
    i->auto_answer = config->auto_answer;
    i->keywords = config->keywords;
    i->law = config->law;
    i->doors = group_doors_new(config->groups);
    i->stop = said_of(config->stop_confirmation, OWN_STOPPED);
    i->help = said_of(config->help_answer, OWN_HELP);
    i->remember_ms =
        config->remember_ms ? config->remember_ms : INBOUND_REMEMBER_DAYS * (int64_t)DAY_MS;
    return i;
}

void inbound_free(struct inbound *i)
{
    if (!i) return;
    group_doors_free(i->doors);
    said_done(&i->stop);
    said_done(&i->help);
    free(i);
}

static void job_ended(struct job *j, int result, const struct err *e)
{
    j->cb(j->arg, result, j->verdict, e);
    free(j);
}

/* ---- what they are called: a nicety, what is stored stays stored ---- */

static void on_named(void *arg, int result, const struct err *e)
{
    (void)result;
    (void)e;
    job_ended(arg, 0, NULL);
}

static void on_recipient(void *arg, int result, const struct recipient *r, const struct err *e)
{
    struct job *j = arg;
    struct slice name = SLICE_NONE, language = SLICE_NONE;
    (void)e;
    if (result == 0) name = recipient_field(r, SLICE_LIT("first_name"));
    if (result == 0 && name.n == 0) name = recipient_field(r, SLICE_LIT("name"));
    if (result == 0) language = recipient_field(r, SLICE_LIT("language"));
    if (result == 0 && language.n == 0) language = recipient_field(r, SLICE_LIT("lang"));
    if (name.n || language.n)
        inbox_set_name(j->in->inbox, j->conversation, name, language, on_named, j);
    else
        job_ended(j, 0, NULL);
}

/* The block is there: who waits for it asks nobody, also when the first has no row in it. When it could not be read, they go
 * without a name. */
static void on_first_recipient(void *arg, int result, const struct recipient *r,
                               const struct err *e)
{
    struct job *first = arg, *j = first->naming->jobs;
    struct naming *n = first->naming;
    LIST_REMOVE(n, place);
    on_recipient(first, result, r, e);
    while (j) {
        struct job *next = j->next;
        if (recipients_has_block(n->recipients, j->index))
            recipients_load(n->recipients, j->index, on_recipient, j);
        else
            on_recipient(j, result < 0 ? result : ERR_NOT_FOUND, NULL, e);
        j = next;
    }
    recipients_free(n->recipients);
    free(n);
}

static void ask_name(struct job *j)
{
    struct naming *n = xcalloc(1, sizeof *n);
    n->audience = j->audience;
    n->block = index_block(j->index);
    n->recipients = recipients_new(j->in->store, j->audience, NULL);
    LIST_INSERT_HEAD(&j->in->namings, n, place);
    j->naming = n;
    recipients_load(n->recipients, j->index, on_first_recipient, j);
}

static void name_them(struct job *j)
{
    struct naming *n;
    if (!j->audience) {
        job_ended(j, 0, NULL);
        return;
    }
    LIST_FOREACH(n, &j->in->namings, place)
    {
        if (n->audience == j->audience && n->block == index_block(j->index)) break;
    }
    if (n) {
        j->next = n->jobs;
        n->jobs = j;
    } else {
        ask_name(j);
    }
}

/* ---- a pledge, or the end of one ---- */

/* When Redis does not tell, the webhook comes again: what was stored is known then, and this is done again. */
static void on_pledge(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    struct job *j = arg;
    (void)d;
    if (result == ERR_UNREACHABLE)
        job_ended(j, result, e);
    else
        name_them(j);
}

/* ---- where people are needed near them ---- */

/* As with a pledge: what was stored is known when the webhook comes again, and this is asked again. */
static void on_auto_answer(void *arg, int result, const struct err *e)
{
    if (result < 0)
        job_ended(arg, result, e);
    else
        name_them(arg);
}

static void answer_where(struct job *j)
{
    const struct auto_answer_ask ask = {.conversation = j->conversation,
                                        .where = j->where,
                                        .event = slice_of(j->identity),
                                        .at_ms = j->at_ms};
    auto_answer_give(j->in->auto_answer, &ask, j->now_ms, on_auto_answer, j);
}

/* ---- storing ---- */

static void on_stored(void *arg, int result, const struct inbox_stored *stored, const struct err *e)
{
    struct job *j = arg;
    if (result < 0) {
        job_ended(j, result, e);
        return;
    }
    if (stored->answered) outbox_publish(j->in->outbox, stored->answer_index);
    j->verdict = stored->duplicate      ? INBOUND_DUPLICATE
                 : stored->only_counted ? INBOUND_COUNTED
                                        : INBOUND_STORED;
    j->conversation = stored->conversation;
    if (stored->unnamed) {
        j->audience = stored->audience;
        j->index = stored->index;
    }
    if (j->word != PLEDGE_WORD_NONE && j->verdict != INBOUND_COUNTED)
        pledge_said(j->in->store, j->conversation, j->word == PLEDGE_WORD_YES,
                    slice_of(j->identity), j->now_ms, on_pledge, j);
    else if (*j->where && j->verdict != INBOUND_COUNTED)
        answer_where(j);
    else
        name_them(j);
}

/* What it may be answered by itself; of what is STOP to some group's people, as a STOP is. */
static void put_answer(const struct inbound *i, struct inbox_arrival *a)
{
    bool stops = a->kind == INBOX_STOP || a->stop_groups.n;
    const struct said *said = stops ? &i->stop : a->kind == INBOX_HELP ? &i->help : NULL;
    if (!said) return;
    a->answer = slice_of(said->text);
    a->answers = slice_of(said->others);
}

/* Where a provider gives neither an id nor a time, two equal texts of one person can be a repeat of
 * the webhook or two texts: they count as one for some minutes, as long as a provider retries, and
 * not for a week, which would lose the second "yes". */
static int64_t remember_for(const struct inbound *i, const struct inbound_event *event)
{
    return inbound_event_is_certain(event) ? i->remember_ms : UNTIMED_REMEMBER_MS;
}

/* What an event is stored as, while it is being handed over. */
struct told {
    struct inbound_who who, new_who;
    char speaker_key[PERSON_KEY_BYTES];
    char identity[DIGEST_BYTES];
    struct inbound_meaning meaning;
};

static void name_people(struct inbox_arrival *a, struct told *t, const struct inbound_door *door,
                        const struct inbound_event *event)
{
    struct inbound_who speaker = inbound_event_who(event, door->country);
    t->who = speaker;
    if (event->chat.n) {
        t->who.who = INBOX_CHAT;
        inbound_event_chat_key(event->chat, t->who.key);
        memcpy(t->speaker_key, speaker.key, sizeof speaker.key);
        a->speaker = slice_of(t->speaker_key);
    }
    t->new_who = inbound_event_new_who(event, door->country);
    a->who = t->who.who;
    a->key = slice_of(t->who.key);
    a->new_key = slice_of(t->new_who.key);
}

static struct slice cut(struct slice s, size_t bytes_max)
{
    return s.n > bytes_max ? slice_make(s.p, bytes_max) : s;
}

static void describe(struct inbox_arrival *a, struct told *t, const struct inbound_door *door,
                     const struct inbound_event *event)
{
    *a = (struct inbox_arrival){
        .gateway = door->gateway,
        .group = door->group,
        .own_group = door->group_is_own ? door->group : SLICE_NONE,
        .campaigns = event->chat.n ? 0 : INBOUND_CAMPAIGNS_MAX, /* nobody asked all of a chat */
        .takes_id = door->takes_user_id,
        .window_ms = door->window_ms,
        .name = event->profile_name,
        .edit = event->kind == INBOUND_EDIT,
        .media = event->media_count > 0 ? (unsigned)event->media_count : 0,
        /* a character more than is kept, so that the store sees where to cut */
        .text = cut(event->text, INBOX_TEXT_BYTES_MAX + 4),
        .note = cut(event->note, NOTE_BYTES_MAX),
        .user_id = cut(event->user_id, PERSON_KEY_BYTES),
        .parent_id = cut(event->parent_user_id, PERSON_KEY_BYTES),
        .new_id = cut(event->new_user_id, PERSON_KEY_BYTES),
        .sender = cut(event->to, PERSON_KEY_BYTES),
        .own_id = cut(event->event_id, PERSON_KEY_BYTES),
        .about = cut(event->about, PERSON_KEY_BYTES),
        .kind = t->meaning.kind,
        .hold = t->meaning.holds,
        .tags = slice_of(t->meaning.tags),
        .event_id = slice_of(t->identity),
        .scope =
            SLICE_LIT("all"), /* "no more texts" is said to the organisation, not to a branch */
    };
    name_people(a, t, door, event);
}

/* What one person says in plain words may be done at once. */
static void read_words(struct job *j, const struct inbound_event *event, enum inbox_kind kind)
{
    if (event->kind != INBOUND_MESSAGE || event->chat.n || event->media_count) return;
    j->word = pledge_words_read(event->text);
    if (kind == INBOX_TEXT && !event->handled && j->word == PLEDGE_WORD_NONE)
        (void)auto_answer_reads(j->in->auto_answer, event->text, event->note, j->where);
}

void inbound_receive(struct inbound *i, const struct inbound_door *door,
                     const struct inbound_event *event, int64_t now_ms, inbound_cb *cb, void *arg)
{
    struct told t = {0};
    struct inbox_arrival a;
    inbound_event_meaning(event, i->keywords, i->law, &t.meaning);
    inbound_event_identity(event, t.identity);
    describe(&a, &t, door, event);
    a.at_ms = inbound_event_at(event, a.kind, now_ms);
    a.remember_ms = remember_for(i, event);
    if (a.kind == INBOX_TEXT && event->kind == INBOUND_MESSAGE && event->chat.n == 0)
        a.stop_groups = group_doors_stop(i->doors, event->text);
    struct slice whose = group_doors_of_sender(i->doors, event->to);
    if (whose.n && !door->group_is_own) a.group = whose;
    if (!event->handled) put_answer(i, &a);
    struct job *j = xmalloc(sizeof *j);
    *j = (struct job){.in = i, .cb = cb, .arg = arg, .now_ms = now_ms};
    j->at_ms = a.at_ms;
    read_words(j, event, a.kind);
    memcpy(j->identity, t.identity, sizeof j->identity);
    inbox_receive(i->inbox, &a, now_ms, on_stored, j);
}

void inbound_flush(struct inbound *i)
{
    if (i) inbox_flush(i->inbox);
}

void inbound_give_up(struct inbound *i)
{
    if (i) inbox_give_up(i->inbox);
}

/* One of the several receipts of a message is enough. */
void inbound_learn(struct inbound *i, const struct inbound_door *door,
                   const struct receipt_event *event)
{
    struct inbox_known_as known = {.user_id = event->to_user_id, .group = door->group};
    if (event->state != STATE_SENT || event->to_user_id.n == 0) return;
    if (person_number_read(event->to, door->country, event->international, &known.number) !=
        PERSON_NUMBER)
        return;
    inbox_learn(i->inbox, &known);
}
