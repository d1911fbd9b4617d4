// "lora" event by event: the end of every phase and chunk is an event of its own. A slot has one event pending: the end of
// its stage or the interruption, whichever is earlier; the two race in arithmetic.
#include "lora.h"

enum Stage { PROVISIONING, PREPROCESSING, LOADING, CHUNK, INTERRUPTED };

typedef struct {
  double admitted, up, stop, last;
  int left;
  uint8_t stage, preprocessed;
} Slot;

// The end of the stage that begins now, or the interruption if that is earlier.
static inline double race(Slot *s, enum Stage stage, double end) {
  int cut = end > s->stop;
  s->stage = cut ? INTERRUPTED : stage;
  return cut ? s->stop : end;
}

static inline double admit(Slot *s, Rng *r, double time) {
  *s = (Slot){.admitted = time, .left = draw_chunks(r), .stage = PROVISIONING};
  return time + draw_provisioning(r);
}

// What the slot's event brings: the time of its next one, or a negative number when the job has ended.
static inline double advance(Slot *s, Rng *r, Sums *sums, double time) {
  sums->events++;
  switch (s->stage) {
  case PROVISIONING:
    s->up = s->last = time;
    s->stop = time + draw_interruption(r);
    if (!s->preprocessed) return race(s, PREPROCESSING, time + draw_preprocessing(r));
    return race(s, LOADING, time + draw_loading(r));
  case PREPROCESSING:
    s->preprocessed = 1;
    s->last = time;
    return race(s, LOADING, time + draw_loading(r));
  case CHUNK:
    if (--s->left == 0) {
      sums->billed += time - s->up;
      sums->holding += time - s->admitted;
      return -1;
    }
    // fall through
  case LOADING:
    s->last = time;
    return race(s, CHUNK, time + 90 + 3 * normal(r) + 5);
  default:
    sums->billed += time - s->up;
    sums->lost += time - s->last;
    sums->interruptions++;
    s->stage = PROVISIONING;
    return time + draw_provisioning(r);
  }
}

static Sums simulate(int c, long n, uint64_t seed) {
  Rng rng = rng_make(seed);
  Heap heap = heap_make(c + 1);
  Ring queue = ring_make();
  Slot *slots = malloc(sizeof(Slot) * c);
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
      if (starts) {
        slot = idle[--idles];
        heap_push(&heap, key_make(&heap, admit(&slots[slot], &rng, time), slot));
      }
      continue;
    }
    double next = advance(&slots[slot], &rng, &sums, time);
    if (next < 0 && queue.head < queue.tail) {
      sums.waiting += time - ring_pop(&queue);
      next = admit(&slots[slot], &rng, time);
    }
    if (next >= 0) {
      heap_replace(&heap, key_make(&heap, next, slot));
    } else {
      idle[idles++] = slot;
      heap_pop(&heap);
    }
  }
  sums.events += n;
  free(heap.a - 3), free(queue.at), free(slots), free(idle);
  return sums;
}

int main(int argc, char **argv) {
  Arguments a = arguments(argc, argv);
  normal_prepare();
  for (int r = 0; r < a.reps; r++) {
    Clock from = now();
    Sums sums = simulate(a.c, a.n, a.seed + r);
    Clock to = now();
    lora_report("c-events", a, sums, from, to);
  }
}
