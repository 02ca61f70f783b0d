#pragma once
/* What the parts of the campaign store share. */
#include "store/campaign.h"

#include "store/call.h"
#include "store/ledger_parts.h"
#include "store/script_names.h"

/* Scripts over ledgers begin with the law (script_law), and the nibbles. */
#define LEDGER_SCRIPT(text, lua)                                                                   \
    {                                                                                              \
        .name = (text), .prelude = script_law, .parts = {                                          \
            LUA_LEDGER,                                                                            \
            &lua_money_text,                                                                       \
            &lua_money,                                                                            \
            &(lua)                                                                                 \
        }                                                                                          \
    }

/* Of the hash c:{id}, whose texts are borrowed. False: there is no such campaign. */
bool campaign_read(const struct redisReply *hash, uint32_t id, struct campaign *ret);
/* Adds what the hash of a new campaign holds: field, value, field, value, … */
void campaign_write(struct call *call, const struct campaign *c);
/* Of these, those that a change may change. */
void campaign_write_edit(struct call *call, const struct campaign *c);

struct campaign_prices;
/* As campaign_create.lua reads them; NULL: none. Returns owned. */
struct buf campaign_prices_text(const struct campaign_prices *p);
