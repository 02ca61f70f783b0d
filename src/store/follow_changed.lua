-- (A part that is put in front of other scripts.) Tells the processes that keep a copy of a hash (store/follow.h) that a
-- field of it is another one now, or gone. The stream names the field and never what it holds.
--
-- `stream`: its key. `hash`: the hash's name without the prefix.
local function changed(stream, hash, field)
  redis.call('XADD', stream, 'MAXLEN', '~', '10000', '*', 'hash', hash, 'field', field)
end
