-- A conversation as lists tell it: [field, value, …]; `doubt` is '1' when nobody knows whether the last answer arrived. (A
-- part that is put in front of other scripts, after direct_common.lua.)
local ROW_FIELDS = {'group', 'number', 'name', 'gateway', 'sender', 'campaign', 'state', 'claimed_by', 'claim_until_ms',
  'claim_fence', 'last_in_ms', 'last_out_ms', 'unread', 'waiting_ms', 'tags', 'who', 'takes_id', 'user_id', 'said', 'said_by', 'heard', 'language', 'window_ms', 'within_ms', 'handed_by', 'handed_to', 'handed_word',
  'loan', 'last_answer'}
local UNKNOWN_NOW = 11

local function row(prefix, id)
  local values = redis.call('HMGET', prefix .. 'conv:' .. id, unpack(ROW_FIELDS))
  local last = tonumber(values[#ROW_FIELDS] or '')
  local entry = {'id', id, 'doubt', last and ledger_state(prefix, 0, last) == UNKNOWN_NOW and '1' or ''}
  for i, field in ipairs(ROW_FIELDS) do
    entry[#entry + 1] = field
    entry[#entry + 1] = values[i] or ''
  end
  return entry
end
