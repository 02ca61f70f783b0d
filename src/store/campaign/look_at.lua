-- The leader looks at this campaign then, if not sooner.
--
-- KEYS  1 campaign
-- ARGV  1 when [wall ms], 0 = at once
look_at(KEYS[1], tonumber(ARGV[1]))
