-- (A part of others) How it is written what the people of a block cost: see money.lua.

-- A function of the row (from 0).
local function money_read(text)
  local list, colon = {}, string.find(text, ':', 1, true)
  for price in string.gmatch(string.sub(text, 1, (colon or 0) - 1), '%d+') do list[#list + 1] = tonumber(price) end
  if not colon then return function() return list[1] end end
  return function(row) return list[1 + (string.byte(text, colon + 1 + row) or 0)] or 0 end
end

-- Calls with each of many, from 0 on: "5:40000" and so on.
local function money_each(texts, cb)
  local at, i = 1, 0
  while at <= #texts do
    local colon = string.find(texts, ':', at, true)
    local n = tonumber(string.sub(texts, at, colon - 1))
    cb(i, string.sub(texts, colon + 1, colon + n))
    at, i = colon + n + 1, i + 1
  end
end
