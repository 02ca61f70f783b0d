-- What came back from some people of a campaign: their last words and who answered, tags, and whether they opted out since.
-- Somebody counts for the campaign that texted them last before they wrote (replied_to, inbound_event.lua).
--
-- ARGV  1 prefix   2 group   3 campaign id   4… numbers ('0': not known)
-- Returns {place from 0, replied at [ms] or '', tags, words, by, opted out at [ms] or ''} for each of whom there is anything
local prefix, group, campaign, numbers = ARGV[1], ARGV[2], ARGV[3], {}
for i = 4, #ARGV do numbers[#numbers + 1] = ARGV[i] end
local launched = tonumber(redis.call('HGET', prefix .. 'c:' .. campaign, 'launched_ms') or '0')
local convs = redis.call('HMGET', prefix .. 'convof:' .. group, unpack(numbers))
local scopes = {redis.call('HMGET', prefix .. 's:all', unpack(numbers)), redis.call('HMGET', prefix .. 's:' .. group, unpack(numbers))}

local function opted_out(i)
  for _, found in ipairs(scopes) do
    local at = found[i] and tonumber(string.match(found[i], '"at_ms":(%d+)') or '0') or 0
    if at > 0 and at >= launched then return string.format('%.0f', at) end
  end
  return ''
end

-- The newest of each kind among the last messages. Who only wrote STOP opted out, and did not reply.
local function last_words(conv, last_in)
  local words, at, by, stop = nil, last_in, nil, false
  local messages = redis.call('LRANGE', conv .. ':m', -20, -1)
  for i = #messages, 1, -1 do
    local ok, m = pcall(cjson.decode, messages[i])
    if ok and m.dir == 'in' and m.kind == 'stop' then stop = true
    elseif ok and m.dir == 'in' and not words and (m.text or '') ~= '' then words, at = m.text, string.format('%.0f', m.at_ms or 0) end
    if ok and m.dir == 'out' and m.kind == 'reply' and not by then by = m.by end
  end
  return words or '', (words or not stop) and at or '', by or ''
end

local out = {}
for i = 1, #numbers do
  local stopped, conv = opted_out(i), convs[i] and prefix .. 'conv:' .. convs[i]
  local c = conv and redis.call('HMGET', conv, 'replied_to', 'tags', 'last_in_ms')
  if c and c[1] == campaign then
    local words, at, by = last_words(conv, c[3] or '')
    out[#out + 1] = {i - 1, at, c[2] or '', words, by, stopped}
  elseif stopped ~= '' then
    out[#out + 1] = {i - 1, '', '', '', '', stopped}
  end
end
return out
