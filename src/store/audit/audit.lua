-- (A part that is put in front of other scripts.) The one way to write the audit trail (docs/adr/0026): who did what, to whom,
-- why and when.
--
-- `trail`: the key `audit`. `entry`: at_ms, who, what, why; of an opt-out also whom, and the record that stood there. What has
-- such a record is the evidence of an opt-out that was lifted: it is kept for ever, in `audit:kept`; of the rest about 100,000
-- entries are.
local function audit(trail, entry)
  local fields = {'at_ms', entry.at_ms, 'who', entry.who, 'what', entry.what, 'why', entry.why or ''}
  if not entry.was then return redis.call('XADD', trail, 'MAXLEN', '~', '100000', '*', unpack(fields)) end
  redis.call('XADD', trail .. ':kept', '*', 'whom', entry.whom or '', 'was', entry.was, unpack(fields))
end
