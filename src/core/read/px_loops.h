/* The loops over many cells, included once per instruction set with NAME(x), TARGET, BLOCK(p, comma) and FOUR(...) defined. */

/* Bit k: a cell begins with the k-th byte. */
TARGET static inline uint64_t NAME(starts_in)(const char *p, char comma, state *s) {
    const block b = BLOCK(p, comma);
    /* a closing quote is not inside, but no separator either */
    const uint64_t inside = (b.quotes == 0 ? 0 : parity_of(b.quotes)) ^ s->quoted;
    const uint64_t cell = ~b.separators | inside, starts = cell & ~(cell << 1 | s->in_cell);
    s->in_cell = cell >> 63;
    s->quoted = (uint64_t)((int64_t)inside >> 63);
    return starts;
}

TARGET static void NAME(count_cells)(const ic_px_table *table, ic_px_count *count, const char *p, const char *end) {
    const char comma = table->decimal == ',' ? ';' : ',';
    state s = {count->quoted ? ~UINT64_C(0) : 0, (uint64_t)count->in_cell};
    uint64_t cells = 0;
    for (; end - p >= 64; p += 64) cells += (uint64_t)__builtin_popcountll(NAME(starts_in)(p, comma, &s));
    count->quoted = s.quoted != 0;
    count->in_cell = (int)s.in_cell;
    count->cells += cells;
    for (; p < end; p++) {
        if (*p == '"') count->quoted = !count->quoted;
        const int inside = count->quoted || !ic_px_separates(table, *p);
        count->cells += (uint64_t)(inside && !count->in_cell);
        count->in_cell = inside;
    }
}

/* 64 bytes behind `size` are readable. */
TARGET static void NAME(index_cells)(const char *p, size_t size, char comma, state *s, cell_index *x) {
    size_t n = 0;
    for (size_t at = 0; at < size; at += 64) {
        uint64_t starts = NAME(starts_in)(p + at, comma, s);
        if (size - at < 64) starts &= (UINT64_C(1) << (size - at)) - 1;
        const size_t count = (size_t)__builtin_popcountll(starts);
        for (size_t i = 0; i < count; i += 16) { /* no branch depends on how many they are, as long as they are few */
            uint32_t *out = x->starts + n + i;
            for (size_t k = 0; k < 16; k++) {
                out[k] = (uint32_t)at + lowest_bit(starts);
                starts &= starts - 1;
            }
        }
        n += count;
    }
    x->n = n;
}

/* A cell of the usual kinds, that of `at`: a plain figure, or a symbol of dots. Returns its end, or NULL. */
TARGET static inline const char *NAME(usual_cell)(const ic_px_table *table, const char *at, ic_px_cells *cells,
                                                  size_t n) {
    if (((unsigned)(*at - '0') < 10 || *at == '-') && table->decimal == '.') {
        ic_number number;
        const char *behind = ic_number_scan(at, &number);
        if (behind == NULL || !ic_px_separates(table, *behind)) return NULL;
        cells->values[n] = number.value;
        if (cells->decimals != NULL) {
            cells->decimals[n] = number.decimals;
            cells->digits[n] = number.digits;
        }
        return behind;
    }
    if (*at != '"' && *at != '.') return NULL;
    const size_t quote = *at == '"', dots = dots_at(at + quote);
    const char *behind = at + dots + 2 * quote;
    if (dots == 0 || dots >= IC_PX_SYMBOLS || (quote && behind[-1] != '"') || !ic_px_separates(table, *behind))
        return NULL;
    cells->values[n] = NAN;
    cells->flags[n] = table->reasons[dots];
    cells->any_flags |= table->reasons[dots];
    if (cells->decimals != NULL) {
        cells->decimals[n] = -1;
        cells->digits[n] = 0;
    }
    return behind;
}

TARGET static const char *NAME(read_cells)(const ic_px_table *table, const char *p, const char *end, size_t most,
                                           ic_px_cells *cells, const char **bad) {
    const char comma = table->decimal == ',' ? ';' : ',';
    const char *last = NULL; /* where the last cell begins */
    const int by_four = table->decimal == '.' && cells->decimals == NULL;
    size_t n = cells->n;
    four_reasons reasons;
    state s = {0, 0};
    cell_index x;
    four_begin(table, &reasons);
    (void)by_four;
    while (p < end && n < most) {
        const size_t size = end - p < INDEXED ? (size_t)(end - p) : INDEXED;
        NAME(index_cells)(p, size, comma, &s, &x);
        for (size_t i = 0; i < x.n && n < most;) {
            if (by_four && x.n - i > 4 && most - n >= 4 &&
                FOUR(&reasons, p, x.starts + i, cells->values + n, cells->flags + n)) {
                last = p + x.starts[i + 3];
                i += 4;
                n += 4;
                continue;
            }
            /* these four one by one */
            const size_t until = x.n - i < 4 ? x.n : i + 4;
            for (; i < until && n < most; i++, n++) {
                const char *at = last = p + x.starts[i], *stop = NAME(usual_cell)(table, at, cells, n);
                if (IC_LIKELY(stop != NULL)) continue;
                cells->n = n;
                stop = ic_px_cell_end(table, at, end);
                if (stop != NULL && ic_px_cell_read(table, at, (size_t)(stop - at), cells)) continue;
                cells->any_flags |= four_end(&reasons);
                *bad = at;
                return stop == NULL ? at : NULL;
            }
        }
        p += size;
    }
    cells->n = n;
    cells->any_flags |= four_end(&reasons);
    return n == most && last != NULL ? ic_px_cell_end(table, last, end) : end;
}
