// What the peers in C++ need: the arguments `W C N SEED REPS`, the clock, the JSON line of a queue.
#pragma once
#include <ctime>
#include <cstdio>
#include <cstdlib>

inline double seconds(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

// Runs `queue(c, n, seed)`, which returns the mean time in the system.
inline int repeat(const char *engine, int argc, char **argv, double (*queue)(int, long, unsigned long)) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: %s mm1|mmc C N SEED REPS\n", argv[0]);
    return 64;
  }
  int c = std::atoi(argv[2]), repetitions = std::atoi(argv[5]);
  long n = std::atol(argv[3]);
  unsigned long seed = std::strtoul(argv[4], nullptr, 10);
  for (int r = 0; r < repetitions; r++) {
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    double mean = queue(c, n, seed + r);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, wall = seconds(CLOCK_MONOTONIC) - wall;
    std::printf("{\"engine\":\"%s\",\"workload\":\"%s\",\"c\":%d,\"n\":%ld,\"model_events\":%ld,\"cpu_s\":%.6f,"
                "\"wall_s\":%.6f,\"per_s\":%.1f,\"events_per_s\":%.1f,\"check\":{\"time_in_system\":%.7g}}\n",
                engine, argv[1], c, n, 2 * n, cpu, wall, n / cpu, 2 * n / cpu, mean);
    std::fflush(stdout);
  }
  return 0;
}
