package cachefiles.kernel.uapi;

/// A number in a text command, read as the kernel's `kstrtoul` and `kstrtol` read it with base 0: `0x` leads
/// hexadecimal, `0` octal, anything else decimal. No blanks, nothing behind the digits.
/// @param value 64 bits, signed or not as asked; 0 if there is an error
/// @param error `OK`; `EINVAL` not a number; `ERANGE` does not fit
/// @see "Linux lib/kstrtox.c: _kstrtoull, kstrtoll"
record KernelNumber(long value, Errno error) {
    private static final KernelNumber INVALID = new KernelNumber(0, Errno.EINVAL);
    private static final KernelNumber TOO_LARGE = new KernelNumber(0, Errno.ERANGE);

    boolean readable() {
        return error.isOk();
    }

    /// An unsigned number that a `+` may lead.
    static KernelNumber unsigned(String text) {
        return digits(text.startsWith("+") ? text.substring(1) : text);
    }

    /// A signed number.
    static KernelNumber signed(String text) {
        boolean negative = text.startsWith("-");
        var magnitude = negative ? digits(text.substring(1)) : unsigned(text);
        if (!magnitude.readable()) {
            return magnitude;
        }
        long value = negative ? -magnitude.value : magnitude.value;
        boolean fits = negative ? value <= 0 : value >= 0;
        return fits ? new KernelNumber(value, Errno.OK) : TOO_LARGE;
    }

    /// An unsigned number without any sign.
    static KernelNumber digits(String text) {
        if (text.startsWith("0x") || text.startsWith("0X")) {
            return digits(text.substring(2), 16);
        }
        return digits(text, text.startsWith("0") ? 8 : 10);
    }

    /// As [#digits(String)], in the given base.
    static KernelNumber digits(String text, int base) {
        long value = 0;
        for (int at = 0; at < text.length(); at++) {
            int digit = text.charAt(at) < 128 ? Character.digit(text.charAt(at), base) : -1;
            if (digit < 0) {
                return INVALID;
            }
            if (Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, base)) > 0) {
                return TOO_LARGE;
            }
            value = value * base + digit;
        }
        return text.isEmpty() ? INVALID : new KernelNumber(value, Errno.OK);
    }
}
