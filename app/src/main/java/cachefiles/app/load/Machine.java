package cachefiles.app.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// What this process runs on, and takes of it.
final class Machine {
    private static final long PAGE_BYTES = 4096;

    private Machine() {}

    static Map<String, String> described() {
        var described = new LinkedHashMap<String, String>();
        described.put("processors", "" + Runtime.getRuntime().availableProcessors());
        described.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        described.put("java", Runtime.version().toString());
        described.put("heap", "" + Runtime.getRuntime().maxMemory());
        described.put("begun", Instant.now().toString());
        return described;
    }

    /// Bytes of heap in use, of memory, and allocated; CPU time; descriptors.
    static Map<String, Long> gauges() {
        var gauges = new LinkedHashMap<String, Long>();
        gauges.put(
                "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        gauges.put("resident", resident());
        if (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads) {
            gauges.put("allocated", threads.getTotalThreadAllocatedBytes());
        }
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean system) {
            gauges.put("cpuMicros", system.getProcessCpuTime() / 1000);
            gauges.put("descriptors", system.getOpenFileDescriptorCount());
        }
        return gauges;
    }

    private static long resident() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE_BYTES;
        } catch (IOException | RuntimeException _) {
            return 0; // no Linux
        }
    }
}
