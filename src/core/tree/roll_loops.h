/* The inner loops of roll.c, included once for each instruction set: LOOP(name) is the name there, LOOP_TARGET its
   attribute. Plain C that compilers turn into vectors; all give the same bits. */

/* A figure that is missing counts for nothing; one that adds too much at once, or whose rounding errors have errors of
   their own, is told of in `left`: its sum is to be found otherwise. */
LOOP_TARGET static void LOOP(add)(slot_of_width *s, const double *x, double weight, size_t width) {
    double *restrict high = s->high, *restrict low = s->low, *restrict left = s->left;
    double *restrict valued = s->valued, *restrict missing = s->missing;
    IC_INDEPENDENT for (size_t i = 0; i < width; i++) {
        const int there = x[i] == x[i];
        const double v = there ? weight * x[i] : 0.0;
        const double h = high[i] + v, by = h - high[i];
        const double rest = (high[i] - (h - by)) + (v - by);
        const double l = low[i] + rest, low_by = l - low[i];
        const double last = (low[i] - (l - low_by)) + (rest - low_by);
        left[i] = last == 0 && fabs(h) < IC_TOTAL_MOST ? left[i] : 1.0;
        high[i] = h;
        low[i] = l;
        valued[i] += there ? weight : 0.0;
        missing[i] += there ? 0.0 : weight;
    }
}

LOOP_TARGET static void LOOP(join)(slot_of_width *s, const slot_of_width *from, size_t width) {
    double *restrict high = s->high, *restrict low = s->low, *restrict left = s->left;
    double *restrict valued = s->valued, *restrict missing = s->missing;
    const double *restrict high_too = from->high, *restrict low_too = from->low, *restrict left_too = from->left;
    const double *restrict valued_too = from->valued, *restrict missing_too = from->missing;
    IC_INDEPENDENT for (size_t i = 0; i < width; i++) {
        double h = high[i], l = low[i], lost = 0;
        for (int k = 0; k < 2; k++) {
            const double v = k == 0 ? high_too[i] : low_too[i];
            const double sum = h + v, by = sum - h;
            const double rest = (h - (sum - by)) + (v - by);
            const double l_sum = l + rest, l_by = l_sum - l;
            const double last = (l - (l_sum - l_by)) + (rest - l_by);
            lost = last == 0 && fabs(sum) < IC_TOTAL_MOST ? lost : 1.0;
            h = sum;
            l = l_sum;
        }
        left[i] = left_too[i] == 0 && lost == 0 ? left[i] : 1.0;
        high[i] = h;
        low[i] = l;
        valued[i] += valued_too[i];
        missing[i] += missing_too[i];
    }
}
