// SPDX-License-Identifier: EUPL-1.2
#include "publish/policy.h"

// clang-format off
static const char text[] =
"# The publication policy that holds while nobody has written another one.\n"
"# What each line means: hromada-policy(5). What is not said takes the stricter value; what nobody has classified, and\n"
"# trafficking in persons, is told to nobody whatever stands here.\n"
"\n"
"regions least 2 ha          # no cell of the grid, cut by the borders of areas, is told apart that is smaller\n"
"areas least 10              # what is told by area is told by half-year, and no count is below 10 but for none\n"
"\n"
"tier public\n"
"    anchors grid 250 m      # no point is drawn where it happened, but at the centre of a cell at least this wide\n"
"    time month              # who knows the day and the home shall not find the one row of it\n"
"    delay 31 days           # nobody follows a patrol, a victim or an inquiry on this map as it happens\n"
"    flags none\n"
"    outcome told\n"
"    place none\n"
"    class ordinary          points            # against property, shops, offices, the state\n"
"    class street            points time hour  # the scene is a public place; the chart of hours lives on it\n"
"    class person home drugs areas             # the scene or the victim can be found again: by area and half-year\n"
"    class child sexual domestic self-harm hate areas\n"
"\n"
"tier partner                # municipality and partner organisations; on the command line only, for now\n"
"    anchors grid 100 m\n"
"    time day\n"
"    delay 1 day\n"
"    flags arrest attempted\n"
"    outcome told\n"
"    place none\n"
"    class ordinary          points\n"
"    class street            points time hour\n"
"    class person home drugs points\n"
"    class child sexual domestic self-harm hate areas\n"
"\n"
"tier police                 # officers and analysts; on the command line only, for now\n"
"    anchors exact\n"
"    time minute\n"
"    delay none\n"
"    flags arrest domestic attempted\n"
"    outcome told\n"
"    place source\n"
"    class *                 points\n";
// clang-format on

str policy_default(void)
{
    return (str){ text, sizeof text - 1 };
}
