package cachefiles.app.load.report;

/// How a report looks: in light, in dark, and printed.
final class Style {
    static final String CSS = """
            :root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #59636e; --grid: #d8dee4;
              --crash: #c62828; --down: #c6282833; --restoring: #e6970033; --bad: #b3261e;
              --s1: #1565c0; --s2: #2e7d32; --s3: #b35900; --s4: #6a1b9a; --s5: #00707a; --s6: #795548; }
            @media (prefers-color-scheme: dark) { :root { --back: #15181c; --text: #e6e9ec; --soft: #9aa4af;
              --grid: #333a42; --crash: #ff6b60; --down: #ff6b6040; --restoring: #ffb84d40; --bad: #ff8a80;
              --s1: #64b5f6; --s2: #81c784; --s3: #ffb74d; --s4: #ce93d8; --s5: #4dd0e1; --s6: #bcaaa4; } }
            @media print { :root { color-scheme: light; --back: #fff; --text: #000; --soft: #333; --grid: #bbb;
              --crash: #c62828; --down: #c6282833; --restoring: #e6970033; --bad: #b3261e;
              --s1: #1565c0; --s2: #2e7d32; --s3: #b35900; --s4: #6a1b9a; --s5: #00707a; --s6: #795548; }
              figure, table { break-inside: avoid; } main { max-width: none; padding: 0; } }
            body { margin: 0; background: var(--back); color: var(--text);
              font: 15px/1.5 system-ui, sans-serif; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
            main { max-width: 62rem; margin: 0 auto; padding: 1rem; }
            h1 { font-size: 1.5rem; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 1.5rem 0 .25rem; }
            p.verdict { font-size: 1.1rem; } .bad { color: var(--bad); font-weight: 600; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
            th, td { padding: .15rem .7rem .15rem 0; text-align: right; border-bottom: 1px solid var(--grid); }
            th:first-child, td:first-child { text-align: left; } th { color: var(--soft); font-weight: 600; }
            .wide { overflow-x: auto; } figure { margin: 1.2rem 0; } figcaption { font-weight: 600; }
            svg { display: block; width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--soft); }
            text.y { text-anchor: end; dominant-baseline: middle; } text.x { text-anchor: middle; }
            .grid { stroke: var(--grid); } .line { fill: none; stroke-width: 1.6; } .area { opacity: .75; }
            .crash { stroke: var(--crash); stroke-width: 1; stroke-dasharray: 3 2; }
            .down { fill: var(--down); } .restoring { fill: var(--restoring); }
            .legend { margin: 0; color: var(--soft); } .legend span { margin-right: 1.2rem; white-space: nowrap; }
            .legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; vertical-align: -.08rem; }
            """ + series();

    private Style() {}

    private static String series() {
        var css = new StringBuilder();
        for (int i = 1; i <= 6; i++) {
            css.append(
                    ".line.s%d { stroke: var(--s%d); } .area.s%d { fill: var(--s%d); } i.s%d { background: var(--s%d); }\n"
                            .formatted(i, i, i, i, i, i));
        }
        return css.toString();
    }
}
