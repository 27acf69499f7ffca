// SPDX-License-Identifier: EUPL-1.2
#include "html/asset.h"

#include "html/asset_int.h"

const struct asset_file *asset_find(str name)
{
    size_t from = 0, to = asset_table_n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        int    c = str_cmp(asset_table[mid].name, name);
        if (c == 0) return &asset_table[mid];
        if (c < 0) from = mid + 1;
        else to = mid;
    }
    return NULL;
}

const struct asset_file *asset_get(enum asset a)
{
    return asset_ids[a].file < 0 ? NULL : &asset_table[asset_ids[a].file];
}

str asset_url(enum asset a)
{
    return asset_ids[a].url;
}
