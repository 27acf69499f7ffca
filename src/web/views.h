// SPDX-License-Identifier: EUPL-1.2
// What the templates of web/pages show. Everything that a person reads is text already: numbers are grouped,
// dates are words, links are made. A template only decides where it stands. Lists are a pointer and n_ of the
// same name.
#pragma once
#include "base/str.h"

struct link_view {
    str  code, label, url; // code: of a language
    bool on;               // the one that is chosen or shown
};
struct source_view {
    str name, homepage, licence, licence_url, attribution, caveat;
};
struct frame_view {
    str                     lang, title, description, town, body_class, canonical;
    bool                    demo, has_release, map_assets, is_embed;
    bool                    at_map, at_areas, at_compare, at_data, at_method, at_about, at_by_area;
    str                     map_url, areas_url, compare_url, data_url, method_url, about_url;
    str                     site_css, map_css, theme_js, site_js, map_js, favicon, worker_url, messages_url;
    str                     release, created;
    str                     by_area_url;           // empty: the release tells nothing by area
    str                     changes_url, feed_url; // feed_url: of pages that have a feed
    str                     gaps, withheld_url; // what the figures do not hold, in a sentence; empty: nothing
    const struct link_view *languages;          // label: the language's own name; lang in code
    size_t                  n_languages;
    const struct source_view *sources;
    size_t                    n_sources;
};

struct option_view {
    str  value, label, short_label;
    bool on;
};

// -- charts: rects, lines and paths are stretched to whatever width there is; dots and marks keep their size ------
struct rect_view {
    int x, y, width, height;
    str css, title;
};
struct path_view {
    str d, css;
};
struct dot_view {
    str x; // "12.34%" of the width, as in mark_view
    int y, r;
    str css, title, url; // url empty: no link
};
struct mark_view {
    str x;
    int dx, y;             // pixels
    str anchor, css, text; // start, middle, end
};
struct text_view {
    int x, y;
    str anchor, text; // start, middle, end
};
struct line_view {
    int x1, y1, x2, y2;
    str css;
};
struct chart_view {
    str                     id, title, desc; // id: unique on the page
    int                     width, height;   // height is pixels
    bool                    axes, linked;    // numbers stand on its left; its dots are links
    bool                    beyond;          // some dots lie above the scale
    const struct line_view *lines;
    size_t                  n_lines;
    const struct rect_view *rects;
    size_t                  n_rects;
    const struct path_view *paths;
    size_t                  n_paths;
    const struct dot_view  *dots;
    size_t                  n_dots;
    const struct mark_view *marks;
    size_t                  n_marks;
};

struct heat_cell_view {
    int how;
    str css, count, title;
};
struct heat_row_view {
    str                          key, label, short_label, total;
    const struct heat_cell_view *cells; // 24, or none when hours are not known
    size_t                       n_cells;
};
struct hours_view {
    str  sentence; // of how many incidents hours are known; empty: of all
    bool none;     // the release tells no times of day
};
struct heat_view {
    const struct option_view   *hours; // value: 0..23
    size_t                      n_hours;
    const struct heat_row_view *rows;
    size_t                      n_rows;
    str                         caption;
};

// -- the map --------------------------------------------------------------------------------------
struct choice_view {
    str      key, label, count, url;
    uint64_t n;
    bool     on;
};
struct section_view {
    int                       iccs;
    str                       label, count;
    bool                      on, open;
    const struct choice_view *categories;
    size_t                    n_categories;
};
struct area_group_view {
    str                       name;
    const struct option_view *areas;
    size_t                    n_areas;
};
struct class_view {
    int number; // 1..6, the colour
    str range;
};
struct month_view {
    str key, label, count, url;
};
struct area_row_view {
    str  key, label, url, count, rate, rate_range, population;
    bool small, above, below, far, within;
};
struct area_rows_view {
    str                         caption;
    bool                        compared;
    const struct area_row_view *areas;
    size_t                      n_areas;
};
struct periods_view {
    const struct link_view *list;
    size_t                  n_list;
};
struct map_view {
    struct frame_view             frame;
    str                           query, first_month, last_month, lang_param;
    uint64_t                      n; // incidents, for the plural
    str                           count, where, period, missing;
    uint64_t                      n_missing;
    bool                          filtered;
    bool                          has_hours, has_days, has_outcomes, outcomes_open, has_areas;
    const struct option_view     *from, *to, *hours_from, *hours_to, *days;
    size_t                        n_from, n_to, n_hours_from, n_hours_to, n_days;
    const struct section_view    *sections;
    size_t                        n_sections;
    const struct choice_view     *outcomes;
    size_t                        n_outcomes;
    const struct area_group_view *area_groups;
    size_t                        n_area_groups;
    str                           period_before, period_after, period_last_year, period_all, reset_url;
    str                           picture_url, compare_url, share_url, csv_url, geojson_url, embed_url;
    const struct class_view      *classes;
    size_t                        n_classes;
    str                           cell_side; // "286": metres
    struct chart_view             timeline;
    const struct month_view      *months;
    size_t                        n_months;
    struct heat_view              heat;
    struct hours_view             hours;
    const struct choice_view     *by_category;
    size_t                        n_by_category;
    str                           set_name;
    const struct area_row_view   *by_area;
    size_t                        n_by_area;
};
struct stroke_view {
    str d, css, width; // css is a colour here, and so in all of the picture: it is also looked at alone
};
struct picture_view {
    str                       lang, title, desc, paper, land, ink;
    int                       width, height, map_height;
    const struct path_view   *fills, *cells, *areas;
    size_t                    n_fills, n_cells, n_areas;
    const struct stroke_view *streets;
    size_t                    n_streets;
    const struct rect_view   *legend;
    size_t                    n_legend;
    const struct text_view   *texts;
    size_t                    n_texts;
    str                       scale, scale_path;
    int                       scale_x, scale_y;
};

// -- areas ----------------------------------------------------------------------------------------
struct set_view {
    str                     name, url, count, licence, geojson_url;
    const struct link_view *areas;
    size_t                  n_areas;
};
struct found_view {
    str  name, url, where;
    bool is_area, is_street;
};
struct areas_view {
    struct frame_view        frame;
    bool                     searched;
    str                      q;
    const struct found_view *found;
    size_t                   n_found;
    const struct set_view   *sets;
    size_t                   n_sets;
};
struct area_set_view {
    struct frame_view     frame;
    str                   name, period, licence, compare_url, geojson_url, map_url;
    struct periods_view   periods;
    struct area_rows_view rows;
};

// -- counts by half-year and area -----------------------------------------------------------------
struct count_part_view {
    str  count, with;      // with: the other areas that it is the count of, too
    bool whole, somewhere; // of all areas together; of an area that is not known
};
struct half_cell_view {
    str                           label; // of the class
    bool                          few, none;
    const struct count_part_view *parts;
    size_t                        n_parts;
};
struct half_row_view {
    str                          label, few; // few: the classes without a count, as a list
    const struct half_cell_view *cells;
    size_t                       n_cells;
};
struct half_table_view {
    uint64_t                    least;
    const struct link_view     *classes;
    size_t                      n_classes;
    const struct half_row_view *rows;
    size_t                      n_rows;
};
struct halves_view {
    bool                   shown, here, any; // here: these are the areas that counts are told for
    uint64_t               least;
    str                    url, set_name, set_url, never; // never: classes without any count
    struct half_table_view newest, older;
};
struct group_row_view {
    const struct link_view *areas;
    size_t                  n_areas;
    str                     count;
    bool                    none, somewhere;
};
struct shade_view {
    str id, css, title, d;
};
struct shaded_view {
    str                      title, desc;
    int                      from, width, height; // from: left and upper edge
    bool                     many;
    const struct shade_view *groups;
    size_t                   n_groups;
    const struct text_view  *counts;
    size_t                   n_counts;
};
struct by_area_view {
    struct frame_view            frame;
    bool                         any, few, has_areas, has_none;
    uint64_t                     least;
    str                          set_name, set_url, kind, half, csv_url, json_url;
    const struct link_view      *kinds, *halves, *older;
    size_t                       n_kinds, n_halves, n_older;
    struct shaded_view           picture;
    const struct class_view     *classes;
    size_t                       n_classes;
    const struct group_row_view *groups, *later;
    size_t                       n_groups, n_later;
};

// -- one area, and areas compared -----------------------------------------------------------------
struct multiple_view {
    str               label, count, before, url;
    struct chart_view chart;
};
struct series_row_view {
    str label, count, before;
};
struct area_view {
    struct frame_view   frame;
    str                 name, set_name, set_url, period, period_before, population, population_year, officers;
    str                 map_url, compare_url, json_url, csv_url;
    uint64_t            n;
    str                 count;
    bool                has_rate, small, has_before, has_change, has_clearance, has_population, has_officers;
    str                 rate, rate_range, before, change, change_range;
    str                 cleared, known, clearance, clearance_range;
    struct periods_view periods;
    struct chart_view   months_chart;
    const struct series_row_view *months, *category_rows;
    size_t                        n_months, n_category_rows;
    const struct multiple_view   *categories;
    size_t                        n_categories;
    bool                          has_heat;
    struct heat_view              heat;
    struct hours_view             hours;
    struct halves_view            halves;
};
struct compare_view {
    struct frame_view       frame;
    str                     set_name, period, mean_rate, dispersion, json_url;
    bool                    has_rates, scattered;
    const struct link_view *sets;
    size_t                  n_sets;
    struct periods_view     periods;
    struct chart_view       funnel;
    struct area_rows_view   rows;
};

// -- text -----------------------------------------------------------------------------------------
struct release_row_view {
    str  number, created, incidents, licence, sha256, manifest_url, index_url, bytes, since, reason;
    str  signature_url, key_url, sums_url, difference_url; // the last two: empty when it has none
    bool current, offered, withdrawn, proved;
};
struct data_view {
    struct frame_view frame;
    uint64_t          n;
    str               csv_url, geojson_url, openapi_url, by_area_csv, by_area_json, period, count;
    const struct release_row_view *releases;
    size_t                         n_releases;
    str older_url, newer_url; // of the releases behind these, and before them; empty: there are none
    const struct link_view *boundaries;
    size_t                  n_boundaries;
    int64_t                 number;           // of the current release, for the command line that verifies it
    str                     key, fingerprint; // of who signed it; empty: nobody
};
struct exception_view {
    str floor, reason, by, until;
};
// -- what differs from release to release ----------------------------------------------------------
struct change_sum_view {
    str label, figure;
};
struct change_row_view {
    str        label;
    const str *cells; // as many as there are columns
    size_t     n_cells;
};
struct change_view {
    str                           id, number, created, incidents, withdrawal, reason; // id: within the page
    str                           none; // why there is no report; empty: there is one
    str                           before, left_out, months, halves;
    bool                          open, policy_same, policy_more;
    const struct change_sum_view *sums;
    size_t                        n_sums;
    const str                    *columns;
    size_t                        n_columns;
    const struct change_row_view *rows;
    size_t                        n_rows;
    const str                    *added, *removed; // lines of the policy
    size_t                        n_added, n_removed;
};
struct changes_view {
    struct frame_view         frame;
    uint64_t                  least;
    str                       older_url, newer_url, json_url;
    const struct change_view *changes;
    size_t                    n_changes;
};
struct entry_view {
    str id, title, updated, published, url, text;
};
struct feed_view {
    str                      lang, id, title, updated, self_url, page_url, author;
    const struct entry_view *entries;
    size_t                   n_entries;
};

struct method_view {
    struct frame_view frame;
    bool              grid, by_month, by_day, by_hour, has_moved, has_places;
    int               small_count, change_min;
    str               side, small_population, moved_median, moved_p95, timezone;
    // What is told of the classes of incidents: lists of their labels, empty where there is none.
    str               points_month, points_day, points_hour, points_minute, by_area, withheld, timed;
    str               count_set, hours;
    uint64_t          least, delay_days;
    bool stayed, by_hectares, by_addresses, by_inhabitants; // how regions are measured, if they are
    str  region_least, region_smallest, fingerprint;
    const struct exception_view *exceptions;
    size_t                       n_exceptions;
};
struct about_view {
    struct frame_view frame;
    str               version, notices;
};
struct error_view {
    struct frame_view frame;
    int               status;
    bool bad_request, not_found, bad_method, withdrawn, replaced, damaged, foreign, unpublished, busy, broken;
    str  detail, parameter;
    str  number, since, reason; // of a release that was withdrawn or replaced
};
