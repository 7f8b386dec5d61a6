package cachefiles.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Opening, reading and releasing two objects, with a failure after each message that there is: once, and twice in a
/// row.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrashEverywhereTest {
    private static final Cookie BLOB = Cookie.of("v", "blob");
    private static final Cookie OTHER = Cookie.of("v", "other");

    /// One run; fails `fault` after `at` messages, and again `gap` messages later.
    private static final class Run implements Kernel.Listener {
        final Kernel kernel = new Kernel(DeviceLimits.DEFAULT, this);
        final DaemonSide side;
        final List<String> trace = new ArrayList<>();
        final Map<String, String> firstDelivery = new HashMap<>();
        int redelivered;
        private final Consumer<Run> fault;
        private final int at;
        private final int gap;
        private int messages;

        Run(Handles handles, int workers, Consumer<Run> fault, int at, int gap) {
            this.fault = fault;
            this.at = at;
            this.gap = gap;
            side = new DaemonSide(kernel, new Policy(handles, Integer.MAX_VALUE), workers, trace::add);
            side.origin().put(BLOB, new Content(65536, "v1"));
            side.origin().put(OTHER, new Content(10_000, "v1"));
        }

        void play() {
            side.start();
            kernel.acquire(BLOB);
            kernel.acquire(OTHER);
            settle();
            for (int reader = 0; reader < 4; reader++) {
                kernel.read("r" + reader, reader % 2 == 0 ? BLOB : OTHER, new Range(reader * 1000L, 9000));
            }
            settle();
            kernel.release(BLOB, false);
            kernel.release(OTHER, true);
            settle();
        }

        private void settle() {
            while (true) {
                if (messages == at || messages == at + gap) {
                    fault.accept(this);
                }
                messages++;
                var pending = kernel.pending();
                if (!pending.isEmpty()) {
                    kernel.deliver(pending.getFirst());
                } else if (side.hasWork()) {
                    side.answer();
                } else {
                    return;
                }
                Invariants.ofDevice(kernel.device(), true);
                kernel.cookies().forEach(cookie -> Invariants.ofObject(kernel.object(cookie)));
            }
        }

        @Override
        public void happened(String what) {
            trace.add(what);
        }

        @Override
        public void replied(String caller, DeviceReply reply) {
            if (reply instanceof DeviceReply.Message message && !(message.request() instanceof Request.Close)) {
                var request = message.request();
                var name = request.opcode()
                        + request.msgId().toString()
                        + message.fd().handle().cookie();
                if (firstDelivery.put(name, message.fd().handle().toString()) != null) {
                    redelivered++;
                }
            }
            side.replied(caller, reply);
        }
    }

    private static int lengthOf(Run plain) {
        plain.play();
        return plain.messages;
    }

    /// @return requests that were handed out more than once
    private static int everywhere(Handles handles, int workers, Consumer<Run> fault) {
        int length = lengthOf(new Run(handles, workers, _ -> {}, -1, 0));
        int redelivered = 0;
        for (int gap : new int[] {0, 2, 7}) {
            for (int at = 0; at < length; at++) {
                var run = new Run(handles, workers, fault, at, gap);
                run.play();
                for (int reader = 0; reader < 4; reader++) {
                    assertEquals(
                            new ReaderCore.State.Done(Errno.OK),
                            run.kernel.reader("r" + reader),
                            "failed after " + at + " messages, and " + gap + " later: " + run.trace);
                }
                assertTrue(run.trace.contains("blob released"), () -> run.trace.toString());
                assertTrue(run.trace.contains("other released"), () -> run.trace.toString());
                assertEquals(0, run.kernel.device().table().size(), () -> run.trace.toString());
                assertEquals(0, run.kernel.device().slots().size(), () -> run.trace.toString());
                Invariants.inRest(run.kernel);
                redelivered += run.redelivered;
            }
        }
        return redelivered;
    }

    @ParameterizedTest(name = "handles {0}, {1} workers")
    @CsvSource({"LOST,1", "LOST,3", "KEPT,1", "KEPT,3"})
    @Tag("T18")
    @Tag("Q5")
    @Tag("Q7")
    @Tag("S127")
    @Tag("S130")
    @Tag("I1")
    @Tag("I18")
    void a_daemon_that_dies_after_any_message_and_again_soon_after_costs_no_reader_anything(
            Handles handles, int workers) {
        assertTrue(everywhere(handles, workers, run -> run.side.start()) > 0);
    }

    @ParameterizedTest(name = "handles {0}, {1} workers")
    @CsvSource({"LOST,1", "KEPT,3"})
    @Tag("I18")
    @Tag("I17")
    void an_object_that_fails_after_any_message_and_again_soon_after_costs_no_reader_anything(
            Handles handles, int workers) {
        everywhere(handles, workers, run -> run.kernel.failObject(BLOB));
    }

    @ParameterizedTest(name = "handles {0}, {1} workers")
    @CsvSource({"LOST,1", "LOST,3", "KEPT,1"})
    @Tag("I18")
    @Tag("I10")
    void a_device_that_fails_after_any_message_and_again_soon_after_costs_no_reader_anything(
            Handles handles, int workers) {
        everywhere(handles, workers, run -> {
            run.kernel.newDevice();
            run.side.tell(new Command.DeviceUp());
        });
    }

    @ParameterizedTest(name = "handles {0}, {1} workers")
    @CsvSource({"LOST,1", "KEPT,2"})
    @Tag("I3")
    @Tag("I18")
    @Tag("Q4")
    void a_restore_and_a_closed_descriptor_after_any_message_cost_no_reader_anything(Handles handles, int workers) {
        everywhere(handles, workers, run -> {
            run.kernel.call("operator", new DeviceCall.Restore());
            run.side.daemon().opened().keySet().stream()
                    .findFirst()
                    .ifPresent(handle -> run.side.hear(new DaemonCommand.CloseEarly(handle)));
            run.kernel.cookies().forEach(cookie -> {
                if (run.kernel.hasTimer(cookie)) {
                    run.kernel.fireTimer(cookie);
                }
            });
        });
    }
}
