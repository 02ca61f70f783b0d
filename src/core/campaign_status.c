#include "core/campaign_status.h"

static const char *const texts[] = {
#define X(name, text) text,
    CAMPAIGN_STATUS_TABLE(X)
#undef X
};

#define BIT(s) (1u << (s))
#define OPEN                                                                                       \
    (BIT(CAMPAIGN_SCHEDULED) | BIT(CAMPAIGN_RUNNING) | BIT(CAMPAIGN_PAUSED) | BIT(CAMPAIGN_BLOCKED))

#define NEW      (BIT(CAMPAIGN_PROPOSED) | BIT(CAMPAIGN_PREPARING))
#define EDITABLE (NEW | BIT(CAMPAIGN_SCHEDULED) | BIT(CAMPAIGN_PAUSED) | BIT(CAMPAIGN_BLOCKED))

static const struct {
    const char *name, *verb;
    enum campaign_status to;
    unsigned from;
} moves[CAMPAIGN_MOVE_COUNT] = {
    [MOVE_RUN] = {"run", "started", CAMPAIGN_RUNNING, BIT(CAMPAIGN_SCHEDULED)},
    [MOVE_PAUSE] = {"pause", "paused", CAMPAIGN_PAUSED, (OPEN | NEW) & ~BIT(CAMPAIGN_PAUSED)},
    [MOVE_RESUME] = {"resume", "resumed", CAMPAIGN_RUNNING,
                     BIT(CAMPAIGN_PAUSED) | BIT(CAMPAIGN_BLOCKED) | BIT(CAMPAIGN_DONE)},
    [MOVE_CANCEL] = {"cancel", "cancelled", CAMPAIGN_CANCELLED, OPEN | NEW},
    [MOVE_EXPIRE] = {"expire", "expired", CAMPAIGN_EXPIRED, OPEN | BIT(CAMPAIGN_PROPOSED)},
    [MOVE_BLOCK] = {"block", "blocked", CAMPAIGN_BLOCKED, BIT(CAMPAIGN_RUNNING)},
    [MOVE_APPROVE] = {"approve", "approved", CAMPAIGN_PREPARING, BIT(CAMPAIGN_PROPOSED)},
    [MOVE_SEND_BACK] = {"send_back", "sent back", CAMPAIGN_PAUSED, BIT(CAMPAIGN_PROPOSED)},
};

const char *campaign_status_to_string(enum campaign_status s)
{
    return s < CAMPAIGN_STATUS_COUNT ? texts[s] : "?";
}

bool campaign_status_from_string(struct slice text, enum campaign_status *ret)
{
    int i = slice_index(text, texts, CAMPAIGN_STATUS_COUNT);
    if (i >= 0) *ret = (enum campaign_status)i;
    return i >= 0;
}

bool campaign_may_move(enum campaign_move move, enum campaign_status from)
{
    check(move < CAMPAIGN_MOVE_COUNT && from < CAMPAIGN_STATUS_COUNT);
    return (moves[move].from & BIT(from)) != 0;
}

enum campaign_status campaign_move_to(enum campaign_move move)
{
    return moves[move].to;
}

const char *campaign_move_name(enum campaign_move move)
{
    return moves[move].name;
}

bool campaign_move_from_name(struct slice name, enum campaign_move *ret)
{
    for (size_t m = 0; m < CAMPAIGN_MOVE_COUNT; m++) {
        if (!slice_is(name, moves[m].name)) continue;
        *ret = (enum campaign_move)m;
        return true;
    }
    return false;
}

const char *campaign_move_verb(enum campaign_move move)
{
    return moves[move].verb;
}

bool campaign_is_over(enum campaign_status s)
{
    return s == CAMPAIGN_DONE || s == CAMPAIGN_CANCELLED || s == CAMPAIGN_EXPIRED;
}

bool campaign_may_edit(enum campaign_status s)
{
    return (EDITABLE & BIT(s)) != 0;
}

void campaign_status_lua_edits(struct buf *b)
{
    buf_add_cstr(b, "local EDITABLE={");
    for (size_t s = 0; s < CAMPAIGN_STATUS_COUNT; s++)
        if (EDITABLE & BIT(s)) buf_addf(b, "%s=true,", texts[s]);
    buf_add_cstr(b, "}\n");
}

void campaign_status_lua_names(struct buf *b)
{
    static const char *const names[] = {
#define X(name, text) #name,
        CAMPAIGN_STATUS_TABLE(X)
#undef X
    };
    for (size_t s = 0; s < CAMPAIGN_STATUS_COUNT; s++)
        buf_addf(b, "%s%s", s ? "," : "local ", names[s]);
    for (size_t s = 0; s < CAMPAIGN_STATUS_COUNT; s++)
        buf_addf(b, "%c'%s'", s ? ',' : '=', texts[s]);
    buf_add_cstr(b, "\n");
}

void campaign_status_lua_prelude(struct buf *b)
{
    campaign_status_lua_names(b);
    buf_add_cstr(b, "local MOVES={");
    for (size_t m = 0; m < CAMPAIGN_MOVE_COUNT; m++) {
        buf_addf(b, "%s={to='%s',from={", moves[m].name, texts[moves[m].to]);
        for (size_t s = 0; s < CAMPAIGN_STATUS_COUNT; s++)
            if (moves[m].from & BIT(s)) buf_addf(b, "%s=true,", texts[s]);
        buf_add_cstr(b, "}},");
    }
    buf_add_cstr(b, "}\n");
}
