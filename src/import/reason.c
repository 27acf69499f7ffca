// SPDX-License-Identifier: EUPL-1.2
#include "import/reason.h"

static const struct {
    const char *code, *sentence;
} reasons[REASONS] = {
    [REASON_NONE] = { "none", "nothing is wrong" },
    [REASON_FIELDS] = { "fields", "the row has more or fewer fields than the header" },
    [REASON_ENCODING] = { "encoding", "bytes that mean nothing in the file's encoding, or are UTF-8 where it "
                                      "is another" },
    [REASON_QUOTES] = { "quotes", "a quote is not closed, or text follows a closing quote" },
    [REASON_TOO_LONG] = { "too-long", "the row is longer than any row should be" },
    [REASON_DATE_MISSING] = { "date-missing", "there is no date" },
    [REASON_DATE_UNREADABLE] = { "date-unreadable", "the date follows none of the profile's patterns" },
    [REASON_DATE_IMPOSSIBLE] = { "date-impossible",
                                 "there is no such day or hour, or it is not of our time" },
    [REASON_ID_MISSING] = { "id-missing", "there is no id, and this source tells its rows apart by it" },
    [REASON_ID_TOO_LONG] = { "id-too-long", "the id is longer than 200 bytes" },
    [REASON_ID_ROUNDED] = { "id-rounded",
                            "the id has become a rounded number, as spreadsheets write long ones "
                            "(2.02601E+11): it may be that of several" },
    [REASON_CATEGORY_MISSING] = { "category-missing", "the row does not say what happened" },
    [REASON_CATEGORIES_MANY] = { "categories-many", "the row names more than 32 kinds of act" },
    [REASON_CATEGORY_TOO_LONG] = { "category-too-long", "what happened is told in more than 1000 bytes" },
    [NOTE_POINT_ZERO] = { "point-zero", "the point was 0, 0: taken without a point" },
    [NOTE_POINT_SWAPPED] = { "point-swapped", "longitude and latitude were exchanged: put right" },
    [NOTE_POINT_OUTSIDE] = { "point-outside",
                             "the point was outside the source's extent: taken without a point" },
    [NOTE_POINT_UNREADABLE] = { "point-unreadable",
                                "the coordinates were no numbers: taken without a point" },
    [NOTE_POINT_HALF] = { "point-half", "one of two coordinates was missing: taken without a point" },
    [NOTE_ADDRESS_UNKNOWN] = { "address-unknown",
                               "the address is not in the file of addresses: taken without a point" },
    [NOTE_PLACE_ELSEWHERE] = { "place-elsewhere",
                               "the point is where it was noticed, not where it happened: not on maps" },
    [NOTE_TIME_GAP] = { "time-gap",
                        "the hour does not exist, the clocks were put forward: taken as written" },
    [NOTE_TIME_REPEAT] = { "time-repeat",
                           "the hour came twice, the clocks were put back: the first is taken" },
    [NOTE_WINDOW_REVERSED] = { "window-reversed", "it ended before it began: the end was left out" },
    [NOTE_WINDOW_UNREADABLE] = { "window-unreadable", "the end was no date: it was left out" },
    [NOTE_CATEGORY_UNKNOWN] = { "category-unknown",
                                "a category that the profile does not name: taken under its own name" },
    [NOTE_CLASS_STRICTER] = { "class-stricter",
                              "a category of which a stricter class holds than the profile says now: it "
                              "stays until somebody says \"hromada classify KIND=CLASS --laxer\"" },
    [NOTE_CODE_UNKNOWN] = { "code-unknown",
                            "a code that the list of codes does not know: withheld until it does" },
    [NOTE_CODE_EARLY] = { "code-early",
                          "it happened before the law of the list of codes was in force, when its "
                          "number may have been another article: withheld" },
    [NOTE_CODE_BLANK] = { "code-blank", "no code: its kind alone tells what it is" },
    [NOTE_OUTCOME_UNKNOWN] = { "outcome-unknown", "an outcome that the profile does not name: taken as open, "
                                                  "and told to the public as \"other\"" },
    [NOTE_LETTERS_LOST] = { "letters-lost",
                            "a text that has lost letters, in which words may not be found: withheld" },
};

const char *reason_code(enum reason r)
{
    return reasons[r].code;
}

const char *reason_sentence(enum reason r)
{
    return reasons[r].sentence;
}
