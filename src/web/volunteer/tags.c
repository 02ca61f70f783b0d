#include "tags.h"

/* The tags that are there in one tap. */
static const struct {
    const char *tag, *label;
} tags[] = {
    {"yes", "Yes"},
    {"maybe", "Maybe"},
    {"no", "No"},
    {"question", "Question"},
    {"wrong_number", "Wrong number"},
    {"moved", "Moved"},
    {"needs_lift", "Needs a lift"},
    {"escalate", "Ask an organiser"},
};

static bool has_tag(struct slice list, struct slice wanted)
{
    for (struct slice tag; list.n > 0 && slice_cut(&list, ',', &tag);)
        if (slice_eq(tag, wanted)) return true;
    return false;
}

static void add_tag(json_t *list, struct slice tag, const char *label, struct slice on)
{
    json_list_add(list,
                  json_pack("{s:o,s:o,s:b}", "tag", json_text(tag), "label",
                            label ? json_string(label) : json_text(tag), "on", has_tag(on, tag)));
}

/* Those that everybody knows, then the group's own. */
json_t *tags_shown(struct slice on, const struct inbox_shelved *own, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        add_tag(list, slice_of(tags[i].tag), tags[i].label, on);
    for (size_t i = 0; i < n; i++)
        add_tag(list, own[i].id, NULL, on);
    return list;
}

json_t *tags_options(struct slice chosen)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        add_tag(list, slice_of(tags[i].tag), tags[i].label, chosen);
    return list;
}
