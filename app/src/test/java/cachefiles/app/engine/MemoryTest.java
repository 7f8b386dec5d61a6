package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.actor.DaemonActor;
import cachefiles.daemon.actor.WorkerThreads;
import cachefiles.daemon.core.DaemonState;
import cachefiles.kernel.device.DeviceState;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A successor has nothing of its predecessor's memory but what the supervisor hands it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MemoryTest {
    private static final List<Class<?>> MUTABLE = List.of(
            AtomicInteger.class,
            AtomicLong.class,
            AtomicBoolean.class,
            AtomicReference.class,
            ThreadLocal.class,
            DaemonState.class,
            DeviceState.class,
            StringBuilder.class);

    @Test
    @Tag("T18")
    @Tag("I4")
    void no_class_of_kernel_and_daemon_keeps_anything_that_changes_in_a_static() throws Exception {
        var found = new TreeSet<String>();
        int looked = 0;
        for (Class<?> type : classes()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
                    looked++;
                    if (!Modifier.isFinal(field.getModifiers())) {
                        found.add(field + " is not final");
                    } else if (!field.getType().isPrimitive() && !type.isInterface()) {
                        field.setAccessible(true);
                        if (changes(field.get(null))) {
                            found.add(field + " changes");
                        }
                    }
                }
            }
        }
        assertEquals(new TreeSet<String>(), found);
        assertTrue(looked > 50, "fields looked at: " + looked);
    }

    /// Whether a test can tell that it does.
    private static boolean changes(Object value) {
        if (value == null) {
            return true; // to be set later
        }
        boolean immutable = value.getClass().getName().startsWith("java.util.ImmutableCollections")
                || value.getClass().getName().startsWith("java.util.Collections$Unmodifiable");
        boolean holds = value instanceof Map
                || value instanceof Collection
                || value.getClass().isArray();
        return holds && !immutable || MUTABLE.stream().anyMatch(type -> type.isInstance(value));
    }

    /// What a daemon has at its start: what it makes itself, and these.
    @Test
    @Tag("T18")
    @Tag("D2")
    void a_daemon_is_handed_port_origin_threads_and_its_supervisor_and_no_memory() {
        assertEquals(
                List.of("device", "origin", "workers", "threads", "faults", "observer"),
                Arrays.stream(DaemonActor.Setting.class.getRecordComponents())
                        .map(component -> component.getName())
                        .toList());
        var made = List.of("state", "filler", "fds", "self", "shift");
        var handed = List.of("setting", "supervisor");
        for (Field field : DaemonActor.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                assertTrue(Modifier.isFinal(field.getModifiers()), field + " is not final");
                assertTrue(made.contains(field.getName()) || handed.contains(field.getName()), field + " is new here");
            }
        }
        assertEquals( // of its predecessors it learns how many threads hang, and when these end; chunks are empty
                // (FillerTest)
                Set.of("executor", "waits", "mostLeftBehind", "patience", "leftBehind", "whenFewer", "chunks"),
                Arrays.stream(WorkerThreads.class.getDeclaredFields())
                        .map(Field::getName)
                        .collect(Collectors.toSet()));
        var fresh = new DaemonState(3);
        assertEquals(Map.of(), fresh.opened());
        assertEquals(-1, fresh.incarnation());
    }

    private static List<Class<?>> classes() throws IOException, ReflectiveOperationException {
        var classes = new ArrayList<Class<?>>();
        for (Class<?> anchor : List.of(DeviceState.class, DaemonState.class)) {
            var root = Path.of(
                    anchor.getProtectionDomain().getCodeSource().getLocation().getPath());
            if (!Files.isDirectory(root)) {
                try (var jar = FileSystems.newFileSystem(root)) {
                    collect(jar.getPath("/"), classes);
                }
            } else {
                collect(root, classes);
            }
        }
        return classes;
    }

    private static void collect(Path root, List<Class<?>> classes) throws IOException, ReflectiveOperationException {
        try (var files = Files.walk(root)) {
            for (Path file : files.toList()) {
                var name = root.relativize(file).toString().replace('/', '.');
                if (name.matches("cachefiles\\.(kernel|daemon)\\..*\\.class") && !name.endsWith("-info.class")) {
                    classes.add(Class.forName(name.substring(0, name.length() - ".class".length())));
                }
            }
        }
    }
}
