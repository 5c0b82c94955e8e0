// SPDX-License-Identifier: Apache-2.0
// Lines of a pattern, a tab and a text; for each whether the text matches: "yes", "no", or "none"
// where the pattern is not one.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

public class Peer {
    private static String judge(String pattern, String text) {
        try {
            return Pattern.compile(pattern).matcher(text).matches() ? "yes" : "no";
        } catch (RuntimeException noPattern) {
            return "none";
        }
    }

    public static void main(String[] arguments) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var answers = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line; (line = lines.readLine()) != null; ) {
            String[] parts = line.split("\t", -1);
            answers.println(judge(parts[0], parts[1]));
        }
        answers.flush();
    }
}
