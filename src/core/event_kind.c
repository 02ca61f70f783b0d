#include "core/event_kind.h"

#include "base/check.h"

static const char *const texts[EVENT_KIND_COUNT] = {
#define X(name, text, action) text,
    EVENT_TABLE(X)
#undef X
};

const char *event_kind_to_string(enum event_kind kind)
{
    check((unsigned)kind < EVENT_KIND_COUNT);
    return texts[kind];
}

int event_kind_find(struct slice text)
{
    return slice_index(text, texts, EVENT_KIND_COUNT);
}

enum action event_kind_action(enum event_kind kind)
{
    static const enum action actions[EVENT_KIND_COUNT] = {
#define X(name, text, action) action,
        EVENT_TABLE(X)
#undef X
    };
    check((unsigned)kind < EVENT_KIND_COUNT);
    return actions[kind];
}

bool event_may_hear(const struct member *m, enum event_kind kind, struct slice group)
{
    enum action action = event_kind_action(kind);
    return group.n ? access_may(m, action, group) : access_may_everywhere(m, action);
}
