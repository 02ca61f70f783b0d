#include "flow/inbound.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "core/block.h"
#include "core/keywords.h"
#include "core/number.h"
#include "core/signature.h"

enum {
    EVENT_ID_BYTES_MAX = 128, /* longer ones are hashed */
    EVENT_BYTES_MAX = 4 * INBOX_TEXT_BYTES_MAX,
    UNTIMED_REMEMBER_MS = 10 * 60 * 1000, /* see identify() */
    DAY_MS = 24 * 3600 * 1000,
};

struct inbound {
    struct inbox *inbox;
    struct audience_store *audiences;
    struct outbox *outbox;
    const struct keywords *keywords;
    char *stop_confirmation, *help_answer;
    int64_t remember_ms;
};

/* One message on its way: who → audience → row → stored. Each step is one answer from Redis. */
struct job {
    struct inbound *in;
    inbound_cb *cb;
    void *arg;
    int64_t now_ms, remember_ms;
    uint64_t number;
    enum inbox_kind kind;
    unsigned media;
    bool silent; /* no automatic answer */
    struct inbox_person person;
    int name_column;
    char *gateway, *group, *event_id, *sender, *text, *name, *tags; /* owned */
};

struct inbound *inbound_new(const struct inbound_config *config)
{
    struct inbound *i = xcalloc(1, sizeof *i);
    i->inbox = config->inbox;
    i->audiences = config->audiences;
    i->outbox = config->outbox;
    i->keywords = config->keywords;
    i->stop_confirmation = xstrdup(config->stop_confirmation);
    i->help_answer = xstrdup(config->help_answer);
    i->remember_ms =
        config->remember_ms ? config->remember_ms : INBOUND_REMEMBER_DAYS * (int64_t)DAY_MS;
    return i;
}

void inbound_free(struct inbound *i)
{
    if (!i) return;
    free(i->stop_confirmation);
    free(i->help_answer);
    free(i);
}

static void job_free(struct job *j)
{
    char *texts[] = {j->gateway, j->group, j->event_id, j->sender, j->text, j->name, j->tags};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    free(j);
}

static void job_failed(struct job *j, int result, const struct err *e)
{
    j->cb(j->arg, result, INBOUND_STORED, e);
    job_free(j);
}

/* ---- what it says ---- */

static char *tags_of(const struct keywords *k, struct slice text, enum inbox_kind kind)
{
    static const struct {
        unsigned bit;
        const char *tag;
    } table[] = {{KEYWORD_TAG_YES, "yes"},
                 {KEYWORD_TAG_NO, "no"},
                 {KEYWORD_TAG_QUESTION, "question"},
                 {KEYWORD_TAG_MAYBE_OPT_OUT, "maybe_opt_out"},
                 {KEYWORD_TAG_WRONG_NUMBER, "wrong_number"}};
    if (kind != INBOX_TEXT) return xstrdup(inbox_kind_to_string(kind));
    struct buf b = BUF_INIT(256);
    unsigned tags = keywords_tags(k, text);
    buf_add_cstr(&b, "");
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (tags & table[i].bit) buf_addf(&b, "%s%s", b.n ? "," : "", table[i].tag);
    return b.p ? b.p : xstrdup("");
}

/* The provider's own word counts before the person's: it may know of a button. */
static enum inbox_kind kind_of(const struct keywords *k, const struct inbound_event *event)
{
    switch (event->kind) {
    case INBOUND_OPT_OUT:
        return INBOX_STOP;
    case INBOUND_OPT_IN:
        return INBOX_START;
    case INBOUND_HELP:
        return INBOX_HELP;
    case INBOUND_MESSAGE:
    case INBOUND_EDIT:
    case INBOUND_REVOKED:
    case INBOUND_REACTION:
    case INBOUND_ECHO:
    case INBOUND_NOTE:
    case INBOUND_NUMBER_CHANGE:
        break;
    }
    switch (keywords_recognise(k, event->text)) {
    case KEYWORD_STOP:
        return INBOX_STOP;
    case KEYWORD_START:
        return INBOX_START;
    case KEYWORD_HELP:
        return INBOX_HELP;
    case KEYWORD_NONE:
    case KEYWORD_NEAR_STOP:
    case KEYWORD_REACTION:
        break;
    }
    return INBOX_TEXT;
}

/* A provider without event ids is told apart by what it sent. Where it gives no time either, two
 * equal texts of one person can be a repeat of the webhook or two texts: they count as one for some
 * minutes, as long as a provider retries, and not for a week, which would lose the second "yes". */
static void identify(struct job *j, const struct inbound_event *event)
{
    if (event->event_id.n > 0 && event->event_id.n <= EVENT_ID_BYTES_MAX) {
        j->event_id = slice_strdup(event->event_id);
        return;
    }
    struct buf b = BUF_INIT(EVENT_BYTES_MAX);
    if (event->event_id.n > 0)
        buf_add_slice(&b, event->event_id);
    else
        buf_addf(&b, "%" PRIu64 "|%" PRId64 "|%.*s|%s", j->number, event->at_ms,
                 SLICE_ARG(event->to), j->text);
    if (event->event_id.n == 0 && event->at_ms == 0) j->remember_ms = UNTIMED_REMEMBER_MS;
    char digest[SIGNATURE_META_BYTES]; /* an HMAC-SHA256 is a good hash as well */
    check(signature_meta_make(SLICE_LIT("event"), buf_slice(&b), digest));
    j->event_id = xstrdup(digest);
    buf_done(&b);
}

/* ---- storing ---- */

static void on_stored(void *arg, int result, const struct inbox_stored *stored, const struct err *e)
{
    struct job *j = arg;
    if (result < 0) {
        job_failed(j, result, e);
        return;
    }
    if (stored->answered) outbox_publish(j->in->outbox, stored->answer_index);
    j->cb(j->arg, 0, stored->duplicate ? INBOUND_DUPLICATE : INBOUND_STORED, NULL);
    job_free(j);
}

static const char *answer_of(const struct job *j)
{
    if (j->silent) return "";
    if (j->kind == INBOX_STOP) return j->in->stop_confirmation;
    return j->kind == INBOX_HELP ? j->in->help_answer : "";
}

static void store(struct job *j)
{
    struct inbox_arrival arrival = {
        .gateway = slice_of(j->gateway),
        .event_id = slice_of(j->event_id),
        .remember_ms = j->remember_ms,
        .kind = j->kind,
        .group = slice_of(j->group),
        .number = j->number,
        .sender = slice_of(j->sender),
        .name = slice_of(j->name),
        .campaign = j->person.campaign,
        .text = slice_of(j->text),
        .media = j->media,
        .tags = slice_of(j->tags),
        .answer = slice_of(answer_of(j)),
        .scope =
            SLICE_LIT("all"), /* "no more texts" is said to the organisation, not to a branch */
    };
    inbox_receive(j->in->inbox, &arrival, j->now_ms, on_stored, j);
}

/* ---- who it is ---- */

static void on_block(void *arg, int result, struct slice bytes, const struct err *e)
{
    struct job *j = arg;
    if (result == ERR_UNREACHABLE) {
        job_failed(j, result, e);
        return;
    }
    struct block *block = xmalloc(sizeof *block);
    size_t row = j->person.index % BLOCK_ROWS_MAX, column = (size_t)j->name_column;
    if (result == 0 && block_open(bytes, block, NULL) == 0 && row < block_rows(block) &&
        column < block_columns(block)) {
        free(j->name);
        j->name = slice_strdup(block_field(block, row, column));
    }
    free(block);
    store(j);
}

/* The name is a nicety: an audience that was deleted meanwhile does not stop the message. */
static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct job *j = arg;
    if (result == ERR_UNREACHABLE) {
        job_failed(j, result, e);
        return;
    }
    j->name_column = info ? audience_info_column(info, SLICE_LIT("first_name")) : -1;
    if (info && j->name_column < 0) j->name_column = audience_info_column(info, SLICE_LIT("name"));
    if (j->name_column < 0)
        store(j);
    else
        audience_block(j->in->audiences, j->person.audience, j->person.index / BLOCK_ROWS_MAX,
                       on_block, j);
}

static void on_person(void *arg, int result, const struct inbox_person *person, const struct err *e)
{
    struct job *j = arg;
    if (result < 0) {
        job_failed(j, result, e);
        return;
    }
    j->person = *person;
    if (person->group.n > 0) {
        free(j->group);
        j->group = slice_strdup(person->group);
    }
    if (person->campaign)
        audience_load(j->in->audiences, person->audience, on_audience, j);
    else
        store(j);
}

void inbound_receive(struct inbound *i, struct slice gateway, struct slice group,
                     const struct inbound_event *event, int64_t now_ms, inbound_cb *cb, void *arg)
{
    uint64_t number;
    if (!number_parse(event->from, &number)) {
        cb(arg, 0, INBOUND_USELESS, NULL);
        return;
    }
    struct job *j = xcalloc(1, sizeof *j);
    *j = (struct job){.in = i, .cb = cb, .arg = arg, .now_ms = now_ms, .number = number};
    /* a character more than is kept, so that the store sees where to cut */
    size_t text_bytes =
        event->text.n < INBOX_TEXT_BYTES_MAX + 4 ? event->text.n : INBOX_TEXT_BYTES_MAX + 4;
    j->remember_ms = i->remember_ms;
    j->kind = kind_of(i->keywords, event);
    j->silent = event->handled;
    j->media = event->media_count > 0 ? (unsigned)event->media_count : 0;
    j->gateway = slice_strdup(gateway);
    j->group = slice_strdup(group);
    j->sender = slice_strdup(event->to);
    j->text = slice_strdup(slice_make(event->text.p, text_bytes));
    j->name = slice_strdup(event->profile_name);
    j->tags = tags_of(i->keywords, event->text, j->kind);
    identify(j, event);
    inbox_who(i->inbox, number, INBOUND_CAMPAIGNS_MAX, 0, on_person, j);
}
