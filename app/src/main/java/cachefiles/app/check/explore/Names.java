package cachefiles.app.check.explore;

import java.util.Arrays;

/// Names by order of appearance: two states that differ in the numbers they use alone get the same names.
final class Names {
    private long[] values = new long[16];
    private int count;

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    long value(int name) {
        return values[name];
    }

    /// @return the name of `value`; -1 = it has none
    int find(long value) {
        for (int name = 0; name < count; name++) {
            if (values[name] == value) {
                return name;
            }
        }
        return -1;
    }

    /// The name of `value`, given now if it has none.
    int of(long value) {
        int known = find(value);
        if (known >= 0) {
            return known;
        }
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count] = value;
        return count++;
    }

    /// Names by size instead.
    void sort() {
        Arrays.sort(values, 0, count);
    }
}
