#include "flow/inbound.h"

#include <stdlib.h>

#include "core/block.h"
#include "inbound_event.h"
#include "io/person_number.h"

enum {
    NOTE_BYTES_MAX = 4096,
    UNTIMED_REMEMBER_MS = 10 * 60 * 1000, /* see remember_for() */
    DAY_MS = 24 * 3600 * 1000,
};

struct inbound {
    struct inbox *inbox;
    struct store *audiences;
    struct outbox *outbox;
    const struct keywords *keywords;
    char *stop_confirmation, *help_answer;
    int64_t remember_ms;
};

/* One event on its way: who → audience → row → stored. Each step is one answer from Redis. */
struct job {
    struct inbound *in;
    inbound_cb *cb;
    void *arg;
    int64_t now_ms;
    bool silent, group_is_own; /* silent: no automatic answer */
    uint32_t audience, index;
    int name_column;
    struct inbound_who who, new_who;
    char speaker_key[PERSON_KEY_BYTES];
    char identity[SIGNATURE_META_BYTES], tags[INBOUND_TAGS_BYTES];
    /* Its texts are owned: */
    struct inbox_arrival arrival;
    char *group, *name, *known_key;
};

/* Those that are copied from the event as they are. */
#define JOB_TEXTS(a)                                                                               \
    {                                                                                              \
        &(a)->gateway, &(a)->user_id, &(a)->parent_id, &(a)->new_id, &(a)->sender, &(a)->text,     \
            &(a)->note, &(a)->own_id, &(a)->about                                                  \
    }

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
    struct slice *texts[] = JOB_TEXTS(&j->arrival);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free((char *)texts[i]->p);
    free(j->group);
    free(j->name);
    free(j->known_key);
    free(j);
}

static void job_failed(struct job *j, int result, const struct err *e)
{
    j->cb(j->arg, result, INBOUND_STORED, e);
    job_free(j);
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
    j->cb(j->arg, 0,
          stored->duplicate      ? INBOUND_DUPLICATE
          : stored->only_counted ? INBOUND_COUNTED
                                 : INBOUND_STORED,
          NULL);
    job_free(j);
}

static const char *answer_of(const struct job *j)
{
    if (j->silent) return "";
    if (j->arrival.kind == INBOX_STOP) return j->in->stop_confirmation;
    return j->arrival.kind == INBOX_HELP ? j->in->help_answer : "";
}

static void store(struct job *j)
{
    struct inbox_arrival *a = &j->arrival;
    a->event_id = slice_of(j->identity);
    a->group = slice_of(j->group);
    a->name = slice_of(j->name);
    a->tags = slice_of(j->tags);
    a->answer = slice_of(answer_of(j));
    a->scope = SLICE_LIT("all"); /* "no more texts" is said to the organisation, not to a branch */
    inbox_receive(j->in->inbox, a, j->now_ms, on_stored, j);
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
    size_t row = j->index % BLOCK_ROWS_MAX, column = (size_t)j->name_column;
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
        audience_block(j->in->audiences, j->audience, j->index / BLOCK_ROWS_MAX, on_block, j);
}

static void on_person(void *arg, int result, const struct inbox_person *person, const struct err *e)
{
    struct job *j = arg;
    if (result < 0) {
        job_failed(j, result, e);
        return;
    }
    j->arrival.campaign = person->campaign;
    j->audience = person->audience;
    j->index = person->index;
    if (person->group.n > 0) {
        free(j->group);
        j->group = slice_strdup(person->group);
    }
    /* A user id is looked up once more by the script that stores: it may have been linked since. */
    if (person->key.n > 0 && j->who.who == INBOX_NUMBER) {
        j->known_key = slice_strdup(person->key);
        j->arrival.key = slice_of(j->known_key);
    }
    if (person->campaign)
        audience_load(j->in->audiences, person->audience, on_audience, j);
    else
        store(j);
}

static void ask_who(struct job *j)
{
    struct inbox_arrival *a = &j->arrival;
    if (a->who == INBOX_CHAT) { /* nobody's campaign asked all of them */
        store(j);
        return;
    }
    const struct inbox_question question = {
        .key = a->key,
        .user_id = a->user_id,
        .parent_id = a->parent_id,
        .campaigns = INBOUND_CAMPAIGNS_MAX,
        .gateway = a->gateway,
        .sender = a->sender,
        .own_group = j->group_is_own ? slice_of(j->group) : SLICE_NONE,
    };
    inbox_who(j->in->inbox, &question, on_person, j);
}

/* ---- taking it in ---- */

static struct slice keep(struct slice s, size_t bytes_max)
{
    struct slice cut = s.n > bytes_max ? slice_make(s.p, bytes_max) : s;
    return slice_make(slice_strdup(cut), cut.n);
}

/* Where a provider gives neither an id nor a time, two equal texts of one person can be a repeat of
 * the webhook or two texts: they count as one for some minutes, as long as a provider retries, and
 * not for a week, which would lose the second "yes". */
static int64_t remember_for(const struct inbound *i, const struct inbound_event *event)
{
    return inbound_event_is_certain(event) ? i->remember_ms : UNTIMED_REMEMBER_MS;
}

static void name_people(struct job *j, const struct inbound_door *door,
                        const struct inbound_event *event)
{
    struct inbox_arrival *a = &j->arrival;
    struct inbound_who speaker = inbound_event_who(event, door->country);
    j->who = speaker;
    if (event->chat.n) {
        j->who.who = INBOX_CHAT;
        inbound_event_chat_key(event->chat, j->who.key);
        memcpy(j->speaker_key, speaker.key, sizeof speaker.key);
        a->speaker = slice_of(j->speaker_key);
    }
    j->new_who = inbound_event_new_who(event, door->country);
    a->who = j->who.who;
    a->key = a->raw = slice_of(j->who.key);
    a->new_key = slice_of(j->new_who.key);
}

void inbound_receive(struct inbound *i, const struct inbound_door *door,
                     const struct inbound_event *event, int64_t now_ms, inbound_cb *cb, void *arg)
{
    struct job *j = xcalloc(1, sizeof *j);
    *j = (struct job){.in = i, .cb = cb, .arg = arg, .now_ms = now_ms};
    struct inbox_arrival *a = &j->arrival;
    j->silent = event->handled;
    j->group_is_own = door->group_is_own;
    j->group = slice_strdup(door->group);
    j->name = slice_strdup(event->profile_name);
    name_people(j, door, event);
    a->kind = inbound_event_kind(event, i->keywords);
    a->at_ms = inbound_event_at(event, a->kind, now_ms);
    a->edit = event->kind == INBOUND_EDIT;
    a->takes_id = door->takes_user_id;
    a->remember_ms = remember_for(i, event);
    a->media = event->media_count > 0 ? (unsigned)event->media_count : 0;
    /* a character more than is kept, so that the store sees where to cut */
    a->text = keep(event->text, INBOX_TEXT_BYTES_MAX + 4);
    a->note = keep(event->note, NOTE_BYTES_MAX);
    a->gateway = keep(door->gateway, SIZE_MAX);
    a->user_id = keep(event->user_id, PERSON_KEY_BYTES);
    a->parent_id = keep(event->parent_user_id, PERSON_KEY_BYTES);
    a->new_id = keep(event->new_user_id, PERSON_KEY_BYTES);
    a->sender = keep(event->to, PERSON_KEY_BYTES);
    a->own_id = keep(event->event_id, PERSON_KEY_BYTES);
    a->about = keep(event->about, PERSON_KEY_BYTES);
    a->hold = inbound_event_holds(event, a->kind, i->keywords);
    inbound_event_tags(event, a->kind, i->keywords, j->tags);
    inbound_event_identity(event, j->identity);
    ask_who(j);
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
