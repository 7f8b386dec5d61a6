package cachefiles.app.load.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.testing.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The report in a browser.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Needs("chromium")
class PageTest {
    /// Reports what is wrong with the page in its title: what is loaded from outside, what sticks out of its diagram,
    /// and text that is as its background.
    private static final String LOOK = """
            <script>
            addEventListener('load', () => {
              const wrong = [];
              if (performance.getEntriesByType('resource').length) wrong.push('loads something');
              for (const svg of document.querySelectorAll('svg')) {
                const frame = svg.getBoundingClientRect();
                for (const each of svg.querySelectorAll('text, path, rect')) {
                  const box = each.getBoundingClientRect();
                  if (box.left < frame.left - 2 || box.right > frame.right + 40 || box.bottom > frame.bottom + 2)
                    wrong.push(each.tagName + ' ' + each.textContent + ' sticks out');
                }
              }
              const back = getComputedStyle(document.body).backgroundColor;
              for (const each of document.querySelectorAll('td, p, h1, figcaption'))
                if (getComputedStyle(each).color === back) wrong.push('unreadable: ' + each.textContent);
              if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the window');
              document.title = 'svgs=' + document.querySelectorAll('svg').length + ' back=' + back + ' wrong=' + wrong.join(';');
            });
            </script>
            """;

    @TempDir
    Path folder;

    private String browse(String... options) throws IOException, InterruptedException {
        var page = folder.resolve("page.html");
        Files.writeString(page, Html.of(Run.of(RunTest.entries(12, 1))).replace("</body>", LOOK + "</body>"));
        var command = new ArrayList<>(List.of(
                "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + folder.resolve("user"),
                "--window-size=1100,900"));
        command.addAll(List.of(options));
        command.add(page.toUri().toString());
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the browser does not end");
            return out;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String title(String dom) {
        return dom.replaceFirst("(?s).*?<title>(.*?)</title>.*", "$1");
    }

    @Test
    void in_light_everything_is_in_its_place() throws IOException, InterruptedException {
        assertEquals("svgs=6 back=rgb(255, 255, 255) wrong=", title(browse("--dump-dom")));
    }

    @Test
    void in_dark_the_background_is_dark() throws IOException, InterruptedException {
        var dom = browse("--dump-dom", "--blink-settings=preferredColorScheme=0");
        assertEquals("svgs=6 back=rgb(21, 24, 28) wrong=", title(dom));
    }

    @Test
    void it_can_be_printed_and_seen() throws IOException, InterruptedException {
        var pdf = folder.resolve("page.pdf");
        browse("--print-to-pdf=" + pdf);
        assertTrue(Files.size(pdf) > 10_000, "a PDF of some pages");
        var png = folder.resolve("page.png");
        browse("--screenshot=" + png);
        assertTrue(ImageIO.read(png.toFile()).getWidth() >= 1000);
    }
}
