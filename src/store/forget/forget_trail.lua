-- What was lifted of a person's suppressions: the entries stay, without the person and their words. And at the end, who forgot
-- somebody, when and why.
--
-- KEYS  1 suppress:audit   2 audit
-- ARGV  1 now [wall ms]   2 who   3 what   4 why   5… what they are called
-- Returns 1
for at, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  for i = 5, #ARGV do
    local said = '"number":' .. cjson.encode(ARGV[i])
    local from, to = string.find(entry, said, 1, true)
    if from then
      entry = string.sub(entry, 1, from - 1) .. '"number":"forgotten"' .. string.sub(entry, to + 1)
      redis.call('LSET', KEYS[1], at - 1, (string.gsub(entry, ',"was":.*$', '}')))
      break
    end
  end
end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', '100000', '*', 'at_ms', ARGV[1], 'who', ARGV[2], 'what', ARGV[3], 'why', ARGV[4])
return 1
