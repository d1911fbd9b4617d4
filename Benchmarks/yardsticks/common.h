// What every yardstick needs: a fast generator, samplers, the clock, the JSON line.
#ifndef COMMON_H
#define COMMON_H
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)

// xoshiro256++: four words of state, all of which stay in registers.
typedef struct { uint64_t a, b, c, d; } Rng;

static inline uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

static inline uint64_t next_bits(Rng *r) {
  uint64_t result = rotate(r->a + r->d, 23) + r->a, t = r->b << 17;
  r->c ^= r->a; r->d ^= r->b; r->b ^= r->c; r->a ^= r->d;
  r->c ^= t; r->d = rotate(r->d, 45);
  return result;
}

// splitmix64 spreads the seed over the state.
static inline Rng rng_make(uint64_t seed) {
  uint64_t w[4];
  for (int i = 0; i < 4; i++) {
    uint64_t z = seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    w[i] = z ^ z >> 31;
  }
  return (Rng){w[0], w[1], w[2], w[3]};
}

// In (0, 1]: its logarithm is finite.
static inline double uniform(Rng *r) { return ((double)(next_bits(r) >> 11) + 1) * 0x1p-53; }

static inline double exponential(Rng *r, double mean) { return -log(uniform(r)) * mean; }

// Standard normals by a ziggurat of 256 layers: one 64-bit word and one multiplication in 99 % of the draws.
static double zig_width[256], zig_height[257];
static uint64_t zig_inside[256];

#define ZIG_R 3.6541528853610088
#define ZIG_V 0.00492867323399

static inline void normal_prepare(void) {
  double x = ZIG_R, y = exp(-0.5 * x * x);
  zig_height[0] = y;
  zig_width[0] = ZIG_V / y * 0x1p-53;
  zig_inside[0] = (uint64_t)(x / (ZIG_V / y) * 0x1p53);
  double inner = x;
  for (int i = 1; i < 256; i++) {
    double outer = inner;
    zig_width[i] = outer * 0x1p-53;
    zig_height[i] = exp(-0.5 * outer * outer);
    inner = i == 255 ? 0 : sqrt(-2 * log(ZIG_V / outer + zig_height[i]));
    zig_inside[i] = (uint64_t)(inner / outer * 0x1p53);
  }
  zig_height[256] = 1;
}

static __attribute__((noinline)) double normal_rare(Rng *r, int layer, double x, int negative) {
  for (;;) {
    if (layer == 0) {
      double over, y;
      do {
        over = -log(uniform(r)) / ZIG_R;
        y = -log(uniform(r));
      } while (2 * y < over * over);
      return negative ? -(ZIG_R + over) : ZIG_R + over;
    }
    double low = zig_height[layer], high = zig_height[layer + 1];
    if (low + uniform(r) * (high - low) < exp(-0.5 * x * x)) return negative ? -x : x;
    uint64_t bits = next_bits(r), mantissa = bits >> 11;
    layer = bits & 255;
    negative = bits >> 8 & 1;
    x = (double)mantissa * zig_width[layer];
    if (mantissa < zig_inside[layer]) return negative ? -x : x;
  }
}

static inline double normal(Rng *r) {
  uint64_t bits = next_bits(r), mantissa = bits >> 11;
  int layer = bits & 255;
  double x = (double)mantissa * zig_width[layer];
  if (LIKELY(mantissa < zig_inside[layer])) {
    // The sign goes in by its bit: a branch on it would be mispredicted every other time.
    uint64_t word;
    memcpy(&word, &x, 8);
    word |= (bits & 256) << 55;
    memcpy(&x, &word, 8);
    return x;
  }
  return normal_rare(r, layer, x, bits >> 8 & 1);
}

static inline double lognormal(Rng *r, double log_median, double sigma) {
  return exp(log_median + sigma * normal(r));
}

// Process time of this process, and wall time, in seconds.
typedef struct { double cpu, wall; } Clock;

static Clock now(void) {
  struct timespec c, w;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &c);
  clock_gettime(CLOCK_MONOTONIC, &w);
  return (Clock){c.tv_sec + c.tv_nsec * 1e-9, w.tv_sec + w.tv_nsec * 1e-9};
}

// The arguments of every program: WORKLOAD C N SEED REPS.
typedef struct { const char *workload; int c; long n; uint64_t seed; int reps; } Arguments;

static Arguments arguments(int count, char **values) {
  if (count != 6) {
    fprintf(stderr, "usage: %s WORKLOAD C N SEED REPS\n", values[0]);
    exit(64);
  }
  Arguments a = {values[1], atoi(values[2]), atol(values[3]), strtoull(values[4], 0, 10), atoi(values[5])};
  if (a.c < 1 || a.n < 1 || a.reps < 1) {
    fprintf(stderr, "%s: C, N and REPS must be at least 1\n", values[0]);
    exit(64);
  }
  return a;
}

// `check` is the inside of the JSON object.
static void report(const char *engine, Arguments a, double events, Clock from, Clock to, const char *check) {
  double cpu = to.cpu - from.cpu;
  printf("{\"engine\":\"%s\",\"workload\":\"%s\",\"c\":%d,\"n\":%ld,\"model_events\":%.0f,\"cpu_s\":%.6f,\"wall_s\":%.6f,"
         "\"per_s\":%.1f,\"events_per_s\":%.1f,\"check\":{%s}}\n",
         engine, a.workload, a.c, a.n, events, cpu, to.wall - from.wall, a.n / cpu, events / cpu, check);
  fflush(stdout);
}
#endif
