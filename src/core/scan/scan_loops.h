/* The loops over blocks, included once per instruction set with NAME(x), TARGET and BLOCK(p, byte) defined. What is left
   behind the last whole block is walked byte by byte, so that no byte outside the text is read. */

TARGET static size_t NAME(count)(const char *text, size_t size, char byte) {
    size_t n = 0, i = 0;
    for (; size - i >= 64; i += 64) n += (size_t)__builtin_popcountll(BLOCK(text + i, byte));
    for (; i < size; i++) n += text[i] == byte;
    return n;
}

TARGET static size_t NAME(find)(const char *text, size_t size, char byte) {
    size_t i = 0;
    for (; size - i >= 64; i += 64) {
        uint64_t mask = BLOCK(text + i, byte);
        if (mask != 0) return i + (size_t)__builtin_ctzll(mask);
    }
    for (; i < size; i++)
        if (text[i] == byte) return i;
    return size;
}

TARGET static size_t NAME(find_any)(const char *text, size_t size, char a, char b, char c) {
    size_t i = 0;
    for (; size - i >= 64; i += 64) {
        uint64_t mask = BLOCK(text + i, a) | BLOCK(text + i, b) | BLOCK(text + i, c);
        if (mask != 0) return i + (size_t)__builtin_ctzll(mask);
    }
    for (; i < size; i++)
        if (text[i] == a || text[i] == b || text[i] == c) return i;
    return size;
}

TARGET static size_t NAME(after_last)(const char *text, size_t size, char byte) {
    while (size >= 64) {
        uint64_t mask = BLOCK(text + size - 64, byte);
        if (mask != 0) return size - (size_t)__builtin_clzll(mask);
        size -= 64;
    }
    while (size > 0 && text[size - 1] != byte) size--;
    return size;
}

#undef NAME
#undef TARGET
#undef BLOCK
