package io.dormouse.metrics.filter;

import java.util.BitSet;

/// Some characters: which of ASCII's, and whether all others.
record CharSet(BitSet ascii, boolean others) {
    private static final int ASCII = 128;

    static final CharSet NONE = new CharSet(new BitSet(), false);
    static final CharSet ANY = NONE.inverse();

    static CharSet of(String chars) {
        BitSet set = new BitSet();
        chars.chars().forEach(set::set);
        return new CharSet(set, false);
    }

    static CharSet range(char first, char last) {
        BitSet set = new BitSet();
        set.set(first, last + 1);
        return new CharSet(set, false);
    }

    CharSet and(CharSet more) {
        BitSet set = (BitSet) ascii.clone();
        set.or(more.ascii);
        return new CharSet(set, others || more.others);
    }

    CharSet inverse() {
        BitSet set = (BitSet) ascii.clone();
        set.flip(0, ASCII);
        return new CharSet(set, !others);
    }

    boolean has(char c) {
        return c < ASCII ? ascii.get(c) : others;
    }
}
