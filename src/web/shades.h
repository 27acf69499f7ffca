// SPDX-License-Identifier: EUPL-1.2
// The sequential scale of pictures that carry their own colours: --c1 to --c6 of web/front/site.css, told apart by people
// who do not see all colours, and ascending in contrast to the ground of each theme.
#pragma once
#include "analysis/classes.h"

enum theme { THEME_LIGHT, THEME_DARK, THEMES };
extern const char *const theme_names[THEMES + 1];           // "light", "dark", NULL: choices of a form
extern const char *const theme_shades[THEMES][CLASSES_MAX]; // "#rrggbb", the palest first
