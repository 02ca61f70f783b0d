-- (after names.lua) Which campaign of a group has that name; 0 = none.
--
-- KEYS  1 campaign_names
-- ARGV  1 key prefix of campaigns ("muster:c:")   2 name   3 group
return tonumber(id_in_group(KEYS[1], ARGV[2], ARGV[1], ARGV[3]) or '0')
