#pragma once
/* Finds what looks like a tag in a text that is about to be sent: a field that nobody filled in,
 * because it is written as another tool writes it ({firstName}, [First Name], *|FNAME|*, %name%,
 * <<name>>), or because a list holds it. Pure.
 */
#include "base/slice.h"

/* The first tag of the text, as it was typed, borrowed from it; false and untouched when there is
 * none. columns are the list's: their names count in any brackets. What stands in double or single
 * braces, in *|…|*, <<…>>, <%…%> or [[…]] is a tag whatever it says; what stands in other signs is
 * one when it is a name without blanks (%name%) or, where people use the signs themselves ([…],
 * «…», #…#, @…@), when it is the name of a column or one that tools give to fields. A column's name with
 * a "_" in it, and a name that only programs write (FirstName, FNAME), is one in no signs at all; so is what was left
 * to be filled in later ("at HH:MM", INSERT VENUE, [location TBC]). One pass: the cost grows
 * as the text does, whatever stands in it. */
bool left_tag_find(struct slice text, const struct slice *columns, size_t column_count,
                   struct slice *ret);
