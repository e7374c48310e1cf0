-- The log at a glance. KEYS: log, events, subscriptions.
-- Gives the header, when the oldest event was stored, and each subscription with the time of its first waiting event.
local header = redis.call('HMGET', KEYS[1], 'trimmed_through', 'end_bytes', 'trimmed_bytes')
local function stored_us(position)
  local id = string.format('%.0f-0', position)
  local row = redis.call('XRANGE', KEYS[2], id, id)[1]
  return row and string.match(row[2][2], '^%d+ (%d+)') or ''
end

local oldest = tonumber(header[1] or 0) + 1
local found = redis.call('HGETALL', KEYS[3])
local subscriptions = {}
for i = 1, #found, 2 do
  local position = tonumber(string.match(found[i + 1], '^%d+'))
  subscriptions[#subscriptions + 1] = { found[i], found[i + 1], stored_us(math.max(position + 1, oldest)) }
end
return { string.format('%.0f', (header[2] or 0) - (header[3] or 0)), stored_us(oldest), subscriptions }
