package cachefiles.app.check.museum;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Loads the cores and the checker anew, with guards taken out. What crosses to the classes that everybody else sees is
/// of the JDK alone.
final class MutantLoader extends ClassLoader {
    private static final List<String> ANEW = List.of(
            "cachefiles.kernel.device.",
            "cachefiles.kernel.object.",
            "cachefiles.kernel.reader.",
            "cachefiles.kernel.cache.",
            "cachefiles.kernel.uapi.",
            "cachefiles.kernel.extent.",
            "cachefiles.kernel.handle.",
            "cachefiles.daemon.core.",
            "cachefiles.persistence.store.",
            "cachefiles.app.check.");

    private final Map<String, byte[]> mutants = new HashMap<>();

    MutantLoader(List<Guard> guards) {
        super("museum", MutantLoader.class.getClassLoader());
        for (Guard guard : guards) {
            var bytes = mutants.computeIfAbsent(guard.binaryName(), this::bytes);
            var mutator = new Mutator(guard, Source.of(guard).number(), getParent());
            mutants.put(guard.binaryName(), mutator.mutate(bytes));
        }
    }

    static {
        registerAsParallelCapable();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (ANEW.stream().noneMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            var loaded = findLoadedClass(name);
            if (loaded == null) {
                var bytes = mutants.containsKey(name) ? mutants.get(name) : bytes(name);
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            return loaded;
        }
    }

    private byte[] bytes(String name) {
        return bytes(getParent(), name.replace('.', '/') + ".class");
    }

    /// @throws IllegalStateException if there is no such resource
    static byte[] bytes(ClassLoader classes, String resource) {
        try (InputStream in = classes.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("not packaged: " + resource);
            }
            return in.readAllBytes();
        } catch (IOException failed) {
            throw new IllegalStateException("cannot be read: " + resource, failed);
        }
    }
}
