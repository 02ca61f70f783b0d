#include "flow/twin.h"

#include "base/check.h"
#include "flow/place_book.h"
#include "store/group.h"

const struct place *twin_place(const struct place_book *places, const struct group_info *group,
                               size_t i)
{
    check(i < group->twin_count);
    return place_book_place(places, group->twins[i]);
}

const struct group_info *twin_helps(const struct groups *groups, const struct place_book *places,
                                    const struct group_info *group, size_t i)
{
    const struct place *place = group->helps ? twin_place(places, group, i) : NULL;
    const struct group_info *other = place ? groups_find(groups, slice_of(place->group)) : NULL;
    if (!other || strcmp(other->name, group->name) == 0) return NULL;
    bool lets = slice_index(slice_of(group->name), other->lends, other->lends_count) >= 0;
    return lets ? other : NULL;
}
