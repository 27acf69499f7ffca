// SPDX-License-Identifier: EUPL-1.2
// One-byte encodings to UTF-8, after the tables of the WHATWG Encoding Standard.
#pragma once
#include "base/buf.h"
#include "base/str.h"

enum text_encoding {
    TEXT_UTF8,
    TEXT_LATIN1,
    TEXT_WINDOWS_1250,
    TEXT_WINDOWS_1251,
    TEXT_WINDOWS_1252,
    TEXT_ISO_8859_2,
    TEXT_KOI8_U
};

/// Reads "utf-8", "iso-8859-1", "latin1", "windows-1250", "cp1251" and so on, any case.
bool text_encoding_read(str name, enum text_encoding *out);
/// Appends s, which is in encoding, as UTF-8. False when a byte has no meaning in it (for TEXT_UTF8: malformed; else a control character, U+0080 to U+009F);
/// U+FFFD stands in its place.
bool text_to_utf8(struct buf *to, enum text_encoding encoding, str s);
/// Is it UTF-8, with letters of Latin or Cyrillic script and common signs beyond ASCII, and nothing else? In a text of a one-byte
/// encoding next to no word looks so.
bool text_seems_utf8(str s);
