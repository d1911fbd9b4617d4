// "lora" that schedules nothing it can compute: a job's whole life is drawn when it takes its slot, and only the slot's
// release is an event. With -DSHORTCUT=1, undisturbed attempts cost one normal number too.
#include "lora.h"
#ifndef SHORTCUT
#define SHORTCUT 0
#endif

static Sums simulate(int c, long n, uint64_t seed) {
  Rng rng = rng_make(seed);
  Heap heap = heap_make(c + 1);
  Ring queue = ring_make();
  uint32_t *idle = malloc(sizeof(uint32_t) * c), arrival = c;
  int idles = c;
  for (int s = 0; s < c; s++) idle[s] = s;
  long left = n;
  double between = between_arrivals(c);
  Sums sums = {0};
  heap_push(&heap, key_make(&heap, exponential(&rng, between), arrival));
  while (heap.count) {
    Key key = heap.a[0];
    double time = key_time(key);
    uint32_t slot = key_slot(key);
    if (slot == arrival) {
      int starts = idles > 0;
      if (!starts) ring_push(&queue, time);
      if (--left) heap_replace(&heap, key_make(&heap, time + exponential(&rng, between), arrival));
      else heap_pop(&heap);
      if (starts) heap_push(&heap, key_make(&heap, time + draw_job(&rng, &sums, SHORTCUT), idle[--idles]));
    } else if (queue.head < queue.tail) {
      sums.waiting += time - ring_pop(&queue);
      heap_replace(&heap, key_make(&heap, time + draw_job(&rng, &sums, SHORTCUT), slot));
    } else {
      idle[idles++] = slot;
      heap_pop(&heap);
    }
  }
  sums.events += n;
  free(heap.a - 3), free(queue.at), free(idle);
  return sums;
}

int main(int argc, char **argv) {
  Arguments a = arguments(argc, argv);
  normal_prepare();
  for (int r = 0; r < a.reps; r++) {
    Clock from = now();
    Sums sums = simulate(a.c, a.n, a.seed + r);
    Clock to = now();
    lora_report(SHORTCUT ? "c-lease-shortcut" : "c-lease", a, sums, from, to);
  }
}
