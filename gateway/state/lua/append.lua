-- Recognise an event or append it, in one step. KEYS: log, events, seen.
-- ARGV: version, body hash, memory in ms, now in us, size in bytes, index, encoded, raw, hash of the contents.
local log = redis.call('HMGET', KEYS[1], 'version', 'epoch', 'position', 'stored_us', 'end_bytes', 'mark', 'fence_id')
if log[1] ~= ARGV[1] then
  return { log[1] and 'newer' or 'gone' }
end
local known = redis.call('HGET', KEYS[3], ARGV[2])
if known then
  return { 'repeat', log[2], known }
end
local repeated = redis.call('EXISTS', KEYS[3])
local position = string.format('%.0f', log[3] + 1)
local stored_us = string.format('%.0f', math.max(ARGV[4], log[4]))
local end_bytes = string.format('%.0f', log[5] + ARGV[5])
local facts = table.concat({ position, stored_us, end_bytes, repeated, log[6] }, ' ')
-- Each mark covers the one before it, so that two logs which part ways never agree again.
local mark = tonumber(string.sub(redis.sha1hex(facts .. ' ' .. ARGV[9]), 1, 8), 16)
mark = string.format('%.0f', math.max(mark, 1))
-- The event first and its identity last: what fails in between is told again, and never taken for a repeat.
redis.call('XADD', KEYS[2], position .. '-0', 'n', facts .. ' ' .. mark, 't', ARGV[6], 'e', ARGV[7], 'r', ARGV[8])
redis.call('HSET', KEYS[1], 'position', position, 'stored_us', stored_us, 'end_bytes', end_bytes, 'mark', mark)
redis.call('HSET', KEYS[3], ARGV[2], position)
-- Repeats of the newest contents are recognised for as long as those of the first were.
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return { 'stored', log[2], facts .. ' ' .. mark, log[7] }
