package org.kdive.qmp;

import java.util.List;

/**
 * What QEMU says first. {@code packageText} names the distribution's package and may be empty.
 * QEMU docs/interop/qmp-spec, "Server Greeting".
 */
public record QmpGreeting(int major, int minor, int micro, String packageText, List<String> capabilities) {
    public QmpGreeting {
        capabilities = List.copyOf(capabilities);
    }

    /** Reads the greeting message, or a reply of query-version (which has no capabilities). */
    public static QmpGreeting read(QmpValue message) {
        QmpValue greeting = message.find("QMP").orElse(message);
        QmpValue version = greeting.find("version").orElse(greeting);
        QmpValue qemu = version.require("qemu");
        return new QmpGreeting(
                (int) qemu.number("major"),
                (int) qemu.number("minor"),
                (int) qemu.number("micro"),
                version.find("package").map(QmpValue::text).orElse(""),
                greeting.find("capabilities").map(QmpValue::list).orElse(List.of()).stream()
                        .map(QmpValue::text)
                        .toList());
    }

    /** "7.2.22 (Debian 1:7.2+dfsg-7)". */
    public String version() {
        String number = major + "." + minor + "." + micro;
        return packageText.isEmpty() ? number : number + " (" + packageText + ")";
    }
}
