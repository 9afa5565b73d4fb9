-- One request after the other from a file of requests, and the result as one line of JSON.
-- arg[1]: the file (requests divided by a line "%%"); arg[2]: the status to count, or nothing.
-- With arg[2], a 503 is counted as busy, and one connection pauses for as long as it asks.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local text = file:read("*a")
  file:close()
  requests = {}
  for one in text:gmatch("(.-)\n%%%%\n") do
    table.insert(requests, one)
  end
  at = 0
  fitting = 0
  busy = 0
  if args[2] then
    local wanted = tonumber(args[2])
    -- Only when asked for: with it, wrk parses every header.
    local pauses = {}
    response = function(status, headers)
      if status == wanted then fitting = fitting + 1 end
      if status == 503 then
        busy = busy + 1
        table.insert(pauses, 1000 * tonumber(headers["Retry-After"] or 1))
      end
    end
    delay = function()
      return table.remove(pauses) or 0
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local fits, later = 0, 0
  for _, thread in ipairs(threads) do
    fits = fits + (thread:get("fitting") or 0)
    later = later + (thread:get("busy") or 0)
  end
  local e = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "seconds": %.6f, "bytes": %d, "errors": %d, "fitting": %d, "busy": %d, "p50": %.3f, "p95": %.3f, "p99": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout - later, fits, later,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
