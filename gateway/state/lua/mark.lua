#!lua flags=allow-oom
-- Write something, whatever the group before it did. KEYS: confirmed.
return redis.call('SET', KEYS[1], 1)
