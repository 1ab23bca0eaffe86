package org.kdive.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** One command line, run without a process: what it answered, what it talked, its exit status. */
record CommandLineRun(int status, String out, String err) {
    static CommandLineRun of(Object... words) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        PrintWriter out = new PrintWriter(new OutputStreamWriter(answer, StandardCharsets.UTF_8), true);
        StringWriter err = new StringWriter();
        String[] all = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            all[i] = words[i].toString();
        }
        int status = Main.run(answer, out, new PrintWriter(err, true), all);
        out.flush();
        return new CommandLineRun(status, answer.toString(StandardCharsets.UTF_8), err.toString());
    }
}
