#include "flow/twin.h"

#include "flow/place_book.h"
#include "store/group.h"

const struct place *twin_place(const struct place_book *places, const struct group_info *group)
{
    return group->twin ? place_book_place(places, group->twin) : NULL;
}

const struct group_info *twin_helps(const struct groups *groups, const struct place_book *places,
                                    const struct group_info *group)
{
    const struct place *place = group->helps ? twin_place(places, group) : NULL;
    const struct group_info *other = place ? groups_find(groups, slice_of(place->group)) : NULL;
    if (!other || strcmp(other->name, group->name) == 0) return NULL;
    bool lets = slice_index(slice_of(group->name), other->lends, other->lends_count) >= 0;
    return lets ? other : NULL;
}
