package org.kdive.repl;

import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.kdive.command.Complaint;
import org.kdive.command.Completion;
import org.kdive.command.Interpreter;

/** Tab, answered by the interpreter. */
final class Completions implements Completer {
    private static final int MOST_SHOWN = 400; // of 150 000 symbols nobody reads more

    private final Interpreter interpreter;

    Completions(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        try {
            Completion completion = interpreter.complete(line.line(), line.cursor());
            for (String word : fewer(completion.candidates())) {
                boolean whole = !word.endsWith("=") && !word.endsWith("."); // else more of the word follows
                candidates.add(new Candidate(word, word, null, null, null, null, whole));
            }
        } catch (RuntimeException e) {
            // A half-typed line may name things that do not exist; Tab then offers nothing, and Enter says why.
            System.getLogger("session")
                    .log(
                            System.Logger.Level.DEBUG,
                            () -> "completion: " + Complaint.of(e).text());
        }
    }

    /** Not all of very many, but always the last: sorted as they are, first and last decide how far Tab can fill in. */
    static List<String> fewer(List<String> sorted) {
        if (sorted.size() <= MOST_SHOWN) {
            return sorted;
        }
        List<String> some = new ArrayList<>(sorted.subList(0, MOST_SHOWN - 1));
        some.add(sorted.get(sorted.size() - 1));
        return some;
    }
}
