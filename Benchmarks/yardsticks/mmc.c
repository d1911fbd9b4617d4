// M/M/c event by event: arrivals at 0.9 c, c servers of rate 1, one first-in first-out queue.
#include "heap.h"

typedef struct { double in_system, waiting, waited; } Sums;

static Sums simulate(int c, long n, uint64_t seed) {
  Rng rng = rng_make(seed);
  Heap heap = heap_make(c + 1);
  Ring queue = ring_make();
  double *arrived = malloc(sizeof(double) * c), between = 1 / (0.9 * c);
  uint32_t *idle = malloc(sizeof(uint32_t) * c), arrival = c;
  int idles = c;
  for (int s = 0; s < c; s++) idle[s] = s;
  long left = n;
  Sums sums = {0};
  heap_push(&heap, key_make(&heap, exponential(&rng, between), arrival));
  while (heap.count) {
    Key key = heap.a[0];
    double time = key_time(key);
    uint32_t slot = key_slot(key);
    if (slot == arrival) {
      int starts = idles > 0;
      if (starts) arrived[slot = idle[--idles]] = time;
      else ring_push(&queue, time);
      if (--left) heap_replace(&heap, key_make(&heap, time + exponential(&rng, between), arrival));
      else heap_pop(&heap);
      if (starts) heap_push(&heap, key_make(&heap, time + exponential(&rng, 1), slot));
    } else {
      sums.in_system += time - arrived[slot];
      if (queue.head < queue.tail) {
        double at = ring_pop(&queue);
        sums.waiting += time - at;
        sums.waited++;
        arrived[slot] = at;
        heap_replace(&heap, key_make(&heap, time + exponential(&rng, 1), slot));
      } else {
        idle[idles++] = slot;
        heap_pop(&heap);
      }
    }
  }
  free(heap.a - 3), free(queue.at), free(arrived), free(idle);
  return sums;
}

int main(int argc, char **argv) {
  Arguments a = arguments(argc, argv);
  for (int r = 0; r < a.reps; r++) {
    Clock from = now();
    Sums s = simulate(a.c, a.n, a.seed + r);
    Clock to = now();
    char check[160];
    snprintf(check, sizeof check, "\"time_in_system\":%.6g,\"wait\":%.6g,\"p_wait\":%.6g", s.in_system / a.n,
             s.waiting / a.n, s.waited / a.n);
    report("c-events", a, 2.0 * a.n, from, to, check);
  }
}
