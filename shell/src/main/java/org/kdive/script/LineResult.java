package org.kdive.script;

import java.time.Duration;
import java.util.Optional;
import org.kdive.command.Complaint;

/**
 * What became of one line of a script.
 *
 * @param file as the user named it
 * @param line where the command begins, from 1
 * @param command without the white space around it
 * @param output what it answered
 * @param complaint empty when it did what it should
 */
public record LineResult(
        String file, int line, String command, Duration took, String output, Optional<Complaint> complaint) {}
