/* The value that tells what an audience is: one allocation that holds everything it points to. */
#include "store/audience.h"

#include <stdlib.h>

static size_t text_bytes(const struct audience_info *info)
{
    size_t n = info->name.n + info->group.n + info->country.n;
    for (size_t i = 0; i < info->column_count; i++)
        n += info->columns[i].n;
    return n;
}

static struct slice copy_to(char **to, struct slice s)
{
    struct slice copy = slice_make(*to, s.n);
    if (s.n) memcpy(*to, s.p, s.n);
    *to += s.n;
    return copy;
}

struct audience_info *audience_info_dup(const struct audience_info *info)
{
    size_t columns_bytes = info->column_count * sizeof(struct slice);
    struct audience_info *copy = xmalloc(sizeof *copy + columns_bytes + text_bytes(info));
    struct slice *columns = (struct slice *)(copy + 1);
    char *text = (char *)(columns + info->column_count);
    *copy = *info;
    copy->columns = columns;
    copy->name = copy_to(&text, info->name);
    copy->group = copy_to(&text, info->group);
    copy->country = copy_to(&text, info->country);
    for (size_t i = 0; i < info->column_count; i++)
        columns[i] = copy_to(&text, info->columns[i]);
    return copy;
}

void audience_info_free(struct audience_info *info)
{
    free(info);
}

int audience_info_column(const struct audience_info *info, struct slice name)
{
    for (size_t i = 0; i < info->column_count; i++)
        if (slice_eq(info->columns[i], name)) return (int)i;
    return -1;
}
