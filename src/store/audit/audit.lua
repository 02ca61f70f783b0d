-- (A part that is put in front of other scripts.) The one way to write the audit trail (docs/adr/0026, 0040): who did what, to whom,
-- in which group, why and when.
--
-- `trail`: the key `audit`. `entry`: at_ms, who (an actor: core/actor.h), what, why, group ("" = of the whole organisation), or `groups`
-- with commas where it is about several: each of them sees it. Of an
-- opt-out also whom, and the record that stood there. What has such a record is the evidence of an opt-out that was lifted: it is
-- kept for ever, in `audit:kept`. What volunteers do all day (`routine`) is in `audit:inbox`, so that it pushes nothing else out.
-- Of that and of the rest about 100,000 entries are kept each.

-- Name, id, way and address of an actor; of a name alone the rest is ''.
local function actor(by)
  local name, id, way, address = string.match(by, '^([^\31]*)\31([^\31]*)\31([^\31]*)\31([^\31]*)$')
  return name or by, id or '', way or '', address or ''
end

local function audit(trail, entry)
  local name, id, way, address = actor(entry.who)
  local fields = {'at_ms', entry.at_ms, 'who', name, 'id', id, 'way', way, 'address', address, 'group', entry.group or '',
    'what', entry.what, 'why', entry.why or ''}
  if entry.groups then fields[#fields + 1], fields[#fields + 2] = 'groups', entry.groups end
  if entry.was then return redis.call('XADD', trail .. ':kept', '*', 'whom', entry.whom or '', 'was', entry.was, unpack(fields)) end
  redis.call('XADD', trail .. (entry.routine and ':inbox' or ''), 'MAXLEN', '~', '100000', '*', unpack(fields))
end
