package cachefiles.app.check.explore;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// A trace as a sequence diagram.
public final class Drawing {
    private static final int COLUMN = 190;
    private static final int ROW = 34;
    private static final int TOP = 60;
    private static final int LONGEST = 60;

    private Drawing() {}

    /// For Mermaid: <https://mermaid.js.org/syntax/sequenceDiagram.html>.
    public static String mermaid(Trace trace) {
        var text = new StringBuilder("sequenceDiagram\n");
        var actors = actors(trace);
        for (String actor : actors) {
            text.append("    participant ")
                    .append(name(actors, actor))
                    .append(" as ")
                    .append(clean(actor))
                    .append('\n');
        }
        int number = 0;
        for (Trace.Step step : trace.steps()) {
            if (trace.loop() > 0 && number == trace.steps().size() - trace.loop()) {
                text.append("    loop for ever\n");
            }
            number++;
            boolean first = true;
            for (Trace.Turn turn : step.turns()) {
                text.append("    ")
                        .append(name(actors, turn.from()))
                        .append("->>")
                        .append(name(actors, turn.to()))
                        .append(": ");
                text.append(first ? number + ". " : "")
                        .append(clean(brief(turn.message())))
                        .append('\n');
                first = false;
            }
            if (step.turns().isEmpty()) {
                text.append("    Note over ")
                        .append(name(actors, actors.getFirst()))
                        .append(": ");
                text.append(number).append(". ").append(clean(step.move())).append('\n');
            }
        }
        return text.append(trace.loop() > 0 ? "    end\n" : "").toString();
    }

    /// As a picture.
    public static String svg(Trace trace) {
        var actors = actors(trace);
        var rows = rows(trace);
        int width = COLUMN * actors.size() + 40;
        int height = TOP + ROW * rows.size() + 40;
        var svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\"".formatted(width, height));
        svg.append(
                " font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        svg.append(
                "<defs><marker id=\"to\" markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" refY=\"4\" orient=\"auto\">");
        svg.append("<path d=\"M0,0 L8,4 L0,8 z\"/></marker></defs>\n");
        for (int column = 0; column < actors.size(); column++) {
            int x = x(column);
            svg.append("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#bbb\"/>%n"
                    .formatted(x, TOP - 20, x, height - 20));
            svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" font-weight=\"bold\">%s</text>%n"
                    .formatted(x, TOP - 30, escaped(actors.get(column))));
        }
        int y = TOP;
        for (Trace.Turn turn : rows) {
            svg.append(arrow(x(actors.indexOf(turn.from())), x(actors.indexOf(turn.to())), y, turn));
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private static String arrow(int from, int to, int y, Trace.Turn turn) {
        var label = escaped(brief(turn.message()));
        var title = "<title>" + escaped(turn.message() + " → " + turn.outcome()) + "</title>";
        if (from == to) {
            return "<g>%s<circle cx=\"%d\" cy=\"%d\" r=\"3\"/><text x=\"%d\" y=\"%d\">%s</text></g>%n"
                    .formatted(title, from, y, from + 6, y + 4, label);
        }
        return ("<g>%s<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"black\" marker-end=\"url(#to)\"/>"
                        + "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text></g>%n")
                .formatted(title, from, y, to, y, (from + to) / 2, y - 4, label);
    }

    private static int x(int column) {
        return 20 + COLUMN / 2 + COLUMN * column;
    }

    /// One line a turn; a step in which nobody takes a message is one of whoever it is about.
    private static List<Trace.Turn> rows(Trace trace) {
        var rows = new ArrayList<Trace.Turn>();
        for (Trace.Step step : trace.steps()) {
            if (step.turns().isEmpty()) {
                rows.add(new Trace.Turn("device", "device", step.move(), ""));
            }
            rows.addAll(step.turns());
        }
        return rows;
    }

    private static List<String> actors(Trace trace) {
        var actors = new LinkedHashSet<String>();
        for (Trace.Turn turn : rows(trace)) {
            actors.add(turn.from());
            actors.add(turn.to());
        }
        return List.copyOf(actors);
    }

    /// Mermaid takes few characters in a name; keys may have any.
    private static String name(List<String> actors, String actor) {
        return actor.matches("[\\w ]+") ? actor.replace(' ', '_') : "actor_" + actors.indexOf(actor);
    }

    /// A message without the names of what it carries.
    private static String brief(String message) {
        var brief = message.replaceAll("\\b[a-zA-Z]+=", "").replaceAll("(Heard|FromDevice|FromDaemon)\\[(.*)]$", "$2");
        return brief.length() <= LONGEST ? brief : brief.substring(0, LONGEST) + "…";
    }

    private static String clean(String text) {
        return text.replace(";", ",").replace("#", "no.");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
