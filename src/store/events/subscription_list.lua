-- ARGV  1 prefix   2 id, or '' for all
-- Returns of each {id, how many wait, field, value, …}
local prefix, all = ARGV[1], {}
for _, id in ipairs(ARGV[2] ~= '' and {ARGV[2]} or redis.call('ZRANGE', prefix .. 'subs', 0, -1)) do
  local sub = prefix .. 'sub:' .. id
  local fields = redis.call('HGETALL', sub)
  if #fields > 0 then all[#all + 1] = {tonumber(id), redis.call('XLEN', sub .. ':q'), fields} end
end
return all
