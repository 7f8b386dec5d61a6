package cachefiles.app.command;

import cachefiles.app.check.explore.Fault;
import java.util.EnumMap;
import java.util.Map;
import picocli.CommandLine.Option;

/// How often what may go wrong: one option a fault.
final class FaultBudgets {
    @Option(names = "--crashes", paramLabel = "N", description = "The daemon fails.")
    private int crashes;

    @Option(names = "--process-crashes", paramLabel = "N", description = "The process dies.")
    private int processCrashes;

    @Option(names = "--object-crashes", paramLabel = "N", description = "An object's actor fails.")
    private int objectCrashes;

    @Option(names = "--device-crashes", paramLabel = "N", description = "The device's actor fails.")
    private int deviceCrashes;

    @Option(names = "--supervisor-crashes", paramLabel = "N", description = "The supervisor fails.")
    private int supervisorCrashes;

    @Option(names = "--worker-deaths", paramLabel = "N", description = "A worker dies alone.")
    private int workerDeaths;

    @Option(names = "--closes", paramLabel = "N", description = "A descriptor is closed.")
    private int closes;

    @Option(names = "--restores", paramLabel = "N", description = "Restore, on a living daemon too.")
    private int restores;

    @Option(names = "--drops", paramLabel = "N", description = "An object is taken out of use.")
    private int drops;

    @Option(names = "--retires", paramLabel = "N", description = "... and its bytes are forgotten.")
    private int retires;

    @Option(names = "--cancels", paramLabel = "N", description = "A reader gives up.")
    private int cancels;

    @Option(names = "--deadlines", paramLabel = "N", description = "A reader's deadline passes.")
    private int deadlines;

    @Option(names = "--open-errors", paramLabel = "N", description = "An OPEN is answered with an error.")
    private int openErrors;

    @Option(names = "--read-errors", paramLabel = "N", description = "A READ is answered with an error.")
    private int readErrors;

    @Option(names = "--no-data", paramLabel = "N", description = "A READ is answered without data.")
    private int noData;

    @Option(names = "--refusals", paramLabel = "N", description = "The daemon cannot take a request.")
    private int refusals;

    @Option(names = "--duplicates", paramLabel = "N", description = "An answer comes twice.")
    private int duplicates;

    @Option(names = "--device-closes", paramLabel = "N", description = "The device is closed.")
    private int deviceCloses;

    @Option(names = "--rests", paramLabel = "N", description = "An idle object is asked to leave memory.")
    private int rests;

    @Option(names = "--rereads", paramLabel = "N", description = "A reader reads once more.")
    private int rereads;

    @Option(names = "--reacquires", paramLabel = "N", description = "What was released is used again.")
    private int reacquires;

    @Option(names = "--device-opens", paramLabel = "N", description = "A closed device is opened anew.")
    private int deviceOpens;

    @Option(names = "--changes", paramLabel = "N", description = "The origin's content changes.")
    private int changes;

    @Option(names = "--journal-failures", paramLabel = "N", description = "The journal refuses an object's event.")
    private int journalFailures;

    Map<Fault, Integer> byFault() {
        var budgets = new EnumMap<Fault, Integer>(Fault.class);
        for (Fault fault : Fault.values()) {
            budgets.put(fault, of(fault));
        }
        return budgets;
    }

    private int of(Fault fault) {
        return switch (fault) {
            case CRASH -> crashes;
            case PROCESS_CRASH -> processCrashes;
            case OBJECT_CRASH -> objectCrashes;
            case DEVICE_CRASH -> deviceCrashes;
            case SUPERVISOR_CRASH -> supervisorCrashes;
            case WORKER_DEATH -> workerDeaths;
            case CLOSE -> closes;
            case RESTORE -> restores;
            case DROP -> drops;
            case RETIRE -> retires;
            case CANCEL -> cancels;
            case DEADLINE -> deadlines;
            case OPEN_ERROR -> openErrors;
            case READ_ERROR -> readErrors;
            case NO_DATA -> noData;
            case REFUSAL -> refusals;
            case DUPLICATE -> duplicates;
            case DEVICE_CLOSE -> deviceCloses;
            case REST -> rests;
            case REREAD -> rereads;
            case REACQUIRE -> reacquires;
            case DEVICE_OPEN -> deviceOpens;
            case CHANGE -> changes;
            case JOURNAL_FAILURE -> journalFailures;
        };
    }
}
