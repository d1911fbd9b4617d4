# simmer: a trajectory that seizes a server; of the monitors only the arrivals', which the check needs.
suppressPackageStartupMessages(library(simmer))
words <- commandArgs(trailingOnly = TRUE)
if (length(words) != 5) stop("usage: simmer_peer.R mm1|mmc C N SEED REPS")
c <- as.integer(words[2]); n <- as.integer(words[3]); seed <- as.integer(words[4])
for (r in seq_len(as.integer(words[5]))) {
  set.seed(seed + r - 1L)
  began <- proc.time()
  customer <- trajectory() |> seize("server", 1) |> timeout(function() rexp(1)) |> release("server", 1)
  env <- simmer() |> add_resource("server", c, mon = FALSE) |>
    add_generator("customer", customer, at(cumsum(rexp(n, 0.9 * c))), mon = 1)
  run(env)
  arrivals <- get_mon_arrivals(env)
  spent <- proc.time() - began
  cpu <- spent[["user.self"]] + spent[["sys.self"]]
  cat(sprintf(paste0('{"engine":"simmer","workload":"%s","c":%d,"n":%d,"model_events":%d,"cpu_s":%.6f,"wall_s":%.6f,',
    '"per_s":%.1f,"events_per_s":%.1f,"check":{"time_in_system":%.7g}}\n'), words[1], c, n, 2L * n, cpu,
    spent[["elapsed"]], n / cpu, 2 * n / cpu, mean(arrivals$end_time - arrivals$start_time)))
}
