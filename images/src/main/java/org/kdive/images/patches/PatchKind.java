package org.kdive.images.patches;

/** Why a kernel writes to its own code. */
public enum PatchKind {
    ALTERNATIVE("alternatives for this processor"),
    PARAVIRT("paravirt calls made direct"),
    STATIC_CALL("static calls"),
    JUMP_LABEL("jump labels"),
    FTRACE("ftrace entries"),
    RETPOLINE("retpolines made direct"),
    RETURN("returns made direct"),
    LOCK("lock prefixes for one processor"),
    ENDBR("endbr sealed"),
    HYPERVISOR("addresses made the hypervisor's");

    private final String label;

    PatchKind(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
