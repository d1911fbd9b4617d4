// The hold model: C events pending; take the earliest, put one back after an exponential time. N holds.
#include "heap.h"

// Increments are drawn beforehand, the same way in every program: the list is measured, not the logarithm.
enum { TABLE = 8192 };

int main(int argc, char **argv) {
  Arguments a = arguments(argc, argv);
  for (int r = 0; r < a.reps; r++) {
    Rng rng = rng_make(a.seed + r);
    static double table[TABLE];
    for (int i = 0; i < TABLE; i++) table[i] = exponential(&rng, 1);
    Heap heap = heap_make(a.c);
    for (int s = 0; s < a.c; s++) heap_push(&heap, key_make(&heap, exponential(&rng, 1), s));
    Clock from = now();
    for (long i = 0; i < a.n; i++) {
      Key key = heap.a[0];
      heap_replace(&heap, key_make(&heap, key_time(key) + table[i & (TABLE - 1)], key_slot(key)));
    }
    Clock to = now();
    // Each of the C events happens once a unit of time.
    char check[80];
    snprintf(check, sizeof check, "\"holds_per_event_and_time\":%.6g", a.n / (key_time(heap.a[0]) * a.c));
    report("c-heap", a, a.n, from, to, check);
    free(heap.a - 3);
  }
}
