package cachefiles.kernel.uapi;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The error numbers that rules S23 to S130 name, with Linux's values. [#OK] is success.
public enum Errno {
    OK(0, "success"),
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such file or directory"),
    EINTR(4, "interrupted"),
    EIO(5, "input/output error"),
    EBADF(9, "bad file descriptor"),
    EAGAIN(11, "too many waiting, try again"),
    ENOMEM(12, "cannot allocate memory"),
    EACCES(13, "permission denied"),
    EFAULT(14, "bad address"),
    EBUSY(16, "device or resource busy"),
    EEXIST(17, "file exists"),
    ENOTDIR(20, "not a directory"),
    EISDIR(21, "is a directory"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "too many open files in system"),
    EMFILE(24, "too many open files"),
    EFBIG(27, "file too large"),
    ENOSPC(28, "no space left on device"),
    EROFS(30, "read-only file system"),
    ERANGE(34, "numerical result out of range"),
    ENAMETOOLONG(36, "file name too long"),
    EBADFD(77, "file descriptor in bad state"),
    EMSGSIZE(90, "message too long"),
    EOPNOTSUPP(95, "operation not supported"),
    ENOBUFS(105, "no buffer space available"),
    ETIMEDOUT(110, "timed out"),
    ESTALE(116, "stale file handle");

    /// Error numbers lie in 1 to this (S69).
    public static final int MAX = 4095;

    private static final Map<Integer, Errno> BY_NUMBER =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(errno -> errno.number, errno -> errno));

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    public int number() {
        return number;
    }

    /// What it means, in lower case.
    public String text() {
        return text;
    }

    public boolean isOk() {
        return this == OK;
    }

    /// The name of `number`; one that no rule names is [#EIO].
    public static Errno of(int number) {
        return BY_NUMBER.getOrDefault(number, EIO);
    }
}
