// Jobs of the law of "lora" without a queue. With -DSHORTCUT=1, undisturbed attempts cost one normal number.
#include "lora.h"
#ifndef SHORTCUT
#define SHORTCUT 0
#endif

int main(int argc, char **argv) {
  Arguments a = arguments(argc, argv);
  normal_prepare();
  for (int r = 0; r < a.reps; r++) {
    Rng rng = rng_make(a.seed + r);
    Sums sums = {0};
    Clock from = now();
    for (long i = 0; i < a.n; i++) draw_job(&rng, &sums, SHORTCUT);
    Clock to = now();
    lora_report(SHORTCUT ? "c-shortcut" : "c-chunks", a, sums, from, to);
  }
}
