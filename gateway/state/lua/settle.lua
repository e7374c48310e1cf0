-- Take a webhook's word that a request was carried out. KEYS: request. ARGV: message id.
local state = redis.call('HGET', KEYS[1], 'state')
if state == '2' or state == '5' then
  redis.call('HSET', KEYS[1], 'state', '3', 'message_id', ARGV[1])
  redis.call('HDEL', KEYS[1], 'owner')
  return 1
end
return 0
