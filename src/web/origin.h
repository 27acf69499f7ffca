// SPDX-License-Identifier: EUPL-1.2
// Whose releases are served: those that the town's own keys have signed, or keys that these vouch for. A folder of another town is
// as sound as ours, and signed, so that only who signed it tells them apart. The keys are given by main/, which reads them; web/
// opens nothing but releases. Threads: any.
#pragma once
#include "publish/release.h"

struct origin;
/// NULL: no memory. Until origin_set nothing is known of the town's keys, and each release is believed that proves itself.
struct origin *origin_open(void);
void           origin_close(struct origin *o); // accepts NULL
/// From now on these are the town's keys. Of none (n 0): it has keys that cannot be read, so that no release is believed.
void           origin_set(struct origin *o, const struct key_list *own);
/// Were keys given?
bool           origin_is_known(struct origin *o);
/// Another number after each origin_set.
uint64_t       origin_times(struct origin *o);
/// release_papers, of this town. ERR_FOREIGN: they are another's, or that cannot be told.
enum err       origin_papers(struct scope *sc, struct origin *o, const char *data_dir, int64_t number,
                             struct release_papers *out);
