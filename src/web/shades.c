// SPDX-License-Identifier: EUPL-1.2
#include "web/shades.h"

const char *const theme_names[THEMES + 1] = { "light", "dark", NULL };
const char *const theme_shades[THEMES][CLASSES_MAX] = {
    [THEME_LIGHT] = { "#dcece2", "#aad7cd", "#6cb7be", "#3a8fad", "#296494", "#20356a" },
    [THEME_DARK] = { "#1c3b45", "#225a68", "#2c7f89", "#52a5a0", "#98cdb1", "#eef3c9" },
};
