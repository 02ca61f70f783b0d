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
