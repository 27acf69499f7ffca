-- For wrk: every request another path of the file that it is given, each thread its own part of them; the second argument
-- says where to begin, the third which codings are taken (gzip). A file of one path gives the same request again and again.
local threads = 0
function setup(t) t:set("id", threads); threads = threads + 1 end

function init(args)
  local step, list = 2, {} -- two threads at most
  for path in io.lines(args[1]) do list[#list + 1] = path end
  paths, at, by = list, (tonumber(args[2] or "0") + id) % #list, step
  headers = { ["Accept-Encoding"] = args[3] or "gzip" }
end

function request()
  local path = paths[at % #paths + 1]
  at = at + by
  return wrk.format("GET", path, headers)
end
