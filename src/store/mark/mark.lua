-- Stands before each script that grants, records, or takes people off the list: the hash `store` has the mark that they move
-- on, so that whoever has seen a mark knows when Redis has less (store/mark.h).
local function mark_move(store) return redis.call('HINCRBY', store, 'mark', 1) end

-- Why nobody may pass: nil = they may. `id` and `seen` are what the caller knows.
local function mark_refuses(store, id, seen)
  local s = redis.call('HMGET', store, 'id', 'mark', 'back', 'waits')
  if s[1] ~= id then return 'id' end
  if s[3] then return 'back' end
  if s[4] then return 'waits' end
  if tonumber(s[2] or '0') < tonumber(seen) then return 'less' end
end
