/* A campaign's hash, as a table: a row for each field that C knows. To read, write, copy or free
 * one is to walk the rows. */
#include "private.h"

#include <stdlib.h>

enum kind { TEXT, U32, U64, WALL_MS, STATUS, LANE };
enum writer {
    AT_LAUNCH,
    LATER,  /* LATER: by the scripts alone */
    AT_EDIT /* at the launch, and by a change (store/campaign_edit.h) */
};

struct field {
    const char *name; /* in Redis */
    enum kind kind;
    enum writer writer;
    size_t at; /* in struct campaign */
};

#define FIELD_AS(name, member, kind, writer)                                                       \
    {                                                                                              \
        name, kind, writer, offsetof(struct campaign, member)                                      \
    }
#define FIELD(member, kind, writer) FIELD_AS(#member, member, kind, writer)

/* A counter for each state. Those of pending and in flight are there from the launch on: the script
 * that ends a batch asks for them. */
#define COUNTER(state, nibble, text)                                                               \
    FIELD_AS("n" #nibble, counts[state], U64, (nibble) <= STATE_IN_FLIGHT ? AT_LAUNCH : LATER),

static const struct field fields[] = {
    STATE_TABLE(COUNTER) FIELD(name, TEXT, AT_LAUNCH),
    FIELD(group, TEXT, AT_LAUNCH),
    FIELD(gateway, TEXT, AT_EDIT),
    FIELD(sender, TEXT, AT_EDIT),
    FIELD(audience_name, TEXT, AT_LAUNCH),
    FIELD(hours, TEXT, AT_EDIT),
    FIELD(said, TEXT, AT_EDIT),
    FIELD(consent, TEXT, AT_EDIT),
    FIELD(cap, TEXT, AT_EDIT),
    FIELD(cap_why, TEXT, AT_EDIT),
    FIELD(launched_by, TEXT, AT_LAUNCH),
    FIELD(author, TEXT, AT_EDIT),
    FIELD(written_by, TEXT, AT_EDIT),
    FIELD(schedule, TEXT, AT_LAUNCH),
    FIELD(approval_why, TEXT, AT_EDIT),
    FIELD(digest, TEXT, AT_EDIT),
    FIELD(approved, TEXT, LATER),
    FIELD(approved_by, TEXT, LATER),
    FIELD(zones, TEXT, AT_LAUNCH),
    FIELD(status_by, TEXT, LATER),
    FIELD(status_why, TEXT, LATER),
    FIELD(paused_all, TEXT, LATER),
    FIELD(status, STATUS, AT_LAUNCH),
    FIELD(lane, LANE, AT_LAUNCH),
    FIELD(audience, U32, AT_LAUNCH),
    FIELD(blocks, U32, AT_LAUNCH),
    FIELD(made, U32, AT_LAUNCH),
    FIELD(next, U32, AT_LAUNCH),
    FIELD(people, U64, AT_LAUNCH),
    FIELD(of, U32, AT_LAUNCH),
    FIELD(only, U64, AT_LAUNCH),
    FIELD(loan, U32, AT_LAUNCH),
    FIELD(helper, TEXT, AT_LAUNCH),
    FIELD(total, U64, AT_LAUNCH),
    FIELD(deadline_ms, WALL_MS, AT_EDIT),
    FIELD(start_ms, WALL_MS, AT_EDIT),
    FIELD(answer_ms, WALL_MS, AT_EDIT),
    FIELD(within_ms, WALL_MS, AT_EDIT),
    FIELD(edits, U64, LATER),
    FIELD(texts, U64, LATER),
    FIELD(people_left, U64, LATER),
    FIELD(answers_waiting, U64, LATER),
    FIELD(answers_there, U64, LATER),
    FIELD(answers_slow, U64, LATER),
    FIELD(launched_ms, WALL_MS, AT_LAUNCH),
    FIELD_AS("first_running_ms", running_ms, WALL_MS, LATER),
    FIELD(done_ms, WALL_MS, LATER),
    FIELD(approved_ms, WALL_MS, LATER),
    FIELD(canary, U64, AT_LAUNCH),
    FIELD(canary_then, TEXT, AT_LAUNCH),
    FIELD(canary_full_ms, WALL_MS, LATER),
    FIELD(canary_done_ms, WALL_MS, LATER),
    FIELD(brake_off, TEXT, AT_LAUNCH),
    FIELD(pause_account_refusals, U64, AT_LAUNCH),
    FIELD(pause_failed_percent, U64, AT_LAUNCH),
    FIELD(pause_filtered_percent, U64, AT_LAUNCH),
    FIELD(pause_of_receipts, U64, AT_LAUNCH),
    FIELD(brake_warning, TEXT, LATER),
    FIELD(brake_ms, WALL_MS, LATER),
    FIELD(brake_texted, U64, LATER),
    FIELD(brake_stops, U64, LATER),
    FIELD(brake_failed, U64, LATER),
    FIELD(brake_receipts, U64, LATER),
    FIELD(proposed_ms, WALL_MS, LATER),
    FIELD(blocked_ms, WALL_MS, LATER),
    FIELD(rate_milli, U64, LATER),
    FIELD(rate_ms, WALL_MS, LATER),
    FIELD(eta_early_ms, WALL_MS, LATER),
    FIELD(eta_ms, WALL_MS, LATER),
    FIELD(eta_late_ms, WALL_MS, LATER),
    FIELD(eta_seen_ms, WALL_MS, LATER),
    FIELD(eta_few_ms, WALL_MS, LATER),
    FIELD(eta_money_ms, WALL_MS, LATER),
    FIELD(eta_money_people, U64, LATER),
    FIELD(purse_left, U64, LATER),
    FIELD(purse_each, U64, LATER),
    FIELD(purse_of, TEXT, LATER),
    FIELD(opens_ms, WALL_MS, LATER),
    FIELD(queue_full_ms, WALL_MS, LATER),
    FIELD(unknown_since_ms, WALL_MS, LATER),
    FIELD(trimmed_ms, WALL_MS, LATER),
    FIELD(can_again, U64, LATER),
    FIELD(replies, U64, LATER),
    FIELD(stops, U64, LATER),
    FIELD(held, U64, LATER),
    FIELD(currency, TEXT, AT_LAUNCH),
    FIELD(price, U64, AT_LAUNCH),
    FIELD(budget, U64, AT_LAUNCH),
    FIELD(spent, U64, LATER),
    FIELD(spent_twice, U64, LATER),
    FIELD(told_cost, U64, LATER),
    FIELD(told_cost_of, U64, LATER),
    FIELD(told_parts, U64, LATER),
    FIELD(told_parts_of, U64, LATER),
};

/* ---- reading ---- */

static uint64_t number(struct slice text)
{
    uint64_t v = 0;
    return slice_to_u64(text, INT64_MAX, &v) ? v : 0;
}

static void read_field(const struct field *f, struct slice text, void *at)
{
    if (f->kind == TEXT) *(struct slice *)at = text;
    if (f->kind == U32) *(uint32_t *)at = (uint32_t)number(text);
    if (f->kind == U64) *(uint64_t *)at = number(text);
    if (f->kind == WALL_MS) *(int64_t *)at = (int64_t)number(text);
    if (f->kind == LANE) (void)lane_from_string(text, at);
    /* One that a newer version knows: nothing of it is sent here. */
    if (f->kind == STATUS && !campaign_status_from_string(text, at))
        *(enum campaign_status *)at = CAMPAIGN_BLOCKED;
}

bool campaign_read(const struct redisReply *hash, uint32_t id, struct campaign *ret)
{
    if (redis_count(hash) == 0) return false;
    *ret = (struct campaign){.id = id, .lane = LANE_BLAST};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        read_field(&fields[i], redis_field(hash, fields[i].name), (char *)ret + fields[i].at);
    return true;
}

/* ---- writing ---- */

static void write_field(struct call *call, const struct field *f, const void *at)
{
    if (f->kind == TEXT) call_pair(call, f->name, *(const struct slice *)at);
    if (f->kind == U32) call_pair_u64(call, f->name, *(const uint32_t *)at);
    if (f->kind == U64) call_pair_u64(call, f->name, *(const uint64_t *)at);
    if (f->kind == WALL_MS) call_pair_u64(call, f->name, (uint64_t) * (const int64_t *)at);
    if (f->kind == LANE) call_pair(call, f->name, slice_of(lane_to_string(*(const enum lane *)at)));
    if (f->kind == STATUS)
        call_pair(call, f->name,
                  slice_of(campaign_status_to_string(*(const enum campaign_status *)at)));
}

void campaign_write(struct call *call, const struct campaign *c)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (fields[i].writer != LATER)
            write_field(call, &fields[i], (const char *)c + fields[i].at);
}

void campaign_write_edit(struct call *call, const struct campaign *c)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (fields[i].writer == AT_EDIT)
            write_field(call, &fields[i], (const char *)c + fields[i].at);
}

/* ---- copies ---- */

struct campaign *campaign_dup(const struct campaign *c)
{
    struct campaign *copy = xmalloc(sizeof *copy);
    *copy = *c;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        struct slice *text = (struct slice *)((char *)copy + fields[i].at);
        if (fields[i].kind == TEXT) text->p = slice_strdup(*text);
    }
    return copy;
}

void campaign_free(struct campaign *c)
{
    if (!c) return;
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (fields[i].kind == TEXT) free((void *)((struct slice *)((char *)c + fields[i].at))->p);
    free(c);
}
