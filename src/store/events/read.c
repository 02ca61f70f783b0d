#include "read.h"

#include "core/json.h"
#include "io/redis.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool event_id_read(struct slice text, struct event_id *ret)
{
    struct slice ms;
    return slice_cut(&text, '-', &ms) && slice_to_u64(ms, UINT64_MAX, &ret->ms) &&
           slice_to_u64(text, UINT64_MAX, &ret->seq);
}

void event_id_write(struct event_id id, char out[EVENTS_ID_BYTES])
{
    (void)snprintf(out, EVENTS_ID_BYTES, "%" PRIu64 "-%" PRIu64, id.ms, id.seq);
}

int event_id_compare(struct event_id a, struct event_id b)
{
    if (a.ms != b.ms) return a.ms < b.ms ? -1 : 1;
    return (a.seq > b.seq) - (a.seq < b.seq);
}

bool event_entry_id(const struct redisReply *entry, struct event_id *ret)
{
    return event_id_read(redis_str(redis_at(entry, 0)), ret);
}

static void write_json(const struct event *e, struct buf *to)
{
    json_t *o = json_object();
    json_put(o, "kind", json_string(event_kind_to_string(e->kind)));
    json_put(o, "id", json_text(e->thing));
    json_put_text(o, "group", e->group);
    json_put(o, "what", json_text(e->what));
    json_put_text(o, "by", e->by);
    json_put_time(o, "at", (int64_t)e->id.ms);
    json_put(o, "event", json_string(e->id_text));
    char *text = json_dumps(o, JSON_COMPACT);
    check(text);
    buf_add_cstr(to, text);
    free(text);
    json_decref(o);
}

bool event_read(const struct redisReply *entry, struct event *ret, struct buf *to)
{
    const struct redisReply *fields = redis_at(entry, 1);
    int kind = event_kind_find(redis_field(fields, "k"));
    if (kind < 0 || !event_entry_id(entry, &ret->id)) return false;
    event_id_write(ret->id, ret->id_text);
    ret->kind = (enum event_kind)kind;
    ret->thing = redis_field(fields, "i");
    ret->group = redis_field(fields, "g");
    ret->what = redis_field(fields, "w");
    ret->by = redis_field(fields, "b");
    uint64_t loan = 0;
    (void)slice_to_u64(redis_field(fields, "l"), UINT32_MAX, &loan);
    ret->loan = (uint32_t)loan;
    size_t from = to->n;
    write_json(ret, to);
    ret->json = slice_make(NULL, to->n - from);
    return !to->failed;
}
