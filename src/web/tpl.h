// SPDX-License-Identifier: EUPL-1.2
// The compiled templates of web/pages with the views that they show.
#pragma once
#include "web/views.h"
#include "web/pages/templates.h" // generated
