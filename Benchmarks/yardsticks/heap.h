// The future event list: a 4-ary heap of 16-byte keys, with pop fused into the next push.
#ifndef HEAP_H
#define HEAP_H
#include "common.h"

// The time's bits above sequence and slot. Times are not negative, so their bits are ordered like the times.
typedef unsigned __int128 Key;
typedef struct { Key *a; long count; uint32_t sequence; } Heap;

static inline Heap heap_make(long capacity) {
  // Four children share a cache line when the root's first child is at its beginning.
  size_t bytes = ((capacity + 8) * sizeof(Key) + 63) / 64 * 64;
  char *p = aligned_alloc(64, bytes);
  if (!p) exit(71);
  // Beyond the last key there is the latest of all: four children can always be compared, without asking how many there are.
  memset(p, 255, bytes);
  return (Heap){(Key *)(p + 48), 0, 0};
}

static inline Key key_make(Heap *h, double time, uint32_t slot) {
  uint64_t bits;
  memcpy(&bits, &time, 8);
  return (Key)bits << 64 | (uint64_t)h->sequence++ << 32 | slot;
}

static inline double key_time(Key k) {
  uint64_t bits = k >> 64;
  double time;
  memcpy(&time, &bits, 8);
  return time;
}

static inline uint32_t key_slot(Key k) { return (uint32_t)k; }

static inline void heap_push(Heap *h, Key k) {
  long i = h->count++;
  while (i > 0) {
    long parent = (i - 1) >> 2;
    if (h->a[parent] <= k) break;
    h->a[i] = h->a[parent];
    i = parent;
  }
  h->a[i] = k;
}

// The smaller of two children. Which one it is is a coin toss: a branch would be mispredicted.
static inline long smaller(const Key *a, long i, long j) { return i + (j - i) * (a[j] < a[i]); }

// Lets `k` be in the earliest's place: pop and push in one pass.
static inline void heap_replace(Heap *h, Key k) {
  Key *a = h->a;
  long count = h->count, i = 0;
  for (long first = 1; first < count; first = 4 * i + 1) {
    long best = smaller(a, smaller(a, first, first + 1), smaller(a, first + 2, first + 3));
    if (k <= a[best]) break;
    a[i] = a[best];
    i = best;
  }
  a[i] = k;
}

static inline void heap_pop(Heap *h) {
  Key last = h->a[--h->count];
  h->a[h->count] = ~(Key)0;
  if (h->count) heap_replace(h, last);
}

// A first-in first-out queue in a ring that doubles.
typedef struct { double *at; long mask, head, tail; } Ring;

static inline Ring ring_make(void) { return (Ring){malloc(sizeof(double) << 12), (1 << 12) - 1, 0, 0}; }

static __attribute__((noinline)) void ring_grow(Ring *q) {
  long size = q->mask + 1;
  double *wider = malloc(sizeof(double) * size * 2);
  if (!wider) exit(71);
  for (long i = 0; i < size; i++) wider[i] = q->at[(q->head + i) & q->mask];
  free(q->at);
  *q = (Ring){wider, 2 * size - 1, 0, size};
}

static inline void ring_push(Ring *q, double x) {
  if (q->tail - q->head > q->mask) ring_grow(q);
  q->at[q->tail++ & q->mask] = x;
}

static inline double ring_pop(Ring *q) { return q->at[q->head++ & q->mask]; }
#endif
