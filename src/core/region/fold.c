/* The order in which the passes of fold.h add up. */
#include "core/region/fold.h"

/* One chunk of neighbours, a lane at a time, in the order in which lanes are added in pairs. */
static void chunk_beside(const pass *what, size_t n, size_t width, const figures *from, sums given, sums to) {
    static const unsigned char order[LANES] = {0, 4, 2, 6, 1, 5, 3, 7};
    sums stack[4]; /* sums of 1, 2, 4, ... lanes that wait for their other half */
    int depth = 0, filled[4] = {0};
    for (size_t i = 0; i < LANES; i++) {
        const size_t lane = order[i];
        filled[depth] = lane < n;
        if (filled[depth]) {
            const size_t rows = (n - lane + LANES - 1) / LANES;
            figures apart = figures_from(from, lane);
            for (int k = 0; k < OPERANDS; k++) apart.step[k] *= LANES;
            what->rows(rows, width, &apart, given, stack[depth]);
        }
        depth++;
        for (size_t done = i + 1; done % 2 == 0; done /= 2) {
            depth--;
            if (!filled[depth]) continue; /* the other half of an empty lane may be there, never the other way round */
            for (int k = 0; k < what->count; k++)
                for (size_t s = 0; s < width; s += 4)
                    ic_four_to(stack[depth - 1][k] + s,
                               ic_four_at(stack[depth - 1][k] + s) + ic_four_at(stack[depth][k] + s));
        }
    }
    for (int k = 0; k < what->count; k++)
        for (size_t s = 0; s < width; s++) to[k][s] = filled[0] ? stack[0][k][s] : 0;
}

/* What additions of chunks round off is added at the end; infinite sums leave NaN behind. */
IC_INLINE void chunk_added(double *to, double *rest, double part) {
    const ic_two sum = ic_two_sum(*to, part);
    *to = sum.hi;
    *rest += sum.lo;
}

IC_INLINE void chunks_done(double *to, double rest) {
    const double whole = *to + rest;
    *to = whole == whole ? whole : *to;
}

static void pass_alone(const pass *what, sum_line line, size_t n, const figures *from, sums given, sums to) {
    double rest[SUMS] = {0};
    if (n <= CHUNK) {
        line(n, from, given, to);
        return;
    }
    for (int k = 0; k < what->count; k++) to[k][0] = 0;
    for (size_t t = 0; t < n; t += CHUNK) {
        const figures chunk = figures_from(from, t);
        sums part;
        line(n - t < CHUNK ? n - t : CHUNK, &chunk, given, part);
        for (int k = 0; k < what->count; k++) chunk_added(&to[k][0], &rest[k], part[k][0]);
    }
    for (int k = 0; k < what->count; k++) chunks_done(&to[k][0], rest[k]);
}

static void pass_beside(const pass *what, size_t n, size_t width, const figures *from, sums given, sums to) {
    if (n <= CHUNK) {
        chunk_beside(what, n, width, from, given, to);
        return;
    }
    sums part, rest;
    for (int k = 0; k < what->count; k++)
        for (size_t s = 0; s < width; s++) to[k][s] = rest[k][s] = 0;
    for (size_t t = 0; t < n; t += CHUNK) {
        const figures chunk = figures_from(from, t);
        chunk_beside(what, n - t < CHUNK ? n - t : CHUNK, width, &chunk, given, part);
        for (int k = 0; k < what->count; k++)
            for (size_t s = 0; s < width; s++) chunk_added(&to[k][s], &rest[k][s], part[k][s]);
    }
    for (int k = 0; k < what->count; k++)
        for (size_t s = 0; s < width; s++) chunks_done(&to[k][s], rest[k][s]);
}

void ic_region_pass(const pass *what, size_t n, size_t width, const figures *from, sums given, sums to) {
    const ptrdiff_t *step = from->step;
    const int w_alike = step[1] == 0, v_is_w = from->in[2] == from->in[1];
    const int in_line = step[0] == 1 && (step[1] == 1 || w_alike) && (step[2] == 1 || v_is_w);
    if (n == 0) {
        for (int k = 0; k < what->count; k++)
            for (size_t s = 0; s < width; s++) to[k][s] = 0;
    } else if (width > 1 || !in_line) {
        pass_beside(what, n, width, from, given, to);
    } else {
        pass_alone(what, w_alike ? what->line_alike : what->line, n, from, given, to);
    }
}

#define TERM_WIDTH 16 /* neighbours whose terms are made together */

void ic_region_pass_terms(const pass *what, make_terms terms, size_t n, size_t width, const figures *from, sums given,
                          sums to) {
    const int alone = width == 1 && from->step[0] == 1;
    double tile[CHUNK * TERM_WIDTH];
    for (size_t start = 0; start < width; start += TERM_WIDTH) {
        const size_t m = width - start < TERM_WIDTH ? width - start : TERM_WIDTH, across = alone ? 1 : (m + 3) / 4 * 4;
        const double *scale = given[2] + start;
        sums whole, rest, part;
        for (size_t t = 0; t < n; t += CHUNK) {
            const size_t rows = n - t < CHUNK ? n - t : CHUNK, figures_there = rows * across;
            const figures at = figures_from(from, t);
            const double *x = at.in[0] + start, *w = at.in[1] + start;
            size_t i = 0;
            if (alone) {
                for (; i + 4 <= rows; i += 4) ic_four_to(tile + i, ic_four_at(x + i) * scale[0]);
                ic_four left;
                ic_four_some(&left, x + i, rows - i);
                if (i < rows) ic_four_to(tile + i, left * scale[0]);
            } else {
                for (; i < rows; i++, x += at.step[0])
                    for (size_t s = 0; s < across; s += 4) {
                        ic_four four;
                        ic_four_some(&four, x + s, m - s);
                        ic_four_to(tile + i * across + s, four * ic_four_at(scale + s));
                    }
            }
            terms((figures_there + 3) / 4 * 4, tile);
            const int weighted = !alone || at.step[1] != 0 || w[0] != 1;
            for (i = 0; weighted && i < rows; i++, w += at.step[1])
                for (size_t s = 0; s < m; s++) tile[i * across + s] *= w[s];
            const figures made = {{tile, tile, tile}, {(ptrdiff_t)across, (ptrdiff_t)across, (ptrdiff_t)across}};
            double (*into)[WIDTH] = t == 0 ? whole : part;
            if (alone) {
                what->line(rows, &made, NULL, into);
            } else {
                chunk_beside(what, rows, m, &made, NULL, into);
            }
            for (size_t s = 0; s < m; s++) {
                if (t == 0) rest[0][s] = 0;
                if (t > 0) chunk_added(&whole[0][s], &rest[0][s], part[0][s]);
            }
        }
        for (size_t s = 0; s < m; s++) {
            if (n > CHUNK) chunks_done(&whole[0][s], rest[0][s]);
            to[0][start + s] = whole[0][s];
        }
    }
}
