#pragma once
/* What the parts of the campaign store share. */
#include "store/campaign.h"

#include "store/call.h"
#include "store/lua_scripts.h"

/* Scripts over ledgers begin with the states, what may follow what, and the nibbles. */
#define LEDGER_SCRIPT(text, lua)                                                                   \
    {                                                                                              \
        .name = (text), .prelude = state_lua_prelude, .parts = {                                   \
            &lua_look,                                                                             \
            &lua_ledger_prelude,                                                                   \
            &(lua)                                                                                 \
        }                                                                                          \
    }

/* The text of ERR_NOT_FOUND for an id. */
int campaign_not_found(uint32_t id, struct err *e);
