// SPDX-License-Identifier: EUPL-1.2
// Fingerprints of what the regions of each public release hung on (publish/fingerprint.h), so that a later one is compared with it
// when its files are gone or damaged. Kept among the settings, as "regions 000000007". The trap: a fingerprint is written before
// its release is public, so one whose number is given again was of a release that nobody saw.
#pragma once
#include "store/store.h"

struct region_print {
    int64_t release;
    str     anchors, rule, sets; // hex; empty: not known, which equals nothing
};
/// By release. Texts are of the scope.
enum err store_region_prints(struct scope *sc, struct store *st, const struct region_print **out, size_t *n);
/// In place of what was said of that release.
enum err store_region_print_put(struct scope *sc, struct store *st, const struct region_print *p);
/// Those of this release and of all behind it: they never were public.
enum err store_region_prints_forget(struct scope *sc, struct store *st, int64_t release);
