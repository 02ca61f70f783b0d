-- (after money.lua) How much of what is spent on a campaign is for people who still wait, of blocks that are out. There are few of those
-- (RELEASE_BLOCKS_MAX and those that wait for a retry).
--
-- KEYS  1 campaign
-- Returns millionths, as text
local BLOCKS_MAX = 128
local aside = 0
for _, block in ipairs(redis.call('ZRANGE', KEYS[1] .. ':o', 0, BLOCKS_MAX - 1)) do
  local price, spent = money_prices(KEYS[1], block), money_spent_of(KEYS[1], block)
  if price and spent > 0 then aside = aside + math.max(0, spent - money_owed(KEYS[1], block, price, false)) end
end
return string.format('%.0f', aside)
