-- (A part of others; names are in front.) How links of a cascade are kept: 12 bytes each, CHUNK of them in a string
-- `c:{id}:links:{chunk}`, the first link at its beginning: the parent's number (4 bytes), generation (1), shares (2), pledges (2),
-- opens (3), each with the highest byte first.

-- The string that holds a link, and where in it.
local function link_at(campaign, link)
  local n = link - 1
  return campaign .. ':links:' .. string.format('%d', math.floor(n / CHUNK)), n % CHUNK * RECORD
end

local function link_read(campaign, link)
  local key, at = link_at(campaign, link)
  local b = {string.byte(redis.call('GETRANGE', key, at, at + RECORD - 1), 1, RECORD)}
  if #b < RECORD then return nil end
  return {parent = ((b[1] * 256 + b[2]) * 256 + b[3]) * 256 + b[4], generation = b[5], shares = b[6] * 256 + b[7],
    pledges = b[8] * 256 + b[9], opens = (b[10] * 256 + b[11]) * 256 + b[12]}
end

-- A number as n bytes; what does not fit is the largest that does.
local function link_bytes(v, n)
  v = math.min(v, 256 ^ n - 1)
  local out = {}
  for i = n, 1, -1 do
    out[i] = string.char(v % 256)
    v = math.floor(v / 256)
  end
  return table.concat(out)
end
