#pragma once
/* What stands before every script over ledgers. */
#include "store/lua_scripts.h"

#define LUA_LEDGER &lua_events, &lua_look, &lua_follow_changed, &lua_offer, &lua_ledger_prelude
