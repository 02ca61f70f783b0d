-- What the team says and does in a thread: lines that are never sent. (A part that is put in front of other scripts, after
-- conv_common.lua.)
local TEAM_KEPT = 1000

-- `kind`: note, tags, handed, taken, closed, reopened, off, back, kept, no_more, again. `text`: words, the tags, or of what they want no more; `whom`: to whom it was handed, or
-- from whom it was taken.
local function team_line(kind, by, now, text, whom)
  return '{"dir":"team","kind":"' .. kind .. '","by":' .. cjson.encode(by) .. ',"at_ms":' .. now .. ',"text":' .. cjson.encode(text) ..
    (whom and ',"note":' .. cjson.encode(whom) or '') .. '}'
end

-- What the same member says again about the same thing takes the place of what they said before: nobody can push out what
-- people wrote by pressing a button often.
local function team(prefix, id, kind, by, now, text, whom)
  local key = prefix .. 'conv:' .. id
  local last = redis.call('LINDEX', key .. ':m', -1) or ''
  local same = kind ~= 'note' and '{"dir":"team","kind":"' .. kind .. '","by":' .. cjson.encode(by) .. ','
  if same and string.sub(last, 1, #same) == same then
    redis.call('LSET', key .. ':m', -1, team_line(kind, by, now, text, whom))
  else
    append(key, team_line(kind, by, now, text, whom), TEAM_KEPT)
  end
end
