-- (A part that is put in front of other scripts.) A group is there as soon as something is its; each is noted once in a call.
local noted = {}
local function note_group(prefix, group)
  if noted[group] then return end
  noted[group] = true
  if redis.call('SADD', prefix .. 'groups', group) == 0 then return end
  if redis.call('HSETNX', prefix .. 'group:info', group, '{}') == 0 then return end
  redis.call('XADD', prefix .. 'group:changes', 'MAXLEN', '~', '10000', '*', 'hash', 'group:info', 'field', group)
end
