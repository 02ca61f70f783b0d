-- What is kept of a person's consent, under any spelling of their number.
--
-- ARGV  1 prefix   2 buckets   3… numbers
-- Returns {{line, purpose, source, wording}, …}, {{purpose, record}, …}: see consent_note.lua; the records are JSON
local root, kept, taken = ARGV[1] .. 'consent:', {}, {}
local function text_of(id) return id ~= '0' and redis.call('HGET', root .. 'texts', id) or '' end
for i = 3, #ARGV do
  local number = ARGV[i]
  local was = redis.call('HGET', root .. 'p:' .. string.format('%d', tonumber(number) % tonumber(ARGV[2])), number) or ''
  for line in string.gmatch(was, '[^ ]+') do
    local what, source, wording = string.match(line, '^(%d+)%.[^.]*%.(%d+)%.(%d+)%.')
    if what then kept[#kept + 1] = {line, text_of(what), text_of(source), text_of(wording)} end
  end
  for _, purpose in ipairs(redis.call('SMEMBERS', root .. 'purposes')) do
    local record = redis.call('HGET', ARGV[1] .. 'withdrawn:' .. purpose, number)
    if record then taken[#taken + 1] = {purpose, record} end
  end
end
return {kept, taken}
