// SPDX-License-Identifier: EUPL-1.2
// The directory of a zip archive. Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.6 to 4.3.16 and 4.5.3
// (zip64).
//
//   local header   "PK\3\4"  30 bytes + name (length at 26) + extra (length at 28), then the packed bytes
//   directory entry "PK\1\2" 46 bytes + name + extra + comment
//        4 made by  8 flags  10 method  16 crc-32  20 packed size  24 size  28 name, 30 extra, 32 comment
//        length
//       38 external attributes  42 offset of the local header
//   zip64 end      "PK\6\6"  56 bytes: 32 entries  40 size and 48 offset of the directory, 8 bytes each
//   zip64 locator  "PK\6\7"  20 bytes: 8 offset of the zip64 end
//   end            "PK\5\6"  22 bytes + comment: 10 entries  12 size and 16 offset of the directory  20
//   comment length
#pragma once
#include "wire/source_int.h"

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8, ZIP_MAX_DIRECTORY_BYTES = 32 << 20 };

struct zip_part {
    uint64_t at;           // of the local header
    uint64_t packed, size; // bytes
    uint32_t crc;
    uint16_t method;
    str      name; // as it stands in the directory
};

struct zip {
    struct zip_part *part; // [n_parts] the files that are to be read, in the order of the directory
    size_t           n_parts;
    uint64_t         directory_at;
    char            *directory; // holds the names
};

/// Reads and checks the directory. Folders, links and hidden members are left out. ERR_PARSE, ERR_LIMIT,
/// ERR_NOMEM, ERR_IO; ERR_UNSUPPORTED: several volumes, or a part is encrypted or packed in another way.
enum err zip_open(struct scope *sc, const struct source *src, struct zip *out);
void     zip_close(struct zip *z); // accepts a zeroed one
/// Where the packed bytes of a part begin.
enum err zip_part_data(struct scope *sc, const struct source *src, const struct zip *z,
                       const struct zip_part *part, uint64_t *at);
