// cairo with its PDF surface, and pango to set text on it.
#ifndef LORA_TRAIN_CCAIRO_SHIM_H
#define LORA_TRAIN_CCAIRO_SHIM_H
#include <cairo.h>
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#endif
