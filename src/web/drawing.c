// SPDX-License-Identifier: EUPL-1.2
#include "web/drawing.h"

#include <math.h>

double drawing_x(const struct drawing *d, uint32_t x)
{
    return ((double)x - d->view.min_x) * d->scale;
}

double drawing_y(const struct drawing *d, uint32_t y)
{
    return ((double)y - d->view.min_y) * d->scale;
}

bool drawing_sees(const struct drawing *d, struct box b)
{
    const struct box *v = &d->view;
    return b.min_x <= v->max_x && v->min_x <= b.max_x && b.min_y <= v->max_y && v->min_y <= b.max_y;
}

bool drawing_loses(const struct drawing *d, struct box b)
{
    return ((double)b.max_x - b.min_x) * d->scale < 3 && ((double)b.max_y - b.min_y) * d->scale < 3;
}

void drawing_line(struct buf *b, const struct drawing *d, const struct point *p, size_t n, bool ring)
{
    double last_x = 0, last_y = 0;
    for (size_t i = 0; i < n; i++) {
        double x = fmin(fmax(drawing_x(d, p[i].x), -200), d->width + 200),
               y = fmin(fmax(drawing_y(d, p[i].y), -200), d->height + 200);
        bool far = fabs(x - last_x) + fabs(y - last_y) >= 1.2;
        if (i && !far && i + 1 < n) continue;
        buf_add_c(b, i ? 'L' : 'M');
        buf_add_fixed(b, x, 1);
        buf_add_c(b, ' ');
        buf_add_fixed(b, y, 1);
        last_x = x;
        last_y = y;
    }
    if (ring) buf_add_c(b, 'Z');
}
