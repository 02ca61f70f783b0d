/* What a check says of {{nearest.place}} and the like (docs/adr/0051). */
#include "report.h"

#include "base/nearest.h"

bool judge_nearest_name(struct check_report *r, const char *name)
{
    const struct template_map *map = &message_nearest_map;
    struct slice rest = slice_of(name), first, members[MESSAGE_NEAREST_COUNT];
    (void)slice_cut(&rest, '.', &first);
    if (!slice_eq(first, map->name)) return false;
    for (size_t i = 0; i < map->count; i++)
        members[i] = slice_of(map->members[i]);
    struct slice meant = nearest_slice(rest, members, map->count);
    report_say(r, FINDING_BLOCK, "no_column",
               "{{%s}} says nothing of the nearest session: write {{nearest.%.*s}} (there are "
               "place, when, distance, meeting_point and link)",
               name, SLICE_ARG(meant.n ? meant : members[0]));
    return true;
}

const struct message_nearest *report_nearest(struct check_report *r, uint32_t index,
                                             const struct block *b, size_t row,
                                             const struct whereabouts *w, struct session_said *said)
{
    uint64_t number = block_number(b, row);
    if (!w) return NULL;
    if (w->where[row] != WHERE_KNOWN)
        tally_found(w->where[row] == WHERE_UNSAID ? &r->where_unsaid : &r->where_unknown, index,
                    number);
    else if (session_say_nearest(r->words, r->audience->group, &w->at[row], said))
        return r->told_nearest++, &said->says;
    else
        tally_found(&r->none_near, index, number);
    return NULL;
}

/* How the text uses it in any language: enum template_use; 0: not at all. */
static unsigned uses_nearest(const struct check_report *r)
{
    for (size_t i = 0; i < r->tally.field_count; i++)
        if (r->tally.fields[i].column == MESSAGE_COLUMN_NEAREST) return r->tally.fields[i].uses;
    return 0;
}

static void say_untold(struct check_report *r, const struct tally_finding *people, const char *code,
                       const char *why, bool leaves_hole)
{
    char who[WHOM_BYTES];
    if (people->count == 0) return;
    report_say_of(r, people, FINDING_WARN, code, "%s %s: they are told of no session%s",
                  report_whom(r, people, who), why,
                  leaves_hole ? ", and that leaves a hole: write {{#nearest}}…{{/nearest}} around "
                                "what belongs to it"
                              : "");
}

/* How many more may be told of all sessions ahead; UINT64_MAX: any number. */
static uint64_t room_ahead(const struct check_report *r)
{
    const struct near_rules *rules = nearest_rules(r->words->nearest);
    size_t n;
    uint64_t room = 0;
    const struct session *const *list = place_book_sessions(r->words->places, &n);
    for (size_t i = 0; i < n; i++) {
        const struct session *s = list[i];
        if (s->end_ms <= r->start_ms || !near_has_room(s, rules, true)) continue;
        if (s->capacity == 0) return UINT64_MAX;
        room += (uint64_t)s->capacity * rules->texts_per_place - s->pledged - s->offered;
    }
    return room;
}

static void judge_told(struct check_report *r)
{
    if (r->told_nearest == 0 && r->tally.recipients > 0)
        report_say(r, FINDING_BLOCK, "nobody_near",
                   "nobody of them has a session in reach that has room: add places and sessions "
                   "(muster place import), or take {{nearest}} out of the text");
    else if (room_ahead(r) < r->told_nearest)
        report_say(r, FINDING_WARN, "few_places",
                   "%llu people have a session in reach, and all sessions together have room for "
                   "%llu: the last ones are told of none",
                   (unsigned long long)r->told_nearest, (unsigned long long)room_ahead(r));
}

void judge_nearest(struct check_report *r)
{
    unsigned uses = uses_nearest(r);
    bool hole = (uses & TEMPLATE_USE_PLAIN) != 0;
    if (!uses || !r->words) return;
    if (!where_is_said(r->where)) {
        report_say(r, FINDING_BLOCK, "no_postcode_column",
                   "{{nearest}} needs to know where people are, and the audience '%.*s' does not "
                   "say: bring in a column 'postcode' (or 'town')",
                   SLICE_ARG(r->audience->name));
        return;
    }
    say_untold(r, &r->where_unsaid, "no_postcode", "have no postcode", hole);
    say_untold(r, &r->where_unknown, "postcode_unknown",
               "have a postcode that the gazetteer does not know", hole);
    say_untold(r, &r->none_near, "none_near", "have no session in reach", hole);
    judge_told(r);
}
