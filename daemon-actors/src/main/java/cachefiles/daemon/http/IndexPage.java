package cachefiles.daemon.http;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server's list of what lies in a folder: the links of an HTML page, such as nginx, Apache, Caddy and others make,
/// or JSON as of nginx' `autoindex_format json` and of Caddy.
public final class IndexPage {
    private static final Pattern LINK =
            Pattern.compile("<a\\s[^>]*?href\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')", Pattern.CASE_INSENSITIVE);
    private static final Pattern OBJECT = Pattern.compile("\\{[^{}]*}");
    private static final Pattern STRING =
            Pattern.compile("\"(\\w+)\"\\s*:\\s*(?:\"((?:[^\"\\\\]|\\\\u[0-9a-fA-F]{4}|\\\\[^u])*)\"|(\\w+))");

    private IndexPage() {}

    /// Something in the folder.
    /// @param name without `/`
    /// @param escaped whether `name` is written as in addresses, with `%`
    public record Entry(String name, boolean escaped, boolean folder) {}

    /// What lies directly in the folder whose page `text` is; links to elsewhere are left out.
    public static List<Entry> entries(String text) {
        String stripped = text.strip();
        return stripped.startsWith("[") || stripped.startsWith("{") ? ofJson(stripped) : ofHtml(stripped);
    }

    private static List<Entry> ofHtml(String text) {
        var entries = new ArrayList<Entry>();
        Matcher links = LINK.matcher(text);
        while (links.find()) {
            String link = links.group(1) != null ? links.group(1) : links.group(2);
            add(entries, link.replace("&amp;", "&").replaceFirst("^\\./", ""), true);
        }
        return entries;
    }

    private static List<Entry> ofJson(String text) {
        var entries = new ArrayList<Entry>();
        Matcher objects = OBJECT.matcher(text);
        while (objects.find()) {
            String name = "";
            boolean folder = false;
            Matcher strings = STRING.matcher(objects.group());
            while (strings.find()) {
                switch (strings.group(1)) {
                    case "name" -> name = unescaped(String.valueOf(strings.group(2)));
                    case "type" -> folder = "directory".equals(strings.group(2));
                    case "is_dir" -> folder = "true".equals(strings.group(3));
                    default -> {}
                }
            }
            add(entries, folder && !name.endsWith("/") ? name + "/" : name, false);
        }
        return entries;
    }

    private static void add(List<Entry> entries, String link, boolean escaped) {
        boolean folder = link.endsWith("/");
        String name = folder ? link.substring(0, link.length() - 1) : link;
        boolean elsewhere = name.isEmpty()
                || name.equals(".")
                || name.equals("..")
                || name.indexOf('/') >= 0
                || escaped && (name.indexOf('?') >= 0 || name.indexOf('#') >= 0 || name.indexOf(':') >= 0);
        if (!elsewhere) {
            entries.add(new Entry(name, escaped, folder));
        }
    }

    private static String unescaped(String json) {
        var text = new StringBuilder();
        for (int at = 0; at < json.length(); at++) {
            char next = json.charAt(at);
            if (next != '\\') {
                text.append(next);
                continue;
            }
            next = json.charAt(++at);
            switch (next) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'u' -> {
                    text.append((char) HexFormat.fromHexDigits(json, at + 1, at + 5));
                    at += 4;
                }
                default -> text.append(next);
            }
        }
        return text.toString();
    }
}
