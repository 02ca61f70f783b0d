#include "inbound_event.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "io/person_number.h"

enum {
    IDENTITY_BYTES_MAX = 8 * INBOX_TEXT_BYTES_MAX,
    DAY_MS = 24 * 3600 * 1000,
    OLDEST_DAYS = 30, /* providers repeat for a week at most */
};

/* ---- who ---- */

static void write_key(char out[PERSON_KEY_BYTES], const char *kind, struct slice address)
{
    int n = snprintf(out, PERSON_KEY_BYTES, "~%s%.*s", kind, SLICE_ARG(address));
    if (n < PERSON_KEY_BYTES) return;
    char digest[DIGEST_BYTES];
    digest_make(SLICE_LIT("address"), address, digest);
    (void)snprintf(out, PERSON_KEY_BYTES, "~%s%s", kind, digest);
}

static struct inbound_who read_who(struct slice from, struct slice user_id, struct slice parent_id,
                                   const char *country, bool international)
{
    struct inbound_who w = {.who = INBOX_NOBODY};
    uint64_t number;
    enum person_number_kind kind =
        from.n ? person_number_read(from, country, international, &number) : PERSON_NO_NUMBER;
    if (kind == PERSON_NUMBER) {
        w.who = INBOX_NUMBER;
        (void)snprintf(w.key, sizeof w.key, "%" PRIu64, number);
    } else if (user_id.n || parent_id.n) {
        w.who = INBOX_USER_ID;
        inbound_event_id_key(user_id.n ? user_id : parent_id, w.key);
    } else if (from.n) {
        w.who = kind == PERSON_DOUBTFUL ? INBOX_DOUBTFUL : INBOX_NAME;
        write_key(w.key, "", from);
    }
    return w;
}

struct inbound_who inbound_event_who(const struct inbound_event *event, const char *country)
{
    struct inbound_who w =
        read_who(event->from, event->user_id, event->parent_user_id, country, event->international);
    if (w.who == INBOX_NOBODY) write_key(w.key, "nobody", SLICE_NONE);
    return w;
}

struct inbound_who inbound_event_new_who(const struct inbound_event *event, const char *country)
{
    return read_who(event->new_from, event->new_user_id, SLICE_NONE, country, event->international);
}

void inbound_event_id_key(struct slice user_id, char out[PERSON_KEY_BYTES])
{
    write_key(out, "", user_id);
}

void inbound_event_chat_key(struct slice chat, char out[PERSON_KEY_BYTES])
{
    write_key(out, "chat:", chat);
}

/* ---- what ---- */

static enum inbox_kind kind_of_words(enum keyword word)
{
    switch (word) {
    case KEYWORD_STOP:
        return INBOX_STOP;
    case KEYWORD_START:
        return INBOX_START;
    case KEYWORD_HELP:
        return INBOX_HELP;
    case KEYWORD_REACTION:
        return INBOX_REACTION;
    case KEYWORD_NONE:
    case KEYWORD_NEAR_STOP:
        break;
    }
    return INBOX_TEXT;
}

/* The provider's own word counts before the person's: it may know of a button. */
static enum inbox_kind kind_to_us(enum inbound_kind kind, enum keyword word)
{
    switch (kind) {
    case INBOUND_OPT_OUT:
        return INBOX_STOP;
    case INBOUND_OPT_IN:
        return INBOX_START;
    case INBOUND_HELP:
        return INBOX_HELP;
    case INBOUND_REVOKED:
        return INBOX_REVOKED;
    case INBOUND_REACTION:
        return INBOX_REACTION;
    case INBOUND_ECHO:
        return INBOX_ECHO;
    case INBOUND_NOTE:
        return INBOX_NOTE;
    case INBOUND_NUMBER_CHANGE:
        return INBOX_CHANGE;
    case INBOUND_MESSAGE:
    case INBOUND_EDIT:
        break;
    }
    return kind_of_words(word);
}

/* What is said to many is no wish about our texts to one. */
static enum inbox_kind kind_of(const struct inbound_event *event, enum keyword word)
{
    enum inbox_kind kind = kind_to_us(event->kind, word);
    if (event->chat.n == 0) return kind;
    if (kind == INBOX_STOP || kind == INBOX_START || kind == INBOX_HELP) return INBOX_TEXT;
    return kind == INBOX_CHANGE ? INBOX_NOTE : kind;
}

/* A wish that the provider has seen may be an answer as well: "Yes" to START. */
static void write_tags(const struct inbound_event *event, enum inbox_kind kind, unsigned said,
                       char out[INBOUND_TAGS_BYTES])
{
    static const struct {
        unsigned bit;
        const char *tag;
    } table[] = {{KEYWORD_TAG_YES, "yes"},
                 {KEYWORD_TAG_NO, "no"},
                 {KEYWORD_TAG_QUESTION, "question"},
                 {KEYWORD_TAG_MAYBE_OPT_OUT, "maybe_opt_out"},
                 {KEYWORD_TAG_WRONG_NUMBER, "wrong_number"}};
    bool words_made_it = kind != INBOX_TEXT && event->kind == INBOUND_MESSAGE;
    unsigned tags = inbox_kind_asks(kind) && !words_made_it ? said : 0;
    if (kind != INBOX_TEXT) tags &= ~(unsigned)KEYWORD_TAG_MAYBE_OPT_OUT;
    bool named = inbox_kind_asks(kind) && kind != INBOX_TEXT;
    int n = snprintf(out, INBOUND_TAGS_BYTES, "%s", named ? inbox_kind_to_string(kind) : "");
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (tags & table[i].bit)
            n += snprintf(out + n, (size_t)(INBOUND_TAGS_BYTES - n), "%s%s", n ? "," : "",
                          table[i].tag);
    check(n < INBOUND_TAGS_BYTES);
}

/* Such a reply waits for the organisers (rule 70 of core/law.h). */
static void add_serious(const struct law_words *law, struct slice text,
                        char tags[INBOUND_TAGS_BYTES])
{
    if (!law || !law_is_serious(law, text)) return;
    size_t n = strlen(tags);
    (void)snprintf(tags + n, INBOUND_TAGS_BYTES - n, "%s" INBOX_ESCALATE, n ? "," : "");
}

void inbound_event_meaning(const struct inbound_event *event, const struct keywords *k,
                           const struct law_words *law, struct inbound_meaning *ret)
{
    struct keywords_said said = keywords_look(k, event->text);
    bool spoke = event->kind == INBOUND_MESSAGE || event->kind == INBOUND_EDIT;
    if (event->action.n) said.word = keywords_recognise_action(k, event->action, event->text);
    ret->kind = kind_of(event, said.word);
    ret->holds =
        spoke && ret->kind == INBOX_TEXT && event->chat.n == 0 && said.word == KEYWORD_NEAR_STOP;
    write_tags(event, ret->kind, said.tags, ret->tags);
    if (spoke && ret->kind == INBOX_TEXT) add_serious(law, event->text, ret->tags);
}

/* ---- which ---- */

bool inbound_event_is_certain(const struct inbound_event *event)
{
    return event->event_id.n > 0 || event->at_ms > 0;
}

static struct slice beginning(struct slice s)
{
    return s.n > INBOX_TEXT_BYTES_MAX ? slice_make(s.p, INBOX_TEXT_BYTES_MAX) : s;
}

static void add_part(struct buf *b, struct slice part)
{
    buf_addf(b, "%zu:", part.n);
    buf_add_slice(b, part);
}

void inbound_event_identity(const struct inbound_event *event, char out[DIGEST_BYTES])
{
    struct buf b = BUF_INIT(IDENTITY_BYTES_MAX);
    buf_addf(&b, "%d|", (int)event->kind);
    add_part(&b, event->event_id);
    add_part(&b, event->from);
    add_part(&b, event->user_id);
    add_part(&b, beginning(event->text));
    add_part(&b, beginning(event->action));
    if (event->event_id.n == 0) {
        buf_addf(&b, "%" PRId64 "|", event->at_ms);
        add_part(&b, event->to);
        add_part(&b, beginning(event->note));
    }
    check(!b.failed);
    digest_make(SLICE_LIT("event"), buf_slice(&b), out);
    buf_done(&b);
}

/* ---- when ---- */

/* Nothing has happened before we hear of it, whatever a clock says. What is older than any provider
 * repeats is a wrong clock: a STOP counts as of now, a START as of then, when it lifts nothing. */
int64_t inbound_event_stop_at(int64_t at_ms, int64_t now_ms)
{
    int64_t oldest_ms = now_ms - OLDEST_DAYS * (int64_t)DAY_MS;
    return at_ms <= 0 || at_ms > now_ms || at_ms < oldest_ms ? now_ms : at_ms;
}

int64_t inbound_event_at(const struct inbound_event *event, enum inbox_kind kind, int64_t now_ms)
{
    bool start = kind == INBOX_START && event->at_ms > 0 && event->at_ms < now_ms;
    return start ? event->at_ms : inbound_event_stop_at(event->at_ms, now_ms);
}
