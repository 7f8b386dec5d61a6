package cachefiles.daemon.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.daemon.http.IndexPage.Entry;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IndexPageTest {
    private static Entry file(String name) {
        return new Entry(name, true, false);
    }

    @Test
    void nginx_makes_links() {
        assertEquals(List.of(new Entry("sub", true, true), file("a%20b"), file("x&y")), IndexPage.entries("""
                        <html><head><title>Index of /</title></head><body><h1>Index of /</h1><hr><pre>
                        <a href="../">../</a>
                        <a href="sub/">sub/</a>           22-Nov-2026 10:00       -
                        <a href="a%20b">a b</a>           22-Nov-2026 10:00      12
                        <a href="x&amp;y">x&amp;y</a>     22-Nov-2026 10:00      12
                        </pre><hr></body></html>
                        """));
    }

    @Test
    void links_to_elsewhere_are_left_out() {
        assertEquals(List.of(file("a")), IndexPage.entries("""
                        <a href="?C=N;O=D">Name</a> <a href="/">top</a> <a href="https://example.org/">x</a>
                        <a class="y" HREF='./a'>a</a> <a href="b/c">deeper</a> <a href="#top">top</a> <a name="q">q</a>
                        <a href="mailto:me@example.org">me</a> <a href="./">here</a>
                        """));
    }

    @Test
    void json_of_nginx_and_of_caddy() {
        assertEquals(
                List.of(
                        new Entry("sub", false, true),
                        new Entry("a \"b\" \u00e9\n%41", false, false),
                        new Entry("c", false, true),
                        new Entry("d", false, false)),
                IndexPage.entries("""
                        [
                        { "name":"sub", "type":"directory", "mtime":"Sun, 22 Nov 2026 10:00:00 GMT" },
                        { "name":"a \\"b\\" \\u00e9\\n%41", "type":"file", "size":12 },
                        {"name":"c/","size":4096,"is_dir":true},
                        {"name":"d","size":1,"is_dir":false}
                        ]
                        """));
    }

    @Test
    void a_page_of_nothing_lists_nothing() {
        assertEquals(List.of(), IndexPage.entries(""));
        assertEquals(List.of(), IndexPage.entries("[]"));
        assertEquals(List.of(), IndexPage.entries("<p>It works!"));
    }
}
