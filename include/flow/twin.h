#pragma once
/* Twinning: a group in a safe place adopts places that need people. Its people are told of the sessions there
 * first (core/near.h), and where both groups agree its volunteers answer the people of a group whose place it adopted.
 * Both say so in what is said of them (store/group.h), and either ends it at once. */
#include "base/slice.h"

struct group_info;
struct groups;
struct place;
struct place_book;

/* The i-th place that a group adopted (i below its twin_count); NULL: it is not there any more. Borrowed from the book. */
const struct place *twin_place(const struct place_book *places, const struct group_info *group,
                               size_t i);
/* The group whose people the volunteers of that group may answer for the i-th place, since both say so; NULL: none. Borrowed from the
 * copy of groups. */
const struct group_info *twin_helps(const struct groups *groups, const struct place_book *places,
                                    const struct group_info *group, size_t i);
