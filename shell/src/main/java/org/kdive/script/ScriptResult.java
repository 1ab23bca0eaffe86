package org.kdive.script;

import java.util.List;

/**
 * What became of a run.
 *
 * @param lines every command that was run, in order; after a failure nothing was
 * @param exitStatus of the process: 0, what quit said, or what the failure means
 */
public record ScriptResult(List<LineResult> lines, int exitStatus) {
    public ScriptResult {
        lines = List.copyOf(lines);
    }
}
