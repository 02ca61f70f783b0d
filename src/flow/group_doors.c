#include "flow/group_doors.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "core/keywords.h"
#include "store/group.h"

enum { GROUPS_OF_WORD_BYTES = GROUPS_MAX * (GROUP_BYTES_MAX + 1) + 2 };

struct group_doors {
    const struct groups *groups;
    bool made;
    uint64_t version;
    struct map *senders; /* without + → groups, as stops */
    struct map *stops;   /* phrase in plain letters → groups: an owned buf */
};

/* ---- making them ---- */

static void map_empty(struct map *m)
{
    size_t pos = 0;
    struct slice key;
    void *value;
    while (map_next(m, &pos, &key, &value)) {
        buf_done(value);
        free(value);
    }
    map_free(m);
}

static void note(struct map *m, struct slice key, const char *group)
{
    struct buf *groups = map_get(m, key);
    if (key.n == 0) return;
    if (!groups) {
        groups = xmalloc(sizeof *groups);
        buf_init(groups, GROUPS_OF_WORD_BYTES);
        buf_add_cstr(groups, " ");
        (void)map_put(m, key, groups);
    }
    buf_addf(groups, "%s ", group);
}

static struct slice without_plus(struct slice sender)
{
    return slice_starts(sender, "+") ? slice_from(sender, 1) : sender;
}

static void note_group(struct group_doors *d, const struct group_info *g)
{
    char plain[KEYWORDS_PLAIN_BYTES];
    for (size_t i = 0; i < g->sender_count; i++)
        note(d->senders, without_plus(slice_of(g->senders[i])), g->name);
    for (size_t i = 0; i < g->stop_word_count; i++)
        note(d->stops, keywords_plain(slice_of(g->stop_words[i]), plain), g->name);
}

static void make(struct group_doors *d)
{
    size_t n;
    const struct group_set all = {.all = true};
    if (!d->groups || (d->made && d->version == groups_version(d->groups))) return;
    map_empty(d->senders);
    map_empty(d->stops);
    d->senders = map_new();
    d->stops = map_new();
    const struct group_info **list = groups_list(d->groups, &all, &n);
    for (size_t i = 0; i < n; i++)
        note_group(d, list[i]);
    free(list);
    d->made = true;
    d->version = groups_version(d->groups);
}

/* ---- asking them ---- */

static struct slice find(const struct map *m, struct slice key)
{
    struct buf *groups = key.n ? map_get(m, key) : NULL;
    return groups && !groups->failed ? buf_slice(groups) : SLICE_NONE;
}

struct slice group_doors_of_sender(struct group_doors *d, struct slice sender)
{
    struct slice one;
    make(d);
    struct slice groups = slice_trim(find(d->senders, without_plus(sender)));
    if (groups.n == 0 || !slice_cut(&groups, ' ', &one) || groups.n) return SLICE_NONE;
    return one;
}

struct slice group_doors_stop(struct group_doors *d, struct slice text)
{
    char plain[KEYWORDS_PLAIN_BYTES];
    make(d);
    if (map_count(d->stops) == 0) return SLICE_NONE;
    return find(d->stops, keywords_plain(text, plain));
}

struct group_doors *group_doors_new(const struct groups *groups)
{
    struct group_doors *d = xcalloc(1, sizeof *d);
    d->groups = groups;
    d->senders = map_new();
    d->stops = map_new();
    return d;
}

void group_doors_free(struct group_doors *d)
{
    if (!d) return;
    map_empty(d->senders);
    map_empty(d->stops);
    free(d);
}
