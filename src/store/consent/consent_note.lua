-- Keeps what people agreed to who are about to be texted: by number, so that it outlives list and campaign. What many have
-- (purposes, sources, wordings) stands once in a table; a person has a short line for each piece that differs:
--
--   purpose . when . source . wording . group . first day . days from there to the last . campaign
--
-- The group is the campaign's: each sees what its own campaigns stood on.
--
-- ARGV  1 prefix   2 campaign   3 today [days since 1970]   4 buckets   5 pieces kept of a person
--       6… number, purpose, when, source, wording, number, …
local root, today, buckets, kept = ARGV[1] .. 'consent:', tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local ids = {['']  = '0'}
local function id_of(text)
  local id = ids[text] or redis.call('HGET', root .. 'ids', text)
  if not id then
    id = string.format('%d', redis.call('HINCRBY', root .. 'texts', 'last', 1))
    redis.call('HSET', root .. 'ids', text, id)
    redis.call('HSET', root .. 'texts', id, text)
  end
  ids[text] = id
  return id
end

local group = id_of(redis.call('HGET', ARGV[1] .. 'c:' .. ARGV[2], 'group') or '')
for i = 6, #ARGV, 5 do
  local number = ARGV[i]
  local bucket = root .. 'p:' .. string.format('%d', tonumber(number) % buckets)
  local piece = id_of(ARGV[i + 1]) .. '.' .. ARGV[i + 2] .. '.' .. id_of(ARGV[i + 3]) .. '.' .. id_of(ARGV[i + 4]) .. '.' .. group .. '.'
  local was, first, lines = redis.call('HGET', bucket, number) or '', today, {''}
  for line in string.gmatch(was, '[^ ]+') do
    if string.sub(line, 1, #piece) == piece then
      first = tonumber(string.match(line, '^(%d+)', #piece + 1))
    elseif #lines < kept then
      lines[#lines + 1] = line
    end
  end
  lines[1] = piece .. string.format('%d.%d.', first, today - first) .. ARGV[2]
  local now = table.concat(lines, ' ')
  if now ~= was then redis.call('HSET', bucket, number, now) end
end
