// The workload "lora": its laws, what is counted, and one job's whole life drawn at once.
#ifndef LORA_H
#define LORA_H
#include "heap.h"

#define LOG_120 4.787491742782046
#define LOG_60 4.0943445622221
#define LOG_45 3.8066624897703196

typedef struct { double holding, billed, lost, waiting, interruptions, events; } Sums;

static inline double draw_provisioning(Rng *r) { return lognormal(r, LOG_120, 0.5); }
static inline double draw_preprocessing(Rng *r) { return lognormal(r, LOG_60, 0.25); }
static inline double draw_loading(Rng *r) { return lognormal(r, LOG_45, 0.3); }
static inline double draw_interruption(Rng *r) { return exponential(r, 7200); }
static inline int draw_chunks(Rng *r) { return 15 + (int)((next_bits(r) >> 32) * 21 >> 32); }
static inline double between_arrivals(int c) { return 2730 / (0.85 * c); }

// Draws a job from its slot to its end, and returns how long it holds the slot. With `shortcut`, the time of all remaining
// chunks is drawn as one normal number; chunks are drawn only where an interruption falls among them, given their sum.
static inline __attribute__((always_inline)) double draw_job(Rng *r, Sums *sums, int shortcut) {
  int chunks = draw_chunks(r), done = 0, preprocessed = 0, interruptions = 0, events = 0;
  double holding = 0, billed = 0, lost = 0;
  for (;;) {
    holding += draw_provisioning(r);
    double stop = draw_interruption(r), clock = 0, last = 0;
    events++;
    if (!preprocessed) {
      clock += draw_preprocessing(r);
      if (clock > stop) goto interrupted;
      preprocessed = 1, events++, last = clock;
    }
    clock += draw_loading(r);
    if (clock > stop) goto interrupted;
    events++, last = clock;
    if (shortcut) {
      int n = chunks - done;
      double sum = 90 * n + 3 * sqrt(n) * normal(r);
      if (clock + sum + 5 * n <= stop) {
        clock += sum + 5 * n, events += n;
        holding += clock, billed += clock;
        break;
      }
      // One chunk of m whose times add up to s is Normal(s/m, 9 (1 − 1/m)).
      for (int m = n;; m--) {
        double x = m == 1 ? sum : sum / m + 3 * sqrt(1 - 1.0 / m) * normal(r);
        sum -= x, clock += x + 5;
        if (clock > stop) goto interrupted;
        done++, events++, last = clock;
      }
    }
    while (done < chunks) {
      clock += 90 + 3 * normal(r) + 5;
      if (clock > stop) goto interrupted;
      done++, events++, last = clock;
    }
    holding += clock, billed += clock;
    break;
  interrupted:
    holding += stop, billed += stop, lost += stop - last;
    interruptions++, events++;
  }
  sums->holding += holding, sums->billed += billed, sums->lost += lost;
  sums->interruptions += interruptions, sums->events += events;
  return holding;
}

static void lora_report(const char *engine, Arguments a, Sums s, Clock from, Clock to) {
  char check[240];
  snprintf(check, sizeof check,
           "\"holding_s\":%.7g,\"cost_usd\":%.7g,\"interruptions\":%.6g,\"lost_s\":%.5g,\"wait_s\":%.6g", s.holding / a.n,
           s.billed / a.n * 2 / 3600, s.interruptions / a.n, s.lost / a.n, s.waiting / a.n);
  report(engine, a, s.events, from, to, check);
}
#endif
