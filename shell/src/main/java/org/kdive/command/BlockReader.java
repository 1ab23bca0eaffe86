package org.kdive.command;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kdive.command.Command.Block;

/**
 * Puts lines together to whole commands: a verb such as {@code define} or {@code if} takes all lines to its {@code end}.
 * For one source of lines, and on its thread.
 */
public final class BlockReader {
    private static final String END = "end";

    private final Function<String, Block> opens;
    private final Deque<Block> open = new ArrayDeque<>();
    private final List<String> lines = new ArrayList<>();

    BlockReader(Function<String, Block> opens) {
        this.opens = opens;
    }

    /** The command that this line completes; empty while lines are missing. */
    public Optional<String> add(String line) {
        boolean ends = !open.isEmpty() && line.strip().equals(END);
        if (ends) {
            open.pop();
        } else if (open.isEmpty() || open.peek() == Block.COMMANDS) {
            Block block = opens.apply(line);
            if (block != Block.NONE) {
                open.push(block);
            } else if (open.isEmpty()) {
                return Optional.of(line);
            }
        }
        if (!open.isEmpty()) {
            lines.add(line);
            return Optional.empty();
        }
        // a block without lines has a body too, or it would be no block
        String command = lines.get(0) + "\n" + String.join("\n", lines.subList(1, lines.size()));
        lines.clear();
        return Optional.of(command);
    }

    /** How many blocks wait for their end. */
    public int depth() {
        return open.size();
    }

    /** The first line of the command that is not whole yet. */
    public Optional<String> unfinished() {
        return lines.stream().findFirst();
    }

    /** Drops the command that is not whole yet. */
    public void forget() {
        open.clear();
        lines.clear();
    }
}
